import Foundation
import Runs

/// Means of |G|^2 and tr(Sigma) by model size, their ratio, and its interval by Fieller's theorem,
/// which knows when the denominator cannot be told from 0.
struct GradientNoiseFitter {
    static let neededRuns = 3
    /// The larger batch over the smaller: nearer ones divide noise by nearly nothing.
    static let leastRatio = 1.5

    private typealias Point = GradientNoiseScaleFit.Point
    private let request: FitRequest
    private var leftOut: [NonlinearFit.LeftOut] = []
    private var groups: [(size: Double, points: [Point])] = []

    init(_ request: FitRequest) throws(FitError) {
        self.request = request
        var bySize: [Double: [Point]] = [:]
        for observation in request.observations {
            switch Self.point(observation) {
            case .success(let point):
                let key = StepsTable.Key(
                    parameters: observation.parameterCount,
                    targetLoss: .nan
                )
                bySize[key.parameters, default: []].append(point)
            case .failure(let refusal):
                leftOut.append(
                    .init(
                        runID: observation.runID.hex,
                        runName: observation.runName,
                        reason: refusal.reason
                    )
                )
            }
        }
        groups = bySize.filter { $0.value.count >= Self.neededRuns }
            .sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.sorted { $0.runID < $1.runID }) }
        guard !groups.isEmpty else {
            throw .notEnough(
                law: "gradient-noise-scale",
                needed: Self.neededRuns,
                found: bySize.values.map(\.count).max() ?? 0,
                needs: "squared gradient norms at two batches, for one model size",
                leftOut: leftOut.count
            )
        }
    }

    private struct Refusal: Error { var reason: String }

    private static func point(_ observation: Observation) -> Result<Point, Refusal> {
        let small = observation[.smallBatchTokens]
        let big = observation.batchTokens
        let smallNorm = observation[.smallGradientNormSquared]
        let bigNorm = observation[.gradientNormSquared]
        guard [small, big, smallNorm, bigNorm].allSatisfy(StepsTable.isUsable) else {
            return .failure(Refusal(reason: "A batch or a squared norm is not a positive number."))
        }
        guard big >= leastRatio * small else {
            let ratio = BatchText.number(big / small)
            return .failure(
                Refusal(
                    reason: "batchTokens is \(ratio) times smallBatchTokens; at least"
                        + " \(leastRatio) is needed."
                )
            )
        }
        return .success(
            Point(
                runID: observation.runID.hex,
                runName: observation.runName,
                smallBatchTokens: small,
                batchTokens: big,
                gradientSquared: (big * bigNorm - small * smallNorm) / (big - small),
                noiseTrace: (smallNorm - bigNorm) / (1 / small - 1 / big)
            )
        )
    }

    func run() throws(FitError) -> GradientNoiseScaleFit {
        var fitted: [GradientNoiseScaleFit.Group] = []
        var warnings: [String] = []
        var first: FitError?
        var random = SplitMix64(seed: request.seed)
        for group in groups {
            do {
                fitted.append(try fit(group.size, group.points, &random))
            } catch {
                first = first ?? error
                warnings.append("N = \(BatchText.number(group.size)): " + error.message)
            }
        }
        if fitted.isEmpty, let first { throw first }
        var hash = DataHash()
        for point in groups.flatMap(\.points) {
            hash.mix(point.runID)
            for value in [
                point.smallBatchTokens, point.batchTokens, point.gradientSquared, point.noiseTrace,
            ] {
                hash.mix(value)
            }
        }
        return GradientNoiseScaleFit(
            law: GradientNoiseScale.card.id,
            parameterConvention: request.parameterConvention,
            seed: request.seed,
            dataHash: hash.text,
            groups: fitted,
            diagnostics: FitDiagnostics(
                objectiveName: "none: means over runs",
                draws: fitted.first?.draws.count ?? 0,
                resampled: "means of both estimates; intervals by Fieller's theorem",
                leftOut: leftOut.count,
                warnings: warnings
            ),
            leftOut: leftOut,
            leftOutCount: leftOut.count
        )
    }

    private func fit(
        _ size: Double,
        _ points: [Point],
        _ random: inout SplitMix64
    ) throws(FitError) -> GradientNoiseScaleFit.Group {
        let means = RatioOfMeans(
            numerators: points.map(\.noiseTrace),
            denominators: points.map(\.gradientSquared)
        )
        let gradient = means.denominator
        guard gradient.low > 0 else {
            throw .unidentified(
                parameter: "|G|^2",
                low: gradient.low,
                high: gradient.high,
                advice: "It cannot be told from 0, so that B_simple has no upper end. Average the"
                    + " norms over more steps, log more runs, or make the larger batch larger."
            )
        }
        guard means.numerator.value > 0, let interval = means.fieller else {
            throw .unidentified(
                parameter: "tr(Sigma)",
                low: means.numerator.low,
                high: means.numerator.high,
                advice: "The norm at the small batch is not above that at the large one. Make the"
                    + " small batch smaller, or see that both norms are of the same quantity."
            )
        }
        return GradientNoiseScaleFit.Group(
            parameters: size > 0 ? size : nil,
            noiseScaleTokens: interval,
            gradientSquared: gradient,
            noiseTrace: means.numerator,
            points: points,
            draws: means.logDraws(min(max(request.options.drawCount, 50), 5_000), &random)
        )
    }
}
