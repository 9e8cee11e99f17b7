import Foundation
import Runs
import ScalingLaws

/// A stored fit of a nonlinear law as a function of a run's quantities.
struct LawPredictor: Sendable {
    let card: LawCard
    /// The fitted coordinates first, then those of the resampled refits.
    private let thetas: [[Double]]
    /// What the law predicts, one value per coordinates asked for; NaN where it has none.
    private let evaluate: @Sendable ([Role: Double], ArraySlice<[Double]>) -> [Double]
    private let predict: @Sendable ([Role: Double]) -> NonlinearPrediction?

    /// nil when this build knows no such law, or stored coordinates are not its own.
    init?(_ fit: NonlinearFit) {
        guard let law = Self.law(fit.law) else { return nil }
        let count = Self.coordinateCount(law)
        thetas = ([fit.theta] + fit.draws).filter { $0.count == count }
        guard fit.theta.count == count else { return nil }
        card = law.card
        evaluate = { values, thetas in Self.evaluate(law, values, thetas) }
        predict = { values in Self.predict(law, values, fit) }
    }

    func value(_ values: [Role: Double]) -> Double {
        evaluate(values, thetas.prefix(1)).first ?? .nan
    }

    /// With its 90 % interval; nil where the law has no value.
    func prediction(_ values: [Role: Double]) -> NonlinearPrediction? { predict(values) }

    /// ln of the size N with the least loss where N·D is given, as by a compute budget; nil when
    /// it lies at an end of the range searched, where the law has no optimum worth the name.
    func optimalSize(product: Double, within range: ClosedRange<Double>) -> Double? {
        optimalSize(product, range, thetas.prefix(1))
    }

    /// The same by the refits, for an interval.
    func optimalSizes(product: Double, within range: ClosedRange<Double>, draws: Int) -> [Double] {
        thetas.indices.dropFirst().prefix(draws).compactMap {
            optimalSize(product, range, thetas[$0...$0])
        }
    }

    private func optimalSize(
        _ product: Double,
        _ range: ClosedRange<Double>,
        _ theta: ArraySlice<[Double]>
    ) -> Double? {
        var (low, high) = (log(range.lowerBound), log(range.upperBound))
        let ends = (low, high)
        func loss(_ logSize: Double) -> Double {
            let size = exp(logSize)
            let values: [Role: Double] = [
                .parameterCount: size, .tokenCount: product / size,
            ]
            let value = evaluate(values, theta).first ?? .nan
            return value.isFinite ? value : .infinity
        }
        let ratio = (5.0.squareRoot() - 1) / 2
        var (first, second) = (high - ratio * (high - low), low + ratio * (high - low))
        var (left, right) = (loss(first), loss(second))
        while high - low > 1e-4 {
            if left < right {
                (high, second, right) = (second, first, left)
                first = high - ratio * (high - low)
                left = loss(first)
            } else {
                (low, first, left) = (first, second, right)
                second = low + ratio * (high - low)
                right = loss(second)
            }
        }
        let found = (low + high) / 2
        let isInside = found - ends.0 > 0.02 && ends.1 - found > 0.02
        return isInside && loss(found).isFinite ? found : nil
    }

    /// Tokens with which another size has the loss of `base`, by the fit and by its refits; nil
    /// where no number of tokens within e^7 of the base's has it.
    func tokens(
        at size: Double,
        asLossOf base: (size: Double, tokens: Double),
        draws: Int
    ) -> [Double?] {
        thetas.indices.prefix(draws + 1).map { draw in
            func loss(_ size: Double, _ tokens: Double) -> Double {
                let values: [Role: Double] = [.parameterCount: size, .tokenCount: tokens]
                return evaluate(values, thetas[draw...draw]).first ?? .nan
            }
            let wanted = loss(base.size, base.tokens)
            var (low, high) = (log(base.tokens) - 7, log(base.tokens) + 7)
            guard loss(size, exp(low)) > wanted, loss(size, exp(high)) < wanted else { return nil }
            while high - low > 1e-5 {
                let middle = (low + high) / 2
                if loss(size, exp(middle)) > wanted { low = middle } else { high = middle }
            }
            return exp((low + high) / 2)
        }
    }

    /// Ids of the nonlinear laws whose card passes.
    static func laws(where passes: (LawCard) -> Bool) -> [String] {
        lawCatalogue.filter { $0 is any NonlinearLaw.Type }.map { $0.card }.filter(passes).map(\.id)
    }

    /// Laws of the loss that N and D alone determine.
    static let lossLaws = laws { card in
        card.family == .modelAndData
            && Set(card.inputs).isSubset(of: [.parameterCount, .tokenCount, .loss])
    }

    private static let nobody = RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

    private static func law(_ id: String) -> (any NonlinearLaw.Type)? {
        lawCatalogue.first { $0.card.id == id } as? any NonlinearLaw.Type
    }

    private static func coordinateCount<L: NonlinearLaw>(_ law: L.Type) -> Int {
        L.Coordinate.allCases.count
    }

    private static func predict<L: NonlinearLaw>(
        _ law: L.Type,
        _ values: [Role: Double],
        _ fit: NonlinearFit
    ) -> NonlinearPrediction? {
        law.predict(values, from: fit)
    }

    private static func evaluate<L: NonlinearLaw>(
        _ law: L.Type,
        _ values: [Role: Double],
        _ thetas: ArraySlice<[Double]>
    ) -> [Double] {
        let run = Observation(runID: nobody, runName: "", values: values)
        guard let input = law.input(run) else { return thetas.map { _ in .nan } }
        var gradient = Coordinates<L.Coordinate>()
        return thetas.map { exp(law.logPrediction(input, Coordinates($0), &gradient)) }
    }
}
