import Foundation

/// Terms beyond the parabola of the loss about a cell's own optimum; u = ln LR − ln LR*,
/// v = ln B − ln B*.
///
/// Real bowls are steeper on one side. Powers up to the fifth follow a smooth lean; the terms with
/// a modulus follow a curvature that differs left and right of the optimum, which powers would turn
/// into a shift of the optimum itself. No term has a slope at (0, 0): the optimum stays where the
/// cell's parameters say.
enum IntervalTerm: Int, CaseIterable, Sendable {
    case rateSided, rateCubic, rateQuartic, rateQuintic
    case batchSided, batchCubic, batchQuartic, batchQuintic
    case tiltRateSided, tiltBatchSided
    case rateSquareBatch, rateBatchSquare, rateCubeBatch, squares, rateBatchCube

    static let count = allCases.count

    /// Which amplitude of the cell scales a term.
    enum Amplitude: Sendable { case rate, batch, tilt, mean }

    var amplitude: Amplitude {
        switch self {
        case .rateSided, .rateCubic, .rateQuartic, .rateQuintic: .rate
        case .batchSided, .batchCubic, .batchQuartic, .batchQuintic: .batch
        case .tiltRateSided, .tiltBatchSided: .tilt
        case .rateSquareBatch, .rateBatchSquare, .rateCubeBatch, .squares, .rateBatchCube: .mean
        }
    }

    /// Standard deviation to which the coefficient is held, in units of the amplitude; several
    /// times what the bowls of public sweeps show, so that it matters only with few runs.
    var looseness: Double {
        switch self {
        case .rateQuartic, .batchQuartic, .rateCubeBatch, .squares, .rateBatchCube: 0.2
        case .rateQuintic, .batchQuintic: 0.1
        default: 0.5
        }
    }

    /// Value and slopes along u and v.
    func evaluate(_ u: Double, _ v: Double) -> (value: Double, du: Double, dv: Double) {
        switch self {
        case .rateSided: (u * abs(u), 2 * abs(u), 0)
        case .rateCubic: (u * u * u, 3 * u * u, 0)
        case .rateQuartic: (u * u * u * u, 4 * u * u * u, 0)
        case .rateQuintic: (u * u * u * u * u, 5 * u * u * u * u, 0)
        case .batchSided: (v * abs(v), 0, 2 * abs(v))
        case .batchCubic: (v * v * v, 0, 3 * v * v)
        case .batchQuartic: (v * v * v * v, 0, 4 * v * v * v)
        case .batchQuintic: (v * v * v * v * v, 0, 5 * v * v * v * v)
        case .tiltRateSided: (abs(u) * v, Self.sign(u) * v, abs(u))
        case .tiltBatchSided: (u * abs(v), abs(v), u * Self.sign(v))
        case .rateSquareBatch: (u * u * v, 2 * u * v, u * u)
        case .rateBatchSquare: (u * v * v, v * v, 2 * u * v)
        case .rateCubeBatch: (u * u * u * v, 3 * u * u * v, u * u * u)
        case .squares: (u * u * v * v, 2 * u * v * v, 2 * u * u * v)
        case .rateBatchCube: (u * v * v * v, v * v * v, 3 * u * v * v)
        }
    }

    private static func sign(_ x: Double) -> Double { x > 0 ? 1 : (x < 0 ? -1 : 0) }
}

/// What one cell does not share with the others.
struct IntervalCell: Sendable {
    /// ln loss at the optimum.
    var level: Double
    /// ln learning rate and ln batch of the optimum.
    var x: Double
    var y: Double
    /// ln loss ≈ level + rateCurvature·u² + batchCurvature·v² + tilt·u·v close to the optimum.
    var rateCurvature: Double
    var batchCurvature: Double
    var tilt: Double

    static let count = 6

    var meanCurvature: Double { (rateCurvature * batchCurvature).squareRoot() }

    func amplitude(_ kind: IntervalTerm.Amplitude) -> Double {
        switch kind {
        case .rate: rateCurvature
        case .batch: batchCurvature
        case .tilt: tilt
        case .mean: meanCurvature
        }
    }
}

/// One run seen by the model of a cell; reused between runs, so that nothing is allocated in loops.
struct IntervalRow: Sendable {
    /// ln loss above the level of the cell.
    var excess = 0.0
    /// Derivatives of ln loss along the cell's own parameters, in the order of `IntervalCell`.
    var own = [Double](repeating: 0, count: IntervalCell.count)
    /// Derivatives along the coefficients of the terms in this cell.
    var shared = [Double](repeating: 0, count: IntervalTerm.count)

    /// - Parameter terms: coefficients of the terms in this cell.
    mutating func evaluate(_ cell: IntervalCell, terms: [Double], x: Double, y: Double) {
        let u = x - cell.x
        let v = y - cell.y
        var (rate, batch, tilt, mean) = (0.0, 0.0, 0.0, 0.0)
        var du = 2 * cell.rateCurvature * u + cell.tilt * v
        var dv = 2 * cell.batchCurvature * v + cell.tilt * u
        for term in IntervalTerm.allCases {
            let (value, alongU, alongV) = term.evaluate(u, v)
            let amplitude = cell.amplitude(term.amplitude)
            let coefficient = terms[term.rawValue]
            shared[term.rawValue] = amplitude * value
            du += amplitude * coefficient * alongU
            dv += amplitude * coefficient * alongV
            switch term.amplitude {
            case .rate: rate += coefficient * value
            case .batch: batch += coefficient * value
            case .tilt: tilt += coefficient * value
            case .mean: mean += coefficient * value
            }
        }
        let both = 0.5 * cell.meanCurvature * mean
        own[0] = 1
        own[1] = -du
        own[2] = -dv
        own[3] = u * u + rate + both / cell.rateCurvature
        own[4] = v * v + batch + both / cell.batchCurvature
        own[5] = u * v + tilt
        excess =
            cell.rateCurvature * (u * u + rate) + cell.batchCurvature * (v * v + batch)
            + cell.tilt * (u * v + tilt) + cell.meanCurvature * mean
    }
}
