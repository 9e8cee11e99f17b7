/// Strings known beforehand, such as the keys of a message, told apart without making them.
package struct JSONNames: Sendable {
    private struct Name: Sendable {
        let text: String
        let bytes: [UInt8]
        /// The last eight bytes as one number.
        let tail: UInt64
    }

    private let names: [Name]

    package init(_ texts: [String]) {
        names = texts.map { text in
            let bytes = Array(text.utf8)
            return Name(text: text, bytes: bytes, tail: bytes.reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    /// The place of the name whose bytes these are.
    @inline(__always)
    func find(_ bytes: [UInt8], from start: Int, count: Int, tail: UInt64) -> Int? {
        for (place, name) in names.enumerated()
        where name.tail == tail && name.bytes.count == count {
            if count <= 8 || (0..<count - 8).allSatisfy({ bytes[start + $0] == name.bytes[$0] }) {
                return place
            }
        }
        return nil
    }

    func find(_ text: String) -> Int? {
        names.firstIndex { $0.text == text }
    }
}

/// Strings that repeat within one text: each is made once and has a number, counting from 0.
package struct JSONInterner: Sendable {
    package private(set) var texts: [String] = []
    private var bytes: [UInt8] = []
    private var ends: [Int] = [0]
    /// Numbers by hash, -1 where free; twice as many as strings, at least.
    private var slots = [Int32](repeating: -1, count: 64)
    /// Strings that met too many others on their way; keeps made-up collisions harmless.
    private var crowded: [String: Int] = [:]
    private static let stepLimit = 32

    package init() {}

    package var count: Int { texts.count }

    /// The number of the string; a new one gets the next number.
    package mutating func number(of text: String) -> Int {
        let raw = Array(text.utf8)
        let hash = raw.reduce(Self.seed, Self.mix)
        if let known = find(raw, from: 0, count: raw.count, hash: hash) { return known }
        return add(text, raw[...], hash: hash)
    }

    static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    @inline(__always)
    private func place(_ hash: UInt64, _ step: Int) -> Int {
        (Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF) + step) & (slots.count - 1)
    }

    /// nil when the string is new, or one of the crowded.
    @inline(__always)
    func find(_ raw: [UInt8], from start: Int, count: Int, hash: UInt64) -> Int? {
        for step in 0..<Self.stepLimit {
            let number = Int(slots[place(hash, step)])
            guard number >= 0 else { return nil }
            let begin = ends[number]
            guard ends[number + 1] - begin == count else { continue }
            var index = 0
            while index < count, bytes[begin + index] == raw[start + index] { index += 1 }
            if index == count { return number }
        }
        return nil
    }

    mutating func add(_ text: String, _ raw: ArraySlice<UInt8>, hash: UInt64) -> Int {
        if let known = crowded[text] { return known }
        let number = texts.count
        texts.append(text)
        bytes.append(contentsOf: raw)
        ends.append(bytes.count)
        if texts.count * 2 > slots.count { grow() } else { settle(number, hash: hash) }
        return number
    }

    private mutating func settle(_ number: Int, hash: UInt64) {
        for step in 0..<Self.stepLimit where slots[place(hash, step)] < 0 {
            slots[place(hash, step)] = Int32(number)
            return
        }
        crowded[texts[number]] = number
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 4)
        crowded = [:]
        for number in texts.indices {
            settle(number, hash: texts[number].utf8.reduce(Self.seed, Self.mix))
        }
    }
}
