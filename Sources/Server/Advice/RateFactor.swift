import API
import Foundation
import Runs
import ScalingLaws
import Storage

/// Rules of width and depth say nothing of batch and tokens; a project's law of learning rate and
/// batch does, at the base's size.
struct RateFactor: Sendable {
    let dependencies: AppDependencies

    /// Sets the factor of the learning rate from the project that a query names, where batch or
    /// tokens change and the question gives none.
    /// - Returns: what was done, in words; nil when nothing had to be.
    func set(in question: inout TransferQuestion, _ query: QueryParameters) async throws -> String?
    {
        guard let name = query.text("project"), question.target.learningRateFactor == nil,
            let (before, after) = try Self.targets(question)
        else { return nil }
        let service = FitService(dependencies: dependencies)
        let project = try await dependencies.lookup.project(name)
        let record = try await service.current(project.id, .stepLaw)
        let fit = try service.stepLaw(record)
        let factor =
            try fit.recommend(after).peakLearningRate.value
            / fit.recommend(before).peakLearningRate.value
        question.target.learningRateFactor = factor
        let shown = factor.formatted(.number.precision(.significantDigits(4)))
        return "Learning rates are multiplied by \(shown) for the batch and tokens, by the fit "
            + "\(record.id.hex) of the project \(project.name)."
    }

    /// The base before and after batch and tokens change; nil when neither does.
    private static func targets(
        _ question: TransferQuestion
    ) throws(APIError) -> (before: Target, after: Target)? {
        let base = question.base
        let tokens = question.target.tokenCount ?? base.tokenCount
        let batch = question.target.batchTokens ?? base.batchTokens
        guard tokens != base.tokenCount || batch != base.batchTokens else { return nil }
        let size = try given(base.parameterCount, "parameterCount")
        let before = Target(
            parameterCount: size,
            tokenCount: try given(base.tokenCount, "tokenCount"),
            batchTokens: try given(base.batchTokens, "batchTokens")
        )
        var after = before
        after.tokenCount = tokens ?? before.tokenCount
        after.batchTokens = batch
        return (before, after)
    }

    private static func given(_ value: Double?, _ name: String) throws(APIError) -> Double {
        if let value { return value }
        throw APIError(
            .invalid,
            "base.\(name) is missing: a project's law of the learning rate needs it.",
            hint: "Give it, or leave project out.",
            field: "base.\(name)"
        )
    }
}
