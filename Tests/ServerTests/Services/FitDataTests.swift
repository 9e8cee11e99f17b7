import Foundation
import Runs
import ScalingLaws
import Server
import Storage
import TestSupport
import Testing

@Suite struct FitDataTests {
    private let card = LawCard(
        id: "curves",
        title: "",
        family: .lossCurve,
        equation: "",
        citation: "",
        symbols: [],
        inputs: [.loss],
        readsCurves: true,
        validity: ""
    )

    private func store(_ runs: [[String: PointColumns]]) async throws -> (Store, ProjectID) {
        let store = try await TestDatabase.makeStore()
        let project = try await store.projects.create(name: "p", now: 1)
        for series in runs {
            let run = try await store.runs.create(
                Samples.newRun(in: project.id),
                now: Samples.now
            )
            try await store.writer.write(
                RunBatch(runID: run.id, series: series),
                now: Samples.now
            )
            let update = RunUpdate(status: .finished, endTimeIfNone: Samples.now)
            try await store.runs.update(run.id, update, now: Samples.now)
        }
        return (store, project.id)
    }

    @Test func `a law that reads curves gets each run's loss and rate over its steps`() async throws
    {
        let loss = Samples.series(count: 5_000)
        var rate = PointColumns()
        for step: Int64 in [0, 2_499, 4_999] {
            rate.append(step: step, time: Samples.now, value: 1e-3 * Double(5_000 - step) / 5_000)
        }
        var spiked = Samples.series(count: 20)
        spiked.values[7] = .nan
        let single = PointColumns(steps: [1], times: [1], values: [3])
        let (store, project) = try await store([
            ["train/loss": loss, "lr": rate], ["train/loss": spiked], ["train/loss": single],
        ])
        let set = try await FitData(store: store).observations(project, card)
        #expect(set.observations.count == 3)
        let curves = set.observations.map(\.curve)
        let long = try #require(curves.compactMap(\.self).first { $0.steps.count > 20 })
        #expect(long.steps.count == Limits.curvePointCount && long.steps.last == 4_999)
        #expect(long.lossNats.last == loss.values.last)
        #expect(long.learningRates.count == long.steps.count)
        for (step, found) in zip(long.steps, long.learningRates) {
            #expect(abs(found - 1e-3 * (5_000 - step) / 5_000) < 1e-6, "\(step)")
        }
        let short = try #require(curves.compactMap(\.self).first { $0.steps.count <= 20 })
        #expect(short.steps.count == 19 && !short.steps.contains(7) && short.learningRates.isEmpty)
        #expect(short.lossNats.allSatisfy { $0.isFinite })
        #expect(curves.contains(nil))
    }

    @Test func `a law that reads none gets none`() async throws {
        let (store, project) = try await store([["loss": Samples.series(count: 9)]])
        var plain = card
        plain.readsCurves = false
        let set = try await FitData(store: store).observations(project, plain)
        #expect(set.observations.count == 1 && set.observations.first?.curve == nil)
    }
}
