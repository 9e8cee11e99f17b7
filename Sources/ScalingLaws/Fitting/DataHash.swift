/// FNV-1a over the bits of rows in their canonical order: two fits with one hash saw the same data.
package struct DataHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package mutating func mix(_ value: Double) { mix(value.bitPattern) }

    package mutating func mix(_ text: String) { for byte in text.utf8 { mix(UInt64(byte)) } }

    private mutating func mix(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            state = (state ^ (value >> shift & 0xFF)) &* 0x100_0000_01B3
        }
    }

    /// 16 hex digits.
    package var text: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
