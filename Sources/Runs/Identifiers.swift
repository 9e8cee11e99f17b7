package import Foundation

/// Identifies a project: a random or time-ordered 128-bit value made by the writer.
package struct ProjectID: Hashable, Sendable, Codable {
    package let uuid: UUID

    package init(_ uuid: UUID) { self.uuid = uuid }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let uuid = UUID(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a project id is 32 hexadecimal digits"
            )
        }
        self.uuid = uuid
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }

    /// 32 lowercase hexadecimal digits.
    package var hex: String { uuid.hex }
}

/// Identifies a run; shown on every wire as 32 lowercase hexadecimal digits.
package struct RunID: Hashable, Sendable, Codable, Comparable {
    package let uuid: UUID

    package init(_ uuid: UUID) { self.uuid = uuid }

    /// Reads 32 hexadecimal digits, with or without dashes; nil for anything else.
    package init?(hex: String) {
        guard let uuid = UUID(hex: hex) else { return nil }
        self.uuid = uuid
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let uuid = UUID(hex: text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a run id is 32 hexadecimal digits"
            )
        }
        self.uuid = uuid
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }

    package var hex: String { uuid.hex }

    package static func < (left: RunID, right: RunID) -> Bool { left.uuid < right.uuid }
}

extension UUID {
    /// Reads 32 hexadecimal digits, with or without dashes; nil for anything else.
    package init?(hex: String) {
        let digits = hex.utf8.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for index in stride(from: 0, to: 32, by: 2) {
            guard let high = Self.nibble(digits[index]), let low = Self.nibble(digits[index + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    /// A UUID of version 7: 48 bits of Unix milliseconds, then random bits, so that keys made
    /// later sort later. Clock and randomness are arguments because this module reads neither.
    package init(timeOrdered microseconds: Int64, random: (UInt64, UInt64)) {
        let milliseconds = UInt64(max(0, microseconds / 1000))
        var bytes = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64($0))) }
        bytes += (0..<2).map { UInt8(truncatingIfNeeded: random.0 >> (8 * UInt64($0))) }
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: random.1 >> (8 * UInt64($0))) }
        bytes[6] = bytes[6] & 0x0F | 0x70
        bytes[8] = bytes[8] & 0x3F | 0x80
        self.init(bytes: bytes)
    }

    /// 32 lowercase hexadecimal digits.
    package var hex: String {
        // Through words: the text with dashes that Foundation makes costs ten times as much.
        RunKey(RunID(self)).hex
    }

    private init(bytes b: [UInt8]) {
        self.init(
            uuid: (
                b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7],
                b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
            )
        )
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
