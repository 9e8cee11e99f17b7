// The part of a law's answers that a table shows. The full answers depend on the law and are passed
// on as the bytes that came.

/// Answer of `GET /api/v1/laws`.
package struct LawList: Sendable, Decodable {
    package var laws: [Law]

    package struct Law: Sendable, Decodable {
        package var id: String
        package var title: String
        package var equation: String
        package var citation: String
        package var inputs: [String]
        package var validity: String?
    }
}

/// A value with its 90 % interval.
package struct IntervalReply: Sendable, Decodable, Hashable {
    package var value: Double
    package var low: Double
    package var high: Double
}

package struct BoundsReply: Sendable, Decodable, Hashable {
    package var low: Double
    package var high: Double
}

/// Answer of `GET /api/v1/recommendations`.
package struct RecommendationReply: Sendable, Decodable {
    package var target: Target
    package var peakLearningRate: IntervalReply
    package var batchTokens: IntervalReply
    package var batchSequences: IntervalReply?
    package var plateau: Plateau
    package var predictedLoss: IntervalReply?
    package var predictedLossReason: String?
    package var mode: String
    package var extrapolation: Extrapolation
    package var rivals: [Rival]
    package var provenance: Provenance
    package var warnings: [String]

    package struct Target: Sendable, Decodable {
        package var parameterCount: Double
        package var tokenCount: Double
        package var batchTokens: Double?
        package var sequenceLength: Double?
    }

    package struct Plateau: Sendable, Decodable {
        /// Share of the loss: 0.001 is 0.1 %.
        package var tolerance: Double
        package var peakLearningRate: BoundsReply
        package var batchTokens: BoundsReply
    }

    package struct Extrapolation: Sendable, Decodable {
        package var inside: Bool
        package var note: String
        package var nearestRun: NearestRun?

        package struct NearestRun: Sendable, Decodable {
            package var runName: String
            package var parameterCount: Double
            package var tokenCount: Double
            package var peakLearningRate: Double
            package var batchTokens: Double
            package var lossNats: Double
        }
    }

    package struct Rival: Sendable, Decodable {
        package var title: String
        package var peakLearningRate: Double?
        package var batchTokens: Double?
        package var expectedRegretPercent: Double?
        package var note: String
        package var refused: String?
    }

    package struct Provenance: Sendable, Decodable {
        package var fitID: String?
        package var law: String
        package var runs: Int
        package var diverged: Int?
        package var leftOut: Int
        package var cells: Int
        package var equation: String
        package var parameterConvention: String
        package var lossName: String
    }
}
