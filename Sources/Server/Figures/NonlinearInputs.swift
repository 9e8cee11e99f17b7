import Foundation
import Runs
import ScalingLaws

extension NonlinearFit: FigureBody {
    package var provenance: FigureProvenance {
        FigureProvenance(
            law: law,
            runs: residuals.count,
            dataHash: dataHash,
            lossName: lossName,
            parameterConvention: parameterConvention
        )
    }
}

extension NonlinearFit.Residual {
    func input(_ role: Role) -> Double { inputs[role.rawValue] ?? .nan }
    var size: Double { input(.parameterCount) }
    var tokens: Double { input(.tokenCount) }

    /// Its name with model size and tokens, where they are known.
    var label: String {
        let parts = [("N", size), ("D", tokens)].filter { $0.1.isFinite }
            .map { "\($0.0) \(FigureText.count($0.1))" }
        return ([FigureText.plain(runName)] + parts).joined(separator: "<br>")
    }
}

/// The runs and the law of a fit over model size and tokens.
struct SizeAndTokens {
    let runs: [NonlinearFit.Residual]
    let law: LawPredictor
    /// C / (N·D): by the runs' own count of compute where they log it, else 6.
    let flopsPerProduct: Double
    let sizes: ClosedRange<Double>
    let flops: ClosedRange<Double>

    /// How far below and above the runs the optimal size is searched.
    private static let reach = 1e4

    init(_ fit: NonlinearFit) throws(FigureError) {
        guard let law = LawPredictor(fit) else {
            throw .nothingToShow("this server does not know the law \(fit.law)")
        }
        self.law = law
        let runs = fit.residuals.filter {
            ($0.size * $0.tokens).isFinite && $0.size * $0.tokens > 0
        }
        self.runs = runs
        let convention = ComputeConvention.measured(
            runs.map { ($0.input(.computeFLOPs), $0.size, $0.tokens) },
            parameters: fit.parameterConvention
        )
        let factor = convention.flopsPerParameterToken
        flopsPerProduct = factor
        guard let sizes = Self.range(runs.map(\.size)),
            let flops = Self.range(runs.map { factor * $0.size * $0.tokens })
        else { throw .nothingToShow("no run of the fit has a model size and tokens") }
        self.sizes = sizes
        self.flops = flops
    }

    static func range(_ values: [Double]) -> ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max(), low > 0, high.isFinite else {
            return nil
        }
        return low...high
    }

    var searched: ClosedRange<Double> {
        (sizes.lowerBound / Self.reach)...(sizes.upperBound * Self.reach)
    }

    func tokens(_ flops: Double, _ size: Double) -> Double { flops / flopsPerProduct / size }
    func flops(_ size: Double, _ tokens: Double) -> Double { flopsPerProduct * size * tokens }
    func flops(_ run: NonlinearFit.Residual) -> Double { flops(run.size, run.tokens) }

    /// Name of the compute axis, with the rule that it stands for.
    var computeName: String {
        let factor = FigureText.loss(flopsPerProduct)
        return "training compute C = \(factor)·N·D (FLOPs)"
    }

    /// Size, tokens and loss where a budget is best spent.
    func optimum(_ flops: Double) -> (size: Double, tokens: Double, loss: Double)? {
        guard let logSize = law.optimalSize(product: flops / flopsPerProduct, within: searched)
        else { return nil }
        let size = exp(logSize)
        let tokens = tokens(flops, size)
        return (size, tokens, loss(size, tokens))
    }

    /// 90 % interval of the best size, by the refits; the best itself without enough of them.
    func sizeInterval(
        _ flops: Double,
        best: Double,
        draws: Int
    ) -> (low: Double, high: Double) {
        let product = flops / flopsPerProduct
        let sizes = law.optimalSizes(product: product, within: searched, draws: draws).sorted()
        guard sizes.count >= 20 else { return (best, best) }
        let place = { (share: Double) in exp(sizes[Int(share * Double(sizes.count - 1))]) }
        return (min(best, place(0.05)), max(best, place(0.95)))
    }

    func loss(_ size: Double, _ tokens: Double) -> Double { law.value(values(size, tokens)) }

    func prediction(_ size: Double, _ tokens: Double) -> NonlinearPrediction? {
        law.prediction(values(size, tokens))
    }

    private func values(_ size: Double, _ tokens: Double) -> [Role: Double] {
        [.parameterCount: size, .tokenCount: tokens, .computeFLOPs: flops(size, tokens)]
    }
}
