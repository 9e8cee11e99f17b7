/// Answer of `GET /api/v1/recommendations`: Step Law's own, or the one shape of all other laws.
package enum RecommendationAnswer: Sendable, Decodable {
    case stepLaw(RecommendationReply)
    case advice(AdviceReply)

    private enum CodingKeys: String, CodingKey { case quantities }

    package init(from decoder: any Decoder) throws {
        let isAdvice = try decoder.container(keyedBy: CodingKeys.self).contains(.quantities)
        self =
            isAdvice
            ? .advice(try AdviceReply(from: decoder))
            : .stepLaw(try RecommendationReply(from: decoder))
    }
}

/// What any law answers, as far as it is shown.
package struct AdviceReply: Sendable, Decodable {
    package var law: String
    package var statement: String
    package var quantities: [Quantity]
    package var tables: [Table]
    package var extrapolation: Reach
    package var rivals: [Rival]
    package var warnings: [String]
    package var provenance: Provenance?

    package struct Quantity: Sendable, Decodable {
        package var name: String
        package var title: String
        package var unit: String
        package var value: Double
        package var low: Double?
        package var high: Double?
        package var note: String?
    }

    package struct Table: Sendable, Decodable {
        package var title: String
        package var columns: [String]
        package var rows: [[Cell]]
    }

    package enum Cell: Sendable, Decodable {
        case number(Double)
        case text(String)

        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                self = .number(try container.decode(Double.self))
            } catch {
                self = .text(try container.decode(String.self))
            }
        }
    }

    package struct Reach: Sendable, Decodable {
        package var inside: Bool
        package var note: String
    }

    package struct Rival: Sendable, Decodable {
        package var title: String
        package var quantities: [Quantity]
        package var extraComputePercent: Double?
        package var refused: String?
    }

    package struct Provenance: Sendable, Decodable {
        package var fitID: String
        package var equation: String
        package var runs: Int
        package var parameterConvention: String?
        package var lossName: String?
        /// Why this law and no other of those that could answer.
        package var choice: String?
    }
}
