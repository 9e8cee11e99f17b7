package import Postgres

/// The stores of one database, wired together: the one thing handed to services and controllers.
package struct Store: Sendable {
    package let database: Database
    package let projects: ProjectStore
    package let runs: RunStore
    package let points: PointStore
    package let imports: ImportStore
    package let fits: FitStore
    package let predictions: PredictionStore
    package let onlineMixtures: OnlineMixtureStore
    package let documents: DocumentStore
    package let links: LinkStore
    package let models: ModelStore
    package let purge: PurgeStore
    package let writer: PointWriter
    package let search: SearchStore
    package let packer: SearchPacker
    package let merger: SegmentMerger

    package init(database: Database) {
        self.database = database
        points = PointStore(database: database)
        projects = ProjectStore(database: database)
        runs = RunStore(database: database, points: points)
        imports = ImportStore(database: database)
        fits = FitStore(database: database)
        predictions = PredictionStore(database: database)
        onlineMixtures = OnlineMixtureStore(database: database)
        documents = DocumentStore(database: database)
        let cache = SearchCache()
        search = SearchStore(database: database, cache: cache)
        packer = SearchPacker(database: database, cache: cache)
        links = LinkStore(database: database)
        models = ModelStore(database: database)
        purge = PurgeStore(database: database, packer: packer)
        // A connection of its own: slow readers never make writers wait for one.
        writer = PointWriter(conninfo: database.conninfo, watch: database.watch)
        // One connection merges, one gives space back. What waits is read whole to find what is
        // due.
        merger = SegmentMerger(
            database: Database(
                conninfo: database.conninfo,
                connectionLimit: 2,
                readsByKey: false
            )
        )
    }

    /// Forgets keys of requests after `Limits.ingestKeySeconds`, some at a time; returns how many.
    package func forgetIngestKeys(now: Int64) async throws(StorageError) -> Int {
        try await database.session { (session) async throws(StorageError) in
            try await IngestKeys.purge(now: now, session)
        }
    }

    /// Waits for what is being written, then closes resting connections.
    package func close() async {
        await writer.close()
        await merger.close()
        database.close()
    }
}
