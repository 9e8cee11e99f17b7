import Foundation
import LinearAlgebra

/// What the runs of a fit, and runs to come, leave unknown of the answer at a target: the joint
/// surface linearised about the fit, every run weighing by the noise expected of it.
///
/// Unknowns: the six coefficients of ln LR* and ln B*, the six of the bowl's shape, and the target
/// cell's own shift from the law; levels and shifts of all other cells are eliminated. The
/// criterion is the loss, in per cent, that the remaining error of the answer is expected to cost.
package struct RunDesign: Sendable {
    private static let sharedCount = 12
    private static let count = 14
    /// ln units within which two cells are one.
    private static let sameCell = 0.03
    /// Standard deviations, in ln units, within which the scatter of cells is believed.
    private static let scatterRange = 0.05...0.3

    let fit: StepLawFit
    let target: (n: Double, d: Double)
    /// ln of a given batch over the optimal one at the target; nil when the batch is free.
    let givenRatio: Double?
    private let model: JointModel
    private let noise: Double
    private let scatter: (x: Double, y: Double)
    private let levelPrecision: Double
    private var cells: [CellInformation] = []
    /// Sum over cells and prior, 14 × 14, row by row.
    private var total: [Double]
    /// Rows of the error of the answer: ln LR and ln B at the target.
    private let answer: [[Double]]
    /// Cost of that error: ½ eᵀ·H·e, (xx, xy, yy).
    private let hessian: (xx: Double, xy: Double, yy: Double)

    /// - Throws: for a target that no training can have.
    package init(_ fit: StepLawFit, target: Target) throws(RecommendError) {
        let base = try Recommender(fit, target)
        self.fit = fit
        self.target = (base.n, base.d)
        let bowl = fit.surface.bowl
        givenRatio = target.batchTokens.map { log($0) - base.center.y }
        model = JointModel(
            JointFit.start(
                fit,
                pivotN: log(fit.pivot.parameterCount),
                pivotD: log(fit.pivot.tokenCount)
            )
        )
        noise = max(fit.surface.scale, 1e-6) / JointProblem.noiseFloor
        scatter = Self.scatter(fit)
        let level = max(fit.lossLevel?.leaveOneOutError ?? 0.05, 1e-3)
        levelPrecision = 1 / (level * level)
        answer = Self.answer(bowl, n: base.n, d: base.d, givenRatio: givenRatio)
        let slope = Self.ridgeSlope(bowl, at: 0)
        let (a, b) = (bowl.learningRateCurvature, bowl.batchCurvature)
        hessian = givenRatio == nil ? (a, -a * slope, a * slope * slope + b) : (a, 0, 0)
        total = [Double](repeating: 0, count: Self.count * Self.count)
        for (index, prior) in JointProblem.prior.enumerated() {
            // In units of the residuals' variance, as in the fit; a breath keeps it invertible.
            total[index * Self.count + index] = prior.precision + 1e-6
        }
        total[12 * Self.count + 12] = 1 / scatter.x
        total[13 * Self.count + 13] = 1 / scatter.y
        addRunsOfFit()
    }

    // MARK: the fit as a start

    /// Variances of the cells' own optima about the law.
    private static func scatter(_ fit: StepLawFit) -> (x: Double, y: Double) {
        var sum = (x: 0.0, y: 0.0)
        var count = 0.0
        for cell in fit.cells {
            guard let own = cell.optimum else { continue }
            let target = Target(parameterCount: cell.parameterCount, tokenCount: cell.tokenCount)
            let (n, d) = fit.coordinates(target)
            let center = fit.bowlCenter(n: n, d: d)
            sum.x += pow(log(own.peakLearningRate) - center.x, 2)
            sum.y += pow(log(own.batchTokens) - center.y, 2)
            count += 1
        }
        func variance(_ sum: Double) -> Double {
            let deviation = (sum / max(count - 3, 1)).squareRoot()
            let range = scatterRange
            return pow(min(max(deviation, range.lowerBound), range.upperBound), 2)
        }
        return (variance(sum.x), variance(sum.y))
    }

    private static func ridgeSlope(_ bowl: Bowl, at y: Double) -> Double {
        (bowl.ridge(y + 1e-5) - bowl.ridge(y - 1e-5)) / 2e-5
    }

    /// How ln LR and ln B of the answer follow from the fourteen unknowns.
    private static func answer(
        _ bowl: Bowl,
        n: Double,
        d: Double,
        givenRatio: Double?
    ) -> [[Double]] {
        var rate = [Double](repeating: 0, count: count)
        var batch = rate
        for (index, input) in [1, n, d].enumerated() {
            rate[index] = input
            batch[3 + index] = input
        }
        rate[12] = 1
        batch[13] = 1
        guard let y = givenRatio else { return [rate, batch] }
        // At a given batch: LR*(N, D) · e^ridge(ln B − ln B*).
        let slope = ridgeSlope(bowl, at: y)
        for index in batch.indices { rate[index] -= slope * batch[index] }
        let power = bowl.ridgeSharpness
        let knee = log(bowl.ridgeKnee)
        rate[10] += bowl.ridgeSlope == 0 ? 0 : bowl.ridge(y) / bowl.ridgeSlope
        rate[11] +=
            bowl.ridgeSlope / (1 + exp(-power * knee))
            - bowl.ridgeSlope / (1 + exp(-power * (knee - y)))
        return [rate]
    }

    private mutating func addRunsOfFit() {
        let limit = 100 * fit.surface.cut
        for run in fit.runs {
            guard let excess = run.excessPercent, excess < limit,
                fit.cells.indices.contains(run.cell)
            else { continue }
            let cell = fit.cells[run.cell]
            add(
                DesignPoint(
                    parameterCount: cell.parameterCount,
                    tokenCount: cell.tokenCount,
                    peakLearningRate: run.peakLearningRate,
                    batchTokens: run.batchTokens
                )
            )
        }
    }

    // MARK: runs

    /// Counts a run as made.
    package mutating func add(_ point: DesignPoint) {
        let index = cellIndex(point)
        spread(cells[index], sign: -1, into: &total)
        addRun(point, to: &cells[index])
        spread(cells[index], sign: 1, into: &total)
    }

    private func coordinates(_ point: DesignPoint) -> (n: Double, d: Double) {
        fit.coordinates(
            Target(parameterCount: point.parameterCount, tokenCount: point.tokenCount)
        )
    }

    private mutating func cellIndex(_ point: DesignPoint) -> Int {
        let (n, d) = coordinates(point)
        if let index = knownCell(n, d) { return index }
        let cell = CellInformation(n: n, d: d, levelPrecision: levelPrecision)
        cells.append(cell)
        return cells.count - 1
    }

    private func knownCell(_ n: Double, _ d: Double) -> Int? {
        cells.firstIndex { abs($0.n - n) + abs($0.d - d) < Self.sameCell }
    }

    private func addRun(_ point: DesignPoint, to cell: inout CellInformation) {
        let center = fit.bowlCenter(n: cell.n, d: cell.d)
        var j = [Double](repeating: 0, count: CellInformation.count)
        let excess = model.derivatives(
            log(point.peakLearningRate) - center.x,
            log(point.batchTokens) - center.y,
            &j
        )
        guard excess.isFinite, j.allSatisfy(\.isFinite) else { return }
        j[0] = -j[0]
        j[1] = -j[1]
        let sigma = noise * (JointProblem.noiseFloor + JointProblem.misfit * max(excess, 0))
        cell.add(j, precision: 1 / (sigma * sigma))
    }

    /// Adds a cell's information to the 14 × 14 system by the chain rule.
    private func spread(_ cell: CellInformation, sign: Double, into total: inout [Double]) {
        let isTarget = abs(cell.n - target.n) + abs(cell.d - target.d) < Self.sameCell
        let local = isTarget ? cell.information() : cell.information(scatter: scatter)
        let inputs = [1, cell.n, cell.d]
        // Unknown → (local number, factor); the shift of the target enters its own cell only.
        let last = isTarget ? Self.count : Self.sharedCount
        for row in 0..<last {
            let (lr, fr) = Self.place(row, inputs)
            for column in 0..<last {
                let (lc, fc) = Self.place(column, inputs)
                total[row * Self.count + column] +=
                    sign * fr * fc * local[lr * CellInformation.count + lc]
            }
        }
    }

    private static func place(_ unknown: Int, _ inputs: [Double]) -> (Int, Double) {
        switch unknown {
        case 0..<6: (unknown / 3, inputs[unknown % 3])
        case 6..<12: (unknown - 4, 1)
        default: (unknown - 12, 1)
        }
    }

    // MARK: criterion

    /// Expected loss of the answer at the target, in per cent, from what is still unknown.
    package var expectedRegretPercent: Double { criterion(total) }

    /// The same with these runs made in one cell.
    func expectedRegretPercent(adding cell: CellInformation, replacing known: Int?) -> Double {
        var changed = total
        if let known { spread(cells[known], sign: -1, into: &changed) }
        spread(cell, sign: 1, into: &changed)
        return criterion(changed)
    }

    /// A cell's information with one more run, and where the cell is known already.
    func cell(
        of point: DesignPoint
    ) -> (information: CellInformation, known: Int?) {
        let (n, d) = coordinates(point)
        if let known = knownCell(n, d) { return (cells[known], known) }
        return (CellInformation(n: n, d: d, levelPrecision: levelPrecision), nil)
    }

    func adding(_ point: DesignPoint, to cell: CellInformation) -> CellInformation {
        var cell = cell
        addRun(point, to: &cell)
        return cell
    }

    /// Covariance of the error of the answer, ln LR and ln B; of ln LR alone at a given batch.
    package var answerCovariance: (xx: Double, xy: Double, yy: Double)? { covariance(total) }

    private func criterion(_ information: [Double]) -> Double {
        guard let error = covariance(information) else { return .infinity }
        let cost = hessian.xx * error.xx + 2 * hessian.xy * error.xy + hessian.yy * error.yy
        return 50 * max(cost, 0)
    }

    private func covariance(_ information: [Double]) -> (xx: Double, xy: Double, yy: Double)? {
        var solved: [[Double]] = []
        for row in answer {
            var system = SmallSystem(size: Self.count)
            system.matrix = information
            for index in 0..<Self.count { system.matrix[index * Self.count + index] += 1e-9 }
            system.vector = row
            guard system.solve() else { return nil }
            solved.append(system.vector)
        }
        func product(_ left: [Double], _ right: [Double]) -> Double {
            zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let rate = product(answer[0], solved[0])
        guard answer.count > 1 else { return (rate, 0, 0) }
        return (rate, product(answer[0], solved[1]), product(answer[1], solved[1]))
    }
}
