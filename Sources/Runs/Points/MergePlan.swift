/// Which chunks of a series have to be written anew to take in fresh points, so that chunks never
/// overlap in series order. Pure: it decides, the merger acts.
///
/// 1. A chunk that fresh points may fall into is written anew with them.
/// 2. Points between chunks go to the chunk before them while that is not shut, else to the one
///    behind them, else they make chunks of their own.
/// 3. Chunks that nothing touches stay.
package struct MergePlan: Sendable, Hashable {
    package struct Group: Sendable, Hashable {
        /// Fresh points, by place.
        package var fresh: Range<Int>
        /// Chunks to be written anew with them, by place in `chunks`; may be empty.
        package var chunks: Range<Int>

        package init(fresh: Range<Int>, chunks: Range<Int>) {
            self.fresh = fresh
            self.chunks = chunks
        }
    }

    /// The chunks looked at, in series order.
    package let chunks: [ChunkHead]
    /// In series order.
    package private(set) var groups: [Group] = []

    /// `fresh` is in series order, each point once, not empty. `chunks` holds, in any order, all
    /// chunks of the series whose steps meet those of `fresh`, and the two with the greatest last
    /// steps before them.
    package init(fresh: PointColumns, chunks heads: [ChunkHead]) {
        chunks = Self.ordered(heads, from: fresh.steps[0])
        var cursor = 0
        /// Whether the last group ends with the chunk before.
        var isOpen = false
        for (place, head) in chunks.enumerated() {
            let summary = head.summary
            let begin = fresh.firstIndex { !summary.isAbove(fresh, $0) }
            let end = max(begin, fresh.firstIndex { summary.isBelow(fresh, $0) })
            if begin < cursor {
                // Points of the group before may belong in this chunk as well.
                groups[groups.count - 1].fresh =
                    groups[groups.count - 1].fresh.lowerBound..<max(cursor, end)
                groups[groups.count - 1].chunks =
                    groups[groups.count - 1].chunks.lowerBound..<place + 1
                cursor = max(cursor, end)
                continue
            }
            let isTouched = end > begin
            let gap = addGap(cursor..<begin, before: place, isOpen, isTouched)
            if let gap {
                groups.append(Group(fresh: gap.lowerBound..<end, chunks: place..<place + 1))
            } else if isTouched {
                groups.append(Group(fresh: begin..<end, chunks: place..<place + 1))
            }
            isOpen = isTouched || gap != nil
            cursor = end
        }
        if let gap = addGap(cursor..<fresh.count, before: chunks.count, isOpen, false) {
            groups.append(Group(fresh: gap, chunks: chunks.count..<chunks.count))
        }
    }

    /// Gives points between two chunks to the chunk before them or to none; returns them where they
    /// should go to the chunk behind them.
    private mutating func addGap(
        _ gap: Range<Int>,
        before place: Int,
        _ isOpen: Bool,
        _ isNextTouched: Bool
    ) -> Range<Int>? {
        guard !gap.isEmpty else { return nil }
        if isOpen {
            let last = groups[groups.count - 1]
            groups[groups.count - 1].fresh = last.fresh.lowerBound..<gap.upperBound
            return nil
        }
        if place > 0, !chunks[place - 1].summary.isShut {
            groups.append(Group(fresh: gap, chunks: place - 1..<place))
            return nil
        }
        if place < chunks.count, isNextTouched || !chunks[place].summary.isShut { return gap }
        if place == chunks.count { return gap }
        groups.append(Group(fresh: gap, chunks: place..<place))
        return nil
    }

    /// The chunks in series order; of those before `step` only the last, and none when two end
    /// alike, so that which is last cannot be told.
    private static func ordered(_ heads: [ChunkHead], from step: Int64) -> [ChunkHead] {
        let before = heads.filter { $0.summary.lastStep < step }
            .sorted { $0.summary.lastStep > $1.summary.lastStep }
        var chosen = heads.filter { $0.summary.lastStep >= step }
        if let last = before.first,
            before.dropFirst().first?.summary.lastStep
                != last.summary.lastStep
        {
            chosen.append(last)
        }
        return chosen.sorted { $0.summary.order < $1.summary.order }
    }

    /// Lengths of the chunks that a group's points are cut into. Points behind all others fill
    /// chunks to the brim; a full chunk that takes in late points is cut in halves, so that the
    /// next ones find room.
    package static func pieces(pointCount: Int, isSplit: Bool) -> [Int] {
        let limit = Limits.pointsPerChunkCount
        let count = (pointCount + limit - 1) / limit
        return (0..<count).map { piece in
            isSplit
                ? pointCount * (piece + 1) / count - pointCount * piece / count
                : min(limit, pointCount - limit * piece)
        }
    }
}

extension ChunkSummary {
    /// Whether later points no longer join it: what is left free is not worth writing it anew.
    package var isShut: Bool { pointCount >= Limits.pointsPerChunkCount * 3 / 4 }

    /// Whether the first and the last point have the least and the greatest time.
    private var knowsTimes: Bool { isTimeOrdered || firstStep == lastStep }

    /// Whether all points are at one step and time, so that values alone set them apart, and the
    /// least and greatest are known to the bit: all finite, and no zero, which has two.
    private var knowsValues: Bool {
        firstStep == lastStep && firstTime == lastTime && notFiniteCount == 0 && minimum != 0
            && maximum != 0
    }

    /// Orders chunks of one series, which do not overlap.
    fileprivate var order: (Int64, Int64, Int64, Int64, Double) {
        (firstStep, lastStep, firstTime, lastTime, minimum ?? -.infinity)
    }

    /// Whether all of its points come after a point.
    fileprivate func isAbove(_ points: PointColumns, _ index: Int) -> Bool {
        if points.steps[index] != firstStep { return points.steps[index] < firstStep }
        guard knowsTimes else { return false }
        if points.times[index] != firstTime { return points.times[index] < firstTime }
        guard knowsValues, let minimum else { return false }
        return PointOrder.precedes(points.values[index], minimum)
    }

    /// Whether all of its points come before a point.
    fileprivate func isBelow(_ points: PointColumns, _ index: Int) -> Bool {
        if points.steps[index] != lastStep { return points.steps[index] > lastStep }
        guard knowsTimes else { return false }
        if points.times[index] != lastTime { return points.times[index] > lastTime }
        guard knowsValues, let maximum else { return false }
        return PointOrder.precedes(maximum, points.values[index])
    }
}

extension PointColumns {
    /// The first place from which on a predicate holds, by bisection; `count` when nowhere.
    fileprivate func firstIndex(_ holds: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
