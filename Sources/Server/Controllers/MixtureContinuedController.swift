import API
import Foundation
import Hummingbird
import Mixtures
import Runs
import ScalingLaws

/// Questions of continued pretraining and fine-tuning: how much of the old data to keep, and which
/// rate goes with how much of the new.
struct MixtureContinuedController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.criticalProportion) { request, _ in
            try await critical(QueryParameters(request))
        }
        router.on(Endpoints.rateSurface) { request, _ in
            try await surface(QueryParameters(request))
        }
    }

    private struct Rows {
        var target: String
        var domain: String
        /// Share of the domain, loss, and peak learning rate where the run says it.
        var rows: [(share: Double, loss: Double, rate: Double?)]
    }

    private func critical(_ query: QueryParameters) async throws -> CriticalProportionMessage {
        guard let base = try query.positiveNumber("baseLoss") else {
            throw APIError(
                .invalid,
                "The parameter baseLoss is missing: the loss before training went on.",
                field: "baseLoss"
            )
        }
        let found = try await rows(query)
        let (shares, losses) = (found.rows.map(\.share), found.rows.map(\.loss))
        let fit = try await dependencies.advice.run { () throws(MixtureError) in
            try CriticalProportion.fit(proportions: shares, losses: losses, baseLoss: base)
        }
        return CriticalProportionMessage(
            target: found.target,
            domain: found.domain,
            baseLoss: base,
            runs: found.rows.count,
            critical: fit.critical.map { IntervalMessage($0) },
            level: fit.level,
            slope: fit.slope,
            intercept: fit.intercept,
            deviation: fit.deviation,
            notes: fit.notes
        )
    }

    private func surface(_ query: QueryParameters) async throws -> RateSurfaceMessage {
        let found = try await rows(query)
        let points = found.rows.compactMap { row in
            row.rate.map {
                RatioRateSurface.Point(learningRate: $0, share: row.share, loss: row.loss)
            }
        }.filter { $0.share > 0 && $0.share < 1 }
        let surface = try await dependencies.advice.run { () throws(MixtureError) in
            try RatioRateSurface(points)
        }
        var message = RateSurfaceMessage(
            target: found.target,
            domain: found.domain,
            runs: points.count,
            coefficients: surface.coefficients,
            centre: surface.centre,
            deviation: surface.deviation,
            notes: surface.notes
        )
        message.learningRate = surface.optimum.map { IntervalMessage($0.learningRate) }
        message.share = surface.optimum.map { IntervalMessage($0.share) }
        message.loss = surface.optimum?.loss
        message.coupling = surface.coupling.map { IntervalMessage($0) }
        message.bestRate = try query.positiveNumber("share").flatMap {
            surface.bestRate(share: $0).map { IntervalMessage($0) }
        }
        message.bestShare = try query.positiveNumber("learningRate").flatMap {
            surface.bestShare(learningRate: $0).map { IntervalMessage($0) }
        }
        return message
    }

    /// The runs of the project that have the target and say how much of the domain they saw.
    private func rows(_ query: QueryParameters) async throws -> Rows {
        let project = try await dependencies.lookup.project(query.required("project"))
        let (target, domain) = (try query.required("target"), try query.required("domain"))
        let table = try await MixtureRuns(store: dependencies.store).table(
            project.id,
            where: try query.filter("where")
        )
        guard let place = table.domains.firstIndex(of: domain) else {
            throw APIError(
                .invalid,
                "No run has the domain \(domain.prefix(80)); the domains are "
                    + table.domains.prefix(40).joined(separator: ", ") + ".",
                field: "domain"
            )
        }
        let data = try TargetPattern(text: target).data(of: table).data
        let rates = Dictionary(
            table.rows.map { ($0.id.uuid, $0.roles[.peakLearningRate]) },
            uniquingKeysWith: { first, _ in first }
        )
        return Rows(
            target: target,
            domain: domain,
            rows: data.runs.map { ($0.proportions[place], $0.loss, rates[$0.id] ?? nil) }
        )
    }
}

extension CriticalProportionMessage: ResponseEncodable {}
extension RateSurfaceMessage: ResponseEncodable {}
