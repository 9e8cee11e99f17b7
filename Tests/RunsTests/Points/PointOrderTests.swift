import Runs
import TestSupport
import Testing

@Suite struct PointOrderTests {
    @Test func `NaN comes before every number and minus zero before zero`() {
        let order: [Double] = [.nan, -.infinity, -1, -0.0, 0, 1, .infinity]
        for (place, left) in order.enumerated() {
            for (other, right) in order.enumerated() {
                #expect(PointOrder.precedes(left, right) == (place < other))
            }
        }
    }

    @Test func `shuffled and repeated points sort to the same series`() {
        let points = Samples.series(count: 200)
        var generator = SeededGenerator(seed: 4)
        let order = (0..<200).shuffled(using: &generator) + (50..<90)
        #expect(points.selecting(order).sortedAndDistinct() == points)
    }

    @Test func `one step with another time or value is a second point`() {
        let points = PointColumns(steps: [1, 1, 1, 1], times: [5, 5, 6, 5], values: [2, 3, 2, 2])
        let sorted = points.sortedAndDistinct()
        #expect(sorted == PointColumns(steps: [1, 1, 1], times: [5, 5, 6], values: [2, 3, 2]))
    }

    @Test func `history goes by time, then step, then value`() {
        let points = PointColumns(steps: [1, 3, 2, 2], times: [9, 4, 4, 4], values: [1, 1, 7, 5])
        let sorted = points.historySortedAndDistinct()
        #expect(
            sorted
                == PointColumns(steps: [2, 2, 3, 1], times: [4, 4, 4, 9], values: [5, 7, 1, 1])
        )
    }
}
