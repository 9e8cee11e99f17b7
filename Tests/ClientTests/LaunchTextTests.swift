import API
import CLI
import Client
import Foundation
import Testing

@Suite struct LaunchTextTests {
    private static let run = PlanReply.Run(
        parameterCount: 1.0737e8,
        tokenCount: 2e9,
        peakLearningRate: 1e-3,
        batchTokens: 262_144,
        flops: 1.288e18,
        gainShare: 0.5,
        reason: "a \"wider\" grid"
    )

    @Test func `a template becomes one line a run`() throws {
        let runs = [LaunchText.Run(Self.run, sequenceLength: 2_048)]
        let template = "train.py --lr {peakLearningRate} --bs {batchSequences} -n {parameterCount}"
        #expect(
            try LaunchText.lines(runs + runs, template: template + " --id {index} '{}' {x y")
                == """
                train.py --lr 0.001 --bs 128 -n 107370000 --id 1 '{}' {x y
                train.py --lr 0.001 --bs 128 -n 107370000 --id 2 '{}' {x y
                """
        )
        #expect(try LaunchText.lines(runs, template: "{stepCount}") == "7630")
    }

    @Test func `a name that means nothing is found before anything is asked`() {
        #expect(LaunchText.unknownName(in: "--lr {rate}") == "rate")
        #expect(LaunchText.unknownName(in: "--lr {peakLearningRate} ${HOME1} {}") == nil)
    }

    @Test func `what the law leaves open cannot be put into a line`() {
        var open = Self.run
        open.peakLearningRate = nil
        let error = #expect(throws: Failure.self) {
            try LaunchText.lines([.init(open)], template: "{peakLearningRate}")
        }
        #expect(error?.status == 65)
        let length = #expect(throws: Failure.self) {
            try LaunchText.lines([.init(Self.run)], template: "{batchSequences}")
        }
        #expect(length?.status == 64)
    }

    @Test func `JSON of the runs reads back`() throws {
        let text = LaunchText.json([.init(Self.run), .init(Self.run, sequenceLength: 1_024)])
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let runs = try #require(value as? [[String: Any]])
        #expect(runs.count == 2)
        #expect(runs[0]["peakLearningRate"] as? Double == 1e-3)
        #expect(runs[0]["flops"] as? Double == 1.288e18)
        #expect(runs[0]["batchSequences"] == nil && runs[1]["batchSequences"] as? Int == 256)
        #expect(runs[0]["reason"] as? String == "a \"wider\" grid")
    }

    @Test func `YAML has a list item a run, with numbers that YAML takes for numbers`() {
        #expect(
            LaunchText.yaml([.init(Self.run)]) == """
                - parameterCount: 107370000
                  tokenCount: 2000000000
                  peakLearningRate: 0.001
                  batchTokens: 262144
                  stepCount: 7630
                  flops: 1.288e+18
                  reason: "a \\"wider\\" grid"
                """
        )
        #expect(LaunchText.yaml([]) == "[]")
    }
}
