/// Every bound of the product, with its unit in the name. Errors show the bound that was passed.
package enum Limits {
    /// MLflow's limits for one log-batch request; see the tracking API of MLflow 3.
    package static let batchMetricCount = 1_000
    package static let batchParamCount = 100
    package static let batchTagCount = 100
    package static let batchEntityCount = 1_000
    package static let batchBodyBytes = 1_000_000
    package static let keyCharacters = 250
    package static let paramValueCharacters = 6_000
    package static let tagValueCharacters = 8_000
    package static let projectNameCharacters = 500
    package static let runNameCharacters = 500
    /// One request body outside imports.
    package static let requestBodyBytes = 16 << 20
    package static let importBodyBytes = 256 << 20
    /// After decompression.
    package static let importDecompressedBytes = 1 << 30
    package static let importRunCount = 200_000
    package static let importColumnCount = 2_000
    package static let runPageCount = 1_000
    /// Runs of one bulk operation, and those of them changed by one transaction.
    package static let bulkRunCount = 10_000
    package static let bulkStepCount = 500
    package static let comparedRunCount = 50
    package static let exportColumnCount = 5_000
    package static let seriesBucketCount = 600
    package static let seriesPerRequestCount = 600
    /// Runs whose lines one figure gathers in groups.
    package static let groupedRunCount = 20_000
    /// Runs whose loss curves one fit reads, and points of each.
    package static let fittedCurveCount = 1_000
    package static let curvePointCount = 512
    /// Predictions a project may hold, and those of them that one answer lists.
    package static let predictionCount = 10_000
    package static let listedPredictionCount = 1_000
    /// Frozen figures, reports or views a project may hold, and the size of each.
    package static let documentCount = 1_000
    package static let documentTitleCharacters = 500
    package static let frozenFigureBytes = 4 << 20
    package static let reportBytes = 1 << 20
    package static let viewQueryBytes = 8_000
    /// Refits of a law and project that keep their bodies, and those that are kept at all.
    package static let refitBodyCount = 20
    package static let refitCount = 1_000
    package static let historyPageCount = 25_000
    /// Runs in one request for histories of several, and points of each when only some are wanted;
    /// MLflow's limits.
    package static let historyRunCount = 100
    package static let sampledPointCount = 2_500
    package static let streamsPerClientCount = 16
    /// Stored batches in one event of a stream.
    package static let streamedSegmentCount = 5_000
    /// Exports at a time; each may hold a connection to the database.
    package static let exportCount = 2
    package static let exportedRunCount = 1_000
    /// Batches and bytes that may wait for the next commit before new ones are turned away.
    package static let waitingBatchCount = 4_096
    package static let waitingBatchBytes = 96 << 20
    /// About how many bytes of points one commit takes.
    package static let commitBytes = 8 << 20
    /// Points and series in one request for `/api/v1/points`.
    package static let ingestPointCount = 100_000
    package static let ingestSeriesCount = 10_000
    /// Bodies of all requests under way together.
    package static let bodyBytesUnderWay = 96 << 20
    /// How long the key of a request is remembered, and how long it may be.
    package static let ingestKeySeconds = 86_400
    package static let ingestKeyCharacters = 128
    /// Runs whose project the writer remembers.
    package static let knownRunCount = 65_536
    /// Points in one stored segment; longer series take several.
    package static let pointsPerSegmentCount = 65_536
    /// Merged points in one chunk, and points in one block of a chunk or segment.
    package static let pointsPerChunkCount = 4_096
    package static let pointsPerBlockCount = 256
    /// Decoded columns of search blocks kept in memory.
    package static let searchCacheBytes = 32 << 20
    /// What is kept in memory of chunks of long series, and from how many chunks on.
    package static let chunkCacheBytes = 32 << 20
    package static let cachedChunkCount = 16
    /// A run is packed for search once it was quiet for so long.
    package static let searchQuietSeconds: Int64 = 5
    /// Runs in one search block, and how many must be waiting before one is made.
    package static let searchBlockRunCount = 4_096
    package static let searchBlockLeastCount = 64
    /// Params, tags and metrics collected at once while packing.
    package static let searchPackCellCount = 500_000
    /// Points rest this long before they are merged; the live feed reads them meanwhile.
    package static let mergeDelaySeconds = 10
    /// A series that got nothing for so long is merged however little waits.
    package static let mergeQuietSeconds = 20
    /// So many stored batches of one series are merged, however few their points.
    package static let mergeSegmentCount = 64
    /// Points, series and batches merged in one transaction.
    package static let pointsPerMergeCount = 131_072
    package static let seriesPerMergeCount = 256
    package static let segmentsPerMergeCount = 8_192
    /// Runs in no search block of which a list of projects still reads the losses.
    package static let overviewRunCount = 5_000
    /// Running jobs in one answer of forecasts, and finished runs that they are compared with.
    package static let forecastRunCount = 64
    package static let forecastPeerCount = 400
    /// Loss curves of finished runs kept for forecasts: a project's own are a quarter at most.
    package static let peerCacheBytes = 64 << 20
    /// Points decoded by one task of a view of many series, and how many such tasks may wait.
    package static let decodedPointCount = 400_000
    package static let decodingTaskCount = 3
}
