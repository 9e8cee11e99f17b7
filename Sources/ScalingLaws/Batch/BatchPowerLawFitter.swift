import Foundation

/// Least squares of ln batch on ln input through the groups of a fit.
struct BatchPowerLawFitter {
    typealias Definition = CriticalBatchFit.Definition.Kind

    let groups: [CriticalBatchFit.Group]
    /// ln of the batch by a definition, from ln B_crit.
    let logBatch: (Definition, Double) -> Double

    static let neededGroups = 3
    private static let leastSpread = 1.3

    func fit(_ random: inout SplitMix64) -> [BatchPowerLaw] {
        var laws: [BatchPowerLaw] = []
        for input in BatchPowerLaw.Input.allCases {
            for definition in Definition.allCases {
                laws.append(fit(definition, over: input, &random))
            }
        }
        return laws
    }

    private func fit(
        _ definition: Definition,
        over input: BatchPowerLaw.Input,
        _ random: inout SplitMix64
    ) -> BatchPowerLaw {
        let known = groups.filter { Self.value(input, $0) != nil }
        let x = known.map { log(Self.value(input, $0) ?? 1) }
        var law = BatchPowerLaw(
            definition: definition,
            input: input,
            groups: known.count,
            draws: []
        )
        if let reason = Self.refusal(input, x) {
            law.refused = reason
            return law
        }
        let mean = x.reduce(0, +) / Double(x.count)
        let centred = x.map { $0 - mean }
        let y = known.map { log($0.batch(definition).value) }
        let drawn = known.map { group in group.draws.map { logBatch(definition, $0[1]) } }
        let line = Line(centred, y)
        let scatter = Self.scatter(line, drawn)
        let noise = NoiseDraws(scale: scatter, freedom: x.count - 2)
        law.draws = (0..<(drawn.first?.count ?? 0)).map { draw in
            let scale = noise.nextScale(&random)
            let values = drawn.map { $0[draw] + scale * random.normal() }
            let fitted = Line(centred, values)
            return [fitted.level, fitted.slope]
        }
        law.pivot = exp(mean)
        law.batchAtPivot = DrawInterval.exponential(line.level, law.draws.map { $0[0] })
        law.exponent = DrawInterval.plain(line.slope, law.draws.map { $0[1] })
        law.coefficient = Self.finite(exp(line.level - line.slope * mean))
        law.residualPercent =
            100 * (line.squares / Double(x.count - 2)).squareRoot()
        law.scatter = scatter
        law.domain = Bounds(low: exp(x.min() ?? mean), high: exp(x.max() ?? mean))
        (law.heldOutErrorPercent, law.baselineErrorPercent) = Self.heldOut(x, y)
        return law
    }

    static func value(_ input: BatchPowerLaw.Input, _ group: CriticalBatchFit.Group) -> Double? {
        switch input {
        case .parameters: group.parameters
        case .tokens: group.minimumTokens.value
        case .targetLoss: group.targetLoss
        }
    }

    private static func refusal(_ input: BatchPowerLaw.Input, _ x: [Double]) -> String? {
        let least = input == .targetLoss ? 1.02 : leastSpread
        let steps = input == .targetLoss ? 1.005 : 1.1
        var different = 0
        var last = -Double.infinity
        for value in x.sorted() where value > last + log(steps) {
            different += 1
            last = value
        }
        let span = (x.max() ?? 0) - (x.min() ?? 0)
        guard different >= neededGroups, span >= log(least) else {
            return "A law over \(input.title) needs groups at \(neededGroups) different values that"
                + " span a factor of \(least); there are \(different)"
                + (x.isEmpty ? "." : " over a factor of \(BatchText.number(exp(span))).")
        }
        return nil
    }

    /// Standard deviation between groups beyond what the draws of each explain.
    private static func scatter(_ line: Line, _ drawn: [[Double]]) -> Double {
        let total = line.squares / Double(max(drawn.count - 2, 1))
        return max(total - meanVariance(drawn), 0).squareRoot()
    }

    /// Mean over the groups of the variance of each one's draws.
    static func meanVariance(_ drawn: [[Double]]) -> Double {
        let variances = drawn.map { draws in
            let mean = draws.reduce(0, +) / Double(max(draws.count, 1))
            return draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(draws.count, 1))
        }
        return variances.reduce(0, +) / Double(max(variances.count, 1))
    }

    /// The largest group predicted by the law through the others, and by the nearest of them.
    private static func heldOut(_ x: [Double], _ y: [Double]) -> (law: Double?, nearest: Double?) {
        guard x.count > neededGroups, let top = x.indices.max(by: { x[$0] < x[$1] }) else {
            return (nil, nil)
        }
        let rest = x.indices.filter { x[$0] < x[top] - 1e-9 }
        guard rest.count >= neededGroups, let near = rest.max(by: { x[$0] < x[$1] }) else {
            return (nil, nil)
        }
        let line = Line(rest.map { x[$0] - x[top] }, rest.map { y[$0] })
        return (
            100 * abs(exp(line.level - y[top]) - 1),
            100 * abs(exp(y[near] - y[top]) - 1)
        )
    }

    private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

    static func correlation(_ x: [Double], _ y: [Double]) -> Double {
        let line = Line(x, y)
        let mean = y.reduce(0, +) / Double(max(y.count, 1))
        let total = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard total > 0 else { return 1 }
        return max(1 - line.squares / total, 0).squareRoot()
    }

    /// y = level + slope·x by least squares; `squares` is what is left.
    struct Line {
        var level: Double
        var slope: Double
        var squares: Double

        init(_ x: [Double], _ y: [Double]) {
            let count = Double(max(x.count, 1))
            let meanX = x.reduce(0, +) / count
            let meanY = y.reduce(0, +) / count
            var xx = 0.0
            var xy = 0.0
            for index in x.indices {
                xx += (x[index] - meanX) * (x[index] - meanX)
                xy += (x[index] - meanX) * (y[index] - meanY)
            }
            let slope = xx > 0 ? xy / xx : 0
            let level = meanY - slope * meanX
            self.slope = slope
            self.level = level
            squares = x.indices.reduce(0) { sum, index in
                let residual = y[index] - level - slope * x[index]
                return sum + residual * residual
            }
        }
    }
}
