import API
import Foundation
import Mixtures
import Runs
import Storage

extension FigureController {
    /// The newest fits of the targets named, and what is asked of them.
    func mixtureMaterial(_ query: QueryParameters) async throws -> FigureMaterial {
        let targets = Self.names(query, "target")
        let most = MixtureOptimumController.targetLimit
        guard (1...most).contains(targets.count), Set(targets).count == targets.count else {
            throw APIError(
                .invalid,
                "This figure needs 1 to \(most) different targets; target was given "
                    + "\(targets.count) times.",
                hint: "For example target=loss/web&target=loss/code.",
                field: "target"
            )
        }
        let project = try await dependencies.lookup.project(query.required("project"))
        let service = MixtureService(dependencies: dependencies)
        var found: [MixtureService.Found] = []
        for (place, target) in targets.enumerated() {
            let id = place == 0 ? query.text("fit") : nil
            found.append(try await service.fit(project: project.id, target: target, id: id))
        }
        let first = found[0].fit
        let shares: [String: Double]? = try Self.json(query, "mixture")
        let limits: AnyJSON? = try Self.json(query, "constraints")
        if let limits { try ConstraintMembers.check(limits) }
        return FigureMaterial(
            body: Data(),
            fitID: found[0].record.id.hex,
            projectName: project.name,
            source: MixtureQuestion(
                fits: found.map(\.fit),
                constraints: try Self.json(query, "constraints") ?? MixtureConstraints(),
                domains: Self.names(query, "domains"),
                mixture: try shares.map { shares throws(APIError) in
                    try first.ordered(shares, field: "mixture")
                },
                tokens: try query.positiveNumber("tokens")
            )
        )
    }

    /// Repeated parameters, or one that is a JSON list.
    private static func names(_ query: QueryParameters, _ name: String) -> [String] {
        let texts = query.all(name)
        guard texts.count == 1, let text = texts.first, text.hasPrefix("["),
            let list = try? WireJSON.decoder().decode([String].self, from: Data(text.utf8))
        else { return texts }
        return list
    }

    /// A parameter whose text is JSON.
    private static func json<Value: Decodable>(
        _ query: QueryParameters,
        _ name: String
    ) throws(APIError) -> Value? {
        guard let text = query.text(name) else { return nil }
        do {
            return try WireJSON.decoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw APIError(
                .invalid,
                "\(name) is no JSON object of the members that it knows.",
                hint: #"For example {"bounds": {"code": {"low": 0.1}}} as constraints, and "#
                    + #"{"web": 0.6, "code": 0.4} as a mixture."#,
                field: name
            )
        }
    }
}
