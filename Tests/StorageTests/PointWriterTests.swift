import Foundation
import Postgres
import Runs
import Storage
import Synchronization
import TestSupport
import Testing

@Suite struct PointWriterTests {
    @Test func `many writers at once lose no point and share commits`() async throws {
        let store = try await TestDatabase.makeStore()
        let runs = try await (0..<4).asyncMap { _ in try await store.sampleRun() }
        try await withThrowingTaskGroup { group in
            for number in 0..<400 {
                group.addTask {
                    let point = Samples.series(count: 1, first: Int64(number / 4))
                    try await store.writer.write(
                        RunBatch(runID: runs[number % 4].id, series: ["loss": point]),
                        now: Samples.now
                    )
                }
            }
            try await group.waitForAll()
        }
        for run in runs {
            let points = try await store.points.series(run.id, metric: "loss")
            #expect(points.steps == Array(0..<100))
        }
        #expect(store.writer.commitCount < 200)
    }

    @Test func `a follower is told every series of a batch, and once`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let names = (0..<600).map { "metric \($0)" }
        let point = Samples.series(count: 1)
        let series = Dictionary(uniqueKeysWithValues: names.map { ($0, point) })
        try await store.writer.write(
            RunBatch(runID: run.id, series: series),
            now: Samples.now
        )
        let start = SegmentCursor(startingAt: Samples.now)
        let first = try await store.points.tail(projectID: run.projectID, after: start)
        #expect(first.segments.count == names.count)
        #expect(Set(first.segments.map(\.metric)) == Set(names))
        let second = try await store.points.tail(projectID: run.projectID, after: first.next)
        #expect(second.segments.isEmpty)
    }

    @Test func `a bad batch never fails its neighbours`() async throws {
        let store = try await TestDatabase.makeStore()
        let good = try await store.sampleRun()
        let deleted = try await store.sampleRun()
        try await store.runs.delete(deleted.id, now: Samples.now)
        let outcomes = await withTaskGroup(of: (Int, StorageError?).self) { group in
            for number in 0..<120 {
                group.addTask {
                    let batch = Self.batch(number, good: good.id, deleted: deleted.id)
                    do throws(StorageError) {
                        try await store.writer.write(batch, now: Samples.now)
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            return await group.reduce(into: [Int: StorageError]()) { $0[$1.0] = $1.1 }
        }
        for number in 0..<120 {
            switch number % 6 {
            case 1: #expect(outcomes[number] == .notActive(deleted.id))
            case 2: #expect(outcomes[number] == .notFound(kind: "run", id: Samples.runID(9).hex))
            case 3:
                guard case .invalid = outcomes[number] else {
                    Issue.record("a NUL in a tag: \(String(describing: outcomes[number]))")
                    continue
                }
            case 4:
                guard case .conflict(let constraint, _) = outcomes[number] else {
                    Issue.record("too long a name: \(String(describing: outcomes[number]))")
                    continue
                }
                #expect(constraint == "metric_name_is_valid")
            default: #expect(outcomes[number] == nil)
            }
        }
        let points = try await store.points.series(good.id, metric: "loss")
        #expect(points.steps == (0..<120).filter { $0 % 6 == 0 || $0 % 6 == 5 })
        let tags = try await store.runs.find(id: good.id)?.tags
        #expect(tags == [:])
    }

    private static func batch(_ number: Int, good: RunID, deleted: RunID) -> RunBatch {
        let point = Samples.series(count: 1, first: Int64(number))
        let long = String(repeating: "x", count: 251)
        return switch number % 6 {
        case 1: RunBatch(runID: deleted, series: ["loss": point])
        case 2: RunBatch(runID: Samples.runID(9), series: ["loss": point])
        case 3: RunBatch(runID: good, series: ["loss": point], tags: ["a": "b\u{0}"])
        case 4: RunBatch(runID: good, series: [long: point])
        default: RunBatch(runID: good, series: ["loss": point])
        }
    }

    @Test func `a param is set once, and setting it again to the same value is no error`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let first = RunBatch(runID: run.id, params: ["lr": "0.1"])
        try await store.writer.write(first, now: 1)
        try await store.writer.write(first, now: 2)
        let other = RunBatch(
            runID: run.id,
            series: ["loss": Samples.series(count: 1)],
            params: ["lr": "0.2", "new": "1"]
        )
        await #expect(
            throws: StorageError.paramChanged(key: "lr", old: "0.1", new: "0.2", runID: run.id)
        ) {
            try await store.writer.write(other, now: 3)
        }
        let found = try #require(try await store.runs.find(id: run.id))
        #expect(found.params == ["lr": "0.1"])
        #expect(found.metrics.isEmpty)
    }

    @Test func `of two values sent for one param at once exactly one is stored`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let accepted = await withTaskGroup(of: String?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let batch = RunBatch(runID: run.id, params: ["lr": "\(number)"])
                    do throws(StorageError) {
                        try await store.writer.write(batch, now: 1)
                        return "\(number)"
                    } catch {
                        return nil
                    }
                }
            }
            return await group.reduce(into: [String]()) { if let value = $1 { $0.append(value) } }
        }
        #expect(accepted.count == 1)
        #expect(try await store.runs.find(id: run.id)?.params["lr"] == accepted.first)
    }

    @Test func `writers on two servers never give one metric index away twice`() async throws {
        let first = try await TestDatabase.makeStore()
        let second = Store(database: first.database)
        let run = try await first.sampleRun()
        try await withThrowingTaskGroup { group in
            for number in 0..<60 {
                let store = number % 2 == 0 ? first : second
                group.addTask {
                    let series = Dictionary(
                        uniqueKeysWithValues: (0..<5).map {
                            ("metric \((number + $0) % 30)", Samples.series(count: 3))
                        }
                    )
                    try await store.writer.write(
                        RunBatch(runID: run.id, series: series),
                        now: Samples.now
                    )
                }
            }
            try await group.waitForAll()
        }
        let metrics = try #require(try await first.runs.find(id: run.id)).metrics
        #expect(metrics.count == 30)
        #expect(metrics.values.allSatisfy { $0.pointCount == 3 })
    }

    @Test func `beyond its bounds the writer refuses, and what it took is stored`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let writer = PointWriter(conninfo: store.database.conninfo, waitingBatchCount: 16)
        let refusals = Mutex(0)
        writer.observe { if case .refused = $0 { refusals.withLock { $0 += 1 } } }
        let stored = await withTaskGroup(of: Int64?.self) { group in
            for number in 0..<Int64(500) {
                group.addTask {
                    let point = Samples.series(count: 1, first: number)
                    do throws(StorageError) {
                        try await writer.write(
                            RunBatch(runID: run.id, series: ["loss": point]),
                            now: Samples.now
                        )
                        return number
                    } catch {
                        guard case .unavailable = error else {
                            Issue.record("refused as \(error)")
                            return nil
                        }
                        return nil
                    }
                }
            }
            return await group.reduce(into: [Int64]()) { if let step = $1 { $0.append(step) } }
        }
        #expect(!stored.isEmpty && stored.count < 500)
        #expect(refusals.withLock { $0 } == 500 - stored.count)
        let points = try await store.points.series(run.id, metric: "loss")
        #expect(points.steps == stored.sorted())
        // Once it has caught up it takes writes again.
        try await writer.write(
            RunBatch(runID: run.id, series: ["loss": Samples.series(count: 1, first: 900)]),
            now: Samples.now
        )
        await writer.close()
    }

    @Test func `a long series is stored in several segments and read as one`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let points = Samples.series(count: 150_000)
        try await store.writer.write(RunBatch(runID: run.id, series: ["loss": points]), now: 1)
        #expect(try await store.points.series(run.id, metric: "loss") == points)
    }
}

extension Sequence {
    func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
