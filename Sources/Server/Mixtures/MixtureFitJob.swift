import API
import Foundation
package import Mixtures
import Runs
import ScalingLaws
import Storage

/// What a fit over mixtures was asked with, stored beside it.
package struct StoredMixtureRequest: Sendable, Codable, Hashable {
    package var target: String
    package var options: MixtureFitter.Options
}

/// One fit of a target over the mixtures of a project.
struct MixtureFitJob: Sendable {
    /// Law of the queue's jobs whose predictor is chosen by cross-validation.
    static let automaticLaw = "mixture-auto"
    /// Every law under which fits over mixtures are queued.
    static let laws = [automaticLaw] + mixtureLawCards.map(\.id)

    let project: ProjectID
    let request: StoredMixtureRequest
    let filter: String?
    let seed: UInt64

    static func predictor(ofLaw law: String) -> String {
        law == automaticLaw ? MixtureFitter.automatic : law
    }

    static func law(ofPredictor predictor: String) throws(APIError) -> String {
        if predictor == MixtureFitter.automatic { return automaticLaw }
        guard laws.contains(predictor) else {
            throw APIError(
                .invalid,
                "There is no predictor \(predictor.prefix(80)); there are auto, "
                    + mixtureLawCards.map(\.id).joined(separator: ", ") + ".",
                field: "law"
            )
        }
        return predictor
    }

    struct Input: Sendable {
        var data: MixtureData
        var warnings: [String]
        var leftOut: Int
    }

    func input(_ store: Store) async throws -> Input {
        let table = try await MixtureRuns(store: store).table(
            project,
            where: try filter.map { text throws(QueryError) in try RunFilter(parsing: text) }
        )
        let found = try TargetPattern(text: request.target).data(of: table)
        return Input(
            data: found.data,
            // What the shares cannot tell, the fit says of its own runs.
            warnings: table.warnings.filter { ![.neverVaries, .moveTogether].contains($0.kind) }
                .map(\.message),
            leftOut: found.leftOut + table.leftOut.count
        )
    }

    /// Computes; calls neither store nor clock.
    func compute(
        _ input: Input,
        progress: @escaping @Sendable (Double) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws -> ServedLaw.Body {
        var fit = try MixtureFitter.fit(
            input.data,
            target: request.target,
            options: request.options,
            request: MixtureFitRequest(seed: seed, isCancelled: isCancelled),
            progress: progress
        )
        fit.warnings += input.warnings
        var summary = fit.summary
        summary.diagnostics.leftOut = input.leftOut
        return ServedLaw.Body(
            fit: try WireJSON.encoder().encode(fit),
            summary: try WireJSON.encoder().encode(summary)
        )
    }
}
