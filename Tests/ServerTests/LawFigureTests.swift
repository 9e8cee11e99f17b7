import API
import Foundation
import Runs
import ScalingLaws
import Server
import Testing

/// Figures of nonlinear laws, on runs of a known law.
@Suite
struct LawFigureTests {
    /// Least loss of the planted law at C = 6·N·D, by a fine grid.
    private func plantedOptimum(_ flops: Double) -> Double {
        let sizes = (0...40_000).map { exp(log(1e6) + Double($0) / 40_000 * log(1e7)) }
        return sizes.min {
            PlantedSizes.loss($0, flops / (6 * $0)) < PlantedSizes.loss($1, flops / (6 * $1))
        } ?? .nan
    }

    private func rows(
        _ figure: PlotlyFigure,
        _ kind: String
    ) -> [[String: FigureValue]] {
        figure.table.rows.map { Dictionary(uniqueKeysWithValues: zip(figure.table.columns, $0)) }
            .filter { $0["kind"] == .text(kind) }
    }

    private func number(_ value: FigureValue?) -> Double {
        guard case .number(let number) = value else { return .nan }
        return number
    }

    private func material(_ flops: Double? = nil) throws -> FigureMaterial {
        var material = try FigureSamples.chinchilla.get()
        material.question = Question(flops.map { [.flops: $0] } ?? [:])
        return material
    }

    @Test
    func `contours of the loss are the planted law, and the budget has its star`() throws {
        let figure = try LossContour.make(material(1e20))
        let columns = figure.table.columns
        let grid = figure.table.rows.map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
        #expect(grid.count == 41 * 41)
        for point in grid {
            let truth = PlantedSizes.loss(number(point["parameters"]), number(point["tokens"]))
            #expect(abs(number(point["loss_nats"]) / truth - 1) < 0.02)
        }
        let roles = figure.data.compactMap { $0["meta"]?["role"]?.string }
        #expect(roles == ["surface", "path", "run", "optimum"])
        // No size is best for a budget beyond all sense: no star, and the picture stays that of the
        // runs.
        #expect(try LossContour.make(material(1e300)).data.count == 3)
    }

    @Test
    func `the frontier finds the best size of the planted law`() throws {
        let figure = try LossOverCompute.make(material())
        let frontier = rows(figure, "best size")
        #expect(frontier.count > 30)
        for point in frontier where (1e18...1e21).contains(number(point["flops"])) {
            let flops = number(point["flops"])
            let best = plantedOptimum(flops)
            #expect(abs(log(number(point["parameters"]) / best)) < 0.25)
            let loss = PlantedSizes.loss(best, flops / (6 * best))
            #expect(abs(number(point["loss_nats"]) / loss - 1) < 0.004)
            #expect(number(point["low_90"]) <= number(point["loss_nats"]))
            #expect(number(point["loss_nats"]) <= number(point["high_90"]))
        }
    }

    @Test(arguments: [1e15, 3e19, 1e24])
    func `a budget that was asked for is marked`(flops: Double) throws {
        let kinds: [any Figure.Type] = [LossOverCompute.self, OptimalAllocation.self]
        for type in kinds {
            let figure = try type.make(material(flops))
            #expect(figure.data.contains { $0["meta"]?["role"] == .text("optimum") })
            let unasked = try type.make(material())
            #expect(!unasked.data.contains { $0["meta"]?["role"] == .text("optimum") })
        }
    }

    @Test(arguments: [Double.leastNonzeroMagnitude, 1e-300, 1e308])
    func `budgets that no training can have are refused and do not trap`(flops: Double) throws {
        for type in [LossOverCompute.self, IsoFLOPProfiles.self, OptimalAllocation.self]
            as [any Figure.Type]
        {
            do {
                _ = try type.make(material(flops))
            } catch let error as FigureError {
                #expect(error.message.count > 20)
            }
        }
    }

    @Test
    func `profiles are lowest at their star`() throws {
        let figure = try IsoFLOPProfiles.make(material())
        let best = rows(figure, "best size")
        #expect(best.count >= 3)
        for star in best {
            let own = rows(figure, "law").filter { $0["flops"] == star["flops"] }
            let least = own.map { number($0["loss_nats"]) }.min() ?? .nan
            #expect(number(star["loss_nats"]) <= least * 1.0001)
        }
    }

    @Test
    func `errors are those of the fit and dots grow with influence`() throws {
        let fit = try Chinchilla.fit(PlantedSizes.request)
        let figure = try ResidualBoard.make(FigureInput(fit: fit, fitID: "f", projectName: "p"))
        #expect(figure.table.rows.count == fit.residuals.count)
        guard case .list(let sizes) = figure.data.first?["marker"]?["size"] else {
            Issue.record("no sizes")
            return
        }
        let influences = fit.residuals.map { abs($0.influencePercent) }
        let most = try #require(influences.indices.max { influences[$0] < influences[$1] })
        #expect(number(sizes[most]) == sizes.map(number).max())
    }

    @Test
    func `the ladder shows the law beside naive rules and beats them on its own form`() throws {
        let figure = try ExtrapolationLadder.make(material())
        let last = try #require(figure.table.rows.last)
        let scale = last[1]
        let errors = figure.table.rows.filter { $0[1] == scale }.map { number($0[5]) }
        #expect(errors.count > 1)
        let rivals = errors.dropFirst().filter { $0.isFinite }
        #expect(rivals.allSatisfy { $0 > errors[0] })
    }

    @Test
    func `the newest fit is the zero of the drift and only its own law is drawn`() throws {
        var material = try FigureSamples.material(of: ParameterDrift.self)
        var shifted = try #require(material.history.first { $0.fitID == "step" })
        let base = try #require(shifted.summary.parameters["a"])
        let half = (base.high - base.low) / 2
        shifted.fitID = "before"
        shifted.finishedAt -= 1_000_000
        shifted.summary.parameters["a"] = Interval(
            value: base.value + 3 * half,
            low: base.low,
            high: base.high
        )
        material.history.insert(shifted, at: 1)
        let figure = try ParameterDrift.make(material)
        let line = try #require(figure.data.first { $0["name"] == .text("a") })
        guard case .list(let values) = line["y"] else {
            Issue.record("no values")
            return
        }
        #expect(values.count == material.history.filter { $0.law == "step-law" }.count)
        #expect(values.last == .number(0))
        #expect(abs(number(values[values.count - 2]) - 3) < 1e-9)
    }

    @Test
    func `the critical batch is drawn where it was planted`() throws {
        let material = try FigureSamples.criticalBatch.get()
        let figure = try CriticalBatchOverSize.make(material)
        let ratio = figure.table.rows.filter { $0[2] == .text("ratio") }
        #expect(ratio.count == 3)
        for row in ratio {
            let planted = 2e5 * pow(number(row[0]) / 1e8, 0.5)
            #expect(abs(number(row[3]) / planted - 1) < 0.1)
        }
        let steps = try StepsToTarget.make(material)
        #expect(rows(steps, "run").count == 15 && !rows(steps, "fitted").isEmpty)
    }

    @Test
    func `the minimum of each budget is drawn where its parabola was planted`() throws {
        let material = try FigureSamples.material(of: BudgetParabolas.self)
        let figure = try BudgetParabolas.make(material)
        let minima = rows(figure, "minimum")
        #expect(minima.count == 5 && rows(figure, "run").count == 35)
        for row in minima {
            let planted = 2e8 * (number(row["flops"]) / 1e20).squareRoot()
            #expect(abs(log(number(row["parameters"]) / planted)) < 0.1)
            #expect(number(row["low_90"]) <= number(row["parameters"]))
        }
        var asked = material
        asked.question = Question([.flops: 1e20])
        let stars = try BudgetParabolas.make(asked).data.filter {
            $0["meta"]?["role"] == .text("optimum")
        }
        #expect(stars.count == 1)
        asked.question = Question([.flops: 1e308])
        #expect(try !BudgetParabolas.make(asked).data.isEmpty)
    }

    @Test
    func `the bars of the stack are the errors of its comparison, with the naive rules`() throws {
        let material = try FigureSamples.material(of: StackWeights.self)
        let fit = try WireJSON.decoder().decode(Stack.Fit.self, from: material.body)
        let figure = try StackWeights.make(material)
        let laws = rows(figure, "law")
        #expect(laws.count == fit.comparison.entries.count)
        #expect(abs(laws.map { number($0["weight"]) }.reduce(0, +) - 1) < 1e-9)
        #expect(!rows(figure, "naive rule").isEmpty)
        let best = try #require(fit.comparison.entries.first?.heldOut?.meanAbsolutePercent)
        #expect(number(laws.first?["held_out_error_percent"]) == best)
    }

    @Test
    func `the slope of the gradients is the planted noise scale`() throws {
        let figure = try NoiseScale.make(FigureSamples.material(of: NoiseScale.self))
        let group = try #require(rows(figure, "group").first)
        #expect(abs(log(number(group["noise_scale_tokens"]) / 3e4)) < 0.2)
        let line = try #require(figure.data.first { $0["meta"]?["role"] == .text("fit") })
        guard case .list(let x) = line["x"], case .list(let y) = line["y"] else {
            Issue.record("no line")
            return
        }
        let slope = number(y.last) / number(x.last)
        #expect(abs(slope / number(group["noise_scale_tokens"]) - 1) < 1e-9)
        #expect(rows(figure, "run").count == 12)
    }

    @Test
    func `the rate over width has the planted slope, and rules keep or change each group`() throws {
        let material = try FigureSamples.material(of: RateOverWidth.self)
        let figure = try RateOverWidth.make(material)
        #expect(figure.table.rows.count == 5)
        let line = try #require(figure.data.first { $0["name"] == .text("fitted") })
        guard case .list(let x) = line["x"], case .list(let y) = line["y"] else {
            Issue.record("no line")
            return
        }
        let slope = log(number(y[1]) / number(y[0])) / log(number(x[1]) / number(x[0]))
        #expect(abs(slope + 0.1) < 0.1, "\(slope)")
        let groups = try TransferByGroup.make(material).table.rows
        let hidden = groups.filter {
            $0[0] == .text("hidden") && $0[1] == .text("peakLearningRate")
        }
        #expect(number(hidden.first?[2]) == 1.0 / 16)
    }

    @Test
    func `base models are seen where they were trained and predicted where it is asked`() throws {
        var material = try FigureSamples.material(of: BaseModels.self)
        material.question = Question([.fineTuningTokens: 1e9])
        let figure = try BaseModels.make(material)
        #expect(rows(figure, "seen").count == 42)
        let predicted = rows(figure, "predicted")
        #expect(predicted.count == 6)
        #expect(predicted.allSatisfy { number($0["fine_tuning_tokens"]) == 1e9 })
        // The base that was planted to end lowest.
        #expect(predicted.first?["model"] == .text("base 5, size 6"))
        for row in rows(figure, "seen") {
            #expect(abs(number(row["loss_nats"]) / number(row["predicted_loss_nats"]) - 1) < 0.02)
        }
    }

    @Test
    func `a forecast goes on from the curve to the horizon`() throws {
        let run = try FigureSamples.forecast.get()
        let figure = try ForecastFan.make(FigureInput(fit: run, fitID: "", projectName: "p"))
        let logged = rows(figure, "logged")
        let expected = rows(figure, "expected")
        #expect(logged.count == run.curve.steps.count)
        #expect(number(expected.first?["step"]) >= number(logged.last?["step"]))
        #expect(number(expected.last?["step"]) == run.forecast.horizonSteps)
        #expect(figure.summary.contains("expected to end at"))
    }
}
