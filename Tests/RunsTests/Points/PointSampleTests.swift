import Runs
import TestSupport
import Testing

@Suite struct PointSampleTests {
    @Test(arguments: [1, 2, 3, 4, 9, 320, 2_500])
    func `a sample keeps ends and extremes within its limit`(limit: Int) throws {
        var points = Samples.series(count: 30_000)
        points.values[12_345] = 1e6
        points.values[777] = -1e6
        points.values[20_000] = .nan
        points.values[20_001] = .infinity
        var sample = PointSample(limit: limit)
        for start in stride(from: 0, to: points.count, by: 2_500) {
            sample.add(points.selecting(start..<start + 2_500))
        }
        let found = sample.points
        #expect(found.count <= limit && found.count >= max(1, limit / 8))
        #expect(found.steps.last == points.steps.last)
        #expect(zip(found.steps, found.steps.dropFirst()).allSatisfy { $0 < $1 })
        if limit > 1 { #expect(found.steps.first == points.steps.first) }
        if limit > 3 { #expect(found.values.contains(1e6) && found.values.contains(-1e6)) }
        let all = Set(points.steps)
        #expect(found.steps.allSatisfy(all.contains))
    }

    @Test func `few points are all kept`() {
        let points = Samples.series(count: 300)
        var sample = PointSample(limit: 320)
        sample.add(points)
        #expect(sample.points == points)
        #expect(PointSample(limit: 5).points.isEmpty)
    }
}
