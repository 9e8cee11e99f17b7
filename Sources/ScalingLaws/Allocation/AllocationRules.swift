import Foundation

/// Published rules of allocation that need no fit, and the nearest run: what an answer is compared
/// with.
enum AllocationRules {
    struct Rule {
        var id: String
        var title: String
        var citation: String
        /// ln N at ln C, N · D = C / factor.
        var logSize: @Sendable (_ logCompute: Double, _ convention: ComputeConvention) -> Double
    }

    static let all: [Rule] = [
        ratio(
            "twenty-tokens",
            "20 tokens a parameter",
            20,
            "a common rule of thumb after"
                + " Training Compute-Optimal Large Language Models, arXiv 2203.15556"
        ),
        ratio(
            "minicpm-ratio",
            "MiniCPM: 192 tokens a parameter",
            192,
            "MiniCPM, arXiv 2404.06395: alpha 0.29, beta 0.23, N and D in billions"
        ),
        Rule(
            id: "deepseek-allocation",
            title: "DeepSeek: M = 0.1715·C^0.5243 FLOPs a token",
            citation: "DeepSeek LLM, arXiv 2401.02954; M counts attention, here N = M/6"
        ) { compute, _ in log(0.1715) + 0.5243 * compute - log(6) },
    ]

    private static func ratio(
        _ id: String,
        _ title: String,
        _ ratio: Double,
        _ citation: String
    ) -> Rule {
        Rule(id: id, title: title, citation: citation) { compute, convention in
            (convention.logTokens(logCompute: compute, logSize: 0) - log(ratio)) / 2
        }
    }
}

extension Allocator {
    /// What rules, published constants and the nearest run would do with the same training compute.
    func rivals(_ point: LossPlane.Point) -> [Advice.Rival] {
        guard task.isChosen else { return [] }
        let compute = basis.convention.logCompute(
            logSize: point.logSize,
            logTokens: point.logTokens
        )
        var rivals = AllocationRules.all.map {
            rival($0.id, $0.title, $0.citation, $0.logSize(compute, basis.convention), compute)
        }
        for preset in basis.presets {
            guard let best = preset.plane.best(logCompute: compute), LossPlane.isInside(best) else {
                rivals.append(
                    Advice.Rival(
                        id: preset.id,
                        title: preset.title,
                        citation: preset.citation,
                        quantities: [],
                        refused: "These constants have no optimum here."
                    )
                )
                continue
            }
            rivals.append(
                rival(preset.id, preset.title, preset.citation, best.logSize, compute)
            )
        }
        if let nearest = nearestRun(compute) { rivals.append(nearest) }
        return rivals
    }

    private func rival(
        _ id: String,
        _ title: String,
        _ citation: String,
        _ size: Double,
        _ compute: Double
    ) -> Advice.Rival {
        let tokens = basis.convention.logTokens(logCompute: compute, logSize: size)
        let point = LossPlane.Point(logSize: size, logTokens: tokens)
        return Advice.Rival(
            id: id,
            title: title,
            citation: citation,
            quantities: [
                .init("parameterCount", "model size N", unit: "parameters", value: exp(size)),
                .init("tokenCount", "training tokens D", unit: "tokens", value: exp(tokens)),
                .init(
                    "lossNats",
                    "loss by this law",
                    unit: "nats per token",
                    value: basis.best.loss(point)
                ),
            ],
            extraComputePercent: extraCompute(point)
        )
    }

    /// The best run of the compute nearest to the question, its tokens per parameter kept.
    private func nearestRun(_ compute: Double) -> Advice.Rival? {
        func logCompute(_ run: AllocationBasis.Run) -> Double {
            basis.convention.logCompute(logSize: run.logSize, logTokens: run.logTokens)
        }
        let distances = basis.runs.map { abs(logCompute($0) - compute) }
        guard let least = distances.min() else { return nil }
        // Runs within a quarter of the nearest compute count as equally near.
        let near = zip(basis.runs, distances).filter { $0.1 <= least + log(1.25) }.map(\.0)
        guard let run = near.min(by: { $0.loss < $1.loss }) else { return nil }
        let sum = basis.convention.logTokens(logCompute: compute, logSize: 0)
        let size = (sum - (run.logTokens - run.logSize)) / 2
        return rival(
            "nearest-run",
            "Tokens per parameter of the best of the nearest runs, \(run.name)",
            "this project",
            size,
            compute
        )
    }
}
