import Runs
import TestSupport
import Testing

@Suite struct DownsamplingTests {
    @Test func `few points are their own buckets`() {
        let buckets = Downsampling.buckets(x: [1, 2, 2], values: [5, .nan, 7], count: 3)
        #expect(buckets.x == [1, 2, 2])
        #expect(buckets.count == [1, 1, 1])
        #expect(buckets.minimum[1].isNaN && buckets.last[1].isNaN)
    }

    @Test func `buckets keep every extreme and every count`() {
        let points = Samples.series(count: 10_000)
        let x = points.steps.map(Double.init)
        let buckets = Downsampling.buckets(x: x, values: points.values, count: 600)
        #expect(buckets.x.count == 600)
        #expect(buckets.count.reduce(0, +) == 10_000)
        #expect(buckets.minimum.min() == points.values.min())
        #expect(buckets.maximum.max() == points.values.max())
        #expect(buckets.last.last == points.values.last)
        #expect(zip(buckets.x, buckets.x.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `a range leaves out what lies outside`() {
        let x = (0..<1_000).map(Double.init)
        let buckets = Downsampling.buckets(x: x, values: x, count: 10, from: 100, to: 299)
        #expect(buckets.count.reduce(0, +) == 200)
        #expect(buckets.minimum.first == 100)
        #expect(buckets.maximum.last == 299)
    }

    @Test func `values that are not finite do not hide the finite ones`() {
        let values = [Double.nan, 3, .infinity, -.infinity, 1, .nan, 2, 9]
        let x = [Double](repeating: 4, count: 8)
        let buckets = Downsampling.buckets(x: x, values: values, count: 2)
        #expect(buckets.minimum == [1])
        #expect(buckets.maximum == [9])
        #expect(buckets.count == [8])
    }

    @Test func `the widest range of x does not overflow`() {
        let x = [-Double.greatestFiniteMagnitude, -1, 0, 1, .greatestFiniteMagnitude]
        let buckets = Downsampling.buckets(x: x, values: x, count: 2)
        #expect(buckets.count.reduce(0, +) == 5)
    }

    @Test func `no points make no buckets`() {
        #expect(Downsampling.buckets(x: [], values: [], count: 5).x.isEmpty)
        #expect(Downsampling.buckets(x: [1], values: [1], count: 5, from: 2, to: 1).x.isEmpty)
        #expect(Downsampling.buckets(x: [1], values: [1], count: 5, from: .nan).x.isEmpty)
    }
}
