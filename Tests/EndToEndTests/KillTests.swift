import Foundation
import TestSupport
import Testing

/// What load.py says it sent and found again.
private struct LoadResult: Decodable {
    let sent: Int
    let acknowledged: Int
    let lost: Int
    let doubled: Int
    let strange: Int
    let params: Int
}

@Suite(.serialized) struct KillTests {
    @Test(.timeLimit(.minutes(10)))
    func `a kill in the middle of a load loses no acknowledged point and doubles none`()
        async throws
    {
        let folder = try ServerProcess.makeDataDirectory()
        let first = try await ServerProcess(dataDirectory: folder)
        let load = try LoadProcess(url: first.url)
        #expect(await load.isHalfDone(), "the load ended before its half")
        await first.killHard()
        // The cluster outlived its server and is adopted.
        let second = try await ServerProcess(dataDirectory: folder, port: first.port)
        let output = await load.rest()
        #expect(await second.stop() == 0, "\(second.output)")
        let line = try #require(output.split(separator: "\n").last, "the load said nothing")
        let result = try JSONDecoder().decode(LoadResult.self, from: Data(line.utf8))
        #expect(result.acknowledged == result.sent)
        #expect(result.lost == 0)
        #expect(result.doubled == 0)
        #expect(result.strange == 0)
        #expect(result.params == 4 * 30)
        try FileManager.default.removeItem(atPath: folder)
    }
}

/// load.py at work: its first line says that half is done.
private final class LoadProcess: Sendable {
    private let lines: AsyncStream<String>

    init(url: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Products.python)
        process.arguments = [Products.script("load.py"), url]
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let (lines, line) = AsyncStream<String>.makeStream()
        self.lines = lines
        try process.run()
        PipeReader.read(pipe) { text in
            guard let text else { return line.finish() }
            line.yield(text)
        }
    }

    func isHalfDone() async -> Bool {
        for await text in lines where text.contains("half") { return true }
        return false
    }

    func rest() async -> String {
        var output = ""
        for await text in lines { output += text }
        return output
    }
}
