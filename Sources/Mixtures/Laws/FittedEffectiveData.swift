import Foundation

/// L(r) = level + scale·u^(−exponent), u = base + Σ worth_j·(r_j + ε)^power.
package struct FittedEffectiveData: FittedMixtureLaw, Hashable {
    /// Unit of the target.
    package var level: Double
    /// Unit of the target.
    package var scale: Double
    package var exponent: Double
    package var base: Double
    package var power: Double
    /// d values; only their ratios to one another and to `base` mean something.
    package var worth: [Double]
    package var notes: [String]
    /// λ of the fit, for its refits.
    var ridge: Double

    package init(
        level: Double,
        scale: Double,
        exponent: Double,
        base: Double,
        power: Double,
        worth: [Double]
    ) {
        self.level = level
        self.scale = scale
        self.exponent = exponent
        self.base = base
        self.power = power
        self.worth = worth
        notes = []
        ridge = RidgeChoice.weakest
    }

    init(_ fit: ClosedFit, _ table: FittingTable, isShort: Bool) {
        let found = fit.parameters
        self.init(
            level: table.mean + table.deviation * found[0],
            scale: table.deviation * exp(found[1]),
            exponent: exp(found[2]),
            base: exp(found[3]),
            power: exp(found[4]),
            worth: found[5...].map { exp($0) }
        )
        ridge = fit.ridge
        if power > 1 {
            notes.append("g is above 1, so the loss need not be convex in the proportions.")
        }
        let penalties = EffectiveDataForm(table: table, isShort: isShort).penalties
        for (index, symbol) in [(2, "a"), (4, "g")] {
            let range = penalties[index].range
            let isInside = found[index] > range.lowerBound && found[index] < range.upperBound
            if !isInside { notes.append("\(symbol) sits on the end of its range.") }
        }
        if let rival = fit.rival {
            var other = fit
            (other.parameters, other.rival) = (rival, nil)
            let second = FittedEffectiveData(other, table, isShort: isShort).separable
            notes += [RivalMinimum.note(separable, second)].compactMap { $0 }
        }
    }

    /// Parameters on the scale of other runs, and the ridge to keep.
    func start(_ table: FittingTable) -> (start: [Double], ridge: Double)? {
        guard worth.count == table.dimension else { return nil }
        let head = [
            (level - table.mean) / table.deviation, log(scale / table.deviation), log(exponent),
            log(base), log(power),
        ]
        return (head + worth.map { log($0) }, ridge)
    }

    func utility(at proportions: [Double]) -> Double {
        var sum = base
        for (share, worth) in zip(proportions, worth) {
            sum += worth * pow(max(share, 0) + FittingTable.offset, power)
        }
        return sum
    }

    package func loss(at proportions: [Double]) -> Double {
        level + scale * pow(utility(at: proportions), -exponent)
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        let sum = utility(at: proportions)
        let pull = -exponent * scale * pow(sum, -exponent - 1)
        return zip(proportions, worth).map { share, worth in
            pull * worth * power * pow(max(share, 0) + FittingTable.offset, power - 1)
        }
    }

    package var separable: SeparableUtility? {
        guard power < 1 else { return nil }
        return SeparableUtility(
            scales: worth,
            exponents: [Double](repeating: power, count: worth.count),
            offset: FittingTable.offset
        )
    }

    /// u is then concave, and u^(−a) convex and falling in it.
    package var isConvex: Bool { power <= 1 }

    package func parameters(domains: [String]) -> [String: Double] {
        let sum = worth.reduce(0, +)
        var values = [
            "E": level, "A": scale * pow(sum, -exponent), "a": exponent, "e0": base / sum,
            "g": power,
        ]
        for (domain, worth) in zip(domains, worth) { values["s[\(domain)]"] = worth / sum }
        return values
    }
}
