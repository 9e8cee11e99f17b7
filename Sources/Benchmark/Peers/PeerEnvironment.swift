import Foundation

/// A Python environment with one peer's pinned packages, in a folder of the user's choice so that a
/// second run installs nothing.
struct PeerEnvironment {
    let folder: String

    func program(_ name: String) -> String { folder + "/bin/" + name }

    /// Installs exactly the versions and bytes that `scripts/peers/NAME.txt` lists.
    static func prepare(_ name: String, in root: String) async throws -> PeerEnvironment {
        let folder = "\(root)/\(name)"
        let done = folder + "/.installed"
        let environment = PeerEnvironment(folder: folder)
        if FileManager.default.fileExists(atPath: done) { return environment }
        try FileManager.default.createDirectory(
            atPath: root,
            withIntermediateDirectories: true
        )
        let log = "\(root)/\(name).log"
        try await demand(["python3", "-m", "venv", folder], log: log)
        try await demand(
            [
                environment.program("python"), "-m", "pip", "install", "-q", "--no-deps",
                "--only-binary", ":all:", "--require-hashes", "--disable-pip-version-check", "-r",
                "\(scripts)/\(name).txt",
            ],
            log: log
        )
        try Data().write(to: URL(fileURLWithPath: done))
        return environment
    }

    /// The folder of the lists, found from the program: `.build/release/` lies below the root.
    static var scripts: String {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.path + "/scripts/peers"
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
        }
        return "scripts/peers"
    }

    private static func demand(_ words: [String], log: String) async throws {
        let program = try ChildProgram(words, log: log)
        let status = await program.wait()
        guard status == 0 else {
            throw LoadError.notReady(
                "\(words.joined(separator: " ")) ended with \(status):\n\(program.log.suffix(2_000))"
            )
        }
    }
}
