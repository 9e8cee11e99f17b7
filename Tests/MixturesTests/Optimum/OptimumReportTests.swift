import Foundation
import Mixtures
import ScalingLaws
import Testing

struct OptimumReportTests {
    /// Runs about an even mixture, and a law that is known: the planted one, with draws that differ
    /// a little.
    static func fit(
        _ target: String = "loss",
        scales: [Double] = [1.5, 0.8, 0.3, 0.5],
        power: Double = 0.6,
        runCount: Int = 60,
        spread: Double = 0.02
    ) -> MixtureFit {
        var random = SplitMix64(seed: 11)
        let law = PlantedEffectiveData(g: power, s: scales)
        let runs = (0..<runCount).map { index in
            let parts = scales.map { _ in -log(random.uniform()) }
            let sum = parts.reduce(0, +)
            let mixture = parts.map { $0 / sum }
            let bytes = UInt8(index)
            return MixtureData.Run(
                id: UUID(uuid: (bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
                name: "run \(index)",
                proportions: mixture,
                loss: law.loss(at: mixture) + 0.002 * random.normal()
            )
        }
        let data = MixtureData(domains: scales.indices.map { "d\($0)" }, runs: runs)
        var fit = MixtureFit(
            target: target,
            predictor: "auto",
            data: data,
            model: AnyMixtureLaw(lawID: "planted", base: law),
            seed: 1
        )
        fit.residualDeviation = 0.002
        fit.draws = (0..<30).map { _ in
            let moved = scales.map { $0 * exp(spread * random.normal()) }
            let law = PlantedEffectiveData(g: power, s: moved)
            return AnyMixtureLaw(lawID: "planted", base: law)
        }
        return fit
    }

    @Test func `The report names the optimum, what surrounds it and what it stands beside`() throws
    {
        let fit = Self.fit()
        var request = OptimumRequest()
        request.constraints.bounds["d0"] = .init(high: 0.4)
        request.constraints.reference = named([1, 1, 1, 1])
        let report = try OptimumReporter.report([fit], request)
        let by = Dictionary(grouping: report.others, by: \.kind)
        let optimum = try #require(by[.optimum]?.first)
        let free = try #require(by[.unconstrained]?.first)
        let best = try #require(by[.bestObserved]?.first)
        #expect(free.loss.value < optimum.loss.value)
        #expect(abs(report.gap - (optimum.loss.value - free.loss.value)) < 1e-12)
        #expect(free.loss.value < best.loss.value)
        #expect(optimum.loss.value < (by[.reference]?.first?.loss.value ?? 0))
        #expect(!free.isAllowed && optimum.isAllowed && report.recommendation.isAllowed)
        #expect(report.recommendation.loss.value < optimum.loss.value + 0.002)
        #expect(report.binding.first?.cause.subject == "d0")
        #expect(abs((report.binding.first?.cost ?? 0) - report.gap) < 1e-9)
        let region = try #require(report.region)
        for index in 0..<4 {
            #expect(region.low[index] <= optimum.proportions[index])
            #expect(region.high[index] >= optimum.proportions[index])
        }
        #expect(region.radius > 0.001 && region.radius < 0.2)
        let coded = try JSONDecoder().decode(
            OptimumReport.self,
            from: JSONEncoder().encode(report)
        )
        #expect(coded.recommendation == report.recommendation)
        #expect(try OptimumReporter.report([fit], request) == report)
    }

    @Test func `Mixtures at the edge of the equivalent set are exactly that much worse`() throws {
        var request = OptimumRequest()
        request.equivalence = 0.003
        let fit = Self.fit()
        let report = try OptimumReporter.report([fit], request)
        let set = try #require(report.equivalent)
        #expect(set.isExact)
        let optimum = try #require(report.others.first { $0.kind == .optimum })
        // The best mixture with a share held outside the range is worse than the tolerance.
        for (index, outside) in [(0, set.high[0] + 0.01), (1, set.low[1] - 0.01)] {
            var held = MixtureConstraints()
            held.bounds["d\(index)"] = .init(low: outside, high: outside)
            let there = try MixtureOptimiser.optimum(
                domains: report.domains,
                targets: [MixtureTarget(name: "loss", law: fit.model)],
                constraints: held
            )
            #expect(there.loss > optimum.loss.value + 0.003)
            let inside = index == 0 ? outside - 0.02 : outside + 0.02
            held.bounds["d\(index)"] = .init(low: inside, high: inside)
            let nearer = try MixtureOptimiser.optimum(
                domains: report.domains,
                targets: [MixtureTarget(name: "loss", law: fit.model)],
                constraints: held
            )
            #expect(nearer.loss < optimum.loss.value + 0.003)
        }
    }

    @Test
    func `A law that runs off to a corner is flagged, and the recommendation stays near runs`()
        throws
    {
        var fit = Self.fit()
        for index in fit.runs.indices {
            let shares = fit.runs[index].proportions.map { 0.1 + 0.6 * $0 }
            fit.runs[index].proportions = shares
            fit.runs[index].loss = 3 - shares[2]
        }
        let data = MixtureData(
            domains: fit.domains,
            runs: fit.runs.map {
                .init(id: $0.id, name: $0.name, proportions: $0.proportions, loss: $0.loss)
            }
        )
        let ridge = try RidgeMixture.fit(data, MixtureFitRequest(ridge: 1e-8), startingFrom: nil)
        fit.model = AnyMixtureLaw(lawID: "linear-mixture", base: ridge)
        fit.draws = []
        let report = try OptimumReporter.report([fit], OptimumRequest())
        let optimum = try #require(report.others.first { $0.kind == .optimum })
        #expect(optimum.proportions[2] > 0.999)
        let kinds = report.flags.map(\.kind)
        #expect(kinds.contains(.extrapolation))
        #expect(kinds.contains(.collapsed))
        #expect(optimum.isExtrapolation && !report.recommendation.isExtrapolation)
        #expect(report.recommendation.distance <= report.reach + 1e-7)
        let best = try #require(report.others.first { $0.kind == .bestObserved })
        #expect(report.recommendation.loss.value < best.loss.value)
        // Where the constraints forbid what was tried, that is said instead.
        var far = OptimumRequest()
        far.constraints.bounds["d1"] = .init(low: 0.95)
        let forced = try OptimumReporter.report([fit], far)
        #expect(forced.flags.map(\.kind).contains(.trustOutOfReach))
        #expect(forced.recommendation.isAllowed && forced.recommendation.isExtrapolation)
    }

    @Test func `Caution moves the recommendation to where the laws agree`() throws {
        let fit = Self.fit(spread: 0.5)
        var request = OptimumRequest()
        request.caution = 0
        let bold = try OptimumReporter.report([fit], request).recommendation
        request.caution = 3
        let careful = try OptimumReporter.report([fit], request).recommendation
        #expect(careful.deviation < bold.deviation)
    }

    @Test func `Tokens of a capped domain have a price, and their doubling a gain`() throws {
        let fit = Self.fit()
        var request = OptimumRequest()
        request.constraints.availableTokens = ["d0": 5e9, "d1": 1e13, "d2": 1e13, "d3": 1e13]
        request.constraints.maximumEpochs = 4
        request.constraints.targetTokens = 1e11
        let report = try OptimumReporter.report([fit], request)
        let token = try #require(report.tokens.first { $0.domain == "d0" })
        #expect(abs(token.epochs - 4) < 1e-6)
        let optimum = try #require(report.others.first { $0.kind == .optimum })
        request.constraints.availableTokens["d0"] = 1e10
        let richer = try OptimumReporter.report([fit], request)
        let after = try #require(richer.others.first { $0.kind == .optimum })
        #expect(abs(token.gainOfDoubling - (optimum.loss.value - after.loss.value)) < 1e-9)
        #expect(token.pricePerToken * 5e9 > token.gainOfDoubling)
        #expect(report.others.filter { $0.kind == .naive }.count == 5)
    }

    @Test func `Two targets have a front on which one gets worse as the other gets better`() throws
    {
        let fits = [
            Self.fit("a", scales: [1.5, 0.8, 0.3, 0.5]),
            Self.fit("b", scales: [0.2, 0.5, 1.6, 0.4], power: 0.5),
        ]
        let report = try OptimumReporter.report(fits, OptimumRequest())
        let front = report.tradeoffs
        #expect(front.count >= 10)
        for (first, second) in zip(front, front.dropFirst()) {
            #expect((first.losses["a"] ?? 9) <= (second.losses["a"] ?? 0))
            #expect((first.losses["b"] ?? 0) >= (second.losses["b"] ?? 9) - 1e-9)
        }
        let both = try #require(report.others.first { $0.kind == .optimum })
        #expect((both.losses["a"] ?? 0) > (front.first?.losses["a"] ?? 9))
        #expect((both.losses["b"] ?? 0) > (front.last?.losses["b"] ?? 9))
        #expect(report.worth.count == 8)
    }

    @Test func `Worth is the slope of moving tokens in, and sensitivity passes the recommendation`()
        throws
    {
        let fit = Self.fit()
        var request = OptimumRequest()
        request.constraints.reference = named([0.4, 0.3, 0.2, 0.1])
        let report = try OptimumReporter.report([fit], request)
        let place = [0.4, 0.3, 0.2, 0.1]
        for (index, worth) in report.worth.enumerated() {
            var moved = place.map { $0 * (1 - 1e-6) }
            moved[index] += 1e-6
            let gain = (fit.model.loss(at: place) - fit.model.loss(at: moved)) / 1e-6
            #expect(abs(worth.gain.value - gain) < 1e-4)
            #expect(worth.gain.low <= worth.gain.value && worth.gain.value <= worth.gain.high)
        }
        let shares = report.recommendation.proportions
        for curve in report.sensitivity {
            let index = try #require(report.domains.firstIndex(of: curve.domain))
            let least = try #require(curve.losses.map(\.value).min())
            #expect(least > report.recommendation.loss.value - 0.001)
            #expect(curve.shares.first == 0)
            #expect((curve.shares.last ?? 0) > shares[index])
        }
    }

    @Test func `Runs that cannot tell domains apart are flagged by name`() throws {
        var fit = Self.fit(runCount: 8)
        for index in fit.runs.indices {
            let share = 0.1 + 0.05 * Double(index)
            fit.runs[index].proportions = [share, share, 0.2, 0.8 - 2 * share]
        }
        let kinds = try OptimumReporter.report([fit], OptimumRequest()).flags.map(\.kind)
        #expect(kinds.contains(.fewRuns))
        #expect(kinds.contains(.neverVary))
        #expect(kinds.contains(.moveTogether))
    }

    @Test func `Rivals that would not go there are named`() throws {
        let fit = Self.fit()
        let other = PlantedEffectiveData(s: [0.05, 0.8, 0.3, 2])
        let report = try OptimumReporter.report(
            [fit],
            OptimumRequest(),
            rivals: ["loss": ["other-law": other]]
        )
        let rival = try #require(report.rivals.first)
        #expect((rival.distance ?? 0) > 0.5)
        #expect(report.flags.contains { $0.kind == .lawsDisagree && $0.text.contains("other-law") })
    }

    @Test func `Requests for what is not there are refused`() {
        func field(_ change: (inout OptimumRequest) -> Void) -> String? {
            var request = OptimumRequest()
            change(&request)
            return #expect(throws: MixtureError.self) {
                try OptimumReporter.report([Self.fit()], request)
            }?.field
        }
        #expect(field { $0.weights = ["other": 1] } == "weights")
        #expect(field { $0.weights = ["loss": -1] } == "weights")
        #expect(field { $0.caution = .nan } == "caution")
        #expect(field { $0.trustDistance = 3 } == "trustDistance")
        #expect(throws: MixtureError.self) { try OptimumReporter.report([], OptimumRequest()) }
        #expect(throws: MixtureError.self) {
            try OptimumReporter.report([Self.fit()], OptimumRequest()) { true }
        }
    }
}
