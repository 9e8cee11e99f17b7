/// Delaunay triangulation of points in the unit square, by Bowyer and Watson.
///
/// Sweeps lie on grids, whose squares have no unique diagonal: a deterministic displacement of 1e-7
/// decides, so that the mesh is the same on every machine.
enum DelaunayMesh {
    struct Triangle: Sendable, Hashable {
        var a: Int
        var b: Int
        var c: Int
    }

    private struct Edge: Hashable {
        var from: Int
        var to: Int
    }

    /// Indices into `points`, counter-clockwise. Empty with fewer than three points.
    static func triangulate(_ points: [(x: Double, y: Double)]) -> [Triangle] {
        guard points.count >= 3 else { return [] }
        var random = SplitMix64(seed: 7)
        var site = points.map { point in
            (
                x: point.x + (random.uniform() - 0.5) * 1e-7,
                y: point.y + (random.uniform() - 0.5) * 1e-7
            )
        }
        let count = points.count
        site += [(x: -3e3, y: -3e3), (x: 3e3, y: -3e3), (x: 0, y: 6e3)]
        var triangles = [Triangle(a: count, b: count + 1, c: count + 2)]
        for index in 0..<count { insert(index, into: &triangles, site) }
        return triangles.filter { $0.a < count && $0.b < count && $0.c < count }
    }

    private static func insert(
        _ index: Int,
        into triangles: inout [Triangle],
        _ site: [(x: Double, y: Double)]
    ) {
        var edges: Set<Edge> = []
        triangles.removeAll { triangle in
            guard contains(triangle, site[index], site) else { return false }
            for (from, to) in [
                (triangle.a, triangle.b), (triangle.b, triangle.c), (triangle.c, triangle.a),
            ] {
                // An edge met from both sides lies inside the hole.
                if edges.remove(Edge(from: to, to: from)) == nil {
                    edges.insert(Edge(from: from, to: to))
                }
            }
            return true
        }
        for edge in edges.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            triangles.append(Triangle(a: edge.from, b: edge.to, c: index))
        }
    }

    /// Whether a point lies inside the circle through a counter-clockwise triangle.
    private static func contains(
        _ triangle: Triangle,
        _ point: (x: Double, y: Double),
        _ site: [(x: Double, y: Double)]
    ) -> Bool {
        let (a, b, c) = (site[triangle.a], site[triangle.b], site[triangle.c])
        let (ax, ay) = (a.x - point.x, a.y - point.y)
        let (bx, by) = (b.x - point.x, b.y - point.y)
        let (cx, cy) = (c.x - point.x, c.y - point.y)
        let (aa, bb, cc) = (ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy)
        return ax * (by * cc - bb * cy) - ay * (bx * cc - bb * cx) + aa * (bx * cy - by * cx) > 0
    }
}
