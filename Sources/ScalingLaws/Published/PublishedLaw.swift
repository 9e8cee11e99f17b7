import Foundation
import Runs

/// A law from the literature with its constants as printed, shown beside the fit as a named prior.
package struct PublishedLaw: Sendable {
    package let id: String
    package let title: String
    package let citation: String
    package let equation: String
    /// Traps: what to know before using it here.
    package let note: String
    /// What the law reads, for its card.
    package var reads: [LawInput] = [.parameters, .tokens]
    /// Where its constants were fitted.
    package var validity = "Unstated by its source."
    /// Model sizes of that fit; an answer outside says so.
    package var fittedSizes: ClosedRange<Double>?
    package let answer: @Sendable (Question) -> Answer

    package enum LawInput: Sendable, Hashable, CaseIterable {
        case parameters, tokens, flops, loss, batch, weightDecay
        /// A run whose settings are known to be good: the nearest run of the project.
        case reference
    }

    /// What a law may need to know; batch and loss come from the fit on the project's own runs.
    package struct Question: Sendable {
        package var parameterCount: Double
        package var tokenCount: Double
        /// Tokens per step that this project's fit recommends, for laws without a batch of their
        /// own.
        package var fittedBatchTokens: Double
        package var fittedLearningRate: Double
        /// Nats per token at the optimum; nil where the level of the loss is unknown.
        package var lossNats: Double?
        /// A batch that the user fixed.
        package var givenBatchTokens: Double?
        /// The best run of the nearest cell; nil where there is none.
        package var reference: Reference?
        /// M = 72·n·d² + 12·n·d·l of n layers of width d; nil: estimated from N.
        package var flopsPerToken: Double?
        /// Decoupled weight decay of the run, for laws of the averaging time of weights.
        package var weightDecay: Double?

        package init(
            parameterCount: Double,
            tokenCount: Double,
            fittedBatchTokens: Double,
            fittedLearningRate: Double,
            lossNats: Double?,
            givenBatchTokens: Double?,
            reference: Reference? = nil,
            flopsPerToken: Double? = nil,
            weightDecay: Double? = nil
        ) {
            self.parameterCount = parameterCount
            self.tokenCount = tokenCount
            self.fittedBatchTokens = fittedBatchTokens
            self.fittedLearningRate = fittedLearningRate
            self.lossNats = lossNats
            self.givenBatchTokens = givenBatchTokens
            self.reference = reference
            self.flopsPerToken = flopsPerToken
            self.weightDecay = weightDecay
        }

        /// The batch that the answer is for.
        var batchTokens: Double { givenBatchTokens ?? fittedBatchTokens }
    }

    /// Settings of a run to scale from.
    package struct Reference: Sendable, Hashable {
        package var runName: String
        package var tokenCount: Double
        package var peakLearningRate: Double
        package var batchTokens: Double

        package init(
            runName: String,
            tokenCount: Double,
            peakLearningRate: Double,
            batchTokens: Double
        ) {
            self.runName = runName
            self.tokenCount = tokenCount
            self.peakLearningRate = peakLearningRate
            self.batchTokens = batchTokens
        }
    }

    package enum Answer: Sendable, Hashable {
        /// nil: the law is silent on that one.
        case point(learningRate: Double?, batchTokens: Double?)
        case refused(String)
    }
}

extension PublishedLaw {
    /// Said beside an answer outside the sizes that the constants were fitted on; nil inside.
    package func rangeNote(parameterCount: Double) -> String? {
        guard let sizes = fittedSizes, !(sizes ~= parameterCount) else { return nil }
        let (bound, side) =
            parameterCount < sizes.lowerBound
            ? (sizes.lowerBound / parameterCount, "below")
            : (parameterCount / sizes.upperBound, "above")
        let factor = bound < 1e6 ? (bound * 10).rounded() / 10 : bound
        return "here N is \(factor) times \(side) the sizes it was fitted on"
    }

    /// The rule as every list of laws shows it.
    package var card: LawCard {
        LawCard(
            id: id,
            title: title,
            family: .learningRateAndBatch,
            kind: .rule,
            equation: equation,
            citation: citation,
            symbols: symbols,
            inputs: reads.contains(.weightDecay)
                ? [.parameterCount, .tokenCount, .weightDecay] : [.parameterCount, .tokenCount],
            answers: answers,
            validity: validity,
            note: note
        )
    }

    private var symbols: [LawCard.Symbol] {
        var symbols: [LawCard.Symbol] = []
        if equation.contains("LR") {
            symbols.append(.init(symbol: "LR", name: "peak learning rate", unit: "1"))
        }
        if equation.contains("B") {
            symbols.append(.init(symbol: "B", name: "batch", unit: "tokens per step"))
        }
        for input in reads {
            switch input {
            case .parameters:
                symbols.append(.init(symbol: "N", name: "model size", unit: "parameters"))
            case .tokens:
                symbols.append(.init(symbol: "D", name: "training tokens", unit: "tokens"))
            case .flops: symbols.append(.init(symbol: "C", name: "training compute", unit: "FLOPs"))
            case .loss: symbols.append(.init(symbol: "L", name: "loss", unit: "nats per token"))
            case .weightDecay:
                symbols.append(.init(symbol: "λ", name: "decoupled weight decay", unit: "1"))
            case .reference:
                symbols.append(
                    .init(symbol: "…_ref", name: "the same of a reference run", unit: "as above")
                )
            case .batch: break
            }
        }
        return symbols
    }

    private var answers: [String] {
        var answers: [String] = []
        if equation.contains("LR =") { answers.append("peak learning rate, unfitted") }
        if equation.contains("B =") { answers.append("batch, unfitted") }
        return answers
    }
}
