import Foundation
import NIOCore
import Runs
import Storage

extension MLflowService {
    func logBatch(_ body: [UInt8]) async throws(MLflowError) -> ByteBuffer {
        try await write(MLflowBatchReader.logBatch(body))
    }

    func logMetric(_ body: [UInt8]) async throws(MLflowError) -> ByteBuffer {
        try await write(MLflowBatchReader.logMetric(body))
    }

    func logParameter(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let key = try fields.requiredString("key")
        try MLflowNames.check(key, path: "key")
        let value = try MLflowNames.cut(
            try fields.string("value") ?? "",
            to: Limits.paramValueCharacters,
            path: "value"
        )
        return try await write(RunBatch(runID: fields.runID(), params: [key: value]))
    }

    func setTag(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let (key, value) = try runTag(fields)
        return try await write(RunBatch(runID: fields.runID(), tags: [key: value]))
    }

    /// Stores a batch; acknowledged after its commit. The tags of name and parent name the
    /// run and its parent.
    func write(_ batch: RunBatch) async throws(MLflowError) -> ByteBuffer {
        try await stored { () async throws(StorageError) in
            try await store.writer.write(batch, now: now())
        }
        let name = batch.tags[MLflowTag.runName].flatMap { $0.isEmpty ? nil : $0 }
        let parent = batch.tags[MLflowTag.parent].flatMap { RunID(hex: $0) }
        if name != nil || parent != nil {
            var update = RunUpdate()
            update.name = try name.map(checkedRunName)
            if let parent { update.parent = .set(parent) }
            let change = update
            _ = try await stored { () async throws(StorageError) in
                try await store.runs.update(batch.runID, change, now: now())
            }
        }
        return MLflowWriter.empty
    }
}
