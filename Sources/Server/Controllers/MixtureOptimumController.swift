import API
import Foundation
import Hummingbird
import Mixtures
import Runs
import ScalingLaws
import Storage

/// What an optimum depends on.
struct OptimumKey: Sendable, Hashable {
    var fits: [UUID]
    /// The size and tokens that a law over them was asked about.
    var scale: [Double?]
    var request: OptimumRequest

    /// About what a report of many domains takes.
    static let reportBytes = 64 << 10
}

/// The best mixture within constraints, by the newest fits of its targets.
struct MixtureOptimumController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.mixtureOptimum) { request, context in
            try await optimum(
                await request.decode(as: MixtureOptimumBody.self, context: context)
            )
        }
    }

    /// Targets of one answer; each is a fit of its own.
    static let targetLimit = 64

    private func optimum(_ body: MixtureOptimumBody) async throws -> MixtureOptimumMessage {
        let targets = try Self.targets(body)
        let project = try await dependencies.lookup.project(body.project)
        let service = MixtureService(dependencies: dependencies)
        var found: [MixtureService.Found] = []
        for target in targets.keys.sorted() {
            var one = try await service.fit(project: project.id, target: target, id: nil)
            one.fit = try one.fit.at(
                parameterCount: body.parameterCount,
                tokenCount: body.tokenCount
            )
            found.append(one)
        }
        let fits = found.map(\.fit)
        var request = try Self.request(body, targets, fits)
        // What runs say of their data holds unless the request knows better.
        if request.constraints.targetTokens != nil, request.constraints.availableTokens.isEmpty {
            let table = try await MixtureRuns(store: dependencies.store).table(project.id)
            let domains = Set(fits.flatMap(\.domains))
            request.constraints.availableTokens = table.availableTokens.filter {
                domains.contains($0.key)
            }
        }
        let report = try await report(found, request, [body.parameterCount, body.tokenCount])
        var message = MixtureOptimumMessage(report, found)
        for one in found {
            guard
                let stale = try await FitService(dependencies: dependencies)
                    .staleWarning(one.record)
            else { continue }
            message.flags.append(.init(kind: "stale", message: "\(one.fit.target): \(stale)"))
        }
        return message
    }

    /// The same question of the same fits is answered from memory.
    private func report(
        _ found: [MixtureService.Found],
        _ request: OptimumRequest,
        _ scale: [Double?]
    ) async throws -> OptimumReport {
        let key = OptimumKey(fits: found.map(\.record.id), scale: scale, request: request)
        if let known = dependencies.optimumReports.values([key])[0] { return known }
        let fits = found.map(\.fit)
        let report = try await dependencies.optima.run { () throws(MixtureError) in
            try OptimumReporter.report(
                fits,
                request,
                rivals: Self.rivals(fits),
                isCancelled: { Task.isCancelled }
            )
        }
        dependencies.optimumReports.insert([(key, report, OptimumKey.reportBytes)])
        return report
    }

    private static func targets(_ body: MixtureOptimumBody) throws(APIError) -> [String: Double] {
        switch (body.target, body.targets) {
        case (.some(let target), nil): return [target: 1]
        case (nil, .some(let targets)) where (1...targetLimit).contains(targets.count):
            return targets
        default:
            throw APIError(
                .invalid,
                "An optimum needs a target, or targets with a weight each, up to \(targetLimit).",
                hint: #"For example "targets": {"loss/code": 1, "loss/prose": 0.5}."#,
                field: "targets"
            )
        }
    }

    private static func request(
        _ body: MixtureOptimumBody,
        _ targets: [String: Double],
        _ fits: [MixtureFit]
    ) throws -> OptimumRequest {
        var request = OptimumRequest()
        if let constraints = body.constraints {
            try ConstraintMembers.check(constraints)
            request.constraints = try WireJSON.decoder().decode(
                MixtureConstraints.self,
                from: try WireJSON.encoder().encode(constraints)
            )
        }
        request.constraints.reference = request.constraints.reference ?? body.reference
        request.constraints.targetTokens = request.constraints.targetTokens ?? body.tokenCount
        request.weights = targets
        request.caution = body.caution ?? request.caution
        // Two mixtures closer than the noise of one run cannot be told apart by training them.
        request.equivalence = body.tolerance ?? fits.map(\.residualDeviation).max() ?? 0
        request.seed = body.seed ?? FitService.defaultSeed
        return request
    }

    /// The members of a stack judge its optimum.
    private static func rivals(
        _ fits: [MixtureFit]
    ) -> [String: [String: any FittedMixtureLaw]] {
        var rivals: [String: [String: any FittedMixtureLaw]] = [:]
        for fit in fits {
            for member in fit.model.stackedLaws {
                rivals[fit.target, default: [:]][member.lawID] = member.base
            }
        }
        return rivals
    }
}

extension MixtureOptimumMessage: ResponseEncodable {}

extension MixtureOptimumMessage {
    init(_ report: OptimumReport, _ found: [MixtureService.Found]) {
        let best = report.recommendation
        let keyed = { (values: [Double]) in
            Dictionary(zip(report.domains, values), uniquingKeysWith: { first, _ in first })
        }
        let low = keyed(report.region?.low ?? best.proportions)
        let high = keyed(report.region?.high ?? best.proportions)
        var weights: [String: Weight] = [:]
        for (name, value) in keyed(best.proportions) {
            weights[name] = Weight(
                value: value,
                low: min(value, low[name] ?? value),
                high: max(value, high[name] ?? value)
            )
        }
        self.init(
            fits: Dictionary(
                found.map { ($0.fit.target, $0.record.id.hex) },
                uniquingKeysWith: { first, _ in first }
            ),
            law: Set(found.map(\.fit.model.lawID)).sorted().joined(separator: ", "),
            weights: weights,
            prediction: Prediction(best),
            extrapolation: Extrapolation(
                inside: !best.isExtrapolation,
                distance: best.distance,
                nearestRun: best.nearestRun
            ),
            tolerance: report.equivalent?.within ?? 0
        )
        losses = best.losses
        binding = report.binding.map {
            Binding(
                constraint: $0.cause.text,
                shadowPrice: $0.price,
                pricePerToken: $0.pricePerToken,
                cost: $0.cost
            )
        }
        alternatives = report.others.map { other in
            Alternative(
                name: other.kind.rawValue,
                title: other.title,
                weights: keyed(other.proportions),
                prediction: Prediction(other),
                measured: other.observed
            )
        }
        if let set = report.equivalent {
            for (index, name) in report.domains.enumerated() {
                equivalent[name] = Range(low: set.low[index], high: set.high[index])
            }
        }
        regionRadius = report.region?.radius
        constraintCost = report.gap
        fill(report, keyed)
    }

    private mutating func fill(_ report: OptimumReport, _ keyed: ([Double]) -> [String: Double]) {
        for item in report.worth {
            worth[item.target, default: [:]][item.domain] = IntervalMessage(item.gain)
        }
        sensitivity = report.sensitivity.map {
            Sensitivity(
                domain: $0.domain,
                shares: $0.shares,
                losses: $0.losses.map { IntervalMessage($0) }
            )
        }
        tradeoffs = report.tradeoffs.map {
            Tradeoff(targets: $0.weights, weights: keyed($0.proportions), losses: $0.losses)
        }
        tokenValues = report.tokens.map {
            TokenValue(
                domain: $0.domain,
                epochs: $0.epochs,
                pricePerToken: $0.pricePerToken,
                gainOfDoubling: $0.gainOfDoubling
            )
        }
        flags = report.flags.map { Flag(kind: $0.kind.rawValue, message: $0.text) }
    }
}

extension MixtureOptimumMessage.Prediction {
    init(_ candidate: OptimumReport.Candidate) {
        self.init(
            value: candidate.loss.value,
            sd: candidate.deviation,
            low: candidate.loss.low,
            high: candidate.loss.high
        )
    }
}

extension IntervalMessage {
    init(_ interval: Interval) {
        self.init(value: interval.value, low: interval.low, high: interval.high)
    }
}
