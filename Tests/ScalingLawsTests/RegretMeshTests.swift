import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct RegretMeshTests {
    /// Four cells of a 4 × 3 grid whose ln loss is linear, so that every triangulation interpolates
    /// it exactly.
    private var runs: [Observation] {
        var runs: [Observation] = []
        for (n, d) in [(1e8, 1e10), (1e8, 4e10), (4e8, 1e10), (4e8, 4e10)] {
            for i in 0..<4 {
                for j in 0..<3 {
                    runs.append(
                        Observation(
                            runID: PlantedSweep.id(runs.count),
                            runName: "",
                            parameterCount: n,
                            tokenCount: d,
                            peakLearningRate: 1e-3 * exp(Double(i)),
                            batchTokens: 1e5 * exp(Double(j)),
                            lossNats: 2 * exp(0.01 * Double(i) + 0.02 * Double(j))
                        )
                    )
                }
            }
        }
        return runs
    }

    @Test(arguments: [(0.5, 0.5), (2.9, 1.1), (0.01, 1.99), (1, 1), (3, 0)])
    func `a linear surface is read exactly between runs`(i: Double, j: Double) throws {
        let mesh = RegretMesh(try CellTable(observations: runs).cells[0])
        let cost = mesh.cost(x: log(1e-3) + i, y: log(1e5) + j)
        #expect(!cost.isOutside)
        #expect(isClose(cost.interpolated, 100 * expm1(0.01 * i + 0.02 * j), within: 1e-4))
    }

    @Test func `the nearest run answers snap, and everything outside the runs`() throws {
        let mesh = RegretMesh(try CellTable(observations: runs).cells[0])
        let inside = mesh.cost(x: log(1e-3) + 1.1, y: log(1e5) + 0.9)
        #expect(isClose(inside.snap, 100 * expm1(0.03), within: 1e-9))
        let outside = mesh.cost(x: log(1e-3) + 9, y: log(1e5) + 9)
        #expect(outside.isOutside)
        #expect(outside.interpolated == outside.snap)
        #expect(isClose(outside.snap, 100 * expm1(0.07), within: 1e-9))
    }

    @Test func `a low rate that trained too little is not called diverged`() throws {
        var runs = runs
        for index in runs.indices where runs[index].peakLearningRate < 1.1e-3 {
            runs[index].lossNats = 5
        }
        let undertrained = try CellTable(observations: runs)
        #expect(undertrained.cells.allSatisfy { $0.diverged.isEmpty })
        for index in runs.indices where runs[index].peakLearningRate > 1.9e-2 {
            runs[index].lossNats = 5
        }
        let diverged = try CellTable(observations: runs)
        #expect(diverged.cells.allSatisfy { $0.diverged.count == 3 })
    }
}
