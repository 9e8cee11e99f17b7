import Client
import Testing

@Suite struct SendProgressTests {
    private func block(_ records: Int, start: Int = 16) -> SpoolBlock {
        let record = SpoolRecord(.points, .init(time: 0, pointCount: 2), body: Array("{}".utf8))
        return SpoolBlock(
            kind: .points,
            segment: 1,
            start: start,
            end: start + 100 * records,
            records: Array(repeating: record, count: records)
        )
    }

    @Test func `an accepted block is passed and forgets earlier failures`() {
        var progress = SendProgress()
        _ = progress.settle(block(3), .later(reason: "away", seconds: nil), now: 0)
        #expect(progress.settle(block(3), .accepted, now: 1) == .goOn)
        #expect(progress.offset == 316 && progress.sentPointCount == 6)
        #expect(progress.lastError == nil && progress.failureCount == 0)
        #expect(progress.mayTry(now: 1))
    }

    @Test func `a block of unknown fate keeps its ends, and so its key`() {
        var progress = SendProgress()
        progress.offset = 16
        progress.pendingEnd = 316
        #expect(progress.settle(block(3), .later(reason: "cut", seconds: 2), now: 0) == .wait)
        #expect(progress.offset == 16 && progress.pendingEnd == 316)
        #expect(!progress.mayTry(now: 1_999_999) && progress.mayTry(now: 2_000_000))
    }

    @Test func `pauses double up to a bound, and a clock set back does not stop sending`() {
        var progress = SendProgress()
        var pauses: [Int64] = []
        for _ in 0..<8 {
            _ = progress.settle(block(1), .later(reason: "away", seconds: nil), now: 0)
            pauses.append((progress.nextAttempt ?? 0) / 1_000_000)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30, 30])
        #expect(!progress.mayTry(now: 0))
        #expect(progress.mayTry(now: -3_600_000_000))
    }

    @Test func `a refused block is halved until the one at fault stands alone`() {
        var progress = SendProgress()
        progress.offset = 16
        #expect(progress.settle(block(9), .refused(reason: "bad"), now: 0) == .goOn)
        #expect(progress.recordLimit == 4 && progress.offset == 16 && progress.pendingEnd == nil)
        #expect(
            progress.settle(block(1), .refused(reason: "bad"), now: 0) == .setAside(reason: "bad")
        )
        #expect(progress.offset == 116)
        #expect(progress.sentPointCount == 0)
    }

    @Test func `a block is the entries of its records with the run in each`() {
        let record = SpoolRecord(.points, .init(time: 0), body: Array("{\"steps\":[1]}".utf8))
        var block = block(2)
        block.records = [record, record]
        #expect(
            String(decoding: block.body(run: "ab"), as: UTF8.self)
                == #"{"runs":[{"run":"ab","steps":[1]},{"run":"ab","steps":[1]}]}"#
        )
    }

    @Test func `lines become columns by the names they share`() throws {
        let entries = PointsText.entries([
            LoggedLine(step: 1, time: 10, metrics: ["b": .nan, "a\"\n": 1e-7]),
            LoggedLine(step: 2, time: 20, metrics: ["c": -.infinity]),
            LoggedLine(step: 3, time: 30, metrics: ["b": 0.1, "a\"\n": 1e300]),
        ])
        let texts = entries.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(entries.map(\.pointCount) == [4, 1])
        #expect(
            texts == [
                #"{"steps":[1,3],"times":[10,30],"metrics":{"a\"\u000a":[1e-07,1e+300],"b":["NaN",0.1]}}"#,
                #"{"steps":[2],"times":[20],"metrics":{"c":["-Infinity"]}}"#,
            ]
        )
    }
}
