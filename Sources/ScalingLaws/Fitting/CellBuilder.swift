import Foundation
import Runs

func ln1p(_ value: Double) -> Double { log1p(value) }

extension CellTable {
    /// The cells of these runs; unusable runs and too small cells are left out without a word.
    package init(observations: [Observation]) throws(FitError) {
        var builder = CellBuilder()
        self = try builder.build(observations)
    }
}

/// Turns hostile rows into a `CellTable` and a list of what was set aside and why.
struct CellBuilder {
    private(set) var leftOut: [StepLawFit.LeftOut] = []
    private(set) var smallCellCount = 0
    /// Best-sampled small cell: how many rates and batches it has.
    private var mostRates = 0
    private var mostBatches = 0

    /// Losses above this multiple of the least of their cell, at a learning rate above the best,
    /// count as diverged.
    static let divergenceFactor = 1.5
    /// Token counts within this factor are one cell: steps × batch rounds differently per batch.
    static let tokenSlack = 1.02
    static let parameterSlack = 1.001

    mutating func build(_ observations: [Observation]) throws(FitError) -> CellTable {
        let usable = accept(observations)
        guard usable.count >= CellRules.minimumTotalRunCount else {
            throw .tooFewRuns(
                needed: CellRules.minimumTotalRunCount,
                found: usable.count,
                leftOut: leftOut.count
            )
        }
        let cells = cells(of: usable)
        try check(cells)
        return CellTable(cells: cells)
    }

    /// Cells large enough, without any check of their number or spread.
    mutating func cells(_ observations: [Observation]) -> [CellData] {
        cells(of: accept(observations))
    }

    private mutating func cells(of usable: [Observation]) -> [CellData] {
        Self.groups(usable).compactMap { cell($0) }
    }

    // MARK: rows

    private mutating func accept(_ observations: [Observation]) -> [Observation] {
        var seen: Set<RunID> = []
        var accepted: [Observation] = []
        for observation in observations.sorted(by: Self.precedes) {
            if let reason = Self.fault(observation) {
                leave(observation, reason)
            } else if !seen.insert(observation.runID).inserted {
                leave(observation, "this run was already counted")
            } else {
                accepted.append(observation)
            }
        }
        return accepted
    }

    static func fault(_ run: Observation) -> String? {
        let checks: [(String, Double, ClosedRange<Double>)] = [
            ("parameterCount", run.parameterCount, 1...1e16),
            ("tokenCount", run.tokenCount, 1...1e18),
            ("peakLearningRate", run.peakLearningRate, 1e-12...1e3),
            ("batchTokens", run.batchTokens, 1...1e12),
        ]
        for (name, value, range) in checks where !(range ~= value) {
            return "\(name) = \(value) is outside \(range.lowerBound) … \(range.upperBound)"
        }
        if run.batchTokens > run.tokenCount * 1.001 {
            return "batchTokens = \(run.batchTokens) exceeds tokenCount = \(run.tokenCount)"
        }
        if run.lossNats.isFinite, !(1e-9...1e9 ~= run.lossNats) {
            return "loss = \(run.lossNats) is outside 1e-09 … 1e+09 nats per token"
        }
        return nil
    }

    private mutating func leave(_ run: Observation, _ reason: String) {
        leftOut.append(.init(runID: run.runID.hex, runName: run.runName, reason: reason))
    }

    /// A total order that also sorts NaN, so that any order of the request gives the same fit.
    static func precedes(_ left: Observation, _ right: Observation) -> Bool {
        for path in [
            \Observation.parameterCount, \.tokenCount, \.peakLearningRate, \.batchTokens,
            \.lossNats,
        ] {
            let (a, b) = (left[keyPath: path], right[keyPath: path])
            if a.bitPattern != b.bitPattern, !(a == b) {
                return a.isTotallyOrdered(belowOrEqualTo: b)
            }
        }
        return left.runID < right.runID
    }

    // MARK: cells

    /// Rows are sorted by (N, D); a group ends where N or D leaves its first value's slack.
    static func groups(_ rows: [Observation]) -> [[Observation]] {
        split(rows, by: \.parameterCount, slack: parameterSlack).flatMap { sameSize in
            split(
                sameSize.sorted { ($0.tokenCount, $0.runID) < ($1.tokenCount, $1.runID) },
                by: \.tokenCount,
                slack: tokenSlack
            )
        }
    }

    private static func split(
        _ rows: [Observation],
        by value: KeyPath<Observation, Double>,
        slack: Double
    ) -> [[Observation]] {
        var groups: [[Observation]] = []
        for row in rows {
            if let first = groups.last?.first,
                row[keyPath: value] <= first[keyPath: value] * slack
            {
                groups[groups.count - 1].append(row)
            } else {
                groups.append([row])
            }
        }
        return groups
    }

    private mutating func cell(_ group: [Observation]) -> CellData? {
        let (sane, diverged) = Self.separate(group)
        let rates = Self.distinct(sane.map(\.peakLearningRate))
        let batches = Self.distinct(sane.map(\.batchTokens))
        guard sane.count >= CellRules.minimumRunCount,
            rates >= CellRules.minimumRateCount,
            batches >= CellRules.minimumBatchCount
        else {
            smallCellCount += 1
            mostRates = max(mostRates, rates)
            mostBatches = max(mostBatches, batches)
            let reason =
                "its cell has \(sane.count) runs that did not diverge, at \(rates) learning rates"
                + " and \(batches) batches; a cell needs \(CellRules.minimumRunCount), at"
                + " \(CellRules.minimumRateCount) and \(CellRules.minimumBatchCount)"
            for run in group { leave(run, reason) }
            return nil
        }
        let losses = sane.map { log($0.lossNats) }
        let parameterCount = Quantiles.middle(group.map(\.parameterCount)) ?? .nan
        let tokenCount = Quantiles.middle(group.map(\.tokenCount)) ?? .nan
        return CellData(
            parameterCount: parameterCount,
            tokenCount: tokenCount,
            lnN: log(parameterCount),
            lnD: log(tokenCount),
            x: sane.map { log($0.peakLearningRate) },
            y: sane.map { log($0.batchTokens) },
            l: losses,
            least: losses.min() ?? 0,
            observations: sane,
            diverged: diverged
        )
    }

    /// A run diverged when its loss is not finite, or far above the least of its cell at a learning
    /// rate above the best one of its batch; far above it at a low rate means too little training.
    static func separate(_ group: [Observation]) -> (sane: [Observation], diverged: [Observation]) {
        let finite = group.filter(\.lossNats.isFinite)
        guard let best = finite.min(by: { $0.lossNats < $1.lossNats }) else { return ([], group) }
        let limit = best.lossNats * divergenceFactor
        var bestOfBatch: [Double: Observation] = [:]
        for run in finite where run.lossNats <= limit {
            if let known = bestOfBatch[run.batchTokens], known.lossNats <= run.lossNats { continue }
            bestOfBatch[run.batchTokens] = run
        }
        var sane: [Observation] = []
        var diverged: [Observation] = []
        for run in group.sorted(by: precedes) {
            let reference = bestOfBatch[run.batchTokens] ?? best
            let isHigh = run.peakLearningRate > reference.peakLearningRate
            if run.lossNats.isFinite, run.lossNats <= limit || !isHigh {
                sane.append(run)
            } else {
                diverged.append(run)
            }
        }
        return (sane, diverged)
    }

    /// How many values differ by more than 1 %.
    static func distinct(_ values: [Double]) -> Int {
        var count = 0
        var last = -Double.infinity
        for value in values.sorted() where value > last * 1.01 || count == 0 {
            count += 1
            last = value
        }
        return count
    }

    // MARK: the whole

    private func check(_ cells: [CellData]) throws(FitError) {
        guard cells.count >= CellRules.minimumCellCount else {
            if cells.isEmpty, smallCellCount >= CellRules.minimumCellCount {
                if mostRates < CellRules.minimumRateCount {
                    throw .tooFewValues(
                        input: "peakLearningRate",
                        needed: CellRules.minimumRateCount,
                        found: mostRates
                    )
                }
                if mostBatches < CellRules.minimumBatchCount {
                    throw .tooFewValues(
                        input: "batchTokens",
                        needed: CellRules.minimumBatchCount,
                        found: mostBatches
                    )
                }
            }
            throw .tooFewCells(
                needed: CellRules.minimumCellCount,
                found: cells.count,
                tooSmall: smallCellCount
            )
        }
        try checkSpread(cells)
    }

    private func checkSpread(_ cells: [CellData]) throws(FitError) {
        let enough = log(1.2)
        let lnN = cells.map(\.lnN)
        let lnD = cells.map(\.lnD)
        func spread(_ values: [Double]) -> Double { (values.max() ?? 0) - (values.min() ?? 0) }
        guard spread(lnN) > enough else {
            throw .noSpread(input: "parameterCount", value: exp(lnN[0]))
        }
        guard spread(lnD) > enough else {
            throw .noSpread(input: "tokenCount", value: exp(lnD[0]))
        }
        let table = CellTable(cells: cells)
        let sums = table.cells.reduce(into: (nn: 0.0, nd: 0.0, dd: 0.0)) { sums, cell in
            sums.nn += cell.n * cell.n
            sums.nd += cell.n * cell.d
            sums.dd += cell.d * cell.d
        }
        // Share of the spread of ln D that ln N does not explain.
        guard 1 - sums.nd * sums.nd / (sums.nn * sums.dd) > 0.01 else {
            throw .confounded(first: "parameterCount", second: "tokenCount")
        }
    }
}
