import Foundation

/// Standard output carries answers, standard error everything said beside them.
enum Output {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    static func answer(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// The bytes exactly as the server sent them, and an end of line.
    static func answer(_ bytes: [UInt8]) {
        FileHandle.standardOutput.write(Data(bytes))
        if bytes.last != UInt8(ascii: "\n") { FileHandle.standardOutput.write(Data("\n".utf8)) }
    }

    static func message(_ text: String) { error(text + "\n") }

    static func error(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
