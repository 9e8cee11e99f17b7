import Foundation
package import ScalingLaws

/// Draws of the Dirichlet distribution that stay meaningful at concentrations far below 1.
package enum Dirichlet {
    /// ln of a Gamma(shape, 1) draw (Marsaglia and Tsang, 2000); shapes below 1 are raised by 1 and
    /// brought back in ln, where the draw itself would underflow.
    static func logGamma(_ shape: Double, _ random: inout SplitMix64) -> Double {
        guard shape >= 1 else {
            return logGamma(shape + 1, &random) + log(random.uniform()) / shape
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = random.normal()
            let v = 1 + c * x
            guard v > 0 else { continue }
            let cube = v * v * v
            let u = random.uniform()
            if log(u) < 0.5 * x * x + d - d * cube + d * log(cube) { return log(d) + log(cube) }
        }
    }

    /// - Parameter concentrations: not negative, one positive; a share of 0 stays 0.
    package static func draw(_ concentrations: [Double], _ random: inout SplitMix64) -> [Double] {
        let logs = concentrations.map { $0 > 0 ? logGamma($0, &random) : -.infinity }
        return Simplex.softmax(logs)
    }
}
