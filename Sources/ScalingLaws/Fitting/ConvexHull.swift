/// Convex hull of the cells in (ln N, ln D): inside it an answer interpolates.
struct ConvexHull {
    typealias Point = (x: Double, y: Double)
    /// Counter-clockwise.
    let corners: [Point]

    init(_ points: [Point]) {
        let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        func half(_ points: [Point]) -> [Point] {
            var chain: [Point] = []
            for point in points {
                while chain.count >= 2,
                    Self.turn(chain[chain.count - 2], chain[chain.count - 1], point) <= 0
                {
                    chain.removeLast()
                }
                chain.append(point)
            }
            return Array(chain.dropLast())
        }
        corners = half(sorted) + half(sorted.reversed())
    }

    private static func turn(_ a: Point, _ b: Point, _ c: Point) -> Double {
        (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }

    /// From the hull's nearest point to this one; zero inside.
    func offset(to point: Point) -> Point {
        guard corners.count >= 3 else { return nearest(on: corners, to: point) }
        let isInside = corners.indices.allSatisfy { index in
            Self.turn(corners[index], corners[(index + 1) % corners.count], point) >= 0
        }
        return isInside ? (0, 0) : nearest(on: corners, to: point)
    }

    private func nearest(on corners: [Point], to point: Point) -> Point {
        var best: Point = (.infinity, .infinity)
        for index in corners.indices {
            let a = corners[index]
            let b = corners[(index + 1) % corners.count]
            let (ux, uy) = (b.x - a.x, b.y - a.y)
            let length = ux * ux + uy * uy
            let along = length > 0 ? ((point.x - a.x) * ux + (point.y - a.y) * uy) / length : 0
            let t = min(max(along, 0), 1)
            let offset = (x: point.x - a.x - t * ux, y: point.y - a.y - t * uy)
            if offset.x * offset.x + offset.y * offset.y < best.x * best.x + best.y * best.y {
                best = offset
            }
        }
        return best
    }
}
