import Foundation
import Runs

/// The advice on experts in words, numbers and tables.
struct ExpertAnswer {
    let search: ExpertSearch
    let choices: [ExpertChoice]
    let best: ExpertChoice
    let fit: NonlinearFit

    var statement: String {
        let kind = best.experts == 1 ? "a dense model" : "\(text(best.experts)) experts"
        return
            "Train \(kind) with \(text(best.active)) active of \(text(best.total)) parameters for"
            + " \(text(best.tokens)) tokens: the least loss under the budget,"
            + " \(String(format: "%.4f", exp(best.logLoss)))."
    }

    var quantities: [Advice.Quantity] {
        let loss = JointExperts.predict(best.values, from: fit)
        return [
            .init("experts", "experts of a layer", unit: "experts", value: best.experts),
            .init(
                "activeParameters",
                "parameters active for a token",
                unit: "parameters",
                value: best.active
            ),
            .init("parameters", "all parameters", unit: "parameters", value: best.total),
            .init("tokens", "training tokens", unit: "tokens", value: best.tokens),
            .init(
                "trainingFLOPs",
                "compute of training",
                unit: "FLOPs",
                value: 6 * best.active * best.tokens
            ),
            .init(
                "inferenceFLOPs",
                "compute of serving",
                unit: "FLOPs",
                value: 2 * best.active * search.budget.inferenceTokens
            ),
            .init(
                "memoryBytes",
                "memory of the weights",
                unit: "bytes",
                value: best.total * ExpertBudget.bytesPerParameter,
                note: "2 bytes a weight"
            ),
            .init(
                "lossNats",
                "predicted loss",
                unit: "nats per token",
                value: exp(best.logLoss),
                low: loss?.low,
                high: loss?.high
            ),
        ]
    }

    var tables: [Advice.Table] { [byExperts, bySize] }

    private var byExperts: Advice.Table {
        Advice.Table(
            title: "Best training for each number of experts",
            columns: [
                "experts", "active parameters", "all parameters", "tokens", "loss (nats per token)",
                "FLOPs",
            ],
            rows: choices.map {
                [
                    .number($0.experts), .number($0.active), .number($0.total), .number($0.tokens),
                    .number(exp($0.logLoss)),
                    .number(search.budget.cost(active: $0.active, tokens: $0.tokens)),
                ]
            }
        )
    }

    /// Loss over experts and active size about the best one; "does not fit" where the budget ends.
    private var bySize: Advice.Table {
        let sizes = (-3...3).map { best.active * exp2(Double($0) / 2) }
        return Advice.Table(
            title: "Loss (nats per token) by experts and active parameters",
            columns: ["experts"] + sizes.map { "\(text($0)) active" },
            rows: choices.map { row in
                [.number(row.experts)]
                    + sizes.map { size in
                        search.choice(row.experts, size).map { .number(exp($0.logLoss)) }
                            ?? .text("does not fit")
                    }
            }
        )
    }

    var rivals: [Advice.Rival] {
        guard best.experts != 1, fit.domain[Role.expertCount.rawValue]?.low ?? 2 <= 1 else {
            return []
        }
        let dense = search.best(1)
        return [
            Advice.Rival(
                id: "dense",
                title: "Dense model under the same budget",
                citation: "this fit with E = 1",
                quantities: dense.map {
                    [
                        .init("parameters", "parameters", unit: "parameters", value: $0.active),
                        .init("tokens", "training tokens", unit: "tokens", value: $0.tokens),
                        .init(
                            "lossNats",
                            "predicted loss",
                            unit: "nats per token",
                            value: exp($0.logLoss)
                        ),
                    ]
                } ?? [],
                extraComputePercent: search.denseExtraPercent(best),
                refused: dense == nil ? "No dense model fits the budget." : nil
            )
        ]
    }

    var warnings: [String] {
        var warnings: [String] = []
        if !search.shape.isMeasured {
            warnings.append(
                "The runs do not log totalParameterCount, so all parameters are taken as active"
                    + " times 1 + 2/3·(E/K - 1), K = \(text(search.shape.active))."
            )
        }
        let second = choices.filter { $0.experts != best.experts }
            .min { $0.logLoss < $1.logLoss }
        if let second, let wins = share(over: second), wins < 0.9 {
            warnings.append(
                "\(text(best.experts)) and \(text(second.experts)) experts cannot be told apart:"
                    + " the first wins in \(Int((wins * 100).rounded())) % of resampled fits. Choose"
                    + " by what is easier to serve."
            )
        }
        if let law = fit.diagnostics.heldOutErrorPercent,
            let naive = fit.diagnostics.baselineErrorPercent, naive < law
        {
            warnings.append(
                "On the largest scale, left out, a naive rule errs less than this law: treat the"
                    + " answer as a guess."
            )
        }
        return warnings
    }

    /// Share of resampled fits in which the best choice has the lower loss.
    private func share(over other: ExpertChoice) -> Double? {
        let pairs = fit.draws.compactMap { draw -> Bool? in
            guard let first = search.logLoss(best, draw), let second = search.logLoss(other, draw)
            else { return nil }
            return first <= second
        }
        guard !pairs.isEmpty else { return nil }
        return Double(pairs.count { $0 }) / Double(pairs.count)
    }

    private func text(_ value: Double) -> String { ExpertText.number(value) }
}
