import Foundation
import Runs
import TestSupport
import Testing

@Suite struct MergePlanTests {
    private func head(_ steps: ClosedRange<Int64>, count: Int = 4_096) -> ChunkHead {
        ChunkHead(
            id: UUID(),
            summary: ChunkSummary(
                pointCount: count,
                notFiniteCount: 0,
                firstStep: steps.lowerBound,
                lastStep: steps.upperBound,
                firstTime: steps.lowerBound,
                lastTime: steps.upperBound,
                isTimeOrdered: true,
                minimum: 1,
                maximum: 2,
                last: 1
            )
        )
    }

    /// Points at these steps, at a time equal to the step.
    private func points(_ steps: [Int64]) -> PointColumns {
        PointColumns(steps: steps, times: steps, values: steps.map(Double.init))
    }

    private func groups(_ steps: [Int64], _ heads: [ChunkHead]) -> [MergePlan.Group] {
        MergePlan(fresh: points(steps), chunks: heads).groups
    }

    @Test func `a first batch makes chunks of its own`() {
        #expect(groups([1, 2, 3], []) == [.init(fresh: 0..<3, chunks: 0..<0)])
    }

    @Test func `points behind a full chunk leave it alone, and join one that is not`() {
        #expect(groups([101], [head(0...100)]) == [.init(fresh: 0..<1, chunks: 1..<1)])
        #expect(groups([101], [head(0...100, count: 9)]) == [.init(fresh: 0..<1, chunks: 0..<1)])
    }

    @Test func `only chunks that points fall into are written anew`() {
        let heads = [head(0...100), head(101...200), head(201...300), head(301...400)]
        #expect(
            groups([50, 60, 250, 401], heads.reversed()) == [
                .init(fresh: 0..<2, chunks: 0..<1), .init(fresh: 2..<3, chunks: 2..<3),
                .init(fresh: 3..<4, chunks: 4..<4),
            ]
        )
    }

    @Test func `points between chunks go to a neighbour with room, else stay between`() {
        let full = [head(0...100), head(201...300)]
        #expect(groups([150, 160], full) == [.init(fresh: 0..<2, chunks: 1..<1)])
        let before = [head(0...100, count: 9), head(201...300)]
        #expect(groups([150, 160], before) == [.init(fresh: 0..<2, chunks: 0..<1)])
        let behind = [head(0...100), head(201...300, count: 9)]
        #expect(groups([150, 250], behind) == [.init(fresh: 0..<2, chunks: 1..<2)])
        let touched = [head(0...100), head(201...300)]
        #expect(groups([90, 150], touched) == [.init(fresh: 0..<2, chunks: 0..<1)])
    }

    @Test func `a point that may belong to two chunks joins them`() {
        var first = head(0...100)
        first.summary.isTimeOrdered = false
        var second = head(100...200)
        second.summary.isTimeOrdered = false
        #expect(groups([100], [first, second]) == [.init(fresh: 0..<1, chunks: 0..<2)])
        // With times in order it is known where it belongs.
        #expect(groups([100], [head(0...100), head(101...200)]).map(\.chunks) == [0..<1])
    }

    @Test func `of chunks before the points only the last may be joined, if it is known`() {
        let heads = [head(0...50, count: 5), head(51...100, count: 5)]
        #expect(groups([101], heads) == [.init(fresh: 0..<1, chunks: 0..<1)])
        #expect(MergePlan(fresh: points([101]), chunks: heads).chunks == [heads[1]])
        let alike = [head(0...100, count: 5), head(100...100, count: 5)]
        #expect(groups([101], alike) == [.init(fresh: 0..<1, chunks: 0..<0)])
    }

    @Test func `points at one step are told apart by time, then by value`() {
        func one(_ times: ClosedRange<Int64>) -> ChunkHead {
            var head = head(0...0)
            (head.summary.firstTime, head.summary.lastTime) = (times.lowerBound, times.upperBound)
            return head
        }
        let heads = [one(0...10), one(11...20), one(21...30)]
        let fresh = PointColumns(steps: [0], times: [15], values: [1])
        #expect(MergePlan(fresh: fresh, chunks: heads).groups.map(\.chunks) == [1..<2])
        let later = PointColumns(steps: [0], times: [31], values: [1])
        #expect(MergePlan(fresh: later, chunks: heads).groups.map(\.chunks) == [3..<3])
        let same = [one(5...5)]
        let above = PointColumns(steps: [0], times: [5], values: [3])
        #expect(MergePlan(fresh: above, chunks: same).groups.map(\.chunks) == [1..<1])
        let inside = PointColumns(steps: [0], times: [5], values: [1.5])
        #expect(MergePlan(fresh: inside, chunks: same).groups.map(\.chunks) == [0..<1])
    }

    @Test(arguments: [1, 4_095, 4_096, 4_097, 9_000, 131_072])
    func `points are cut into chunks that hold them all`(count: Int) {
        for isSplit in [true, false] {
            let pieces = MergePlan.pieces(pointCount: count, isSplit: isSplit)
            #expect(pieces.reduce(0, +) == count)
            #expect(pieces.allSatisfy { 1...Limits.pointsPerChunkCount ~= $0 })
        }
        let halves = MergePlan.pieces(pointCount: count, isSplit: true)
        #expect(count < 4_097 || halves.allSatisfy { $0 > 2_000 })
    }

    @Test(arguments: 0..<100)
    func `merging sorted series is sorting all of their points`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let parts = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
            var part = PointColumns()
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                part.append(
                    step: .random(in: 0...20, using: &generator),
                    time: .random(in: 0...2, using: &generator),
                    value: [0, -0.0, 1, .infinity][Int.random(in: 0...3, using: &generator)]
                )
            }
            return part.sortedAndDistinct()
        }
        let all = parts.reduce(into: PointColumns()) { $0.append(contentsOf: $1) }
        let merged = PointColumns.merging(parts)
        let expected = all.sortedAndDistinct()
        #expect(merged == expected)
        #expect(merged.values.map(\.bitPattern) == expected.values.map(\.bitPattern))
    }
}
