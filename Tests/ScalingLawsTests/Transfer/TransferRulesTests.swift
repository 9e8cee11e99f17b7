import Foundation
import ScalingLaws
import Testing

@Suite struct TransferRulesTests {
    private static let rules = TransferQuestion.Rule.allCases
    private static let decays = TransferQuestion.WeightDecayRule.allCases

    @Test(arguments: rules, decays)
    func `a target equal to its base keeps every value`(
        rule: TransferQuestion.Rule,
        decay: TransferQuestion.WeightDecayRule
    ) throws {
        let question = TransferQuestion(
            base: .small,
            target: TransferQuestion.Target(),
            rule: rule,
            weightDecayRule: decay
        )
        let table = try TransferRules.table(question)
        for setting in table.rows.flatMap(\.settings) + table.global {
            guard setting.formula != "0" else { continue }
            #expect(setting.target == setting.base, "\(setting.name)")
        }
        #expect(decay == .robustLayerwise || table.warnings.isEmpty)
    }

    @Test(arguments: rules, decays)
    func `a way through a third training is the straight way`(
        rule: TransferQuestion.Rule,
        decay: TransferQuestion.WeightDecayRule
    ) throws {
        let first = try table(.small, .middle, rule, decay)
        let second = try table(.middle, .large, rule, decay)
        let straight = try table(.small, .large, rule, decay)
        for (row, (one, two)) in zip(straight.rows, zip(first.rows, second.rows)) {
            for (setting, (a, b)) in zip(row.settings, zip(one.settings, two.settings)) {
                let product = try #require(a.factor) * #require(b.factor)
                let whole = try #require(setting.factor)
                #expect(abs(product - whole) <= 1e-12 * whole, "\(row.title) \(setting.name)")
            }
        }
        let rate = "hiddenTimescale"
        let steps = try #require(first.factor(rate)) * #require(second.factor(rate))
        #expect(abs(try steps / #require(straight.factor(rate)) - 1) < 1e-12)
    }

    @Test(arguments: rules)
    func `the timescale of every decayed matrix is kept where its rule says so`(
        rule: TransferQuestion.Rule
    ) throws {
        let table = try table(.small, .large, rule, .constantTimescale)
        for group in [TransferTable.Group.embedding, .hidden, .output] {
            let row = try #require(table.rows.first { $0.group == group })
            let before = 262_144 / (2e-3 * 0.1 * 8e9)
            let after =
                try 1_048_576
                / (#require(row.learningRate?.target) * #require(row.weightDecay?.target) * 1.6e11)
            #expect(abs(after / before - 1) < 1e-12)
        }
        #expect(abs(try #require(table.factor("hiddenTimescale")) - 1) < 1e-12)
    }

    @Test func `beta2 keeps its half-life in tokens`() throws {
        let table = try table(.small, .large, .mup, .none)
        let beta2 = try #require(table.global.first { $0.name == "beta2" }?.target)
        let after = AdamHalfLife.tokens(beta2: beta2, batchTokens: 1_048_576)
        let before = AdamHalfLife.tokens(beta2: 0.95, batchTokens: 262_144)
        #expect(abs(after / before - 1) < 1e-9)
        #expect(abs(before / 262_144 - 13.5134) < 1e-3)
        #expect(abs(beta2 - 0.814506) < 1e-6)
    }

    /// Width 1024 to 4096 and depth 8 to 32 with the values of the published tables.
    @Test func `CompleteP gives the numbers of its table`() throws {
        let table = try shapeOnly(.completep, .completep)
        let hidden = try #require(table.rows.first { $0.group == .hidden })
        #expect(hidden.learningRate?.target == 5e-4)
        #expect(hidden.initStandardDeviation?.target == 0.01)
        #expect(hidden.weightDecay?.target == 0.4)
        #expect(abs((try #require(hidden.epsilon?.target)) / 6.25e-10 - 1) < 1e-12)
        let output = try #require(table.rows.first { $0.group == .output })
        #expect(output.multiplier?.target == 0.25)
        #expect(output.learningRate?.target == 2e-3)
        #expect(abs((try #require(output.epsilon?.target)) / 2.5e-9 - 1) < 1e-12)
        #expect(table.rows.first { $0.group == .residual }?.multiplier?.target == 0.25)
        #expect(table.rows.first { $0.group == .vectors }?.learningRate?.target == 2e-3)
    }

    @Test func `muP gives the numbers of its table`() throws {
        let table = try shapeOnly(.mup, .robustLayerwise)
        let hidden = try #require(table.rows.first { $0.group == .hidden })
        #expect(hidden.learningRate?.target == 5e-4)
        #expect(hidden.weightDecay?.target == 0.2)
        let output = try #require(table.rows.first { $0.group == .output })
        #expect(output.learningRate?.target == 5e-4)
        #expect(output.initStandardDeviation?.target == 0.005)
        #expect(table.rows.first { $0.group == .embedding }?.weightDecay?.target == 0)
        #expect(table.rows.first { $0.group == .residual }?.multiplier?.target == 1)
        // Heads stay 64 wide, so the scale of scores stays 1/8.
        #expect(table.rows.first { $0.group == .attention }?.multiplier?.target == 0.125)
    }

    @Test func `a depth exponent of one half gives depth-muP`() throws {
        var question = TransferQuestion(base: .small, target: TransferQuestion.Target())
        question.target.depth = 32
        question.target.parameterCount = 4e8
        question.depthExponent = 0.5
        let table = try TransferRules.table(question)
        #expect(table.rows.first { $0.group == .residual }?.multiplier?.target == 0.5)
        #expect(table.rows.first { $0.group == .hidden }?.learningRate?.target == 1e-3)
    }

    @Test func `the published timescale moves with tokens per parameter`() throws {
        let table = try table(.small, .large, .completep, .powerLines)
        let ratio = (1.6e11 / 6.4e9) / (8e9 / 1e8)
        #expect(abs(try #require(table.factor("hiddenTimescale")) / pow(ratio, -0.527) - 1) < 1e-9)
        let published = try #require(table.global.first { $0.name == "publishedTimescale" })
        #expect(abs(try #require(published.target) / (1.084 * pow(25, -0.527)) - 1) < 1e-12)
    }

    @Test func `contradictions and gaps of the rules are told with their numbers`() throws {
        let warnings = try table(.small, .large, .completep, .constantTimescale).warnings
        #expect(warnings.contains { $0.contains("learningRateFactor") })
        #expect(warnings.contains { $0.contains("by 8 for") && $0.contains("2.828") })
        #expect(warnings.contains { $0.contains("0.25") && $0.contains("0.5") })
        let standard = try table(.small, .large, .standard, .none).warnings
        #expect(standard.contains { $0.contains("a factor of 0.125") })
    }

    @Test func `what the question lacks or gets wrong is named`() {
        func field(_ change: (inout TransferQuestion) -> Void) -> String? {
            var question = TransferQuestion(base: .small, target: .large)
            change(&question)
            do {
                _ = try TransferRules.table(question)
                return nil
            } catch {
                return error.field
            }
        }
        #expect(field { $0.base.width = .nan } == "base.width")
        #expect(field { $0.base.peakLearningRate = 1e308 } == "base.peakLearningRate")
        #expect(field { $0.target.depth = -1 } == "target.depth")
        #expect(field { $0.base.batchTokens = nil } == "base.batchTokens")
        #expect(field { $0.target.headCount = nil } == "target.headCount")
        #expect(field { $0.target.batchTokens = 1e12 } == "target.batchTokens")
        #expect(field { $0.depthExponent = 2 } == "depthExponent")
        #expect(
            field {
                $0.weightDecayRule = .powerLines
                $0.target.parameterCount = nil
            } == "target.parameterCount"
        )
    }

    @Test func `extreme questions give finite numbers only`() throws {
        var base = TransferQuestion.Configuration(width: 1, depth: 1)
        base.batchTokens = 1
        base.tokenCount = 1
        base.weightDecay = 1e3
        base.beta2 = 1e-6
        base.epsilon = 1
        base.initStandardDeviation = 1e3
        var target = TransferQuestion.Target()
        target.width = 1e7
        target.depth = 1e5
        target.batchTokens = 1e12
        target.tokenCount = 1e18
        for rule in Self.rules {
            for decay in Self.decays where decay != .powerLines {
                let question = TransferQuestion(
                    base: base,
                    target: target,
                    rule: rule,
                    weightDecayRule: decay
                )
                let table = try TransferRules.table(question)
                _ = try JSONEncoder().encode(table)
            }
        }
    }

    @Test func `the table is its JSON and reads as YAML`() throws {
        let table = try table(.small, .large, .completep, .constantTimescale)
        let data = try JSONEncoder().encode(table)
        #expect(try JSONDecoder().decode(TransferTable.self, from: data) == table)
        let lines = table.yaml.split(separator: "\n")
        #expect(lines.contains("  hidden:"))
        #expect(lines.contains("global:"))
        for line in lines where !line.hasPrefix("#") {
            #expect(!line.contains("\t"))
            let parts = line.split(separator: ":", maxSplits: 1)
            let text = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
            #expect(text.isEmpty || text.hasPrefix("#") || text == "null" || Double(text) != nil)
        }
    }

    @Test func `a question without choices takes the defaults`() throws {
        let text = #"{"base": {"width": 256, "depth": 4}, "target": {"width": 512}}"#
        let question = try JSONDecoder().decode(TransferQuestion.self, from: Data(text.utf8))
        #expect(question.rule == .completep)
        let table = try TransferRules.table(question)
        let hidden = try #require(table.rows.first { $0.group == .hidden })
        #expect(hidden.learningRate?.target == nil)
        #expect(hidden.learningRate?.factor == 0.5)
    }

    private func table(
        _ base: TransferQuestion.Configuration,
        _ target: TransferQuestion.Target,
        _ rule: TransferQuestion.Rule,
        _ decay: TransferQuestion.WeightDecayRule
    ) throws -> TransferTable {
        try TransferRules.table(
            TransferQuestion(base: base, target: target, rule: rule, weightDecayRule: decay)
        )
    }

    private func shapeOnly(
        _ rule: TransferQuestion.Rule,
        _ decay: TransferQuestion.WeightDecayRule
    ) throws -> TransferTable {
        var base = TransferQuestion.Configuration.small
        base.width = 1024
        base.headCount = 16
        var target = TransferQuestion.Target()
        target.width = 4096
        target.depth = 32
        target.headCount = 64
        target.parameterCount = 6e9
        return try table(base, target, rule, decay)
    }
}

extension TransferTable {
    fileprivate func factor(_ name: String) -> Double? {
        global.first { $0.name == name }?.factor
    }
}

extension TransferQuestion.Configuration {
    fileprivate static let small = make(512, 8, 8, 1e8, 262_144, 8e9)
    fileprivate static let middle = make(1024, 16, 16, 8e8, 524_288, 4e10)

    private static func make(
        _ width: Double,
        _ depth: Double,
        _ heads: Double,
        _ size: Double,
        _ batch: Double,
        _ tokens: Double
    ) -> Self {
        var base = Self(width: width, depth: depth)
        base.headCount = heads
        base.parameterCount = size
        base.batchTokens = batch
        base.tokenCount = tokens
        base.peakLearningRate = 2e-3
        base.weightDecay = 0.1
        base.beta1 = 0.9
        base.beta2 = 0.95
        base.epsilon = 1e-8
        base.initStandardDeviation = 0.02
        return base
    }
}

extension TransferQuestion.Target {
    fileprivate static let middle = make(1024, 16, 16, 8e8, 524_288, 4e10)
    fileprivate static let large = make(4096, 32, 32, 6.4e9, 1_048_576, 1.6e11)

    private static func make(
        _ width: Double,
        _ depth: Double,
        _ heads: Double,
        _ size: Double,
        _ batch: Double,
        _ tokens: Double
    ) -> Self {
        var target = Self()
        target.width = width
        target.depth = depth
        target.headCount = heads
        target.parameterCount = size
        target.batchTokens = batch
        target.tokenCount = tokens
        return target
    }
}
