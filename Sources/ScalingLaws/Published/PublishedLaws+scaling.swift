import Foundation

/// Laws that need more than N and D: a reference run, the shape of the model, weight decay.
extension PublishedLaws {
    /// Depth over which the width of a usual dense model is spread: width / layers.
    static let usualAspect = 128.0
    static let usualSequenceLength = 2048.0

    static let deepSeekNonEmbedding = PublishedLaw(
        id: "deepseek-nonembedding",
        title: "DeepSeek LLM, C = M·D",
        citation: "DeepSeek LLM, arXiv 2401.02954, section 3",
        equation: "LR = 0.3118·C^-0.125;  B = 0.292·C^0.3271;  C = M·D;"
            + "  M = 72·n·d² + 12·n·d·l",
        note: "Compute as the paper counts it, from n layers of width d and l tokens a sequence."
            + " Where the shape is unknown, l = 2048, d = 128·n and N = 12·n·d² are assumed.",
        reads: [.parameters, .tokens, .flops],
        validity: "Compute of 1e17 to 2e19 FLOPs, multi-step schedule; checked at 1e20."
    ) { q in
        let perToken =
            q.flopsPerToken ?? 6 * q.parameterCount + attentionFLOPsPerToken(q.parameterCount)
        let flops = perToken * q.tokenCount
        return .point(
            learningRate: 0.3118 * pow(flops, -0.125),
            batchTokens: 0.292 * pow(flops, 0.3271)
        )
    }

    /// 12·n·d·l of a dense model of the usual shape.
    package static func attentionFLOPsPerToken(_ parameterCount: Double) -> Double {
        let width = cbrt(parameterCount * usualAspect / 12)
        return 12 * width * width / usualAspect * usualSequenceLength
    }

    static let mm1 = PublishedLaw(
        id: "mm1",
        title: "MM1",
        citation: "MM1: Methods, Analysis & Insights, arXiv 2403.09611",
        equation: "LR = exp(-0.4214·ln N - 0.5535)",
        note: "Made for the language part of a multimodal model; D and batch do not enter, the"
            + " batch is the fit's own. Constants from a second-hand source.",
        reads: [.parameters],
        validity: "Range unstated by the source at hand."
    ) { q in
        .point(learningRate: exp(-0.4214 * log(q.parameterCount) - 0.5535), batchTokens: nil)
    }

    static let powerLines = PublishedLaw(
        id: "power-lines",
        title: "Power Lines",
        citation: "Power Lines, arXiv 2505.13738",
        equation: "B = B_ref·(D/D_ref)^0.383;  LR = B/(λ·τ·D);  τ = 1.084·(D/N)^-0.527",
        note: "Only the exponent of the batch is used, from the nearest run: its constant could not"
            + " be checked. LR follows from the averaging time τ where weight decay λ is known;"
            + " else it is the fit's own. Constants from a second-hand source.",
        reads: [.parameters, .tokens, .weightDecay, .reference],
        validity: "Models of 0.1 to 3.3 billion parameters under muP."
    ) { q in
        guard let reference = q.reference else {
            return .refused("it scales from a reference run, and there is none")
        }
        let batch = reference.batchTokens * pow(q.tokenCount / reference.tokenCount, 0.383)
        let rate = q.weightDecay.map { decay in
            (q.givenBatchTokens ?? batch)
                / (decay * powerLinesTau(q.tokenCount / q.parameterCount) * q.tokenCount)
        }
        return .point(learningRate: rate, batchTokens: batch)
    }

    /// Best averaging time of the weights, τ = B/(LR·λ·D), at this many tokens per parameter.
    package static func powerLinesTau(_ tokensPerParameter: Double) -> Double {
        1.084 * pow(tokensPerParameter, -0.527)
    }

    static let linearScaling = scaling(
        id: "linear-scaling",
        title: "Linear scaling from the nearest run",
        citation: "Goyal et al., Accurate, Large Minibatch SGD, arXiv 1706.02677",
        equation: "LR = LR_ref·B/B_ref",
        note: "Made for SGD on images with warm-up. The reference is the best run of the nearest"
            + " cell; N and D do not enter. It overshoots from the optimal batch on.",
        power: 1
    )

    static let squareRootScaling = scaling(
        id: "sqrt-scaling",
        title: "Square-root scaling from the nearest run",
        citation: "You et al., LAMB, arXiv 1904.00962; Malladi et al., arXiv 2205.10287",
        equation: "LR = LR_ref·√(B/B_ref)",
        note: "The reference is the best run of the nearest cell; N and D do not enter. For Adam"
            + " it holds near the optimal batch at most.",
        power: 0.5
    )

    private static func scaling(
        id: String,
        title: String,
        citation: String,
        equation: String,
        note: String,
        power: Double
    ) -> PublishedLaw {
        PublishedLaw(
            id: id,
            title: title,
            citation: citation,
            equation: equation,
            note: note,
            reads: [.batch, .reference],
            validity: "Near the reference run, below the optimal batch."
        ) { q in
            guard let reference = q.reference else {
                return .refused("it scales from a reference run, and there is none")
            }
            return .point(
                learningRate: reference.peakLearningRate
                    * pow(q.batchTokens / reference.batchTokens, power),
                batchTokens: nil
            )
        }
    }
}

/// Cards of the published rules, in the order in which rivals are shown.
package let publishedRules: [LawCard] = PublishedLaws.all.map(\.card)
