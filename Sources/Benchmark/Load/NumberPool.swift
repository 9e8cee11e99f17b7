import Foundation
import ScalingLaws

/// Values of noisy curves as text of one width, so that a run of them is one copy of bytes.
///
/// Each is a full double (17 significant digits, as clients print them) about a slow curve; a
/// reader of the pool starts anywhere, so no two series repeat each other in step.
struct NumberPool: Sendable {
    /// Characters of a number; a comma follows each.
    static let width = 18
    static let count = 1 << 16
    let text: [UInt8]

    /// With `isFloat32`, values that a 32-bit float holds exactly.
    init(seed: UInt64, isFloat32: Bool = false) {
        var random = SplitMix64(seed: seed)
        var text: [UInt8] = []
        text.reserveCapacity(Self.count * (Self.width + 1))
        var made = 0
        while made < Self.count {
            let curve = 2 + 3 * pow(Double(made + 1), -0.3)
            let value = curve + 0.02 * Self.normal(&random)
            let number = (isFloat32 ? "\(Double(Float(value)))" : "\(value)").utf8
            guard number.count == Self.width else { continue }
            text.append(contentsOf: number)
            text.append(UInt8(ascii: ","))
            made += 1
        }
        self.text = text
    }

    /// A normal deviate by Box and Muller.
    private static func normal(_ random: inout SplitMix64) -> Double {
        let radius = sqrt(-2 * log(Double.random(in: 1e-12..<1, using: &random)))
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
    }

    /// The text of the number at `index` (any; the pool repeats).
    func number(_ index: Int) -> ArraySlice<UInt8> {
        let start = (index & (Self.count - 1)) * (Self.width + 1)
        return text[start..<start + Self.width]
    }

    /// Appends `count` numbers from `index` on, with commas between them.
    func append(_ count: Int, from index: Int, to body: inout [UInt8]) {
        var index = index & (Self.count - 1)
        var rest = count
        while rest > 0 {
            let piece = min(rest, Self.count - index)
            let start = index * (Self.width + 1)
            body.append(contentsOf: text[start..<start + piece * (Self.width + 1)])
            rest -= piece
            index = 0
        }
        body.removeLast()
    }
}
