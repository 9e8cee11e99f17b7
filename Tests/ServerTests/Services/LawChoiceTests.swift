import API
import Runs
import Server
import Testing

@Suite struct LawChoiceTests {
    private typealias Candidate = LawChoice.Candidate

    private func fit(
        _ law: String,
        _ error: Double?,
        runs: Int = 20,
        scope: String? = nil,
        at time: Int64 = 1
    ) -> Candidate {
        Candidate(
            law: law,
            scope: scope,
            runs: runs,
            heldOutErrorPercent: error,
            finishedAt: time
        )
    }

    @Test func `the law of least error on left-out runs is asked, and the others are named`() {
        let choice = LawChoice(
            [fit("chinchilla", 0.9), fit("farseer", 0.4), fit("kaplan", 2)],
            default: "chinchilla"
        )
        #expect(choice.law == "farseer")
        let reason = choice.reason ?? ""
        #expect(reason.contains("farseer 0.4 %, chinchilla 0.9 %, kaplan 2 %"), "\(reason)")
    }

    @Test func `without fits, or with none but its own, the law that is meant stays unexplained`() {
        for fits in [[], [fit("chinchilla", 0.9)], [fit("farseer", nil)]] {
            let choice = LawChoice(fits, default: "chinchilla")
            #expect(choice.law == "chinchilla" && choice.reason == nil)
        }
    }

    @Test func `errors on other runs than those of the newest fit are not compared`() {
        let fits = [
            fit("chinchilla", 0.9, at: 9), fit("farseer", 0.1, runs: 12),
            fit("kaplan", 0.2, scope: "loss < 3"),
        ]
        #expect(LawChoice(fits, default: "chinchilla").law == "chinchilla")
        let newest = LawChoice(fits + [fit("stack", 0.8, at: 10)], default: "chinchilla")
        #expect(newest.law == "stack" && newest.reason?.contains("farseer") == false)
    }

    @Test func `errors that are no numbers win nothing`() {
        let choice = LawChoice(
            [fit("farseer", .nan), fit("kaplan", .infinity), fit("chinchilla", 3, at: 2)],
            default: "chinchilla"
        )
        #expect(choice.law == "chinchilla")
    }
}
