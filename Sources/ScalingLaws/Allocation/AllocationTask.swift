import Foundation

/// What a question about size, tokens and compute asks for, by the quantities it holds.
enum AllocationTask: Sendable, Hashable {
    /// The N and D of least loss at this ln of compute.
    case budget(logCompute: Double)
    /// The loss of that budget, by the model whose training and serving cost least together.
    case budgetAndServing(logCompute: Double, served: Double)
    case target(loss: Double)
    case targetAndServing(loss: Double, served: Double)
    /// The N for which D tokens are the best count.
    case size(logTokens: Double)
    case tokens(logSize: Double)
    case point(logSize: Double, logTokens: Double)

    static let reads: Set<Question.Field> = [
        .parameters, .tokens, .flops, .targetLoss, .inferenceTokens,
    ]

    init(_ question: Question, _ convention: ComputeConvention) throws(RecommendError) {
        for (field, value) in question.values
        where !(value.isFinite && value > 0 && value < 1e60) {
            throw .invalidTarget(
                field: field.rawValue,
                given: value,
                expected: "positive and below 1e60"
            )
        }
        let size = question[.parameters].map { log($0) }
        let tokens = question[.tokens].map { log($0) }
        let compute = question[.flops].map { log($0) }
        let served = question[.inferenceTokens]
        switch (size, tokens, compute, question[.targetLoss]) {
        case (let size?, let tokens?, nil, nil):
            self = .point(logSize: size, logTokens: tokens)
        case (let size?, nil, let compute?, nil):
            let tokens = convention.logTokens(logCompute: compute, logSize: size)
            self = .point(logSize: size, logTokens: tokens)
        case (nil, let tokens?, let compute?, nil):
            let size = convention.logTokens(logCompute: compute, logSize: tokens)
            self = .point(logSize: size, logTokens: tokens)
        case (nil, nil, let compute?, nil):
            self =
                served.map { .budgetAndServing(logCompute: compute, served: $0) }
                ?? .budget(logCompute: compute)
        case (nil, nil, nil, let loss?):
            self = served.map { .targetAndServing(loss: loss, served: $0) } ?? .target(loss: loss)
        case (let size?, nil, nil, nil): self = .tokens(logSize: size)
        case (nil, let tokens?, nil, nil): self = .size(logTokens: tokens)
        case (nil, nil, nil, nil):
            throw .missing(
                field: Question.Field.flops.rawValue,
                meaning: "training compute in FLOPs, or instead parameters and tokens, one of them,"
                    + " or targetLoss"
            )
        default:
            throw .refused(
                field: Question.Field.flops.rawValue,
                reason: "The question gives more than it leaves open. Give flops alone, flops with"
                    + " parameters or tokens, parameters or tokens or both, or targetLoss alone."
            )
        }
    }

    /// nil where this plane has no such point.
    func point(on plane: LossPlane) -> LossPlane.Point? {
        switch self {
        case .budget(let compute): plane.best(logCompute: compute)
        case .budgetAndServing(let compute, let served):
            plane.best(logCompute: compute).flatMap {
                plane.cheapest(loss: plane.loss($0), served: served)
            }
        case .target(let loss): plane.logCompute(reaching: loss).flatMap(plane.best)
        case .targetAndServing(let loss, let served): plane.cheapest(loss: loss, served: served)
        case .size(let tokens): plane.frontier(logTokens: tokens)
        case .tokens(let size): plane.frontier(logSize: size)
        case .point(let size, let tokens): LossPlane.Point(logSize: size, logTokens: tokens)
        }
    }

    var served: Double? {
        switch self {
        case .budgetAndServing(_, let served), .targetAndServing(_, let served): served
        default: nil
        }
    }

    /// The field that a refusal names.
    var field: Question.Field {
        switch self {
        case .budget, .budgetAndServing: .flops
        case .target, .targetAndServing: .targetLoss
        case .size: .tokens
        case .tokens, .point: .parameters
        }
    }

    var isChosen: Bool {
        if case .point = self { false } else { true }
    }
}
