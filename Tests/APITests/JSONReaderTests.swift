import API
import Foundation
import TestSupport
import Testing

@Suite struct JSONReaderTests {
    @Test func `an object is walked key by key`() throws {
        var reader = JSONReader(Array(#" {"a": [1, 2.5, "x"], "b": {"c": null}, "d": true} "#.utf8))
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.int64() == 1)
        #expect(try reader.nextElement())
        #expect(try reader.double() == 2.5)
        #expect(try reader.nextElement())
        #expect(try reader.string() == "x")
        #expect(try !reader.nextElement())
        #expect(try reader.nextKey() == "b")
        #expect(try reader.rawValue() == #"{"c": null}"#)
        #expect(try reader.nextKey() == "d")
        #expect(try reader.boolean())
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    @Test(arguments: [
        ("0", 0.0), ("-0", -0.0), ("1e3", 1000), ("2.345678901234567", 2.345678901234567),
        ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
        ("5e-324", .leastNonzeroMagnitude),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("0.1", 0.1), ("-12.5E+2", -1250), (#""1.5""#, 1.5), (#""Infinity""#, .infinity),
        (#""-Infinity""#, -.infinity), ("1e-400", 0), ("9007199254740993", 9007199254740992),
        ("0.000000000000000000000000000000000000001", 1e-39),
    ])
    func `a number is read as the nearest double`(text: String, expected: Double) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.double() == expected)
        try reader.finish()
    }

    @Test func `random doubles survive their text bit for bit`() throws {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state ^ state >> 29)
            guard value.isFinite else { continue }
            var reader = JSONReader(Array(value.description.utf8))
            #expect(try reader.double().bitPattern == value.bitPattern)
        }
    }

    @Test func `NaN is a string and never a bare word`() throws {
        var quoted = JSONReader(Array(#""NaN""#.utf8))
        #expect(try quoted.double().isNaN)
        var bare = JSONReader(Array("NaN".utf8))
        #expect(throws: JSONSyntaxError.self) { try bare.double() }
    }

    @Test(arguments: [
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("5.0", 5),
        ("5e3", 5000), (#""17""#, 17), ("-1", -1),
        ("1000000000000000000", 1_000_000_000_000_000_000),
    ])
    func `an integer keeps all its digits`(text: String, expected: Int64) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.int64() == expected)
    }

    @Test(arguments: ["9223372036854775808", "5.5", #""5x""#, "1e30", "true", "null", #""""#])
    func `what is not an integer of 64 bits is refused`(text: String) {
        var reader = JSONReader(Array(text.utf8))
        #expect(throws: JSONSyntaxError.self) { try reader.int64() }
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"), (#""é\u00e9""#, "éé"),
        (#""\ud83d\ude00""#, "😀"), (#""""#, ""), (#""日本""#, "日本"),
    ])
    func `escapes and UTF-8 are resolved`(text: String, expected: String) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.string() == expected)
    }

    @Test(arguments: [
        "", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{1:2}", "[1 2]",
        "01", "-", "1.", ".5", "1e", "+1", "tru", "nul", "\"a", "\"\\x\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\\u12\"", "\"\n\"", "1e400", "[1]]", "{} x", "NaN",
        "1e999999999999",
    ])
    func `broken text is refused with an offset inside it`(text: String) {
        var reader = JSONReader(Array(text.utf8))
        let error = #expect(throws: JSONSyntaxError.self) {
            if try reader.peek() == .number {
                _ = try reader.double()
            } else {
                try reader.skipValue()
            }
            try reader.finish()
        }
        #expect(error.map { $0.offset >= 0 && $0.offset <= text.utf8.count } == true)
    }

    @Test(
        arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]]
            as [[UInt8]]
    )
    func `a string that is not UTF-8 is refused`(bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        #expect(throws: JSONSyntaxError(offset: 0, reason: .invalidUTF8)) { try reader.string() }
    }

    @Test func `nesting and number length are bounded`() {
        var deep = JSONReader(Array(repeating: UInt8(ascii: "["), count: 100_000))
        #expect(throws: JSONSyntaxError(offset: 64, reason: .tooDeep(limit: 64))) {
            try deep.skipValue()
        }
        var long = JSONReader(Array(repeating: UInt8(ascii: "7"), count: 100_000))
        #expect(throws: JSONSyntaxError(offset: 0, reason: .numberTooLong(limit: 1_000))) {
            try long.double()
        }
    }

    @Test func `every truncation of a text is refused`() throws {
        let text = Array(
            #"{"run_id":"ab\u00e9","metrics":[{"key":"k","value":-1.5e3}],"x":true}"#.utf8
        )
        for length in 0..<text.count {
            var reader = JSONReader(Array(text[..<length]))
            #expect(throws: JSONSyntaxError.self) {
                try reader.skipValue()
                try reader.finish()
            }
        }
    }

    @Test func `numbers of every length and size are read as the standard library reads them`()
        throws
    {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200_000 {
            let digits = Int.random(in: 1...21, using: &generator)
            var text = (0..<digits).map { _ in
                String(Int.random(in: 0...9, using: &generator))
            }.joined()
            text = text.drop { $0 == "0" }.isEmpty ? "0" : String(text.drop { $0 == "0" })
            if Bool.random(using: &generator) {
                text.insert(".", at: text.index(text.startIndex, offsetBy: 1))
                if text.hasSuffix(".") { text += "0" }
            }
            text += "e\(Int.random(in: -80...80, using: &generator))"
            var reader = JSONReader(Array(text.utf8))
            #expect(try reader.double().bitPattern == Double(text)?.bitPattern, "\(text)")
        }
    }

    @Test func `halves between two doubles go to the even one`() throws {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<20_000 {
            // 54 bits with the lowest set lie half way between two doubles.
            let half = UInt64.random(in: 1 << 53..<1 << 54, using: &generator) | 1
            for text in ["\(half)", "\(half)e0", "\(half)0e-1", "-\(half)"] {
                var reader = JSONReader(Array(text.utf8))
                #expect(try reader.double() == Double(text), "\(text)")
            }
        }
    }

    @Test func `known keys are told apart, however they are written`() throws {
        let names = JSONNames(["key", "timestamp", "Timestamp", "x", "naïve"])
        let text = #"{"key":0,"timestamp":0,"rimestamp":0,"\u006bey":0,"":0,"naïve":0,"ke":0}"#
        var reader = JSONReader(Array(text.utf8))
        try reader.beginObject()
        var found: [Int] = []
        while let place = try reader.nextKey(among: names) {
            found.append(place)
            try reader.skipValue()
        }
        #expect(found == [0, 1, -1, 0, -1, 4, -1])
        var bad = JSONReader([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x30, 0x7D])
        try bad.beginObject()
        #expect(throws: JSONSyntaxError(offset: 1, reason: .invalidUTF8)) {
            try bad.nextKey(among: names)
        }
    }

    @Test func `a string that repeats keeps its number, also among thousands`() throws {
        let words = (0..<5_000).map { "train/metric \($0 % 2_500)" } + ["a\\u0062", "ab", "日本"]
        let text = "[" + words.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        var reader = JSONReader(Array(text.utf8))
        var names = JSONInterner()
        var numbers: [Int] = []
        try reader.beginArray()
        while try reader.nextElement() { numbers.append(try reader.string(interning: &names)) }
        #expect(numbers == Array(0..<2_500) + Array(0..<2_500) + [2_500, 2_500, 2_501])
        #expect(names.texts.suffix(2) == ["ab", "日本"])
    }

    /// Whatever is done to a text, the reader agrees with the library on what is JSON, and never
    /// reads past the end.
    @Test func `mutated texts are refused or are JSON`() throws {
        var generator = SeededGenerator(seed: 13)
        let original =
            Array(
                #"{"run_id":"a\u00e9\n","metrics":[{"key":"k/é","value":-1.5e-3,"step":12},"#.utf8
            ) + Array(#"{"value":"NaN","x":[true,false,null,{}]}],"t":[1,2.25,300]}"#.utf8)
        let alphabet = Array(#"{}[]",:\0123456789.eE+-tfn u"#.utf8) + [0, 0x7F, 0x80, 0xC3, 0xFF]
        var accepted = 0
        for _ in 0..<30_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = alphabet.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            var reader = JSONReader(bytes)
            do {
                try reader.skipValue()
                try reader.finish()
            } catch {
                continue
            }
            accepted += 1
            #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
                try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            }
        }
        #expect(accepted > 100)
    }
}
