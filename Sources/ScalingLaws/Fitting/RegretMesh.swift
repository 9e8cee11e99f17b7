import Foundation

/// The runs of one cell as a triangulated surface of ln loss over (ln LR, ln B), each axis scaled
/// to its range: how much a point costs against the best run of the cell.
package struct RegretMesh: Sendable {
    private let origin: (x: Double, y: Double)
    private let width: (x: Double, y: Double)
    private let points: [(x: Double, y: Double)]
    private let values: [Double]
    private let triangles: [DelaunayMesh.Triangle]
    private let least: Double
    /// More points than this are thinned to the best ones: the mesh is quadratic in their number.
    static let pointLimit = 2_000

    package struct Cost: Sendable {
        /// Per cent of loss at the nearest run.
        package var snap: Double
        /// Per cent of loss on the mesh; the nearest run's outside it.
        package var interpolated: Double
        package var isOutside: Bool
    }

    package init(_ cell: CellData) {
        let order = cell.l.indices.sorted { cell.l[$0] < cell.l[$1] }.prefix(Self.pointLimit)
        let xs = order.map { cell.x[$0] }
        let ys = order.map { cell.y[$0] }
        let low = (x: xs.min() ?? 0, y: ys.min() ?? 0)
        let span = (x: (xs.max() ?? 0) - low.x, y: (ys.max() ?? 0) - low.y)
        origin = low
        width = (x: span.x > 0 ? span.x : 1, y: span.y > 0 ? span.y : 1)
        least = cell.least
        // Runs at the same settings are one point with the mean of their losses.
        var merged: [(x: Double, y: Double, sum: Double, count: Double)] = []
        var index: [SIMD2<Double>: Int] = [:]
        for i in order {
            let key = SIMD2(cell.x[i], cell.y[i])
            if let known = index[key] {
                merged[known].sum += cell.l[i]
                merged[known].count += 1
            } else {
                index[key] = merged.count
                let scaled = (x: (key.x - low.x) / width.x, y: (key.y - low.y) / width.y)
                merged.append((scaled.x, scaled.y, cell.l[i], 1))
            }
        }
        points = merged.map { (x: $0.x, y: $0.y) }
        values = merged.map { $0.sum / $0.count }
        triangles = DelaunayMesh.triangulate(points)
    }

    /// - Parameters: ln learning rate and ln batch tokens.
    package func cost(x: Double, y: Double) -> Cost {
        let query = (x: (x - origin.x) / width.x, y: (y - origin.y) / width.y)
        var nearest = 0
        var distance = Double.infinity
        for (index, point) in points.enumerated() {
            let (dx, dy) = (point.x - query.x, point.y - query.y)
            let squared = dx * dx + dy * dy
            if squared < distance {
                distance = squared
                nearest = index
            }
        }
        let snap = percent(values[nearest])
        guard let value = interpolate(query) else {
            return Cost(snap: snap, interpolated: snap, isOutside: true)
        }
        return Cost(snap: snap, interpolated: percent(value), isOutside: false)
    }

    private func percent(_ value: Double) -> Double { 100 * expm1(value - least) }

    private func interpolate(_ query: (x: Double, y: Double)) -> Double? {
        for triangle in triangles {
            let (a, b, c) = (points[triangle.a], points[triangle.b], points[triangle.c])
            let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
            guard abs(area) > 1e-12 else { continue }
            let u = ((query.x - a.x) * (c.y - a.y) - (query.y - a.y) * (c.x - a.x)) / area
            let v = ((b.x - a.x) * (query.y - a.y) - (b.y - a.y) * (query.x - a.x)) / area
            if u >= -1e-7, v >= -1e-7, u + v <= 1 + 1e-7 {
                return values[triangle.a] * (1 - u - v) + values[triangle.b] * u
                    + values[triangle.c] * v
            }
        }
        return nil
    }
}
