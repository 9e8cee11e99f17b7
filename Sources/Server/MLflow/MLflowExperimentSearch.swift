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
        let after = token.isEmpty ? nil : try MLflowPageToken.experiments(token, order: orders)
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
        let found = matching.map { (place: ExperimentPlace($0, orders), project: $0) }
            .filter { after?.precedes($0.place, orders) ?? true }
            .sorted { $0.place.precedes($1.place, orders) }
        let page = found.prefix(limit)
        let next =
            if let last = page.last, found.count > limit {
                try MLflowPageToken.experiments(last.place, order: orders)
            } else {
                String?.none
            }
        return MLflowWriter.object { writer in
            writer.array("experiments", page) { writer, found in
                writer.object { $0.experiment(found.project) }
            }
            writer.field("next_page_token", next)
        }
    }
}

/// Where an experiment stands in a listing: what it is sorted by, then newest first.
struct ExperimentPlace: Sendable, Hashable, Codable {
    let values: [SearchSortValue]
    let createdAt: Int64
    let experimentID: Int64

    init(_ project: Project, _ orders: [MLflowOrder]) {
        values = orders.map { project.field($0.identifier).sortValue }
        createdAt = project.createdAt
        experimentID = project.experimentID
    }

    /// Both places have a value for each term of `orders`.
    func precedes(_ other: ExperimentPlace, _ orders: [MLflowOrder]) -> Bool {
        for (index, order) in orders.enumerated() {
            if let answer = order.precedes(values[index], other.values[index]) { return answer }
        }
        return createdAt == other.createdAt
            ? experimentID < other.experimentID : createdAt > other.createdAt
    }
}
