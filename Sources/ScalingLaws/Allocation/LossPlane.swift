import Foundation

/// Loss over ln N and ln D by one set of parameters, and where it is least for a given compute.
/// Only 1e-3 to 1e6 tokens a parameter are searched; a result at an end of that is not `isInside`.
struct LossPlane: Sendable {
    /// Loss in nats at (ln N, ln D); may be NaN.
    let loss: @Sendable (Double, Double) -> Double
    let convention: ComputeConvention
    /// What else the law says of a point, in the order of its `alsoAdvised`.
    var extras: @Sendable (Point) -> [Double] = { _ in [] }

    typealias Point = SizeAndTokens

    private static let logRatios = log(1e-3)...log(1e6)
    private static let logComputes = log(1e6)...log(1e32)
    private static let gridCount = 32

    func loss(_ point: Point) -> Double { loss(point.logSize, point.logTokens) }

    static func isInside(_ point: Point) -> Bool {
        let ratio = point.logTokens - point.logSize
        return ratio > logRatios.lowerBound + 0.01 && ratio < logRatios.upperBound - 0.01
    }

    /// The point of least loss at this compute.
    func best(logCompute: Double) -> Point? {
        let sum = convention.logTokens(logCompute: logCompute, logSize: 0)
        let ratio = Self.minimise(over: Self.logRatios) { ratio in
            loss((sum - ratio) / 2, (sum + ratio) / 2)
        }
        guard let ratio else { return nil }
        return Point(logSize: (sum - ratio) / 2, logTokens: (sum + ratio) / 2)
    }

    /// ln of the least compute that reaches the loss when it is spent well.
    func logCompute(reaching target: Double) -> Double? {
        crossing(Self.logComputes) { compute in
            guard let point = best(logCompute: compute) else { return nil }
            return target - loss(point)
        }
    }

    /// The point of the frontier that has these tokens or, by `size`, this model size.
    func frontier(logTokens: Double) -> Point? {
        let compute = crossing(
            Self.logComputes,
            { best(logCompute: $0)?.logTokens },
            minus: logTokens
        )
        return compute.flatMap(best)
    }

    func frontier(logSize: Double) -> Point? {
        let compute = crossing(
            Self.logComputes,
            { best(logCompute: $0)?.logSize },
            minus: logSize
        )
        return compute.flatMap(best)
    }

    /// The point of this loss whose training and serving together cost least.
    func cheapest(loss target: Double, served: Double) -> Point? {
        guard let compute = logCompute(reaching: target),
            let plain = best(logCompute: compute)
        else { return nil }
        // Serving only ever favours smaller models; below a thousandth no law was fitted.
        let sizes = (plain.logSize - log(1e3))...(plain.logSize + log(2))
        let size = Self.minimise(over: sizes) { size in
            guard let tokens = logTokens(at: size, loss: target) else { return .infinity }
            return convention.logTotal(logSize: size, logTokens: tokens, served: served)
        }
        guard let size, let tokens = logTokens(at: size, loss: target) else { return nil }
        return Point(logSize: size, logTokens: tokens)
    }

    /// ln D at which a model of this size reaches the loss.
    func logTokens(at logSize: Double, loss target: Double) -> Double? {
        let range = (logSize + Self.logRatios.lowerBound)...(logSize + Self.logRatios.upperBound)
        return crossing(range) { target - loss(logSize, $0) }
    }

    private func crossing(
        _ range: ClosedRange<Double>,
        _ value: (Double) -> Double?,
        minus target: Double
    ) -> Double? {
        crossing(range) { at in value(at).map { $0 - target } }
    }

    /// Where a rising function passes 0, by bisection to 1e-8; nil unless it does so in the range.
    private func crossing(
        _ range: ClosedRange<Double>,
        _ value: (Double) -> Double?
    ) -> Double? {
        var low = range.lowerBound
        var high = range.upperBound
        guard let top = value(high), top >= 0, let bottom = value(low), bottom <= 0 else {
            return nil
        }
        while high - low > 1e-8 {
            let middle = (low + high) / 2
            guard let here = value(middle), here.isFinite else { return nil }
            if here < 0 { low = middle } else { high = middle }
        }
        return high
    }

    /// Least value by a coarse grid and a golden section around its best; an end of the range when
    /// it is least there, nil when nothing is finite.
    static func minimise(
        over range: ClosedRange<Double>,
        _ value: (Double) -> Double
    ) -> Double? {
        let step = (range.upperBound - range.lowerBound) / Double(gridCount)
        var best: (index: Int, value: Double)?
        for index in 0...gridCount {
            let here = value(range.lowerBound + Double(index) * step)
            if here.isFinite, here < best?.value ?? .infinity { best = (index, here) }
        }
        guard let best else { return nil }
        guard best.index > 0 else { return range.lowerBound }
        guard best.index < gridCount else { return range.upperBound }
        var low = range.lowerBound + Double(best.index - 1) * step
        var high = range.lowerBound + Double(best.index + 1) * step
        let ratio = (5.0.squareRoot() - 1) / 2
        var left = high - ratio * (high - low)
        var right = low + ratio * (high - low)
        var atLeft = value(left)
        var atRight = value(right)
        while high - low > 1e-6 {
            if atLeft < atRight {
                (high, right, atRight) = (right, left, atLeft)
                left = high - ratio * (high - low)
                atLeft = value(left)
            } else {
                (low, left, atLeft) = (left, right, atRight)
                right = low + ratio * (high - low)
                atRight = value(right)
            }
        }
        return (low + high) / 2
    }
}
