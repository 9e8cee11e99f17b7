import API
import CLI
import Client
import Foundation
import Runs
import Testing

@Suite struct FitTextTests {
    private func fit(_ members: String) throws -> FitReply {
        let text = """
            {"id": "f", "project": "00000000000000000000000000000001", "status": "finished",
            "seed": 1, "createdAt": 1, "runs": 240, "objective": 0.00101827405,
            "parameters": {"alpha": {"value": 0.34731, "low": 0.3, "high": 0.4},
                "z": {"value": 2, "low": 1, "high": 3}},
            "diagnostics": {"objectiveName": "mean Huber loss", "isConverged": true, "starts": 9,
                "startsAtBest": 7, "draws": 400, "resampled": "runs", "residualPercent": 0.5,
                "heldOutErrorPercent": 1.25, "baselineErrorPercent": 3.5, "leftOut": 5,
                "warnings": ["mind the gap"]}, \(members)}
            """
        return try WireJSON.decoder().decode(FitReply.self, from: Data(text.utf8))
    }

    @Test func `any law's fit shows parameters, errors beside a naive rule, and warnings`() throws {
        let body = """
            "law": "some", "fit": {"parameters": [{"symbol": "alpha", "name": "exponent of N",
            "unit": "1", "value": 0.34731, "low": 0.3, "high": 0.4}], "crossValidation": 3,
            "presets": [{"title": "Paper", "score": {"runs": 3, "meanAbsolutePercent": 4.5,
            "maximumPercent": 6}}]}
            """
        let text = FitSummary.text(try fit(body))
        for part in [
            "240 runs, 5 left out", "0.34731", "exponent of N", "400 refits of resampled runs",
            "0.00101827405", "7 of 9 starts", "1.25 %", "3.50 %",
            "Paper, unfitted: mean error 4.50 %",
            "Warning: mind the gap",
        ] { #expect(text.contains(part), "\(part) is not in:\n\(text)") }
        // A parameter that the body does not describe is shown all the same.
        #expect(text.split(separator: "\n").contains { $0.contains("  z") && $0.contains("3") })
    }

    @Test(arguments: [#""fit": {}"#, #""fit": {"parameters": {"a": 1}}"#, #""runCount": 3"#])
    func `a body of an unknown shape does not hide the summary`(members: String) throws {
        let text = FitSummary.text(try fit(#""law": "some", "# + members))
        #expect(text.contains("alpha") && text.contains("Residuals"))
    }

    @Test func `calibration counts what lay inside and what blew up`() {
        var predictions = [2.0, 2.1, 3.0, .infinity].map { observed in
            var message = PredictionMessage(
                id: "p",
                project: .init(UUID()),
                law: "l",
                fit: "f",
                values: ["tokenCount": 2e10],
                predictedLoss: IntervalMessage(value: 2, low: 1.9, high: 2.2),
                createdAt: 1
            )
            message.score(observed: observed, run: "r", at: 2)
            return message
        }
        var waiting = predictions[0]
        waiting.scoredAt = nil
        predictions.append(waiting)
        let list = PredictionList(predictions)
        let found = list.calibration
        #expect(found.scored == 4 && found.waiting == 1 && found.diverged == 1)
        #expect(found.insideShare == 0.5)
        #expect(abs((found.meanErrorPercent ?? 0) - 55.0 / 3) < 1e-9)
        let text = PredictionText.list(list)
        #expect(text.contains("50.00 % of 4") && text.contains("tokenCount 20B"))
        #expect(PredictionList([]).calibration.insideShare == nil)
        #expect(PredictionText.list(PredictionList([])).contains("none is scored"))
    }

    @Test func `a change without an interval has no size, and a lost parameter is shown`() {
        let flat = IntervalMessage(value: 1, low: 1, high: 1)
        let wide = IntervalMessage(value: 3, low: 2, high: 4)
        let none = FitDiff.Parameter(symbol: "a", before: flat, after: wide)
        #expect(none.changeInIntervals == nil)
        let some = FitDiff.Parameter(symbol: "a", before: wide, after: flat)
        #expect(some.changeInIntervals == -2)
        #expect(FitDiff.Parameter(symbol: "a", before: wide, after: nil).changeInIntervals == nil)
    }
}
