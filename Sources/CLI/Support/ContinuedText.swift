package import API

/// Answers about continued pretraining, for people.
package enum ContinuedText {
    package static func text(_ answer: CriticalProportionMessage) -> String {
        let head =
            answer.critical.map {
                "From a share of \(text($0)) of \(answer.domain) on, \(answer.target) stays at"
                    + " \(NumberFormat.loss(answer.baseLoss))."
            }
            ?? "No share of \(answer.domain) keeps \(answer.target) at"
            + " \(NumberFormat.loss(answer.baseLoss))."
        return ([head, "From \(answer.runs) runs, 90 % interval."] + answer.notes)
            .joined(separator: "\n")
    }

    package static func text(_ answer: RateSurfaceMessage) -> String {
        var lines: [String] = []
        if let rate = answer.learningRate, let share = answer.share, let loss = answer.loss {
            lines.append(
                "Best: learning rate \(text(rate)) at a share of \(text(share)) of"
                    + " \(answer.domain); \(answer.target) \(NumberFormat.loss(loss))."
            )
        }
        if let rate = answer.bestRate {
            lines.append("At that share: learning rate \(text(rate)).")
        }
        if let share = answer.bestShare { lines.append("At that rate: a share of \(text(share)).") }
        lines.append("From \(answer.runs) runs, 90 % intervals.")
        return (lines + answer.notes).joined(separator: "\n")
    }

    private static func text(_ interval: IntervalMessage) -> String {
        let ends = [interval.value, interval.low, interval.high].map {
            NumberFormat.significant($0, 3)
        }
        return "\(ends[0]) (\(ends[1]) to \(ends[2]))"
    }
}
