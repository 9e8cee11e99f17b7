import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

/// Every trap is named when it is set, and none on a clean table.
@Suite struct DataTrapTests {
    private static let clean = PlantedLaw.runs(Chinchilla.self, noise: 0.002)

    private func warnings(_ change: (inout Observation, Int) -> Void) -> [String] {
        var runs = Self.clean
        for index in runs.indices { change(&runs[index], index) }
        return DataTraps.warnings(runs)
    }

    @Test func `a clean table has no warning`() {
        #expect(DataTraps.warnings(Self.clean).isEmpty)
        let whole = warnings { run, _ in
            run[.computeFLOPs] = 6.3 * run.parameterCount * run.tokenCount
            run[.stepCount] = run.tokenCount / 5e5
            run[.batchTokens] = 5e5
            run[.nonEmbeddingParameterCount] = run.parameterCount * 0.95
        }
        #expect(whole.isEmpty, "\(whole)")
    }

    @Test(.needsPublicData(ChinchillaTable.file))
    func `the public table has no warning`() throws {
        let found = DataTraps.warnings(try ChinchillaTable.read())
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `each mistake is named`() {
        let mistakes: [(word: String, change: (inout Observation, Int) -> Void)] = [
            (
                "swapped",
                { run, _ in
                    let size = run.parameterCount
                    run.parameterCount = run.tokenCount
                    run.tokenCount = size
                }
            ),
            ("millions", { run, _ in run.parameterCount /= 1e6 }),
            ("other units", { run, index in if index < 5 { run.tokenCount /= 1e6 } }),
            ("perplexity", { run, _ in run.lossNats = exp(run.lossNats) * 2 }),
            (
                "annealed",
                { run, _ in
                    run[.stepCount] = 2 * run.tokenCount / 5e5
                    run[.batchTokens] = 5e5
                }
            ),
            (
                "sequences",
                { run, _ in
                    run[.stepCount] = run.tokenCount / 5e5
                    run[.batchTokens] = 256
                }
            ),
            (
                "mislabelled",
                { run, _ in run[.computeFLOPs] = 2e3 * run.parameterCount * run.tokenCount }
            ),
            (
                "both counts",
                { run, _ in run[.nonEmbeddingParameterCount] = run.parameterCount - 3e7 }
            ),
            (
                "attention",
                { run, _ in
                    run[.computeFLOPs] = 6 * (run.parameterCount + 4e7) * run.tokenCount
                }
            ),
            ("mid-schedule", { run, index in run.tokenCount = 1e10 * Double(index % 4 + 1) }),
        ]
        for mistake in mistakes {
            let found = warnings(mistake.change)
            #expect(found.contains { $0.contains(mistake.word) }, "\(mistake.word): \(found)")
        }
        let twice = DataTraps.warnings(Self.clean + Self.clean)
        #expect(twice.contains { $0.contains("imported twice") })
    }

    @Test func `hostile values are read without a trap`() {
        let values = [Double.nan, .infinity, -1, 0, 1e308, .leastNonzeroMagnitude]
        for value in values {
            _ = warnings { run, index in
                for role in Role.allCases where index % 2 == 0 { run[role] = value }
            }
        }
        #expect(DataTraps.warnings([]).isEmpty)
    }

    @Test func `a fit carries the warnings of its runs`() throws {
        let fit = try Chinchilla.fit(
            FitRequest(
                observations: Self.clean
                    + Self.clean.map {
                        var copy = $0
                        copy.runID = PlantedSweep.id(500 + (Self.clean.firstIndex(of: $0) ?? 0))
                        return copy
                    }
            )
        )
        #expect(fit.diagnostics.warnings.contains { $0.contains("imported twice") })
    }
}
