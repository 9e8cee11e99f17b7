import NIOCore
import Runs
import Storage

extension MLflowService {
    func searchExperiments(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        guard try fields.int64("max_results") != nil else { throw .missing("max_results") }
        let limit = try pageLimit(fields)
        let lifecycle = try lifecycle(fields, "view_type")
        let filter = try MLflowFilter(
            parsing: fields.string("filter") ?? "",
            of: .experiments
        )
        let orders = try MLflowOrder.parse(fields.strings("order_by"), of: .experiments)
        let token = try fields.string("page_token") ?? ""
        let offset = token.isEmpty ? 0 : try MLflowPageToken.offset(token)
        let all = try await stored { () async throws(StorageError) in
            try await store.projects.list(includeDeleted: true)
        }
        let matching = all.filter { project in
            switch lifecycle {
            case .all: break
            case .active: guard project.deletedAt == nil else { return false }
            case .deleted: guard project.deletedAt != nil else { return false }
            }
            return filter.matches(project)
        }
        let sorted = orders.sort(matching) { left, right in
            left.createdAt == right.createdAt
                ? left.experimentID < right.experimentID : left.createdAt > right.createdAt
        }
        return MLflowWriter.object { writer in
            writer.array("experiments", sorted.dropFirst(offset).prefix(limit)) { writer, project in
                writer.object { $0.experiment(project) }
            }
            if sorted.count > offset + limit {
                writer.field("next_page_token", MLflowPageToken.offset(offset + limit))
            }
        }
    }
}
