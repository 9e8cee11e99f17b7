import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

/// Answers about size and tokens on planted worlds, where closed forms say what is right.
@Suite struct AllocationTests {
    private static let fit = Result { try Self.planted(Chinchilla.self) }

    private static func planted<L: NonlinearLaw>(
        _ law: L.Type,
        noise: Double = 0.002,
        draws: Int = 100
    ) throws -> NonlinearFit {
        var options = FitOptions()
        options.drawCount = draws
        return try law.fit(
            FitRequest(
                observations: PlantedLaw.runs(law, noise: noise),
                parameterConvention: "total",
                options: options
            )
        )
    }

    private func value(_ advice: Advice, _ name: String) throws -> Advice.Quantity {
        try #require(advice.quantities.first { $0.name == name })
    }

    /// N = G (C/6)^a with G = (alpha A / beta B)^(1/(alpha + beta)).
    @Test func `the best size for a budget is that of the closed form`() throws {
        let fit = try Self.fit.get()
        let p = Dictionary(uniqueKeysWithValues: fit.parameters.map { ($0.symbol, $0.value) })
        let (a, b) = (try #require(p["alpha"]), try #require(p["beta"]))
        let (sizeTerm, tokenTerm) = (try #require(p["A"]), try #require(p["B"]))
        let compute = 1e22
        let g = pow(a * sizeTerm / (b * tokenTerm), 1 / (a + b))
        let size = g * pow(compute / 6, b / (a + b))
        let advice = try Chinchilla.advise(Question([.flops: compute]), from: fit)
        let found = try value(advice, "parameterCount")
        #expect(abs(found.value / size - 1) < 1e-4)
        let tokens = try value(advice, "tokenCount").value
        #expect(abs(6 * found.value * tokens / compute - 1) < 1e-9)
        #expect(try #require(found.low) < found.value && found.value < #require(found.high))
        #expect(advice.statement.contains("6·N·D") && advice.statement.contains("total"))
    }

    @Test func `size for tokens and tokens for a size invert the best split of a budget`() throws {
        let fit = try Self.fit.get()
        let whole = try Chinchilla.advise(Question([.flops: 3e20]), from: fit)
        let size = try value(whole, "parameterCount").value
        let tokens = try value(whole, "tokenCount").value
        let loss = try value(whole, "lossNats").value
        let bySize = try Chinchilla.advise(Question([.parameters: size]), from: fit)
        let byTokens = try Chinchilla.advise(Question([.tokens: tokens]), from: fit)
        let byLoss = try Chinchilla.advise(Question([.targetLoss: loss]), from: fit)
        #expect(abs(try value(bySize, "tokenCount").value / tokens - 1) < 1e-3)
        #expect(abs(try value(byTokens, "parameterCount").value / size - 1) < 1e-3)
        #expect(abs(try value(byLoss, "trainingFLOPs").value / 3e20 - 1) < 1e-3)
        let at = try Chinchilla.advise(
            Question([.parameters: size, .tokens: tokens]),
            from: fit
        )
        #expect(abs(try value(at, "lossNats").value - loss) < 1e-9)
    }

    @Test func `demand for inference moves the answer to smaller models of equal loss`() throws {
        let fit = try Self.fit.get()
        let plain = try Chinchilla.advise(Question([.flops: 1e21]), from: fit)
        var sizes = [try value(plain, "parameterCount").value]
        let loss = try value(plain, "lossNats").value
        for served in [1e9, 1e11, 1e12, 1e13] {
            let advice = try Chinchilla.advise(
                Question([.flops: 1e21, .inferenceTokens: served]),
                from: fit
            )
            sizes.append(try value(advice, "parameterCount").value)
            #expect(abs(try value(advice, "lossNats").value - loss) < 1e-5)
            #expect(try value(advice, "savedPercent").value >= -1e-6)
        }
        #expect(abs(sizes[1] / sizes[0] - 1) < 0.02)
        #expect(zip(sizes.dropFirst(), sizes.dropFirst(2)).allSatisfy { $0 > $1 })
    }

    @Test func `rivals cost compute and the law's own answer costs none`() throws {
        let advice = try Chinchilla.advise(Question([.flops: 1e22]), from: Self.fit.get())
        let ids = Set(advice.rivals.map(\.id))
        #expect(ids.isSuperset(of: ["twenty-tokens", "hoffmann", "epoch-refit", "nearest-run"]))
        for rival in advice.rivals {
            #expect(try #require(rival.extraComputePercent) >= 0, "\(rival.id)")
        }
        let ratio = try #require(advice.rivals.first { $0.id == "minicpm-ratio" })
        #expect(try #require(ratio.extraComputePercent) > 5)
        let table = try #require(advice.tables.first)
        guard case .number(let own) = table.rows[3][4] else {
            Issue.record("the answer's own row has no number")
            return
        }
        #expect(own < 1e-4)
    }

    @Test func `questions far outside, unreachable, impossible or over-full are refused`() throws {
        let fit = try Self.fit.get()
        let bad: [[Question.Field: Double]] = [
            [:], [.flops: -1], [.flops: .nan], [.flops: 1e308], [.flops: 1e30], [.flops: 1],
            [.targetLoss: 0.5], [.targetLoss: 50], [.parameters: 1e9, .tokens: 1e10, .flops: 1e20],
            [.parameters: 1e30], [.tokens: 1e-300], [.flops: 1e21, .inferenceTokens: 0],
        ]
        for values in bad {
            #expect(throws: RecommendError.self, "\(values)") {
                try Chinchilla.advise(Question(values), from: fit)
            }
        }
        var stale = fit
        stale.theta = [1]
        #expect(throws: RecommendError.self) {
            try Chinchilla.advise(Question([.flops: 1e21]), from: stale)
        }
    }

    @Test func `runs that count their own compute set the convention`() throws {
        var runs = PlantedLaw.runs(Chinchilla.self, noise: 0.002)
        for index in runs.indices {
            runs[index][.computeFLOPs] = 7.5 * runs[index].parameterCount * runs[index].tokenCount
        }
        let fit = try Chinchilla.fit(FitRequest(observations: runs))
        let advice = try Chinchilla.advise(Question([.flops: 1e21]), from: fit)
        let size = try value(advice, "parameterCount").value
        let tokens = try value(advice, "tokenCount").value
        #expect(abs(7.5 * size * tokens / 1e21 - 1) < 1e-6)
        #expect(advice.statement.contains("7.5"))
    }

    @Test func `every law of size and tokens answers a budget about as its own constants do`()
        throws
    {
        try check(ChinchillaTied.self)
        try check(MiniCPM.self)
        try check(Kaplan.self)
        try check(OverTraining.self)
        try check(Farseer.self)
        try check(ThreeTerm.self)
        try check(DataConstrained.self)
    }

    /// The answer is a minimum of the law along equal compute.
    private func check<L: AllocatingLaw>(_ law: L.Type) throws {
        let fit = try Self.planted(law, noise: 0.0005, draws: 40)
        let advice = try law.advise(Question([.flops: 1e21]), from: fit)
        let size = try value(advice, "parameterCount").value
        let least = try value(advice, "lossNats").value
        for factor in [0.8, 1.25] {
            let other = try law.advise(
                Question([.flops: 1e21, .parameters: size * factor]),
                from: fit
            )
            #expect(try value(other, "lossNats").value > least, "\(law.card.id)")
        }
        #expect(!advice.warnings.contains { $0.isEmpty })
    }

    @Test func `repeated data are worth less than fresh ones and cost a smaller budget more`()
        throws
    {
        let fit = try Self.planted(DataConstrained.self, noise: 0.0005, draws: 40)
        let fresh = try DataConstrained.advise(Question([.flops: 1e21]), from: fit)
        let scarce = try DataConstrained.advise(
            Question([.flops: 1e21, .uniqueTokens: 1e9]),
            from: fit
        )
        #expect(try value(scarce, "lossNats").value > value(fresh, "lossNats").value)
        #expect(try value(scarce, "epochs").value > 4)
        let tokens = try value(scarce, "tokenCount").value
        #expect(try value(scarce, "effectiveTokenCount").value < tokens)
        #expect(fresh.warnings.contains { $0.contains("distinct") })
    }

    /// Two values that the authors print with their constants.
    @Test func `data-constrained constants give their authors' check values`() throws {
        let theta = try #require(DataConstrained.presets.first).theta
        let checks: [(n: Double, d: Double, loss: Double)] = [
            (6.34e9, 242e9, 2.225_644_088_998_447_7), (8.67e9, 178e9, 2.226_963_407_508_786_7),
        ]
        for check in checks {
            let run = Observation(
                runID: PlantedSweep.id(1),
                runName: "",
                values: [
                    .parameterCount: check.n, .tokenCount: check.d, .uniqueTokenCount: 25e9,
                ]
            )
            var gradient = Coordinates<DataConstrained.Coordinate>()
            let input = try #require(DataConstrained.input(run))
            let loss = exp(DataConstrained.logPrediction(input, theta, &gradient))
            #expect(abs(loss - check.loss) < 1e-8)
        }
    }

    @Test func `planned runs narrow the answer more than evenly spread ones`() throws {
        let fit = try Self.fit.get()
        for target in [Question([.flops: 1e23]), Question([.parameters: 1e10, .tokens: 2e11])] {
            let question = NextRunQuestion(budgetFLOPs: 5e21, count: 4, target: target)
            let plan = try Chinchilla.plan(question, from: fit)
            #expect(plan.after < plan.before)
            #expect(plan.after < (try #require(plan.baselineAfter)))
            #expect(plan.totalFLOPs <= 5e21 * 1.000_001 && !plan.runs.isEmpty)
            #expect(abs(plan.runs.reduce(0) { $0 + $1.gainShare } - 1) < 0.01)
        }
        #expect(throws: RecommendError.self) {
            try Chinchilla.plan(
                NextRunQuestion(budgetFLOPs: 1e3, count: 4, target: Question([.flops: 1e21])),
                from: fit
            )
        }
    }

    /// The promise of a plan is kept when its runs are made.
    @Test func `making the planned runs narrows the interval as promised`() throws {
        let runs = PlantedLaw.runs(Chinchilla.self, noise: 0.004, seed: 5)
        var options = FitOptions()
        options.drawCount = 300
        let before = try Chinchilla.fit(FitRequest(observations: runs, options: options))
        let question = NextRunQuestion(
            budgetFLOPs: 2e22,
            count: 6,
            target: Question([.flops: 1e23])
        )
        let plan = try Chinchilla.plan(question, from: before)
        var random = SplitMix64(seed: 9)
        let added = plan.runs.enumerated().map { index, run in
            var gradient = Coordinates<Chinchilla.Coordinate>()
            let point = SizeAndTokens(
                logSize: log(run.parameterCount),
                logTokens: log(run.tokenCount)
            )
            let loss = Chinchilla.logPrediction(point, Chinchilla.planted.theta, &gradient)
            return Observation(
                runID: PlantedSweep.id(900 + index),
                runName: "added \(index)",
                values: [
                    .parameterCount: run.parameterCount, .tokenCount: run.tokenCount,
                    .loss: exp(loss + 0.004 * random.normal()),
                ]
            )
        }
        let after = try Chinchilla.fit(FitRequest(observations: runs + added, options: options))
        func width(_ fit: NonlinearFit) throws -> Double {
            let size = try value(
                Chinchilla.advise(question.target, from: fit),
                "parameterCount"
            )
            return log(try #require(size.high) / #require(size.low))
        }
        let promised = plan.after / plan.before
        let kept = try width(after) / width(before)
        #expect(kept < 1 && kept < promised * 2.5, "\(kept) of \(promised)")
    }
}
