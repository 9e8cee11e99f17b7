import Foundation

/// Published learning-rate and batch laws; N and D in parameters and tokens, B in tokens.
package enum PublishedLaws {
    package static let all = [
        stepLaw, deepSeek, deepSeekNonEmbedding, moonlight, porian, bjorck, kaplan, ladder, mm1,
        powerScheduler, miniCPM, powerLines, linearScaling, squareRootScaling,
    ]

    static let stepLaw = PublishedLaw(
        id: "step-law-published",
        title: "Step Law",
        citation: "Predictable Scale I, arXiv 2503.04715",
        equation: "LR = 1.79·N^-0.713·D^0.307;  B = 0.58·D^0.571",
        note: "Non-embedding N; fixed final learning rate 1e-5.",
        validity: "Dense models of 0.2 to 1.1 billion parameters, 4 to 100 billion tokens.",
        fittedSizes: 6e7...1.1e9
    ) { q in
        .point(
            learningRate: 1.79 * pow(q.parameterCount, -0.713) * pow(q.tokenCount, 0.307),
            batchTokens: 0.58 * pow(q.tokenCount, 0.571)
        )
    }

    static let deepSeek = PublishedLaw(
        id: "deepseek",
        title: "DeepSeek LLM",
        citation: "DeepSeek LLM, arXiv 2401.02954",
        equation: "LR = 0.3118·C^-0.125;  B = 0.292·C^0.3271",
        note:
            "C taken as 6·N·D; the paper counts non-embedding FLOPs per token, up to 50 % more for"
            + " small models.",
        reads: [.parameters, .tokens, .flops],
        validity: "Compute of 1e17 to 2e19 FLOPs, multi-step schedule; checked at 1e20."
    ) { q in
        let flops = 6 * q.parameterCount * q.tokenCount
        return .point(
            learningRate: 0.3118 * pow(flops, -0.125),
            batchTokens: 0.292 * pow(flops, 0.3271)
        )
    }

    static let moonlight = PublishedLaw(
        id: "moonlight",
        title: "Moonlight",
        citation: "Muon is Scalable for LLM Training, arXiv 2502.16982",
        equation: "LR = 0.0127·C^-0.057;  B = 0.0065·C^0.4138",
        note:
            "C = 6·N·D; fitted for mixture-of-experts models. Constants from a second-hand source.",
        reads: [.parameters, .tokens, .flops],
        validity: "Mixtures of experts, N being the active parameters; range unstated."
    ) { q in
        let flops = 6 * q.parameterCount * q.tokenCount
        return .point(
            learningRate: 0.0127 * pow(flops, -0.057),
            batchTokens: 0.0065 * pow(flops, 0.4138)
        )
    }

    static let porian = PublishedLaw(
        id: "porian",
        title: "Porian et al.",
        citation: "Resolving Discrepancies in Compute-Optimal Scaling, arXiv 2406.19146",
        equation: "LR = 3.7·N^-0.36;  B = 0.7576·N^0.703",
        note: "Fitted for 25M < N < 110M at D = 20·N, head included in N; D does not enter."
            + " Constants from a second-hand source.",
        reads: [.parameters],
        validity: "25 to 110 million parameters, on the ray D = 20·N only.",
        fittedSizes: 25e6...110e6
    ) { q in
        .point(
            learningRate: 3.7 * pow(q.parameterCount, -0.36),
            batchTokens: 0.7576 * pow(q.parameterCount, 0.703)
        )
    }

    static let bjorck = PublishedLaw(
        id: "bjorck",
        title: "Token horizons",
        citation: "Scaling Optimal LR Across Token Horizons, arXiv 2409.19913",
        equation: "LR = 1.55e-3·(N/1e9)^-0.23·(D/1e9)^-0.32;  B = 5e5",
        note: "Made at a fixed batch of half a million tokens, which is why it falls with D."
            + " Constants from a second-hand source.",
        validity: "50 million to 2.7 billion parameters at a batch of half a million tokens.",
        fittedSizes: 50e6...2.7e9
    ) { q in
        .point(
            learningRate: 1.55e-3 * pow(q.parameterCount / 1e9, -0.23)
                * pow(q.tokenCount / 1e9, -0.32),
            batchTokens: 5e5
        )
    }

    static let kaplan = PublishedLaw(
        id: "kaplan-rate",
        title: "Kaplan et al.",
        citation: "Scaling Laws for Neural Language Models, arXiv 2001.08361",
        equation: "LR = 0.003239 - 0.0001395·ln N;  B = 2e8 / L^(1/0.21)",
        note:
            "B is the critical batch at loss L, which depends on their tokenizer. Constants from a"
            + " second-hand source.",
        reads: [.parameters, .loss],
        validity: "N up to 1.5 billion; not positive, hence refused, above 1.2e10.",
        fittedSizes: 0...1.5e9
    ) { q in
        let rate = 0.003239 - 0.0001395 * log(q.parameterCount)
        guard rate > 0 else {
            return .refused(
                "its learning rate is not positive above N = 1.2e10; here it would be \(rate)"
            )
        }
        return .point(
            learningRate: rate,
            batchTokens: q.lossNats.map { 2e8 / pow($0, 1 / 0.21) }
        )
    }

    static let ladder = PublishedLaw(
        id: "olmo-ladder",
        title: "OLMo ladder",
        citation: "Establishing Task Scaling Laws via Compute-Efficient Model Ladders, 2412.04403",
        equation: "LR = 0.0047·(N/1.08e8)^(-1/3);  B = 160·2048·(N/1.08e8)^(2/3)",
        note: "For sequences of 2048; D does not enter.",
        reads: [.parameters],
        validity: "Ladder of small dense models, near D = 20·N; range unstated."
    ) { q in
        let size = q.parameterCount / 1.08e8
        return .point(
            learningRate: 0.0047 * pow(size, -1.0 / 3),
            batchTokens: 160 * 2048 * pow(size, 2.0 / 3)
        )
    }

    static let powerScheduler = PublishedLaw(
        id: "power-scheduler",
        title: "Power scheduler",
        citation: "Power Scheduler, arXiv 2408.13359",
        equation: "LR = min(0.02, 4·(B/4096)·D^-0.51)",
        note: "Rate for a given batch, under muP scaling; here at the batch that this project's fit"
            + " recommends. Proportional to B, which holds below the optimal batch only.",
        reads: [.tokens, .batch],
        validity: "12 to 121 million parameters, 2 to 256 billion tokens, 16 to 512 sequences of"
            + " 4096; B is in tokens here, in sequences of 4096 in the paper.",
        fittedSizes: 12e6...121e6
    ) { q in
        .point(
            learningRate: min(0.02, 4 * (q.batchTokens / 4096) * pow(q.tokenCount, -0.51)),
            batchTokens: nil
        )
    }

    static let miniCPM = PublishedLaw(
        id: "minicpm-batch",
        title: "MiniCPM",
        citation: "MiniCPM, arXiv 2404.06395",
        equation: "B = 1.21e9 / L^6.24",
        note:
            "L in nats on C4 with their tokenizer; on another loss scale it is off many times over."
            + " Its learning rate, 0.01 under muP-like scaling, has no counterpart here: the fit's"
            + " own is used.",
        reads: [.loss],
        validity: "9 to 170 million parameters, six batches, loss on C4.",
        fittedSizes: 9e6...170e6
    ) { q in
        guard let loss = q.lossNats else {
            return .refused("it needs the loss, which is not known at this target")
        }
        return .point(learningRate: nil, batchTokens: 1.21e9 / pow(loss, 6.24))
    }
}
