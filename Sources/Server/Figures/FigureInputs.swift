import Foundation
import ScalingLaws

extension StepLawFit: FigureBody {
    package var provenance: FigureProvenance {
        FigureProvenance(
            law: law,
            runs: runCount,
            dataHash: dataHash,
            lossName: lossName,
            parameterConvention: parameterConvention
        )
    }
}

extension FigureInput where Fit == StepLawFit {
    var resolvedTarget: Target {
        get throws(FigureError) {
            if let target { return target }
            let largest = fit.cells.max {
                $0.parameterCount * $0.tokenCount < $1.parameterCount * $1.tokenCount
            }
            guard let largest else { throw .nothingToShow("the fit holds no cell") }
            return Target(
                parameterCount: largest.parameterCount,
                tokenCount: largest.tokenCount
            )
        }
    }

    func surfaceAndAnswer(
        _ target: Target
    ) throws(FigureError) -> (surface: LossSurface, answer: Recommendation) {
        do throws(RecommendError) {
            let surface = try fit.surface(target, gridCount: options.gridCount)
            return (surface, try fit.recommend(target))
        } catch {
            throw .target(error)
        }
    }

    func answer(_ target: Target) throws(FigureError) -> Recommendation {
        do throws(RecommendError) {
            return try fit.recommend(target)
        } catch {
            throw .target(error)
        }
    }

    /// Answers along one quantity; targets that the fit refuses are left out.
    func answers(along targets: [Target]) -> [Recommendation] {
        targets.compactMap { target in
            do throws(RecommendError) {
                return try fit.recommend(target)
            } catch {
                return nil
            }
        }
    }
}

extension StepLawFit {
    /// The best learning rate when the batch is given, by the conditional law.
    func conditionalRate(_ target: Target, batchTokens: Double) -> Double {
        let n = log(target.parameterCount / pivot.parameterCount)
        let d = log(target.tokenCount / pivot.tokenCount)
        let factors = [1, n, d]
        let best = zip(conditional.atOptimalBatch, factors).reduce(0) { $0 + $1.0 * $1.1 }
        let batchStar = exp(zip(surface.batch, factors).reduce(0) { $0 + $1.0 * $1.1 })
        let knee = conditional.knee
        let p = conditional.sharpness
        let bend = { (ratio: Double) in log1p(pow(ratio, p)) }
        let drop = bend(batchStar * knee / batchTokens) - bend(knee)
        return exp(best - conditional.slope / p * drop)
    }

    /// Name of a cell in words.
    func cellName(_ index: Int) -> String {
        guard cells.indices.contains(index) else { return "?" }
        let cell = cells[index]
        return "N \(FigureText.count(cell.parameterCount)), D \(FigureText.count(cell.tokenCount))"
    }
}

extension LossSurface {
    var rateRange: ClosedRange<Double> { Self.range(learningRates) }
    var batchRange: ClosedRange<Double> { Self.range(batchTokens) }

    func contains(rate: Double, batch: Double) -> Bool {
        rateRange.contains(rate) && batchRange.contains(batch)
    }

    private static func range(_ values: [Double]) -> ClosedRange<Double> {
        guard let low = values.first, let high = values.last, low > 0, low < high else {
            return 1...10
        }
        return low...high
    }

    /// Excess over the optimum along the learning rate at one batch, between two rows of the grid.
    func slice(atBatch batch: Double) -> [Double] {
        guard let above = batchTokens.firstIndex(where: { $0 >= batch }), above > 0 else {
            return (batchTokens.first ?? 0) >= batch
                ? excessPercent.first ?? [] : excessPercent.last ?? []
        }
        let low = batchTokens[above - 1]
        let share = log(batch / low) / log(batchTokens[above] / low)
        return zip(excessPercent[above - 1], excessPercent[above]).map {
            $0 * (1 - share) + $1 * share
        }
    }
}

/// Values evenly spaced in ln, both ends included.
func logSpaced(_ range: ClosedRange<Double>, count: Int) -> [Double] {
    let low = log(range.lowerBound)
    let width = log(range.upperBound) - low
    return (0..<count).map { exp(low + width * Double($0) / Double(count - 1)) }
}

/// At most `count` of the values, first and last always among them.
func spread(_ values: [Double], count: Int) -> [Double] {
    let sorted = Array(Set(values)).sorted()
    guard sorted.count > count else { return sorted }
    return (0..<count).map { sorted[$0 * (sorted.count - 1) / (count - 1)] }
}
