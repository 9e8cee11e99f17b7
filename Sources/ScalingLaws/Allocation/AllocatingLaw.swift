import Foundation
import Runs

/// A quantity that a law adds to answers about size and tokens, such as the best batch.
package struct AlsoAdvised: Sendable, Hashable {
    /// As on the wire.
    package var name: String
    package var title: String
    package var unit: String

    package init(_ name: String, _ title: String, unit: String) {
        self.name = name
        self.title = title
        self.unit = unit
    }
}

/// A law of loss over size and tokens: it answers how to spend compute and which runs to make next.
package protocol AllocatingLaw: NonlinearLaw, AdvisingLaw, PlanningLaw {
    /// A run of this size and these tokens with all else at its best, or as the question has it.
    static func input(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> Input
    static var alsoAdvised: [AlsoAdvised] { get }
    /// Values of `alsoAdvised`, in its order.
    static func extras(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> [Double]
    /// What an answer assumes where the question is silent.
    static func assumptions(_ question: Question) -> [String]
}

extension AllocatingLaw {
    package static var reads: Set<Question.Field> { AllocationTask.reads }
    package static var alsoAdvised: [AlsoAdvised] { [] }

    package static func extras(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> [Double] { [] }

    package static func assumptions(_ question: Question) -> [String] { [] }

    package static func advise(
        _ question: Question,
        from fit: NonlinearFit
    ) throws(RecommendError) -> Advice {
        try Allocator(basis(question, fit), question).advice()
    }

    package static func plan(
        _ question: NextRunQuestion,
        from fit: NonlinearFit
    ) throws(RecommendError) -> NextRunPlan {
        let basis = try basis(question.target, fit)
        let scatter = fit.residuals.map { abs(log1p($0.errorPercent / 100)) }
        return try RunPlanner(basis, question, scatter: scatter).plan()
    }

    static func basis(
        _ question: Question,
        _ fit: NonlinearFit
    ) throws(RecommendError) -> AllocationBasis {
        guard fit.theta.count == Coordinate.allCases.count else {
            throw .refused(
                field: "law",
                reason: "The fit has other coordinates than \(card.id); fit the law again."
            )
        }
        let runs = fit.residuals.map(AllocationBasis.Run.init)
        let convention = ComputeConvention.measured(
            fit.residuals.compactMap(Self.compute),
            parameters: fit.parameterConvention
        )
        func of(_ theta: [Double]) -> LossPlane {
            plane(Coordinates<Coordinate>(theta), question, convention)
        }
        return AllocationBasis(
            card: card,
            convention: convention,
            best: of(fit.theta),
            draws: fit.draws.filter { $0.count == fit.theta.count }.map(of),
            presets: presets.map { ($0.id, $0.title, $0.citation, of($0.theta.values)) },
            alsoAdvised: alsoAdvised,
            runs: runs,
            warnings: fit.diagnostics.warnings + assumptions(question)
        )
    }

    private static func compute(
        _ run: NonlinearFit.Residual
    ) -> (compute: Double, size: Double, tokens: Double)? {
        guard let size = run.inputs[Role.parameterCount.rawValue],
            let tokens = run.inputs[Role.tokenCount.rawValue]
        else { return nil }
        return (run.inputs[Role.computeFLOPs.rawValue] ?? .nan, size, tokens)
    }

    private static func plane(
        _ theta: Coordinates<Coordinate>,
        _ question: Question,
        _ convention: ComputeConvention
    ) -> LossPlane {
        LossPlane(
            loss: { size, tokens in
                var gradient = Coordinates<Coordinate>()
                let point = SizeAndTokens(logSize: size, logTokens: tokens)
                return exp(logPrediction(input(at: point, question, theta), theta, &gradient))
            },
            convention: convention,
            extras: { extras(at: $0, question, theta) }
        )
    }
}

extension AllocatingLaw where Input == SizeAndTokens {
    package static func input(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> SizeAndTokens { point }
}

extension AllocationBasis.Run {
    init(_ run: NonlinearFit.Residual) {
        self.init(
            name: run.runName,
            logSize: log(run.inputs[Role.parameterCount.rawValue] ?? .nan),
            logTokens: log(run.inputs[Role.tokenCount.rawValue] ?? .nan),
            loss: run.observed
        )
    }
}
