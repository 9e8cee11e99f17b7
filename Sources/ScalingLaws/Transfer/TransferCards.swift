/// Rules that move hyperparameters from one training to another; `TransferRules` evaluates them.
package let transferRules: [LawCard] = [
    mupCard, completepCard, timescaleCard, powerLinesCard, layerwiseCard, halfLifeCard,
]

private let ratioSymbols: [LawCard.Symbol] = [
    .init(symbol: "m_N", name: "width over the base's width", unit: "1"),
    .init(symbol: "m_L", name: "depth over the base's depth", unit: "1"),
    .init(symbol: "LR", name: "peak learning rate of AdamW", unit: "1"),
    .init(symbol: "sigma", name: "standard deviation of initial weights", unit: "1"),
]

private let decaySymbols: [LawCard.Symbol] = [
    .init(symbol: "lambda", name: "weight decay; a step shrinks by LR*lambda", unit: "1"),
    .init(symbol: "tau", name: "memory of the weights", unit: "share of the training"),
    .init(symbol: "B", name: "batch", unit: "tokens per step"),
    .init(symbol: "D", name: "training tokens", unit: "tokens"),
]

private let transferAnswer = "learning rate, weight decay and the rest for another width or depth"

private let mupCard = LawCard(
    id: "mup",
    title: "Maximal update parameterisation",
    family: .transfer,
    kind: .rule,
    equation: "hidden: sigma/sqrt(m_N), LR/m_N; output: sigma/m_N, LR/m_N; vectors, embedding: LR;"
        + " attention 1/d_head",
    citation: "Tensor Programs V, arXiv 2203.03466, Adam",
    symbols: ratioSymbols,
    answers: [transferAnswer],
    validity: "Width only, Adam. Depth, batch, sequence and steps transfer by experience at most.",
    note: "From a second-hand source. Says nothing of weight decay, which matters as much."
)

private let completepCard = LawCard(
    id: "completep",
    title: "CompleteP",
    family: .transfer,
    kind: .rule,
    equation: "hidden: sigma/sqrt(m_N), LR*m_L^(alpha-1)/m_N, lambda*m_N,"
        + " epsilon/(m_N*m_L^alpha); output * 1/m_N; residual * m_L^-alpha; vectors:"
        + " LR*m_L^(alpha-1); alpha = 1",
    citation: "Don't be lazy: CompleteP, arXiv 2505.01618, table 1",
    symbols: ratioSymbols + [.init(symbol: "alpha", name: "depth exponent", unit: "1")],
    answers: [transferAnswer],
    validity: "Pre-norm transformers, 2 to 128 layers, up to 1.5e9 parameters.",
    note: "From a second-hand source, in agreement with two public programs. alpha = 0.5 is"
        + " depth-muP, which contradicts it."
)

private let timescaleCard = LawCard(
    id: "constant-timescale",
    title: "Weight decay by a constant timescale",
    family: .transfer,
    kind: .rule,
    equation: "tau = B/(LR*lambda*D) kept: lambda' = lambda*(B'/B)*(LR/LR')*(D/D')",
    citation: "Wang and Aitchison, How to set AdamW's weight decay",
    symbols: decaySymbols,
    answers: ["weight decay for another batch, token count or width"],
    validity: "AdamW whose decay is multiplied by the learning rate.",
    note: "From a second-hand source."
)

private let powerLinesCard = LawCard(
    id: "power-lines-timescale",
    title: "Weight decay by tokens per parameter",
    family: .transfer,
    kind: .rule,
    equation: "tau = 1.084*(D/N)^-0.527; tau' = tau*((D'/N')/(D/N))^-0.527",
    citation: "Power Lines, arXiv 2505.13738",
    symbols: decaySymbols + [.init(symbol: "N", name: "model size", unit: "parameters")],
    answers: ["weight decay for another token count"],
    validity: "muP models of about 1e8 to 3e9 parameters.",
    note: "From a second-hand source. The base's own tau is moved; the published one stands beside."
)

private let layerwiseCard = LawCard(
    id: "robust-layerwise-weight-decay",
    title: "Layerwise weight decay",
    family: .transfer,
    kind: .rule,
    equation: "matrices: lambda*sqrt(m_N) with LR/m_N; vectors: lambda = 0",
    citation: "Robust Layerwise Scaling Rules by Proper Weight Decay Tuning, arXiv 2510.15262",
    symbols: ratioSymbols + decaySymbols,
    answers: ["weight decay for another width"],
    validity: "LLaMA-like models of width 256 to 2048.",
    note: "From a second-hand source. Contradicts CompleteP, which multiplies by m_N."
)

private let halfLifeCard = LawCard(
    id: "beta2-half-life",
    title: "Adam's token half-life",
    family: .transfer,
    kind: .rule,
    equation: "beta2' = beta2^(B'/B)",
    citation: "Small Batch Size Training for Language Models, arXiv 2507.07101",
    symbols: [
        .init(symbol: "beta2", name: "decay of the second moment per step", unit: "1"),
        .init(symbol: "B'", name: "the target's batch", unit: "tokens per step"),
    ],
    answers: ["beta2 of Adam for another batch"],
    validity: "Adam at batches down to one sequence; larger batches than the base's are untested."
)
