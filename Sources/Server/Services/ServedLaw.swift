package import API
package import Foundation
package import Runs
package import ScalingLaws

/// A law of the catalogue, asked for by id. A fit is stored as its JSON, so a new law needs no
/// table, message or page.
package struct ServedLaw: Sendable {
    let type: any Law.Type

    package static let all = lawCatalogue.map { ServedLaw(type: $0) }
    package static let stepLaw = ServedLaw(type: StepLaw.self)

    private init(type: any Law.Type) { self.type = type }

    package init(parsing id: String) throws(APIError) {
        guard let law = Self.all.first(where: { $0.id == id }) else {
            let known = Self.all.map(\.id).joined(separator: ", ")
            throw APIError(
                .invalid,
                "There is no law \(id.prefix(80)); the laws are \(known).",
                field: "law"
            )
        }
        self = law
    }

    package var card: LawCard { type.card }
    package var id: String { card.id }

    /// Ids of the published constants that may serve as a prior.
    package var priorIDs: [String] {
        guard let law = type as? any NonlinearLaw.Type else { return [] }
        return Self.presetIDs(law)
    }

    /// What a stored fit of this law expects a run of these values to end with, in nats per token.
    package func predict(_ values: [Role: Double], fit: Data) throws -> NonlinearPrediction {
        guard let law = type as? any NonlinearLaw.Type, Self.foretellsLoss(law) else {
            throw APIError(
                .invalid,
                "The law \(id) does not predict the loss of a run.",
                hint: "Name a law of the loss, such as chinchilla.",
                field: "law"
            )
        }
        let missing = card.inputs.filter { $0 != .loss && values[$0] == nil }
        guard missing.isEmpty else {
            throw APIError(
                .invalid,
                "The law \(id) needs \(missing.map(\.rawValue).joined(separator: ", ")).",
                hint: "Give them in values.",
                field: "values"
            )
        }
        guard let prediction = try Self.predict(law, values, fit) else {
            throw APIError(
                .cannotFit,
                "The law \(id) gives no number for these values.",
                hint: "Choose values nearer to the runs of the fit.",
                field: "values"
            )
        }
        return prediction
    }

    /// Whether what the law predicts of a run is its final loss.
    private static func foretellsLoss<L: NonlinearLaw>(_ law: L.Type) -> Bool {
        var run = Observation(runID: RunID(UUID()), runName: "", values: [:])
        for role in law.card.inputs { run[role] = 2 }
        run[.loss] = 3.25
        return law.card.inputs.contains(.loss) && law.target(run) == 3.25
    }

    private static func predict<L: NonlinearLaw>(
        _ law: L.Type,
        _ values: [Role: Double],
        _ fit: Data
    ) throws -> NonlinearPrediction? {
        law.predict(values, from: try WireJSON.decoder().decode(NonlinearFit.self, from: fit))
    }

    private static func presetIDs<L: NonlinearLaw>(_ law: L.Type) -> [String] {
        law.presets.map(\.id)
    }

    /// A fit as it is stored.
    package struct Body: Sendable {
        /// JSON of the law's own fit, and of its `FitSummary`.
        package var fit: Data
        package var summary: Data
    }

    /// - Parameter base: a fit to start from; without one, or where the law cannot start from it, a
    ///   whole fit is made.
    package func fit(
        _ request: FitRequest,
        leftOut: [ObservationBuilder.LeftOut],
        base: RefitBase? = nil
    ) throws -> Body {
        let law = type
        return try Self.body(law, request, leftOut, base)
    }

    /// Answers a question from a stored fit of this law.
    package func advise(_ question: Question, fit: Data) throws -> Advice {
        guard let type = type as? any AdvisingLaw.Type else {
            throw APIError(
                .invalid,
                "The law \(id) answers no such question.",
                hint: "`isoloss laws` says which questions each law answers.",
                field: "law"
            )
        }
        return try Self.advise(type, question, fit)
    }

    private static func body<L: Law>(
        _ law: L.Type,
        _ request: FitRequest,
        _ leftOut: [ObservationBuilder.LeftOut],
        _ base: RefitBase?
    ) throws -> Body {
        var again: L.Fit?
        if let base { again = try refit(law, request, base) }
        var fit: L.Fit
        if let again { fit = again } else { fit = try law.fit(request) }
        let shown = leftOut.prefix(shownLeftOutCount).map {
            NonlinearFit.LeftOut(runID: $0.runID.hex, runName: $0.runName, reason: $0.reason)
        }
        fit.setAside(Array(shown), count: leftOut.count)
        var summary = fit.summary
        let inputs = law.card.inputs
        let readsLoss = law.card.readsCurves || !Set([.loss, .targetLoss]).isDisjoint(with: inputs)
        summary.source = FitSource(
            dataHash: fit.dataHash,
            parameterConvention: request.parameterConvention,
            lossName: readsLoss ? request.lossName : nil
        )
        summary.diagnostics.refit = again == nil ? nil : base?.note
        return Body(
            fit: try WireJSON.encoder().encode(fit),
            summary: try WireJSON.encoder().encode(summary)
        )
    }

    private static func refit<L: Law>(
        _ law: L.Type,
        _ request: FitRequest,
        _ base: RefitBase
    ) throws -> L.Fit? {
        let earlier: L.Fit
        do {
            earlier = try WireJSON.decoder().decode(L.Fit.self, from: base.fit)
        } catch {
            // Stored in another shape: a whole fit needs none of it.
            return nil
        }
        return try law.refit(request, from: earlier)
    }

    private static func advise<L: AdvisingLaw>(
        _ law: L.Type,
        _ question: Question,
        _ fit: Data
    ) throws -> Advice {
        try law.advise(question, from: WireJSON.decoder().decode(L.Fit.self, from: fit))
    }

    private static let shownLeftOutCount = 500
}
