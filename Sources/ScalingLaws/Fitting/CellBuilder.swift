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
    /// The runs asked about, in the order of the request.
    private var all: [Observation] = []
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
        all = observations
        let usable = accept()
        guard usable.count >= CellRules.minimumTotalRunCount else {
            throw .tooFewRuns(
                needed: CellRules.minimumTotalRunCount,
                found: usable.count,
                leftOut: leftOut.count
            )
        }
        let cells = Self.groups(usable).compactMap { cell($0) }
        try check(cells)
        return CellTable(cells: cells)
    }

    /// Cells large enough, without any check of their number or spread.
    mutating func cells(_ observations: [Observation]) -> [CellData] {
        all = observations
        return Self.groups(accept()).compactMap { cell($0) }
    }

    // MARK: rows

    private mutating func accept() -> [CellRow] {
        var seen: Set<RunID> = []
        var accepted: [CellRow] = []
        for row in CellRow.sorted(all) {
            if let reason = Self.fault(row) {
                leave(row, reason)
            } else if !seen.insert(row.id).inserted {
                leave(row, "this run was already counted")
            } else {
                accepted.append(row)
            }
        }
        return accepted
    }

    private static func fault(_ run: CellRow) -> String? {
        let checks: [(String, Double, ClosedRange<Double>)] = [
            ("parameterCount", run.parameterCount, 1...1e16),
            ("tokenCount", run.tokenCount, 1...1e18),
            ("peakLearningRate", run.learningRate, 1e-12...1e3),
            ("batchTokens", run.batchTokens, 1...1e12),
        ]
        for (name, value, range) in checks where !(range ~= value) {
            return "\(name) = \(value) is outside \(range.lowerBound) … \(range.upperBound)"
        }
        if run.batchTokens > run.tokenCount * 1.001 {
            return "batchTokens = \(run.batchTokens) exceeds tokenCount = \(run.tokenCount)"
        }
        if run.loss.isFinite, !(1e-9...1e9 ~= run.loss) {
            return "loss = \(run.loss) is outside 1e-09 … 1e+09 nats per token"
        }
        return nil
    }

    private mutating func leave(_ row: CellRow, _ reason: String) {
        let run = all[row.place]
        leftOut.append(.init(runID: run.runID.hex, runName: run.runName, reason: reason))
    }

    // MARK: cells

    /// Rows are sorted by (N, D); a group ends where N or D leaves its first value's slack.
    private static func groups(_ rows: [CellRow]) -> [[CellRow]] {
        split(rows, slack: parameterSlack, by: \.parameterCount).flatMap { sameSize in
            split(
                sameSize.sorted { ($0.tokenCount, $0.id) < ($1.tokenCount, $1.id) },
                slack: tokenSlack,
                by: \.tokenCount
            )
        }
    }

    private static func split(
        _ rows: [CellRow],
        slack: Double,
        by value: (CellRow) -> Double
    ) -> [[CellRow]] {
        var groups: [[CellRow]] = []
        for row in rows {
            if let first = groups.last?.first, value(row) <= value(first) * slack {
                groups[groups.count - 1].append(row)
            } else {
                groups.append([row])
            }
        }
        return groups
    }

    private mutating func cell(_ group: [CellRow]) -> CellData? {
        let (sane, diverged) = Self.separate(group)
        let rates = Self.distinct(sane.map(\.learningRate))
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
            for row in group { leave(row, reason) }
            return nil
        }
        let losses = sane.map { log($0.loss) }
        let parameterCount = Quantiles.middle(group.map(\.parameterCount)) ?? .nan
        let tokenCount = Quantiles.middle(group.map(\.tokenCount)) ?? .nan
        return CellData(
            parameterCount: parameterCount,
            tokenCount: tokenCount,
            lnN: log(parameterCount),
            lnD: log(tokenCount),
            x: sane.map { log($0.learningRate) },
            y: sane.map { log($0.batchTokens) },
            l: losses,
            least: losses.min() ?? 0,
            observations: sane.map { all[$0.place] },
            diverged: diverged.map { all[$0.place] }
        )
    }

    /// A run diverged when its loss is not finite, or far above the least of its cell at a learning
    /// rate above the best one of its batch; far above it at a low rate means too little training.
    private static func separate(
        _ group: [CellRow]
    ) -> (sane: [CellRow], diverged: [CellRow]) {
        let finite = group.filter(\.loss.isFinite)
        guard let best = finite.min(by: { $0.loss < $1.loss }) else { return ([], group) }
        let limit = best.loss * divergenceFactor
        var bestOfBatch: [Double: CellRow] = [:]
        for run in finite where run.loss <= limit {
            if let known = bestOfBatch[run.batchTokens], known.loss <= run.loss { continue }
            bestOfBatch[run.batchTokens] = run
        }
        var sane: [CellRow] = []
        var diverged: [CellRow] = []
        for run in group.sorted(by: CellRow.precedes) {
            let reference = bestOfBatch[run.batchTokens] ?? best
            let isHigh = run.learningRate > reference.learningRate
            if run.loss.isFinite, run.loss <= limit || !isHigh {
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
