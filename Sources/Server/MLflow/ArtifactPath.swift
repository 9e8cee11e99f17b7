import Foundation

/// A path below the artifact folder, taken from a request: relative, of plain names only.
///
/// Refused: `..` and `.`, empty names, a leading `/`, backslashes, `#`, control characters, names
/// over 255 bytes, paths over 2,000 bytes. So joining it to the folder never leaves the folder.
package struct ArtifactPath: Hashable, Sendable {
    package let components: [String]

    /// `text` is decoded already; an empty text is the folder itself.
    package init(_ text: String) throws(MLflowError) {
        var text = text[...]
        if text.hasSuffix("/") { text = text.dropLast() }
        guard text.utf8.count <= 2_000, !text.utf8.contains(where: Self.isRefused) else {
            throw Self.invalid
        }
        components =
            text.isEmpty
            ? [] : text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard components.allSatisfy({ !["", ".", ".."].contains($0) && $0.utf8.count <= 255 })
        else { throw Self.invalid }
    }

    /// The part of a request's path after `prefix`, percent-decoded once; `+` is a plus.
    package init(requestPath: String, after prefix: String) throws(MLflowError) {
        guard requestPath.hasPrefix(prefix),
            let decoded = String(requestPath.dropFirst(prefix.count)).removingPercentEncoding
        else { throw Self.invalid }
        try self.init(decoded)
    }

    package var isFolderItself: Bool { components.isEmpty }

    static let invalid = MLflowError.invalid("Invalid path")

    private static func isRefused(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "#")
    }
}
