import API
import Foundation
import Runs
import ServiceLifecycle
import Storage

/// Where a page's event stream has come: the newest point and the newest change of a run it saw,
/// both in microseconds since 1970.
struct LiveCursor: Sendable, Hashable {
    var points: Int64
    var runs: Int64

    /// Reads the id of an event; nil starts now.
    init(parsing text: String?, now: Int64) throws(APIError) {
        guard let text else {
            points = now
            runs = now
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map {
            Int64($0) ?? -1
        }
        guard parts.count == 2, parts.allSatisfy({ (0...now + 3_600_000_000).contains($0) }) else {
            throw APIError(
                .invalid,
                "since is not the id of an event of this stream.",
                hint: "Send the id of the last event, or leave it out.",
                field: "since"
            )
        }
        points = parts[0]
        runs = parts[1]
    }

    var text: String { "\(points)-\(runs)" }
}

/// Asks the database for what is new in a project and words it as events.
struct LiveFeed: Sendable {
    static let pause = Duration.milliseconds(500)
    static let heartbeatTicks = 30
    /// Runs are asked for at every so many ticks.
    static let runTicks = 2
    /// A change may become visible after a later one; the last seconds are read again.
    static let overlapMicroseconds: Int64 = 2_000_000

    private let dependencies: AppDependencies
    private let project: ProjectID
    private var cursor: LiveCursor
    private var segments: SegmentCursor
    private var tick = 0
    /// Whether more points wait than one event holds.
    private var isBehind = false
    /// When all changed runs had been seen, microseconds since 1970.
    private var lookedForRuns = Int64.min / 2
    /// Where an answer ended that held as many runs as one may: an import changes thousands.
    private var lastOfMany: (moment: Int64, id: RunID)?
    /// Last change shown of each run, within the overlap.
    private var shown: [RunID: Int64] = [:]

    init(dependencies: AppDependencies, project: ProjectID, cursor: LiveCursor) {
        self.dependencies = dependencies
        self.project = project
        self.cursor = cursor
        segments = SegmentCursor(startingAt: cursor.points)
    }

    /// The next event, or several as one text; nil when the server stops.
    mutating func next() async throws -> String? {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            if tick > 0, !isBehind { try await Task.sleep(for: Self.pause) }
            var text = ""
            if cannotReplay { text += reset() }
            if let points = try await newPoints() { text += event("points", points) }
            if tick % Self.runTicks == 0, let runs = try await changedRuns() {
                text += event("runs", try encoded(runs))
            }
            if tick % Self.heartbeatTicks == 0 { text += event("heartbeat", "{}") }
            tick += 1
            if !text.isEmpty { return text }
        }
        return nil
    }

    /// Points that came after the cursor may have been merged, and merged points are not replayed:
    /// after a long absence, or when the page takes events too slowly.
    private var cannotReplay: Bool {
        let oldest = segments.newest - SegmentCursor.overlapMicroseconds
        return dependencies.now() - oldest > Int64(Limits.mergeDelaySeconds) * 1_000_000
    }

    /// Tells the page to fetch anew what it shows, and goes on from now.
    private mutating func reset() -> String {
        segments = SegmentCursor(startingAt: dependencies.now())
        cursor.points = segments.newest
        return event("reset", "{}")
    }

    private mutating func newPoints() async throws -> String? {
        let asked = dependencies.now()
        let (found, next) = try await dependencies.store.points.tail(
            projectID: project,
            after: segments,
            limit: Limits.streamedSegmentCount
        )
        segments = next
        isBehind = found.count >= Limits.streamedSegmentCount
        if !isBehind { segments.advance(to: asked) }
        cursor.points = max(cursor.points, segments.newest)
        guard !found.isEmpty else { return nil }
        let points = StreamedPoints(
            series: found.map { .init(run: $0.runID, metric: $0.metric, points: $0.points) }
        )
        var writer = JSONWriter()
        points.write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// While a stream goes on, only runs that are not at rest are looked at, so that a look costs
    /// the same however many runs there are; after a pause, all.
    private mutating func changedRuns() async throws -> StreamedRuns? {
        let asked = dependencies.now()
        let isSteady = asked - lookedForRuns < Limits.searchQuietSeconds * 1_000_000 / 2
        let since = lastOfMany?.moment ?? cursor.runs - Self.overlapMicroseconds
        let found = try await dependencies.store.runs.changed(
            projectID: project,
            since: since,
            after: lastOfMany?.id,
            limit: Limits.runPageCount,
            recently: isSteady
        )
        if found.count < Limits.runPageCount { lookedForRuns = asked }
        let fresh = found.filter { shown[$0.id] != $0.updatedAt }
        shown = shown.filter { $0.value > since }
        for run in fresh {
            shown[run.id] = run.updatedAt
            cursor.runs = max(cursor.runs, run.updatedAt)
        }
        advance(past: found)
        guard !fresh.isEmpty else { return nil }
        let resolver = try await dependencies.lookup.resolver(project)
        let viewer = dependencies.viewer(resolver)
        return StreamedRuns(runs: fresh.map(viewer.message))
    }

    /// The next look goes on after a full answer. Once all of many are told, they are not read
    /// again for the sake of the overlap.
    private mutating func advance(past found: [Run]) {
        let wereMany = lastOfMany != nil
        lastOfMany = nil
        guard let last = found.last else { return }
        if found.count >= Limits.runPageCount {
            lastOfMany = (last.updatedAt, last.id)
        } else if wereMany {
            cursor.runs = max(cursor.runs, last.updatedAt + Self.overlapMicroseconds)
        }
    }

    private func encoded(_ value: some Encodable) throws -> String {
        String(decoding: try WireJSON.encoder().encode(value), as: UTF8.self)
    }

    /// JSON has no line ends of its own, so one `data:` line holds it.
    private func event(_ name: String, _ data: String) -> String {
        "id: \(cursor.text)\nevent: \(name)\ndata: \(data)\n\n"
    }
}
