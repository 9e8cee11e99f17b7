/// What is known about the error of a power law ln value = (1, ln N − pivot, ln D − pivot) · beta.
package struct PowerLawUncertainty: Sendable, Hashable, Codable {
    /// Expected error of the three coefficients, to be subtracted from the estimate.
    package var bias: [Double]
    /// Covariance of the three coefficients, row by row, nine numbers.
    package var covariance: [Double]
    /// Half width of the 90 % interval in standard errors.
    package var quantile: Double
}
