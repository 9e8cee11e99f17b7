import Foundation
import Mixtures
import ScalingLaws
import Testing

struct ConstraintTests {
    let scales = [1.5, 0.8, 0.3, 0.02, 0.5, 0.7]
    let names = (0..<6).map { "d\($0)" }

    func optimum(
        _ constraints: MixtureConstraints,
        explains: Bool = false
    ) throws -> MixtureOptimum {
        try MixtureOptimiser.optimum(
            domains: names,
            targets: [
                planted("a", PlantedEffectiveData(s: scales)),
                planted("b", PlantedEffectiveData(g: 0.4, s: scales.reversed())),
            ],
            constraints: constraints,
            explains: explains
        )
    }

    /// No feasible neighbour of an optimum is better: tokens moved between any two domains.
    func bestNeighbour(_ found: MixtureOptimum, _ allows: ([Double]) -> Bool) -> Double {
        let laws = [
            PlantedEffectiveData(s: scales), PlantedEffectiveData(g: 0.4, s: scales.reversed()),
        ]
        var least = Double.infinity
        var generator = SplitMix64(seed: 3)
        for _ in 0..<4_000 {
            var moved = found.proportions
            for _ in 0..<3 {
                let (giver, taker) = (generator.index(below: 6), generator.index(below: 6))
                let amount = min(moved[giver], 0.02 * generator.uniform())
                moved[giver] -= amount
                moved[taker] += amount
            }
            guard allows(moved) else { continue }
            least = min(least, laws.reduce(0) { $0 + $1.loss(at: moved) })
        }
        return least
    }

    @Test func `Groups, a ball and a ceiling hold, and no neighbour they allow is better`() throws {
        var constraints = MixtureConstraints()
        constraints.groups = [.init(name: "code", domains: ["d0", "d1"], low: 0.2, high: 0.4)]
        constraints.reference = named([1, 1, 1, 1, 1, 1])
        constraints.distanceLimit = 0.5
        constraints.ceilings = [.init(target: "b", margin: -0.004)]
        let found = try optimum(constraints)
        let uniform = [Double](repeating: 1.0 / 6, count: 6)
        let second = PlantedEffectiveData(g: 0.4, s: scales.reversed())
        let limit = second.loss(at: uniform) - 0.004
        func allows(_ r: [Double]) -> Bool {
            r[0] + r[1] <= 0.4 && r[0] + r[1] >= 0.2 && r.distance(uniform) <= 0.5
                && second.loss(at: r) <= limit
        }
        #expect((found.residual ?? 1) < 1e-6)
        #expect(found.isGlobal)
        #expect(found.proportions[0] + found.proportions[1] <= 0.4 + 1e-8)
        #expect(found.proportions.distance(uniform) <= 0.5 + 1e-8)
        #expect((found.losses["b"] ?? 9) <= limit + 1e-8)
        #expect(bestNeighbour(found, allows) > found.loss - 1e-7)
    }

    @Test func `A price tells what a little more room gains`() throws {
        var constraints = MixtureConstraints()
        constraints.groups = [.init(name: "code", domains: ["d0", "d1"], high: 0.3)]
        constraints.reference = named([1, 1, 1, 1, 1, 1])
        constraints.distanceLimit = 0.3
        constraints.bounds["d4"] = .init(high: 0.15)
        let found = try optimum(constraints, explains: true)
        #expect(found.binding.count >= 2)
        for held in found.binding {
            var looser = constraints
            switch held.cause.kind {
            case .groupUpper: looser.groups[0].high = 0.3 + 1e-4
            case .distance: looser.distanceLimit = 0.3 + 1e-4
            default: looser.bounds["d4"] = .init(high: 0.15 + 1e-4)
            }
            let gain = found.loss - (try optimum(looser)).loss
            #expect(abs(gain / 1e-4 / held.price - 1) < 0.02)
            #expect((held.cost ?? 0) > 0)
            #expect(held.moved?.isEmpty == false)
        }
    }

    @Test func `Epoch caps come from tokens, and are priced per unique token`() throws {
        var constraints = MixtureConstraints()
        constraints.availableTokens = ["d0": 1e10, "d1": 9e11]
        constraints.maximumEpochs = 4
        constraints.targetTokens = 4e11
        let found = try optimum(constraints)
        #expect(abs(found.proportions[0] - 0.1) < 1e-12)
        let held = try #require(found.binding.first)
        #expect(held.cause.kind == .epochCap)
        #expect(held.cause.subject == "d0")
        constraints.availableTokens["d0"] = 1.001e10
        let gain = found.loss - (try optimum(constraints)).loss
        #expect(abs(gain / 1e7 / (held.pricePerToken ?? 0) - 1) < 0.02)
    }

    @Test func `A frozen group keeps its relative shares and is the best of those that do`() throws
    {
        var constraints = MixtureConstraints()
        constraints.frozen = [.init(name: "old", shares: ["d1": 1, "d2": 2, "d3": 3])]
        let found = try optimum(constraints)
        let shares = found.proportions
        #expect(shares[1] > 0.01)
        #expect(abs(shares[2] - 2 * shares[1]) < 1e-12)
        #expect(abs(shares[3] - 3 * shares[1]) < 1e-12)
        let free = try optimum(MixtureConstraints())
        #expect(free.loss < found.loss)
    }

    @Test func `Repetition moves the optimum away from domains that would be repeated`() throws {
        var constraints = MixtureConstraints()
        constraints.availableTokens = ["d0": 1e9]
        constraints.targetTokens = 1e11
        let once = try optimum(constraints)
        constraints.discountsRepetition = true
        let discounted = try optimum(constraints)
        #expect(discounted.proportions[0] < 0.8 * once.proportions[0])
        #expect(discounted.proportions[0] > 0.01)
        #expect((discounted.residual ?? 1) < 1e-6)
    }

    @Test func `Ceilings and groups in conflict are named with the least excess`() throws {
        var constraints = MixtureConstraints()
        constraints.groups = [.init(name: "code", domains: ["d0", "d1"], low: 0.7)]
        constraints.bounds = [
            "d2": .init(low: 0.2), "d3": .init(low: 0.2), "d5": .init(high: 0.9),
        ]
        var error = #expect(throws: MixtureError.self) { try optimum(constraints) }
        guard case .infeasible(let names, let excess) = error else {
            Issue.record("the conflict was not told")
            return
        }
        #expect(names.count == 3)
        #expect(!names.contains { $0.contains("d5") })
        #expect(abs(excess - 0.1) < 1e-6)
        constraints = MixtureConstraints()
        constraints.bounds["d5"] = .init(high: 0.9)
        constraints.bounds["d0"] = .init(high: 0.01)
        constraints.ceilings = [.init(target: "a", limit: 2.9)]
        error = #expect(throws: MixtureError.self) { try optimum(constraints) }
        guard case .infeasible(let both, let over) = error else {
            Issue.record("the ceiling was not told")
            return
        }
        #expect(both == ["d0 at most 0.01", "a at most 2.9"])
        constraints.ceilings = [.init(target: "a", limit: 2.9 + over + 1e-5)]
        #expect(throws: Never.self) { try optimum(constraints) }
    }

    @Test func `Unknown names and numbers that cannot be meant are refused by name`() {
        func field(_ change: (inout MixtureConstraints) -> Void) -> String? {
            var constraints = MixtureConstraints()
            change(&constraints)
            let error = #expect(throws: MixtureError.self) { try optimum(constraints) }
            return error?.field
        }
        #expect(field { $0.bounds["web"] = .init(low: 0.1) } == "bounds")
        #expect(field { $0.bounds["d0"] = .init(high: .nan) } == "bounds.d0.high")
        #expect(field { $0.bounds["d0"] = .init(high: 1e308) } == "bounds.d0.high")
        #expect(field { $0.groups = [.init(domains: ["x"], low: 0.1)] } == "groups")
        #expect(field { $0.groups = [.init(domains: [])] } == "groups")
        #expect(field { $0.frozen = [.init(shares: ["d0": 0])] } == "frozen")
        #expect(
            field { $0.frozen = [.init(shares: ["d0": 1]), .init(shares: ["d0": 1])] } == "frozen"
        )
        #expect(field { $0.distanceLimit = 0.1 } == "reference")
        #expect(field { $0.reference = ["d0": -1] } == "reference")
        #expect(field { $0.ceilings = [.init(target: "c", limit: 1)] } == "ceilings")
        #expect(field { $0.ceilings = [.init(target: "a")] } == "ceilings")
        #expect(
            field {
                $0.availableTokens = ["d0": 1]
                $0.maximumEpochs = 4
            } == "targetTokens"
        )
    }

    @Test func `A request that names little decodes, and survives its own JSON`() throws {
        let text = #"{"bounds": {"d0": {"high": 0.4}}, "groups": [{"domains": ["d1"]}]}"#
        let read = try JSONDecoder().decode(MixtureConstraints.self, from: Data(text.utf8))
        #expect(read.bounds["d0"]?.high == 0.4)
        #expect(read.frozen.isEmpty)
        let again = try JSONDecoder().decode(
            MixtureConstraints.self,
            from: JSONEncoder().encode(read)
        )
        #expect(again == read)
    }
}
