import Foundation

/// How a quantity follows width and depth: base × m_N^width × m_L^depth × (head width ratio)^head.
struct ScalingPower: Sendable, Hashable {
    var width = 0.0
    var depth = 0.0
    var head = 0.0
    var formula = "base"
    var source = notCovered

    static let notCovered = "not covered by the rule; the base's value is kept"

    func factor(_ ratios: TransferTable.Ratios) -> Double {
        pow(ratios.width, width) * pow(ratios.depth, depth) * pow(ratios.headWidth, head)
    }
}

/// Initial values, learning rates, epsilon and multipliers of one parameterisation, by group.
struct Parameterization: Sendable {
    var initial: [TransferTable.Group: ScalingPower]
    var learningRate: [TransferTable.Group: ScalingPower]
    var epsilon: [TransferTable.Group: ScalingPower]
    var multiplier: [TransferTable.Group: ScalingPower]

    static func of(_ question: TransferQuestion) -> Parameterization {
        switch question.rule {
        case .mup: mup
        case .completep: completep(alpha: question.depthExponent)
        case .standard: standard
        }
    }

    /// muP for Adam, table 3 of Tensor Programs V: the form whose output matrix has no multiplier.
    static let mup: Parameterization = {
        let source = "muP for Adam, Tensor Programs V, arXiv 2203.03466 (second-hand)"
        let kept = ScalingPower(source: source)
        let overWidth = ScalingPower(width: -1, formula: "base / m_N", source: source)
        return Parameterization(
            initial: [
                .embedding: kept,
                .hidden: ScalingPower(width: -0.5, formula: "base / sqrt(m_N)", source: source),
                .output: overWidth,
            ],
            learningRate: [
                .embedding: kept, .hidden: overWidth, .output: overWidth, .vectors: kept,
            ],
            epsilon: [
                .embedding: ScalingPower(), .hidden: ScalingPower(), .output: ScalingPower(),
                .vectors: ScalingPower(),
            ],
            multiplier: [
                .embedding: kept, .output: kept, .residual: ScalingPower(),
                .attention: ScalingPower(head: -1, formula: "base / m_head", source: source),
            ]
        )
    }()

    /// Table 1 of CompleteP: muP with an output multiplier, and depth by alpha.
    static func completep(alpha: Double) -> Parameterization {
        let source =
            "CompleteP, arXiv 2505.01618, table 1 (second-hand, in agreement with public code)"
        let kept = ScalingPower(source: source)
        let vectors = ScalingPower(
            depth: alpha - 1,
            formula: "base * m_L^(alpha - 1)",
            source: source
        )
        let outer = ScalingPower(width: -1, formula: "base / m_N", source: source)
        let inner = ScalingPower(
            width: -1,
            depth: -alpha,
            formula: "base / (m_N * m_L^alpha)",
            source: source
        )
        return Parameterization(
            initial: [
                .embedding: kept,
                .hidden: ScalingPower(width: -0.5, formula: "base / sqrt(m_N)", source: source),
                .output: kept,
            ],
            learningRate: [
                .embedding: kept,
                .hidden: ScalingPower(
                    width: -1,
                    depth: alpha - 1,
                    formula: "base * m_L^(alpha - 1) / m_N",
                    source: source
                ),
                .output: kept, .vectors: vectors,
            ],
            epsilon: [.embedding: outer, .hidden: inner, .output: outer, .vectors: inner],
            multiplier: [
                .embedding: kept, .output: outer,
                .residual: ScalingPower(
                    depth: -alpha,
                    formula: "base / m_L^alpha",
                    source: source
                ),
                .attention: ScalingPower(head: -1, formula: "base / m_head", source: source),
            ]
        )
    }

    /// What most programs do: initial values by fan-in, one learning rate for all.
    static let standard: Parameterization = {
        let source = "common practice"
        let kept = ScalingPower(source: source)
        let byFanIn = ScalingPower(width: -0.5, formula: "base / sqrt(m_N)", source: source)
        return Parameterization(
            initial: [.embedding: kept, .hidden: byFanIn, .output: byFanIn],
            learningRate: [.embedding: kept, .hidden: kept, .output: kept, .vectors: kept],
            epsilon: [.embedding: kept, .hidden: kept, .output: kept, .vectors: kept],
            multiplier: [
                .embedding: kept, .output: kept, .residual: kept,
                .attention: ScalingPower(
                    head: -0.5,
                    formula: "base / sqrt(m_head)",
                    source: source
                ),
            ]
        )
    }()
}
