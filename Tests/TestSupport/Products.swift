import Foundation

/// Where the package and its built programs are.
package enum Products {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The program of the build these tests belong to.
    package static func program(_ name: String) -> String {
        "\(root)/.build/\(configuration)/\(name)"
    }

    package static let python =
        ProcessInfo.processInfo.environment["ISOLOSS_PYTHON"] ?? "\(root)/.venv/bin/python"

    package static func script(_ name: String) -> String {
        "\(root)/Tests/EndToEndTests/Python/\(name)"
    }

    #if DEBUG
    private static let configuration = "debug"
    #else
    private static let configuration = "release"
    #endif
}
