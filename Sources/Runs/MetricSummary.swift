/// What is kept of one metric series beside its points.
///
/// "Last" is the greatest point by (step, time, value), never by order of arrival; NaN sorts below
/// every number.
package struct MetricSummary: Sendable, Hashable {
    package var lastStep: Int64
    /// Microseconds since 1970.
    package var lastTime: Int64
    package var lastValue: Double
    /// Least and greatest finite value; nil when no value is finite.
    package var minimum: Double?
    package var maximum: Double?
    /// Number of stored points, exact duplicates not yet merged away included.
    package var pointCount: Int64
    package var notFiniteCount: Int64

    package init(
        lastStep: Int64,
        lastTime: Int64,
        lastValue: Double,
        minimum: Double?,
        maximum: Double?,
        pointCount: Int64,
        notFiniteCount: Int64
    ) {
        self.lastStep = lastStep
        self.lastTime = lastTime
        self.lastValue = lastValue
        self.minimum = minimum
        self.maximum = maximum
        self.pointCount = pointCount
        self.notFiniteCount = notFiniteCount
    }
}
