import Foundation
import ScalingLaws
import Testing

@Suite struct JointModelTests {
    private let parameters = [0, 0, 0, 0, 0, 0, log(0.013), 1.1, log(0.01), -0.4, 0.9, -0.2]

    @Test(arguments: [(0.3, -0.4), (-1.2, 0.9), (0.0, 0.0), (2.0, 2.5), (-0.001, 0.002)])
    func `derivatives equal finite differences`(x: Double, y: Double) {
        var j = [Double](repeating: 0, count: 8)
        let value = JointModel(parameters).derivatives(x, y, &j)
        #expect(isClose(value, JointModel(parameters).value(x, y), within: 1e-9))
        let step = 1e-5
        func change(_ index: Int) -> Double {
            func at(_ offset: Double) -> Double {
                var p = parameters
                if index >= 2 { p[index + 4] += offset }
                return JointModel(p).value(
                    x + (index == 0 ? offset : 0),
                    y + (index == 1 ? offset : 0)
                )
            }
            return (at(step) - at(-step)) / (2 * step)
        }
        for index in 0..<8 {
            #expect(isClose(j[index], change(index), within: 1e-6), "derivative \(index)")
        }
    }

    @Test func `the bowl is lowest at its optimum and the ridge bends there`() {
        let bowl = PlantedSweep().bowl
        #expect(bowl.excess(x: 0, y: 0) == 0)
        #expect(bowl.ridge(0) == 0)
        let below = (bowl.ridge(-5) - bowl.ridge(-5.1)) / 0.1
        let above = (bowl.ridge(5.1) - bowl.ridge(5)) / 0.1
        #expect(isClose(below, 0.8, within: 1e-3))
        #expect(isClose(above, 0, within: 1e-3))
        #expect(bowl.excess(x: 800, y: 800).isFinite)
    }
}
