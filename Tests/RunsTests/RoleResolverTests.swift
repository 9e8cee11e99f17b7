import Foundation
import Runs
import Testing

@Suite struct RoleResolverTests {
    @Test func `every alias belongs to one role and the first is the role's own name`() {
        var seen: [String: Role] = [:]
        for role in Role.allCases {
            let names = RoleAliases.names[role] ?? []
            #expect(names.first == role.rawValue)
            for name in names { #expect(seen.updateValue(role, forKey: name) == nil, "\(name)") }
        }
    }

    @Test func `Megatron's settings are understood`() {
        let roles = RoleResolver.automatic.resolve(
            makeRun(
                params: [
                    "lr": "3e-4", "global_batch_size": "512", "seq_length": "4096",
                    "train_iters": "1000", "micro_batch_size": "4",
                ],
                metrics: ["lm loss": 2.5]
            )
        )
        #expect(roles.values[.peakLearningRate] == 3e-4)
        #expect(roles.values[.batchTokens] == 2_097_152)
        #expect(roles.sources[.batchTokens]?.expression == "batchSequences*sequenceLength")
        #expect(roles.sources[.batchTokens]?.kind == .derived)
        #expect(roles.values[.tokenCount] == 2_097_152_000)
        #expect(roles.values[.loss] == 2.5)
        #expect(roles.sources[.loss]?.expression == "\"lm loss\"")
    }

    @Test func `Hugging Face's batch needs the number of devices`() {
        var params = [
            "learning_rate": "0.001", "per_device_train_batch_size": "8",
            "gradient_accumulation_steps": "4", "max_seq_length": "1024", "max_steps": "-1",
            "dataloader_prefetch_factor": "None",
        ]
        let partial = RoleResolver.automatic.resolve(makeRun(params: params))
        #expect(partial.values[.batchTokens] == nil)
        #expect(partial.values[.stepCount] == nil)
        #expect(partial.missing[.batchTokens]?.contains("world_size") == true)
        params["world_size"] = "2"
        let whole = RoleResolver.automatic.resolve(makeRun(params: params))
        #expect(whole.values[.batchTokens] == 65_536)
    }

    @Test func `nanoGPT's accumulation already counts every process`() {
        let roles = RoleResolver.automatic.resolve(
            makeRun(
                params: [
                    "learning_rate": "6e-4", "batch_size": "12", "block_size": "1024",
                    "gradient_accumulation_steps": "40", "max_iters": "600000",
                ],
                metrics: ["train/loss": 2.9, "lr": 6e-5]
            )
        )
        #expect(roles.values[.batchTokens] == 491_520)
        #expect(roles.values[.peakLearningRate] == 6e-4)
    }

    @Test func `torchtitan's dotted names are understood`() {
        let roles = RoleResolver.automatic.resolve(
            makeRun(
                params: [
                    "optimizer.lr": "8e-4", "training.seq_len": "2048",
                    "training.global_batch_size": "64", "training.steps": "10000",
                ],
                metrics: ["loss_metrics/global_avg_loss": 3.1]
            )
        )
        #expect(roles.values[.peakLearningRate] == 8e-4)
        #expect(roles.values[.batchTokens] == 131_072)
        #expect(roles.values[.tokenCount] == 1_310_720_000)
        #expect(roles.values[.loss] == 3.1)
    }

    @Test func `the Step Law table's columns are understood without a batch unit`() {
        let roles = RoleResolver.automatic.resolve(
            makeRun(
                params: [
                    "N": "214663680", "D": "100000000000", "lr": "0.0003453", "bs": "736",
                    "ti": "66342", "smooth loss": "2.39",
                ]
            )
        )
        #expect(roles.values[.parameterCount] == 214_663_680)
        #expect(roles.values[.loss] == 2.39)
        let batch = roles.values[.batchTokens] ?? 0
        #expect((batch / (736 * 2048) - 1).magnitude < 0.003)
        #expect(roles.sources[.batchTokens]?.expression == "tokenCount/stepCount")
    }

    @Test func `a bare batch size is never taken for a unit`() {
        let roles = RoleResolver.automatic.resolve(
            makeRun(params: ["batch_size": "32", "seq_len": "128"])
        )
        #expect(roles.values[.batchTokens] == nil)
        #expect(roles.missing[.batchTokens]?.contains("batchSequences=batch_size") == true)
    }

    @Test func `two dotted names that disagree are not chosen between`() {
        let roles = RoleResolver.automatic.resolve(
            makeRun(params: ["generator.lr": "1e-3", "discriminator.lr": "1e-4"])
        )
        #expect(roles.values[.peakLearningRate] == nil)
        #expect(roles.missing[.peakLearningRate]?.contains("discriminator.lr = 0.0001") == true)
    }

    @Test func `a mapping wins and its failure is not papered over`() throws {
        let mapping = RoleMapping(
            expressions: [
                .peakLearningRate: "base_lr*2", .batchTokens: "batch_size*seq_len",
                .loss: "eval_loss", .tokenCount: "nowhere",
            ]
        )
        let resolver = try RoleResolver(mapping: mapping)
        let roles = resolver.resolve(
            makeRun(
                params: [
                    "lr": "1", "base_lr": "0.01", "batch_size": "32", "seq_len": "128",
                    "tokens": "5000",
                ],
                metrics: ["loss": 2, "eval_loss": 3]
            )
        )
        #expect(roles.values[.peakLearningRate] == 0.02)
        #expect(roles.sources[.peakLearningRate]?.kind == .mapped)
        #expect(roles.values[.batchTokens] == 4_096)
        #expect(roles.values[.loss] == 3)
        #expect(roles.values[.tokenCount] == nil)
        #expect(roles.missing[.tokenCount]?.contains("nowhere") == true)
    }

    @Test func `a mapping that is no formula is refused`() {
        #expect(throws: ExpressionError.self) {
            try RoleResolver(mapping: RoleMapping(expressions: [.loss: "a +"]))
        }
    }

    @Test(arguments: ["None", "", "nan", "inf", "-1", "0", "1e999", "0x10"])
    func `a setting that is not a positive number is missing`(text: String) {
        let roles = RoleResolver.automatic.resolve(makeRun(params: ["lr": text]))
        #expect(roles.values[.peakLearningRate] == nil)
        #expect(roles.missing[.peakLearningRate] != nil)
    }

    @Test func `a loss that blew up is kept`() {
        let roles = RoleResolver.automatic.resolve(makeRun(metrics: ["loss": .nan]))
        #expect(roles.values[.loss]?.isNaN == true)
    }

    @Test func `the loss metric wins over a column of that name`() {
        let roles = RoleResolver.automatic.resolve(
            makeRun(params: ["loss": "2.4", "train_loss": "9"], metrics: ["loss": 2.3])
        )
        #expect(roles.values[.loss] == 2.3)
    }

    @Test func `a lone non-embedding count says its convention`() {
        let alone = RoleResolver.automatic.resolve(
            makeRun(params: ["non_embedding_params": "1e8"])
        )
        #expect(alone.values[.parameterCount] == 1e8)
        #expect(alone.parameterConvention == "nonEmbedding")
        let both = RoleResolver.automatic.resolve(
            makeRun(params: ["non_embedding_params": "1e8", "n_params": "2e8"])
        )
        #expect(both.values[.parameterCount] == 2e8)
        #expect(both.parameterConvention == nil)
    }

    @Test func `the greatest logged rate stands for the peak of a finished run only`() {
        let finished = RoleResolver.automatic.resolve(makeRun(metrics: ["learning_rate": 0.1]))
        #expect(finished.values[.peakLearningRate] == 0.1)
        let running = RoleResolver.automatic.resolve(
            makeRun(status: .running, metrics: ["learning_rate": 0.1])
        )
        #expect(running.values[.peakLearningRate] == nil)
    }

    @Test func `ids survive JSON as 32 digits`() throws {
        let uuid = UUID()
        #expect(try roundTrip(ProjectID(uuid)) == ProjectID(uuid))
        #expect(try roundTrip(RunID(uuid)) == RunID(uuid))
        let text = String(decoding: try JSONEncoder().encode([ProjectID(uuid)]), as: UTF8.self)
        #expect(text == "[\"\(uuid.hex)\"]")
    }

    @Test func `a mapping survives JSON`() throws {
        let mapping = RoleMapping(
            expressions: [.batchTokens: "bs*2048"],
            parameterConvention: "active"
        )
        #expect(try roundTrip(mapping) == mapping)
    }

    @Test(arguments: [
        (0.0, "0"), (214_663_680, "214663680"), (0.0003453, "0.0003453"), (-2.5, "-2.5"),
        (1e300, "1e+300"), (.nan, "NaN"), (-.infinity, "-Infinity"),
    ])
    func `numbers are written short and read back`(value: Double, text: String) {
        #expect(NumberText.text(value) == text)
        let back = NumberText.number(text)
        #expect(back == value || (value.isNaN && back?.isNaN == true))
    }

    @Test func `short decimals are read as exactly as the standard library reads them`() {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var digits = String(state % 1_000_000_000_000_000)
            let place = digits.index(digits.startIndex, offsetBy: Int(state >> 60) % digits.count)
            digits.insert(".", at: place)
            #expect(NumberText.number(digits) == Double(digits), "\(digits)")
        }
    }
}
