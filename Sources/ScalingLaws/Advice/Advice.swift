/// A law's answer to a question, in one shape for all laws, so that API, CLI and pages draw it
/// without knowing the law.
package struct Advice: Sendable, Hashable, Codable {
    package var law: String
    /// The question as it was understood, defaults included.
    package var question: Question
    /// The answer in one sentence.
    package var statement: String
    package var quantities: [Quantity]
    package var tables: [Table]
    package var extrapolation: Reach
    /// What other laws or rules would answer, baselines among them.
    package var rivals: [Rival]
    package var warnings: [String]
    /// Filled by the server.
    package var provenance: Provenance?

    package init(
        law: String,
        question: Question,
        statement: String,
        quantities: [Quantity],
        tables: [Table] = [],
        extrapolation: Reach,
        rivals: [Rival] = [],
        warnings: [String] = []
    ) {
        self.law = law
        self.question = question
        self.statement = statement
        self.quantities = quantities
        self.tables = tables
        self.extrapolation = extrapolation
        self.rivals = rivals
        self.warnings = warnings
    }

    /// One number of the answer with its 90 % interval.
    package struct Quantity: Sendable, Hashable, Codable {
        /// camelCase with the unit last, as everywhere on the wire.
        package var name: String
        package var title: String
        package var unit: String
        package var value: Double
        /// nil where no interval is known; a note says why.
        package var low: Double?
        package var high: Double?
        package var note: String?

        package init(
            _ name: String,
            _ title: String,
            unit: String,
            value: Double,
            low: Double? = nil,
            high: Double? = nil,
            note: String? = nil
        ) {
            self.name = name
            self.title = title
            self.unit = unit
            self.value = value
            self.low = low
            self.high = high
            self.note = note
        }
    }

    package struct Table: Sendable, Hashable, Codable {
        package var title: String
        /// Names with their units.
        package var columns: [String]
        package var rows: [[Cell]]

        package init(title: String, columns: [String], rows: [[Cell]]) {
            self.title = title
            self.columns = columns
            self.rows = rows
        }
    }

    package enum Cell: Sendable, Hashable, Codable {
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

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let value): try container.encode(value)
            case .text(let text): try container.encode(text)
            }
        }
    }

    /// How far the question lies outside the runs of the fit.
    package struct Reach: Sendable, Hashable, Codable {
        package var inside: Bool
        /// By input, in ln units beyond the range of the data; 0 inside.
        package var distance: [String: Double]
        package var note: String

        package init(inside: Bool, distance: [String: Double], note: String) {
            self.inside = inside
            self.distance = distance
            self.note = note
        }
    }

    package struct Rival: Sendable, Hashable, Codable {
        package var id: String
        package var title: String
        package var citation: String
        package var quantities: [Quantity]
        /// Compute that this answer costs above the law's own, in per cent, where the law can say.
        package var extraComputePercent: Double?
        /// Set when the rule cannot answer here.
        package var refused: String?

        package init(
            id: String,
            title: String,
            citation: String,
            quantities: [Quantity],
            extraComputePercent: Double? = nil,
            refused: String? = nil
        ) {
            self.id = id
            self.title = title
            self.citation = citation
            self.quantities = quantities
            self.extraComputePercent = extraComputePercent
            self.refused = refused
        }
    }

    package struct Provenance: Sendable, Hashable, Codable {
        package var fitID: String
        package var law: String
        package var equation: String
        package var runs: Int
        package var dataHash: String?
        package var parameterConvention: String?
        package var lossName: String?
        package var seed: UInt64
        /// Why this law and no other of those that could answer; nil where the question named one
        /// or no other was fitted.
        package var choice: String?

        package init(
            fitID: String,
            law: String,
            equation: String,
            runs: Int,
            dataHash: String?,
            parameterConvention: String?,
            lossName: String?,
            seed: UInt64
        ) {
            self.fitID = fitID
            self.law = law
            self.equation = equation
            self.runs = runs
            self.dataHash = dataHash
            self.parameterConvention = parameterConvention
            self.lossName = lossName
            self.seed = seed
        }
    }
}
