import API
import Client
import Foundation
import Runs
import Synchronization
import TestSupport
import Testing

@Suite struct SpoolTests {
    private let path = NSTemporaryDirectory() + "isoloss-spool-\(UUID().uuidString)"
    private var folder: SpoolFolder { SpoolFolder(path: path) }
    private static let id = "0123456789abcdef0123456789abcdef"

    private func open() throws -> RunSpool {
        try folder.open(SpoolTarget(server: "http://h:1", run: Self.id))
    }

    private static func points(_ steps: [Int64], metric: String = "loss") -> [SpoolRecord] {
        let lines = steps.map { LoggedLine(step: $0, time: $0, metrics: [metric: Double($0)]) }
        return PointsText.entries(lines).map {
            SpoolRecord(.points, .init(time: 0, pointCount: $0.pointCount), body: $0.body)
        }
    }

    @Test(arguments: 0..<12)
    func `whatever goes wrong, every point arrives exactly once and in order`(seed: Int)
        async throws
    {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let chance = Mutex(SeededGenerator(seed: UInt64(seed)))
        let server = StoringTransport { _ in
            let drawn = chance.withLock { Int.random(in: 0..<8, using: &$0) }
            return [.unreachable, .busy, .lostAnswer, .proxy][safe: drawn] ?? .none
        }
        var random = SeededGenerator(seed: UInt64(seed) &+ 99)
        var spool = try open()
        var step: Int64 = 0
        for _ in 0..<60 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: _ = try await server.sender().send(spool)
            // Another process, or the same after a kill: it knows only what the disk knows.
            case 1: spool = try open()
            default:
                let count = Int64.random(in: 1...9, using: &random)
                // Now and then the process before was killed in the middle of writing.
                if Bool.random(using: &random) { try tear(spool, using: &random) }
                try spool.append(Self.points(Array(step..<(step + count))))
                step += count
            }
        }
        var turns = 0
        while try spool.waiting().records > 0, turns < 500 {
            _ = try await server.sender().send(spool)
            turns += 1
        }
        #expect(server.steps == Array(0..<step))
        #expect(server.conflicts == 0)
        #expect(spool.refusedCount() == 0)
    }

    /// Leaves a part of a record at the end, as a process does that was killed while writing.
    private func tear(_ spool: RunSpool, using random: inout SeededGenerator) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: spool.folder)
        guard let last = names.filter({ $0.hasSuffix(".log") }).max() else { return }
        let record = SpoolCodec.encode(Self.points([-1])[0])
        let handle = try FileHandle(forWritingTo: URL(filePath: spool.folder + "/" + last))
        try handle.seekToEnd()
        try handle.write(contentsOf: record[..<Int.random(in: 1..<record.count, using: &random)])
        try handle.close()
    }

    @Test func `a refused record is set aside alone and the others arrive`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = StoringTransport()
        let spool = try open()
        for step in 0..<100 {
            try spool.append(Self.points([Int64(step)], metric: step == 37 ? "bad" : "loss"))
        }
        let report = try await server.sender().send(spool)
        #expect(report.refusals == ["A bad name."])
        #expect(report.sentPointCount == 99)
        #expect(server.steps == (0..<100).filter { $0 != 37 })
        #expect(spool.refusedCount() == 1)
        #expect(try spool.waiting().records == 0)
        #expect(server.callCount < 30)
    }

    @Test func `segments that were sent are removed and what they knew is kept`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = StoringTransport()
        let spool = try open()
        var mark = SourceMark(path: "/t.jsonl", device: 1, inode: 2)
        mark.offset = 77
        var first = Self.points([0])
        first[0].header.marks = [mark]
        try spool.append(first)
        for part in 1...40 {
            let start = Int64(part) * 5_000
            try spool.append(Self.points(Array(start..<(start + 5_000))))
        }
        let before = SpoolFolder.byteCount(below: spool.folder)
        #expect(try await server.sender().send(spool).obstacle == nil)
        #expect(server.steps.count == 200_001)
        #expect(SpoolFolder.byteCount(below: spool.folder) < before / 3)
        #expect(try open().checkpoint().marks == [mark])
    }

    @Test func `a name stands for one run until that ends`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let run = NewRunMessage(project: "p", name: "n")
        let first = try folder.make(run, server: "http://h:1", time: 1)
        let again = try folder.make(run, server: "http://h:1", time: 2)
        let elsewhere = try folder.make(run, server: "http://h:2", time: 2)
        #expect(first.isNew && !again.isNew && again.id == first.id && elsewhere.id != first.id)
        let byID = try folder.open(SpoolTarget(server: "http://h:1", run: first.id))
        #expect(byID.folder == first.spool.folder)
        try byID.append([SpoolRecord(.patch, .init(time: 3, isFinished: true))])
        let next = try folder.make(run, server: "http://h:1", time: 4)
        #expect(next.isNew && next.id != first.id)
    }

    @Test func `a run is made before its points and ended after them`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = StoringTransport()
        let made = try folder.make(
            NewRunMessage(project: "p", name: "n", params: ["lr": "1"]),
            server: "http://h:1",
            time: 5
        )
        try made.spool.append(Self.points([1, 2]))
        try made.spool.append([
            SpoolRecord(.patch, .init(time: 3, isFinished: true), body: Array("{\"x\":1}".utf8))
        ])
        #expect(try await server.sender().send(made.spool).sentPointCount == 2)
        let created = try #require(server.created.first)
        #expect(created.contains(made.id) && created.contains(#""startTime":5"#))
        #expect(server.patches == [#"{"x":1}"#])
    }

    @Test func `two senders never send at once, and one waits for the pause`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = StoringTransport { $0 == 1 ? .busy : .none }
        let spool = try open()
        try spool.append(Self.points([1]))
        #expect(try await server.sender().send(spool).obstacle == "Busy.")
        #expect(try await server.sender().send(spool, isPatient: true).obstacle == "Busy.")
        #expect(server.callCount == 1)
        let later = server.sender { 2_000_000 }
        #expect(try await later.send(spool, isPatient: true).sentPointCount == 1)
    }

    @Test func `a full spool takes no more and says so`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let small = SpoolFolder(path: path, limitBytes: 1 << 20)
        let spool = try small.open(SpoolTarget(server: "http://h:1", run: Self.id))
        let error = #expect(throws: SpoolError.self) {
            for step in 0..<100 {
                try spool.append(
                    Self.points(Array(Int64(step * 5_000)..<Int64(step * 5_000 + 5_000)))
                )
            }
        }
        #expect(error == .full(path: path, limitBytes: 1 << 20))
        #expect(error?.message.contains("1 MiB") == true)
    }

    @Test func `a spool that cannot be written says which path and why`() throws {
        try Data().write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: SpoolError.self) { try open() }
        #expect(error?.message.contains(path) == true)
        #expect(error?.hint.contains("--spool") == true)
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}
