import API
import Hummingbird
import Mixtures

/// Mixtures by published rules, from sizes or similarities alone: no run is needed.
struct MixturePresetController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.mixturePreset, use: preset)
    }

    private enum Preset: String, CaseIterable {
        case temperature
        case uniMax = "unimax"
        case autoScale = "auto-scale"
        case mixMin = "mix-min"
        case taskBudgets = "task-budgets"
        case preferenceSplit = "preference-split"
    }

    private func preset(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> Response {
        let name = try context.decodedParameter("preset")
        guard let preset = Preset(rawValue: name) else {
            let known = Preset.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                .notFound,
                "There is no preset \(name.prefix(80)); the presets are \(known)."
            )
        }
        func body<Body: Decodable>(_ type: Body.Type) async throws -> Body {
            try await request.decode(as: type, context: context)
        }
        switch preset {
        case .temperature:
            let body = try await body(TemperatureBody.self)
            let shares = try SizePresets.temperature(
                tokens: body.tokens,
                temperature: body.temperature
            )
            return try answer(PresetAnswer(proportions: shares))
        case .uniMax:
            let body = try await body(UniMaxBody.self)
            let shares = try SizePresets.uniMax(
                tokens: body.tokens,
                budget: body.budget,
                maxEpochs: body.maxEpochs
            )
            return try answer(
                PresetAnswer(proportions: shares.proportions, unplacedTokens: shares.unplaced)
            )
        case .autoScale:
            let body = try await body(AutoScaleBody.self)
            return try answer(
                AutoScalePrediction.at(body.place ?? 2, from: body.first, body.second)
            )
        case .mixMin:
            let body = try await body(MixMinBody.self)
            let logProbabilities = body.logProbabilities
            return try await answer(
                dependencies.advice.run { () throws(MixtureError) in
                    try MixMin(logProbabilities: logProbabilities, lengths: body.lengths)
                }
            )
        case .taskBudgets:
            let body = try await body(TaskBudgetBody.self)
            return try await answer(
                dependencies.advice.run { () throws(MixtureError) in
                    try TaskBudgets(body.request)
                }
            )
        case .preferenceSplit:
            let body = try await body(PreferenceBody.self)
            return try answer(
                PreferenceSplit(instructions: body.instructions, preferences: body.preferences)
            )
        }
    }

    private func answer(_ value: some Encodable) throws -> Response {
        try RecommendationController.response(value)
    }

    private struct PresetAnswer: Encodable {
        var proportions: [String: Double]
        /// Tokens of the budget that no domain can give.
        var unplacedTokens: Double?
    }

    private struct TemperatureBody: Decodable {
        var tokens: [String: Double]
        var temperature: Double
    }

    private struct UniMaxBody: Decodable {
        var tokens: [String: Double]
        var budget: Double
        var maxEpochs: Double
    }

    private struct AutoScaleBody: Decodable {
        var first: AutoScalePrediction.Anchor
        var second: AutoScalePrediction.Anchor
        var place: Double?
    }

    private struct MixMinBody: Decodable, Sendable {
        var logProbabilities: [String: [Double]]
        var lengths: [Double]
    }

    private struct TaskBudgetBody: Decodable, Sendable {
        var similarity: [String: [String: Double]]
        var sizes: [String: Double]
        var budget: Int
        var lambda: Double?
        var temperature: Double?
        var floor: Int?

        var request: TaskBudgets.Request {
            TaskBudgets.Request(
                similarity: similarity,
                sizes: sizes,
                budget: budget,
                lambda: lambda ?? 0.4,
                temperature: temperature ?? 1,
                floor: floor ?? 1
            )
        }
    }

    private struct PreferenceBody: Decodable {
        var instructions: Double
        var preferences: Double
    }
}
