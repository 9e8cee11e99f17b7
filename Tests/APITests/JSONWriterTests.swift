import API
import Foundation
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 1)
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static let edges: [Double] =
        (-324...308).compactMap { Double("1e\($0)") }
        + (0...2_046).flatMap { exponent -> [Double] in
            let bits = UInt64(exponent) << 52
            return [bits, bits | 1, bits &- 1].map { Double(bitPattern: $0) }
        }

    @Test func `doubles read back bit for bit and have the shortest digits`() throws {
        var generator = SeededGenerator(seed: 11)
        let random = (0..<30_000).map { _ in
            Double(bitPattern: .random(in: 0 ... .max, using: &generator))
        }
        let rounded = (0..<5_000).map { _ in
            (Double.random(in: -900...900, using: &generator) * 1_000).rounded() / 1_000
        }
        for value in Self.edges + random + rounded where value.isFinite {
            let written = text { $0.number(value) }
            #expect(Double(written)?.bitPattern == value.bitPattern, "\(written) for \(value)")
            #expect(digits(written) == digits(value.description), "\(written) for \(value)")
        }
    }

    private func digits(_ text: String) -> String {
        let all = String(text.prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" })
        return String(all.reversed().drop { $0 == "0" }.reversed())
    }

    @Test(arguments: [
        (0.0, "0", "0.0"), (-0.0, "-0", "-0.0"), (1, "1", "1.0"), (-2.5, "-2.5", "-2.5"),
        (0.1, "0.1", "0.1"), (1e-7, "1e-7", "1e-7"), (1.5e300, "1.5e+300", "1.5e+300"),
        (9_007_199_254_740_991, "9007199254740991", "9007199254740991.0"),
        (.nan, #""NaN""#, #""NaN""#), (.infinity, #""Infinity""#, #""Infinity""#),
        (-.infinity, #""-Infinity""#, #""-Infinity""#),
    ])
    func `numbers are written as JSON has them`(value: Double, plain: String, pointed: String) {
        #expect(text { $0.number(value) } == plain)
        #expect(text { $0.number(value, keepsPoint: true) } == pointed)
        #expect(text { $0.array([value, value]) } == "[\(plain),\(plain)]")
    }

    @Test func `whole numbers keep every digit`() {
        var power: Int64 = 1
        for _ in 0..<18 {
            for value in [power - 1, power, power + 1, -power] {
                #expect(text { $0.number(value) } == String(value))
            }
            power *= 10
        }
        #expect(
            text { $0.array([Int64.min, 0, .max]) } == "[\(Int64.min),0,\(Int64.max)]"
        )
        #expect(text { $0.array([Int64]()) } == "[]")
    }

    @Test func `any string reads back`() throws {
        let all = (0..<0x2FF).compactMap { Unicode.Scalar($0) }.map(Character.init)
        let value = String(all) + "😀"
        let written = text { $0.string(value) }
        #expect(written.utf8.allSatisfy { $0 >= 0x20 })
        let decoded = try JSONDecoder().decode(String.self, from: Data(written.utf8))
        #expect(decoded == value)
    }
}
