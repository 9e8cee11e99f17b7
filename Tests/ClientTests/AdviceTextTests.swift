import API
import CLI
import Client
import Foundation
import Testing

@Suite struct AdviceTextTests {
    @Test func `advice shows statement, ranges, tables, evidence, rivals and warnings`() throws {
        let answer = try WireJSON.decoder().decode(
            RecommendationAnswer.self,
            from: Data(Self.advice.utf8)
        )
        guard case .advice(let reply) = answer else {
            Issue.record("An answer with quantities is advice.")
            return
        }
        let text = AdviceText.text(reply, project: "sweep")
        for piece in [
            "Train 1.2B parameters.", "model size", "1.23B", "1B … 1.5B", "2.1000 … 2.3000",
            "inside the runs", "5.76e20", "no interval: one run", "By share\n",
            "chinchilla, fit abc: 240 runs of sweep; N counts total parameters; loss is val.",
            "L = E + A", "20 tokens a parameter", "+7.00 %", "needs a reference run",
            "Warning: careful",
        ] {
            #expect(text.contains(piece), "\(piece) in \(text)")
        }
    }

    @Test(arguments: [
        (1.5e9, "parameters", "1.5B"), (2.34567, "nats per token", "2.3457"),
        (5.76e23, "FLOPs", "5.76e23"), (0.00123, "1", "1.23e-3"), (0.5, "1", "0.5"),
        (12.345, "%", "12.35 %"), (0, "1", "0"), (.nan, "tokens", "NaN"),
    ])
    func `numbers are shown by their unit`(value: Double, unit: String, text: String) {
        #expect(NumberFormat.text(value, unit: unit) == text)
    }

    private static let advice = """
        {"law":"chinchilla","question":{"values":{"flops":5.76e20}},
        "statement":"Train 1.2B parameters.","quantities":[
        {"name":"parameterCount","title":"model size","unit":"parameters","value":1.234e9,
        "low":1e9,"high":1.5e9},
        {"name":"lossNats","title":"loss","unit":"nats per token","value":2.2,"low":2.1,"high":2.3},
        {"name":"flops","title":"compute","unit":"FLOPs","value":5.76e20,
        "note":"no interval: one run"}],
        "tables":[{"title":"By share","columns":["plan","tokens"],"rows":[["a",1e9],["b","NaN"]]}],
        "extrapolation":{"inside":true,"distance":{},"note":"inside the runs"},
        "rivals":[{"id":"r","title":"20 tokens a parameter","citation":"c","quantities":[],
        "extraComputePercent":7},{"id":"s","title":"Other","citation":"c","quantities":[],
        "refused":"needs a reference run"}],"warnings":["careful"],
        "provenance":{"fitID":"abc","law":"chinchilla","equation":"L = E + A","runs":240,
        "parameterConvention":"total","lossName":"val","seed":1}}
        """
}
