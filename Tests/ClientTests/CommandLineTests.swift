import API
import CLI
import Client
import Foundation
import Testing

@Suite struct CommandLineTests {
    @Test(arguments: [
        (APIError.Code.invalid, Int32(64)), (.unauthorized, 77), (.notFound, 1), (.conflict, 1),
        (.tooLarge, 65), (.cannotFit, 65), (.unavailable, 69), (.internal, 1),
    ])
    func `each kind of refusal has its exit status`(code: APIError.Code, status: Int32) {
        #expect(Failure.client(.refused(APIError(code, "m"))).status == status)
    }

    @Test func `failures of reaching and reading have theirs`() {
        #expect(Failure.client(.unreachable(url: "u", reason: "r")).status == 69)
        #expect(Failure.client(.unreadableFile(path: "p", reason: "r")).status == 65)
        #expect(Failure.client(.badAddress("x")).status == 64)
        #expect(Failure.usage("x").status == 64)
        #expect(Failure.data("x").status == 65)
    }

    @Test(arguments: [
        ("7B", 7e9), ("2T", 2e12), ("64k", 64_000), ("1.0737e9", 1.0737e9), ("100", 100),
    ])
    func `quantities may have a suffix`(text: String, value: Double) {
        #expect(Quantity(argument: text)?.value == value)
    }

    @Test(arguments: ["", "x", "-1", "0", "nan", "inf", "1e999", "7Q", "1e300T"])
    func `what is no positive number is refused`(text: String) {
        #expect(Quantity(argument: text) == nil)
    }

    @Test func `a mapping is checked before anything is sent`() throws {
        #expect(try RoleAssignment("batchTokens=bs*2048").expression == "bs*2048")
        for text in ["batchTokens", "batch=bs", "loss=a +", "loss="] {
            let error = #expect(throws: Failure.self) { try RoleAssignment(text) }
            #expect(error?.status == 64)
        }
    }

    @Test(arguments: [
        (1.0737e9, "1.07B"), (1e11, "100B"), (999.9e6, "1B"), (512, "512"), (12_345, "12.3k"),
        (0.5, "0.5"), (1e12, "1T"), (5e15, "5000T"),
    ])
    func `counts are shown short`(value: Double, text: String) {
        #expect(NumberFormat.count(value) == text)
    }

    @Test func `rates, losses and times are shown`() {
        #expect(NumberFormat.rate(0.00123456) == "1.23e-3")
        #expect(NumberFormat.loss(.nan) == "NaN")
        #expect(NumberFormat.time(1_700_000_000_000_000) == "2023-11-14 22:13Z")
        #expect(NumberFormat.time(nil) == "–")
    }

    @Test func `a table lines up and hides control characters`() {
        var table = Table([("name", .left), ("n", .right)])
        table.add(["a\u{1B}[31m\nb", "1"])
        table.add(["c", "1000"])
        #expect(table.text == "name         n\na [31m b     1\nc         1000")
    }

    @Test func `a recommendation shows value, range, plateau, evidence and rivals`() throws {
        let reply = try WireJSON.decoder().decode(
            RecommendationReply.self,
            from: Data(Self.recommendation.utf8)
        )
        let text = RecommendationText.text(reply, project: "sweep")
        for piece in [
            "1.07B parameters (nonEmbedding) and 100B tokens", "1.23e-3", "1.10e-3 … 1.40e-3",
            "1.05M", "batch, sequences", "512", "No predicted loss: not given: outside",
            "within 0.1 %", "\nfar\n",
            "Nearest best run: best", "1700 runs in 17 cells", "DeepSeek", "+0.75 %",
            "needs FLOPs", "Warning: careful",
        ] {
            #expect(text.contains(piece), "\(piece) in \(text)")
        }
    }

    private static let recommendation = """
        {"target":{"parameterCount":1.0737e9,"tokenCount":1e11,"sequenceLength":2048},
        "peakLearningRate":{"value":0.001234,"low":0.0011,"high":0.0014},
        "batchTokens":{"value":1048576,"low":9e5,"high":1.2e6},
        "batchSequences":{"value":512,"low":440,"high":586},
        "plateau":{"tolerance":0.001,"peakLearningRate":{"low":0.0009,"high":0.002},
        "batchTokens":{"low":5e5,"high":2e6},"outline":[]},
        "predictedLossReason":"not given: outside","mode":"free",
        "extrapolation":{"inside":false,"distance":{"parameters":0,"tokens":1,"batch":0},
        "nearestRun":{"runID":"r","runName":"best","parameterCount":1e9,"tokenCount":5e10,
        "peakLearningRate":0.001,"batchTokens":1e6,"lossNats":2.1},"note":"far"},
        "rivals":[{"id":"d","title":"DeepSeek","citation":"c","peakLearningRate":0.0005,
        "batchTokens":2e6,"expectedRegretPercent":0.75,"note":"n"},
        {"id":"o","title":"Other","citation":"c","note":"n","refused":"needs FLOPs"}],
        "provenance":{"law":"step-law","estimator":"band","runs":1700,"diverged":181,"leftOut":3,
        "cells":17,"dataHash":"0","equation":"lr = …","parameterConvention":"nonEmbedding",
        "lossName":"loss","seed":1},"warnings":["careful"]}
        """
}
