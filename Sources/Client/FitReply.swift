package import API

/// Answer of `GET /api/v1/fits/{id}`: the state, and of a finished fit what a summary shows.
package struct FitReply: Sendable, Decodable {
    package var state: FitMessage
    /// Of a finished fit of step-law.
    package var fit: Body?
    /// Of a finished fit of any other law, as far as its body has such members.
    package var general: General?

    /// Of a finished fit over mixtures.
    package var mixture: Mixture?

    private enum CodingKeys: String, CodingKey { case fit }

    package init(from decoder: any Decoder) throws {
        state = try FitMessage(from: decoder)
        let members = try decoder.container(keyedBy: CodingKeys.self)
        if state.target != nil {
            mixture = try members.decodeIfPresent(Mixture.self, forKey: .fit)
        } else if state.law == "step-law" {
            fit = try members.decodeIfPresent(Body.self, forKey: .fit)
        } else {
            general = try members.decodeIfPresent(General.self, forKey: .fit)
        }
    }

    /// What most laws' bodies have; a member of another shape counts as absent.
    package struct General: Sendable, Decodable {
        package var parameters: [Parameter] = []
        package var baselines: [NamedScore] = []
        package var presets: [NamedScore] = []
        package var crossValidation: Score?

        private enum CodingKeys: String, CodingKey {
            case parameters, derived, baselines, presets, crossValidation
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            func read<Value: Decodable>(_ key: CodingKeys) -> Value? {
                do {
                    return try members.decodeIfPresent(Value.self, forKey: key)
                } catch {
                    return nil
                }
            }
            parameters = (read(.parameters) ?? []) + (read(.derived) ?? [])
            baselines = read(.baselines) ?? []
            presets = read(.presets) ?? []
            crossValidation = read(.crossValidation)
        }
    }

    package struct Parameter: Sendable, Decodable {
        package var symbol: String
        package var name: String
        package var unit: String
        package var value: Double
        package var low: Double
        package var high: Double

        package init(symbol: String, _ interval: IntervalMessage) {
            self.symbol = symbol
            name = ""
            unit = ""
            (value, low, high) = (interval.value, interval.low, interval.high)
        }
    }

    /// Of a law over mixtures, as far as it is shown.
    package struct Mixture: Sendable, Decodable {
        package var domains: [String]
        package var model: Model
        package var scores: [Score]

        package struct Model: Sendable, Decodable { package var law: String }

        package struct Score: Sendable, Decodable {
            package var law: String
            package var spearman: Double?
            package var r2: Double?
            package var meanAbsoluteError: Double?
            package var stackWeight: Double?
            package var refusal: String?
        }
    }

    /// Errors of predictions on runs that the fit did not see.
    package struct Score: Sendable, Decodable {
        package var runs: Int
        package var meanAbsolutePercent: Double
        package var maximumPercent: Double
    }

    package struct NamedScore: Sendable, Decodable {
        package var title: String
        package var score: Score?
        package var refused: String?
    }

    /// Of the law step-law.
    package struct Body: Sendable, Decodable {
        package var runCount: Int?
        package var divergedCount: Int?
        package var leftOutCount: Int?
        package var cells: [Cell]?
        package var pivot: Pivot?
        package var estimator: String?
        package var estimatorReason: String?
        package var learningRate: PowerLaw?
        package var batch: PowerLaw?
        package var crossValidation: CrossValidation?
        package var rivals: [Rival]?
        package var warnings: [String]?
    }

    package struct Cell: Sendable, Decodable {
        package var parameterCount: Double
        package var tokenCount: Double
        package var runCount: Int
    }

    package struct Pivot: Sendable, Decodable {
        package var parameterCount: Double
        package var tokenCount: Double
    }

    package struct PowerLaw: Sendable, Decodable {
        package var atPivot: IntervalReply
        package var parameterExponent: IntervalReply?
        package var tokenExponent: IntervalReply
    }

    /// Loss of a recommended point above the best run of its cell, in per cent.
    package struct Regret: Sendable, Decodable {
        package var mean: Double
        package var max: Double
    }

    package struct CrossValidation: Sendable, Decodable {
        package var snap: Regret
        package var interpolated: Regret
    }

    package struct Rival: Sendable, Decodable {
        package var title: String
        package var interpolated: Regret?
        package var refused: String?
    }
}
