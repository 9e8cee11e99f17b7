import Foundation
import ScalingLaws

/// The answers of the demo as a table of plain text.
enum DemoText {
    static func table(_ answers: [Recommendation]) -> String {
        let header = [
            "parameters", "tokens", "learning rate", "90 % range", "batch tokens", "90 % range",
            "loss", "",
        ]
        let rows = answers.map { answer in
            [
                count(answer.target.parameterCount),
                count(answer.target.tokenCount),
                rate(answer.peakLearningRate.value),
                rate(answer.peakLearningRate.low) + " – " + rate(answer.peakLearningRate.high),
                count(answer.batchTokens.value),
                count(answer.batchTokens.low) + " – " + count(answer.batchTokens.high),
                answer.predictedLoss.map { String(format: "%.3f", $0.value) } ?? "–",
                answer.extrapolation.inside ? "inside the runs" : "beyond the runs",
            ]
        }
        return aligned([header] + rows)
    }

    private static func aligned(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).enumerated().map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == row.count - 1 ? cell.0 : padding + cell.0
            }
            return "  " + cells.joined(separator: "   ")
        }
        return lines.joined(separator: "\n")
    }

    /// Three digits and a suffix: 147k, 8.2M, 1.07B.
    static func count(_ value: Double) -> String {
        let steps: [(Double, String)] = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")]
        for (size, suffix) in steps where value >= 0.9995 * size {
            return digits(value / size) + suffix
        }
        return digits(value)
    }

    private static func rate(_ value: Double) -> String { String(format: "%.3g", value) }

    private static func digits(_ value: Double) -> String { String(format: "%.3g", value) }
}
