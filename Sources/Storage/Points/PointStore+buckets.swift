import Postgres
package import Runs

extension PointStore {
    /// Series cut into at most `count` buckets of x each, for drawing, in the order of the names
    /// given. Series without points in the range are left out.
    ///
    /// Exactly what `Downsampling` makes of all their points, though long series are read from
    /// summaries. A few statements serve many series, and every core decodes.
    package func buckets(
        runIDs: [RunID],
        metrics: [String],
        axis: SeriesAxis,
        count: Int,
        from: Double? = nil,
        to: Double? = nil
    ) async throws(StorageError) -> [SeriesBuckets] {
        let count = min(max(count, 1), Limits.seriesBucketCount)
        let window = BucketWindow(count: count, from: from, to: to)
        return try await database.snapshot { (session) async throws(StorageError) in
            let wanted = try await SeriesRows.wanted(runIDs, metrics, axis, window, session)
            let parts = try await parts(wanted, window, byTime: axis.isTime, session)
            func jobs(_ indices: [Int], readsAll: Bool) -> [(index: Int, job: ViewJob)] {
                indices.compactMap { index in
                    parts[wanted[index].key].map {
                        (index, ViewJob(wanted[index], $0, window, readsAll: readsAll))
                    }
                }
            }
            var found = try await buckets(
                jobs(Array(wanted.indices), readsAll: false),
                byTime: axis.isTime,
                session
            )
            let again = found.filter { $0.value == nil }.keys.sorted()
            let read = try await buckets(
                jobs(again, readsAll: true),
                byTime: axis.isTime,
                session
            )
            found.merge(read) { $1 }
            return wanted.indices.compactMap { index in
                guard let buckets = found[index] ?? nil, !buckets.x.isEmpty else { return nil }
                let runID = RunID(wanted[index].key.runID)
                return SeriesBuckets(runID: runID, metric: wanted[index].name, buckets: buckets)
            }
        }
    }

    /// A short text that changes whenever any of those series does.
    package func stamp(runIDs: [RunID], metrics: [String]) async throws(StorageError) -> String {
        let ids = runIDs.map(\.uuid)
        let found = try await database.session { (session) async throws(StorageError) in
            try await session.first(
                """
                SELECT count(*) || '-' || coalesce(sum(hashtextextended(m::text, 0)), 0)
                FROM metric m WHERE m.run_id = ANY(\(ids)) AND m.name = ANY(\(metrics))
                """
            ) { (row) throws(PostgresError) -> String in try row.value(0) }
        }
        return found ?? "0"
    }

    /// What stands for each series before chunks are read, from memory where it is still true.
    private func parts(
        _ wanted: [WantedSeries],
        _ window: BucketWindow,
        byTime: Bool,
        _ session: Session
    ) async throws(StorageError) -> [SeriesKey: SeriesParts] {
        let known = chunks.heads(wanted)
        let unknown = wanted.filter { known[$0.key] == nil }
        var parts = try await SeriesRows.parts(unknown, byTime: byTime, session)
        if window.from == nil, window.to == nil {
            chunks.insert(
                unknown.compactMap { series in
                    guard let parts = parts[series.key], parts.fresh.isEmpty else { return nil }
                    return (series, parts.heads)
                }
            )
        }
        for series in wanted {
            guard let heads = known[series.key]?.filter(series.mayShow), !heads.isEmpty
            else { continue }
            parts[series.key] = SeriesParts(heads: heads)
        }
        return parts
    }

    private typealias Found = Result<[(Int, Buckets?)], StorageError>

    /// Reads jobs batch by batch, while those read before are decoded.
    private func buckets(
        _ jobs: [(index: Int, job: ViewJob)],
        byTime: Bool,
        _ session: Session
    ) async throws(StorageError) -> [Int: Buckets?] {
        let batches = Self.batches(jobs)
        let result = await withTaskGroup(of: Found.self) { group in
            var found: Result<[Int: Buckets?], StorageError> = .success([:])
            for (place, batch) in batches.enumerated() {
                do throws(StorageError) {
                    let read = try await fetch(batch, byTime: byTime, session)
                    if place >= Limits.decodingTaskCount, let next = await group.next() {
                        found = Self.merged(found, next)
                    }
                    group.addTask { Self.decode(read) }
                } catch {
                    return Result<[Int: Buckets?], StorageError>.failure(error)
                }
            }
            for await next in group { found = Self.merged(found, next) }
            return found
        }
        return try result.get()
    }

    private static func merged(
        _ found: Result<[Int: Buckets?], StorageError>,
        _ next: Found
    ) -> Result<[Int: Buckets?], StorageError> {
        found.flatMap { all in
            next.map { all.merging($0) { $1 } }
        }
    }

    private static func batches(
        _ jobs: [(index: Int, job: ViewJob)]
    ) -> [[(index: Int, job: ViewJob)]] {
        var batches: [[(index: Int, job: ViewJob)]] = []
        var room = 0
        for job in jobs {
            if room <= 0 {
                batches.append([])
                room = Limits.decodedPointCount
            }
            batches[batches.count - 1].append(job)
            room -= job.job.cost
        }
        return batches
    }

    private static func decode(_ batch: [(index: Int, job: ViewJob)]) -> Found {
        var found: [(Int, Buckets?)] = []
        for (index, job) in batch {
            do throws(PostgresError) {
                found.append((index, try job.buckets()))
            } catch {
                return .failure(StorageError(error))
            }
        }
        return .success(found)
    }

    /// Three statements at most, however many series there are.
    private func fetch(
        _ batch: [(index: Int, job: ViewJob)],
        byTime: Bool,
        _ session: Session
    ) async throws(StorageError) -> [(index: Int, job: ViewJob)] {
        var batch = batch
        let whole = batch.indices.flatMap { place in
            batch[place].job.wholeChunks.map {
                (place: place, index: $0.index, request: $0.request)
            }
        }
        for row in try await SeriesRows.chunks(whole.map(\.request), session) {
            let (place, index, _) = whole[try row.place()]
            batch[place].job.set(chunk: index, row)
        }
        let cut = batch.indices.flatMap { place in
            batch[place].job.cutChunks.map { (place: place, index: $0.index, request: $0.request) }
        }
        let known = chunks.blocks(cut.map(\.request.head.id))
        for (cut, blocks) in zip(cut, known) {
            if let blocks { batch[cut.place].job.set(blocks: blocks, of: cut.index) }
        }
        let unknown = zip(cut, known).compactMap { $1 == nil ? $0 : nil }
        let read = try await SeriesRows.blocks(unknown.map(\.request), session)
        for found in read {
            let (place, index, _) = unknown[found.place]
            batch[place].job.set(blocks: found.blocks, of: index)
        }
        chunks.insert(read.map { (unknown[$0.place].request.head.id, $0.blocks) })
        let slices = batch.indices.flatMap { place in
            batch[place].job.cutBlocks.map { (place: place, slice: $0) }
        }
        let requests = slices.map { (chunk: $0.slice.chunk, block: $0.slice.summary) }
        for row in try await SeriesRows.slices(requests, byTime: byTime, session) {
            let (place, slice) = slices[try row.place()]
            batch[place].job.set(block: slice.block, row)
        }
        return batch
    }
}

extension Row {
    fileprivate func place() throws(StorageError) -> Int {
        do throws(PostgresError) {
            return try value(0)
        } catch {
            throw StorageError(error)
        }
    }
}
