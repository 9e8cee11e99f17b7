import Foundation
import Runs

/// Fits the hyperbola of every group, resamples the residuals of all groups together, and draws
/// power laws through the groups' critical batches.
struct CriticalBatchFitter {
    /// The anchor of arXiv 2410.21676: 256 sequences of 512 tokens.
    static let publishedAnchor = 131_072.0
    /// Intervals of B_crit wider than this ratio say nothing that a batch could be chosen by.
    static let widestInterval = 30.0

    private let request: FitRequest
    private let table: StepsTable
    private let overhead: Double
    private let anchor: Double
    private var random: SplitMix64

    /// A group with its best fit and its resampled ones.
    private struct Solved {
        var group: StepsTable.Group
        var best: HyperbolaSolver.Solution
        var draws: [HyperbolaSolver.Solution]
    }

    init(_ request: FitRequest) throws(FitError) {
        self.request = request
        table = StepsTable(request.observations)
        guard !table.groups.isEmpty else {
            let few = table.smallGroups > 0
            if few {
                throw .tooFewValues(
                    input: "batchTokens (for one model size and target loss)",
                    needed: StepsTable.neededBatches,
                    found: table.mostBatches
                )
            }
            throw .notEnough(
                law: "critical-batch",
                needed: StepsTable.neededBatches,
                found: 0,
                needs:
                    "batchTokens, and targetLoss with stepCount, a loss curve, or ends at several"
                    + " tokenCount for each batch",
                leftOut: table.leftOut.count
            )
        }
        overhead = request.options.overheadPercent ?? 20
        anchor = request.options.anchorBatchTokens ?? Self.anchor(table.groups)
        random = SplitMix64(seed: request.seed)
    }

    /// The published anchor where every group reaches from below to above it, else the largest of
    /// the groups' least batches.
    private static func anchor(_ groups: [StepsTable.Group]) -> Double {
        let least = groups.compactMap { $0.entries.first?.batchTokens }.max() ?? publishedAnchor
        let largest = groups.compactMap { $0.entries.last?.batchTokens }.min() ?? publishedAnchor
        return least <= publishedAnchor && largest >= publishedAnchor ? publishedAnchor : least
    }

    mutating func run() throws(FitError) -> CriticalBatchFit {
        let solved = try solve()
        var groups: [CriticalBatchFit.Group] = []
        var warnings = table.warnings
        var unidentified: (group: CriticalBatchFit.Group, solved: Solved)?
        for item in solved {
            let group = describe(item)
            if let reason = Self.openEnd(item, group) {
                warnings.append(
                    "B_crit of \(CriticalBatchFit.label(group)) is not determined and was left"
                        + " out: with 90 % anything from"
                        + " \(BatchText.tokens(group.criticalBatchTokens.low)) to"
                        + " \(BatchText.tokens(group.criticalBatchTokens.high)) tokens. \(reason)"
                )
                unidentified = unidentified ?? (group, item)
            } else {
                groups.append(group)
            }
        }
        if groups.isEmpty, let open = unidentified {
            throw .unidentified(
                parameter: "B_crit of \(CriticalBatchFit.label(open.group))",
                low: open.group.criticalBatchTokens.low,
                high: open.group.criticalBatchTokens.high,
                advice: Self.openEnd(open.solved, open.group) ?? ""
            )
        }
        return assemble(groups, solved, warnings)
    }

    private mutating func solve() throws(FitError) -> [Solved] {
        var solvers: [HyperbolaSolver] = []
        var solved: [Solved] = []
        var squares = 0.0
        var freedom = 0
        for group in table.groups {
            let solver = HyperbolaSolver(logBatches: group.entries.map { log($0.batchTokens) })
            let best = solver.solve(group.entries.map { log($0.steps) })
            solvers.append(solver)
            solved.append(Solved(group: group, best: best, draws: []))
            squares += best.squares
            freedom += group.entries.count - 2
        }
        let noise = NoiseDraws(
            scale: (squares / Double(max(freedom, 1))).squareRoot(),
            freedom: freedom
        )
        let count = min(max(request.options.drawCount, 50), 5_000)
        for draw in 0..<count {
            if draw % 50 == 0 {
                try request.checkCancelled()
                request.progress?(Double(draw) / Double(count))
            }
            let scale = noise.nextScale(&random)
            for index in solved.indices {
                let best = solved[index].best
                let logSteps = solvers[index].logBatches.map {
                    best.logMinimumSteps
                        + HyperbolaSolver.softplus(best.logCriticalBatch - $0)
                        + scale * random.normal()
                }
                solved[index].draws.append(solvers[index].solve(logSteps))
            }
        }
        return solved
    }

    private func describe(_ item: Solved) -> CriticalBatchFit.Group {
        let best = item.best
        let hyperbola = StepsHyperbola(
            minimumSteps: exp(best.logMinimumSteps),
            criticalBatchTokens: exp(best.logCriticalBatch)
        )
        let entries = item.group.entries
        return CriticalBatchFit.Group(
            parameters: item.group.parameters,
            targetLoss: item.group.targetLoss,
            source: item.group.source,
            minimumSteps: DrawInterval.exponential(
                best.logMinimumSteps,
                item.draws.map(\.logMinimumSteps)
            ),
            minimumTokens: DrawInterval.exponential(
                best.logMinimumSteps + best.logCriticalBatch,
                item.draws.map { $0.logMinimumSteps + $0.logCriticalBatch }
            ),
            criticalBatchTokens: DrawInterval.exponential(
                best.logCriticalBatch,
                item.draws.map(\.logCriticalBatch)
            ),
            overheadBatchTokens: DrawInterval.exponential(
                logBatch(.overhead, best.logCriticalBatch),
                item.draws.map { logBatch(.overhead, $0.logCriticalBatch) }
            ),
            residualPercent: 100 * (best.squares / Double(max(entries.count - 2, 1))).squareRoot(),
            points: entries.map { Self.point($0, hyperbola) },
            curve: Self.curve(entries.map(\.batchTokens), hyperbola),
            draws: item.draws.map { [$0.logMinimumSteps, $0.logCriticalBatch] }
        )
    }

    private func logBatch(
        _ kind: CriticalBatchFit.Definition.Kind,
        _ logCritical: Double
    ) -> Double {
        guard kind == .overhead else { return logCritical }
        let share = overhead / 100
        return log(share * exp(logCritical) + (1 + share) * anchor)
    }

    private static func point(
        _ entry: StepsTable.Entry,
        _ hyperbola: StepsHyperbola
    ) -> CriticalBatchFit.Point {
        let predicted = hyperbola.steps(batchTokens: entry.batchTokens)
        return CriticalBatchFit.Point(
            runID: entry.runID.hex,
            runName: entry.runName,
            batchTokens: entry.batchTokens,
            steps: entry.steps,
            tokens: entry.steps * entry.batchTokens,
            predictedSteps: predicted,
            errorPercent: 100 * (entry.steps / predicted - 1)
        )
    }

    /// 41 points from half the least batch to twice the largest.
    private static func curve(
        _ batches: [Double],
        _ hyperbola: StepsHyperbola
    ) -> [CriticalBatchFit.CurvePoint] {
        let low = log((batches.min() ?? 1) / 2)
        let high = log((batches.max() ?? 1) * 2)
        return (0...40).map { index in
            let batch = exp(low + (high - low) * Double(index) / 40)
            return CriticalBatchFit.CurvePoint(
                batchTokens: batch,
                steps: hyperbola.steps(batchTokens: batch),
                tokens: hyperbola.tokens(batchTokens: batch)
            )
        }
    }

    /// Why a group's B_crit is not determined; nil when it is.
    private static func openEnd(_ item: Solved, _ group: CriticalBatchFit.Group) -> String? {
        let batches = item.group.entries.map(\.batchTokens)
        let (least, largest) = (batches.min() ?? 0, batches.max() ?? 0)
        let interval = group.criticalBatchTokens
        guard
            interval.high > widestInterval * interval.low || interval.value > 50 * largest
                || interval.value < least / 50
        else { return nil }
        return interval.value > (least * largest).squareRoot()
            ? "Steps still fall nearly in proportion at \(BatchText.tokens(largest)) tokens"
                + " per step: add runs at larger batches."
            : "Steps hardly fall above \(BatchText.tokens(least)) tokens per step: add runs at"
                + " smaller batches."
    }
}

extension CriticalBatchFitter {
    private func assemble(
        _ groups: [CriticalBatchFit.Group],
        _ solved: [Solved],
        _ warnings: [String]
    ) -> CriticalBatchFit {
        var random = random
        let laws = BatchPowerLawFitter(groups: groups, logBatch: logBatch).fit(&random)
        let joint = BatchJointLawFitter(groups: groups, logBatch: logBatch).fit(&random)
        let squares = solved.reduce(0) { $0 + $1.best.squares }
        let freedom = solved.reduce(0) { $0 + $1.group.entries.count - 2 }
        let overSize = laws.first { $0.definition == .ratio && $0.input == .parameters }
        let trust = BatchTrust(groups: groups)
        let heldOut = trust.heldOut()
        let diagnostics = FitDiagnostics(
            objectiveName: "sum of squared residuals of ln steps",
            draws: groups.first?.draws.count ?? 0,
            resampled: "residuals of ln steps, all groups together",
            residualPercent: 100 * (squares / Double(max(freedom, 1))).squareRoot(),
            heldOutErrorPercent: overSize?.heldOutErrorPercent ?? heldOut?.errorPercent,
            baselineErrorPercent: overSize?.baselineErrorPercent ?? heldOut?.lineErrorPercent,
            leftOut: table.leftOut.count,
            warnings: warnings + Self.collinear(groups) + Self.unproven(overSize)
                + trust.outliers()
        )
        return CriticalBatchFit(
            law: CriticalBatch.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            options: request.options,
            dataHash: Self.hash(table.groups),
            definitions: definitions,
            groups: groups,
            powerLaws: laws,
            jointLaws: joint,
            heldOutBatch: heldOut,
            objective: squares,
            diagnostics: diagnostics,
            leftOut: table.leftOut,
            leftOutCount: table.leftOut.count
        )
    }

    private var definitions: [CriticalBatchFit.Definition] {
        [
            .init(
                kind: .ratio,
                title: "Twice the least steps, twice the least tokens",
                formula: "B_crit = E_min / S_min",
                overheadPercent: nil,
                anchorBatchTokens: nil
            ),
            .init(
                kind: .overhead,
                title: "\(BatchText.number(overhead)) % more steps than in proportion from"
                    + " \(BatchText.tokens(anchor)) tokens per step",
                formula: "CBS = x·B_crit + (1 + x)·B_anchor",
                overheadPercent: overhead,
                anchorBatchTokens: anchor
            ),
        ]
    }

    /// A law that predicts the largest group no better than its neighbour does.
    private static func unproven(_ law: BatchPowerLaw?) -> [String] {
        guard let error = law?.heldOutErrorPercent, let naive = law?.baselineErrorPercent,
            error >= naive
        else { return [] }
        return [
            "Left out, the largest group is missed by \(BatchText.number(error)) % by the law over"
                + " model size and by \(BatchText.number(naive)) % by the nearest group: do not"
                + " extrapolate over size."
        ]
    }

    /// Laws over quantities that move together cannot be told apart.
    private static func collinear(_ groups: [CriticalBatchFit.Group]) -> [String] {
        let sized = groups.filter { $0.parameters != nil }
        guard sized.count >= 3 else { return [] }
        let sizes = sized.map { log($0.parameters ?? 1) }
        let tokens = sized.map { log($0.minimumTokens.value) }
        guard abs(BatchPowerLawFitter.correlation(sizes, tokens)) > 0.95 else { return [] }
        return [
            "Model size and tokens move together over these groups, so the laws over size, tokens"
                + " and loss describe one line; runs of one size with several targets tell them"
                + " apart."
        ]
    }

    /// Over what was fitted, in the order of the groups.
    private static func hash(_ groups: [StepsTable.Group]) -> String {
        var hash = DataHash()
        for group in groups {
            hash.mix(group.parameters ?? 0)
            hash.mix(group.targetLoss)
            for entry in group.entries {
                hash.mix(entry.batchTokens)
                hash.mix(entry.steps)
                hash.mix(entry.runID.hex)
            }
        }
        return hash.text
    }
}
