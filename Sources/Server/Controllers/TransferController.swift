import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ScalingLaws

/// Hyperparameters for another width, depth, batch or length, by published rules.
struct TransferController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.transfer) { request, _ in try await transfer(request) }
    }

    private enum Format: String, CaseIterable { case json, yaml }

    private func transfer(_ request: Request) async throws -> Response {
        let query = try QueryParameters(request)
        let accepted = request.headers[.accept] ?? ""
        let implied: Format = accepted.lowercased().contains("yaml") ? .yaml : .json
        let format = try query.choice("format", as: Format.self) ?? implied
        let body = try await request.body.collect(upTo: 64 << 10)
        var question = try Self.question(Data(body.readableBytesView))
        let source = try await RateFactor(dependencies: dependencies).set(in: &question, query)
        var table = try TransferRules.table(question)
        if let source { table.warnings.append(source) }
        switch format {
        case .json: return try RecommendationController.response(table)
        case .yaml:
            return Response(
                status: .ok,
                headers: [.contentType: "application/yaml; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: table.yaml))
            )
        }
    }

    /// A misspelt member would be a default taken in silence, so unknown ones are refused.
    private static func question(_ body: Data) throws -> TransferQuestion {
        let decoder = WireJSON.decoder()
        let question = try decoder.decode(TransferQuestion.self, from: body)
        let given = try decoder.decode(MemberNames.self, from: body)
        for (parent, names) in given.names {
            for name in names.subtracting(members[parent] ?? []).sorted().prefix(1) {
                let known = (members[parent] ?? []).sorted().joined(separator: ", ")
                let path = String((parent.isEmpty ? name : "\(parent).\(name)").prefix(160))
                throw APIError(
                    .invalid,
                    "There is no \(path); the members are \(known).",
                    field: path
                )
            }
        }
        return question
    }

    private static let members: [String: Set<String>] = [
        "": ["base", "target", "rule", "weightDecayRule", "depthExponent"],
        "base": [
            "width", "depth", "headCount", "parameterCount", "batchTokens", "tokenCount",
            "peakLearningRate", "weightDecay", "beta1", "beta2", "epsilon",
            "initStandardDeviation",
        ],
        "target": [
            "width", "depth", "headCount", "parameterCount", "batchTokens", "tokenCount",
            "learningRateFactor",
        ],
    ]

    /// The names that a body's members have, by the object they stand in.
    private struct MemberNames: Decodable {
        var names: [String: Set<String>] = [:]

        private struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let whole = try decoder.container(keyedBy: Name.self)
            names[""] = Set(whole.allKeys.map(\.stringValue))
            for parent in ["base", "target"] {
                let key = Name(stringValue: parent)
                guard whole.contains(key), try !whole.decodeNil(forKey: key) else { continue }
                let part = try whole.nestedContainer(keyedBy: Name.self, forKey: key)
                names[parent] = Set(part.allKeys.map(\.stringValue))
            }
        }
    }
}
