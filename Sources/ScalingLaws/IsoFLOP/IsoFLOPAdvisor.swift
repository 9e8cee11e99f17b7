import Foundation

/// The frontier's answer to a budget, beside variable projection and plain rules.
struct IsoFLOPAdvisor {
    let fit: IsoFLOPFit
    let question: Question

    func advice() throws(RecommendError) -> Advice {
        let budget = try question.required(.flops)
        guard budget.isFinite, budget > 0, budget < 1e60 else {
            throw .invalidTarget(field: "flops", given: budget, expected: "positive, below 1e60")
        }
        let compute = log(budget)
        let budgets = fit.profiles.filter { $0.optimum != nil }.map { log($0.budgetFLOPs) }
        guard let low = budgets.min(), let high = budgets.max(),
            AllocationBasis.distance(compute, low...high) <= log(AllocationBasis.refusedFactor)
        else {
            throw .refused(
                field: "flops",
                reason: "The profiles reach from \(Texts.short(exp(budgets.min() ?? .nan))) to"
                    + " \(Texts.short(exp(budgets.max() ?? .nan))) FLOPs; beyond"
                    + " \(Texts.short(AllocationBasis.refusedFactor)) times that the frontier is not"
                    + " evaluated."
            )
        }
        let distance = AllocationBasis.distance(compute, low...high)
        let quantities = quantities(compute)
        let size = Texts.short(quantities[0].value)
        let tokens = Texts.short(quantities[1].value)
        return Advice(
            law: fit.law,
            question: question,
            statement:
                "The frontier of \(budgets.count) budgets puts \(size) parameters on \(tokens)"
                + " tokens for \(Texts.short(budget)) FLOPs (\(fit.convention.name)).",
            quantities: quantities,
            tables: [table],
            extrapolation: Advice.Reach(
                inside: distance == 0,
                distance: ["compute": distance],
                note: distance == 0
                    ? "Inside the budgets of the profiles."
                    : "\(Texts.short(exp(distance))) times beyond the nearest profile."
            ),
            rivals: rivals(compute),
            warnings: fit.summary.diagnostics.warnings
        )
    }

    private func quantities(_ compute: Double) -> [Advice.Quantity] {
        func quantity(
            _ name: String,
            _ title: String,
            _ unit: String,
            _ value: (IsoFLOPFit.Frontier) -> Double
        ) -> Advice.Quantity {
            let interval = Quantiles.interval(value(fit.best), fit.draws.map(value))
            return Advice.Quantity(
                name,
                title,
                unit: unit,
                value: value(fit.best),
                low: interval?.low,
                high: interval?.high
            )
        }
        func tokens(_ frontier: IsoFLOPFit.Frontier) -> Double {
            fit.convention.logTokens(
                logCompute: compute,
                logSize: frontier.logSize(compute)
            )
        }
        return [
            quantity("parameterCount", "model size N", "parameters") { exp($0.logSize(compute)) },
            quantity("tokenCount", "training tokens D", "tokens") { exp(tokens($0)) },
            quantity("tokensPerParameter", "tokens per parameter", "1") {
                exp(tokens($0) - $0.logSize(compute))
            },
            quantity("lossNats", "loss of the frontier", "nats per token") { $0.loss(compute) },
        ]
    }

    private var table: Advice.Table {
        Advice.Table(
            title: "Optimum of each budget",
            columns: ["FLOPs", "runs", "best parameters", "low", "high", "loss, nats per token"],
            rows: fit.profiles.compactMap { profile in
                profile.optimum.map { best in
                    [
                        .number(profile.budgetFLOPs), .number(Double(profile.points.count)),
                        .number(best.parameterCount.value), .number(best.parameterCount.low),
                        .number(best.parameterCount.high), .number(best.lossNats),
                    ]
                }
            }
        )
    }

    private func rivals(_ compute: Double) -> [Advice.Rival] {
        var rivals = AllocationRules.all.map { rule in
            rival(
                rule.id,
                rule.title,
                rule.citation,
                rule.logSize(compute, fit.convention),
                compute
            )
        }
        if let projected = fit.projected,
            let best = IsoFLOPFitter.plane(projected.theta, fit.convention)
                .best(logCompute: compute)
        {
            rivals.append(
                rival(
                    ChinchillaVPNLS.card.id,
                    "Variable projection of the same runs",
                    "this project",
                    best.logSize,
                    compute
                )
            )
        }
        return rivals
    }

    /// Extra compute by the loss surface of variable projection, the only one here that has one.
    private func rival(
        _ id: String,
        _ title: String,
        _ citation: String,
        _ size: Double,
        _ compute: Double
    ) -> Advice.Rival {
        let tokens = fit.convention.logTokens(logCompute: compute, logSize: size)
        var extra: Double?
        if let projected = fit.projected {
            let plane = IsoFLOPFitter.plane(projected.theta, fit.convention)
            let needed = plane.logCompute(reaching: plane.loss(size, tokens))
            extra = needed.map { 100 * max(0, expm1(compute - $0)) }
        }
        return Advice.Rival(
            id: id,
            title: title,
            citation: citation,
            quantities: [
                .init("parameterCount", "model size N", unit: "parameters", value: exp(size)),
                .init("tokenCount", "training tokens D", unit: "tokens", value: exp(tokens)),
            ],
            extraComputePercent: extra
        )
    }
}
