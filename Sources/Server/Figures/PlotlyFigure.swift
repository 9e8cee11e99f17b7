import ScalingLaws

/// A chart's description as Plotly reads it, with the same numbers as a tidy table.
///
/// Traces carry a role in `meta.role` instead of colours: pages map roles to their theme, and
/// Python users get the template of their library.
package struct PlotlyFigure: Sendable, Hashable, Encodable {
    package var data: [FigureValue]
    package var layout: FigureValue
    /// Not part of the description; `?format=csv` answers it.
    package var table: FigureTable

    enum CodingKeys: CodingKey {
        case data, layout
    }

    package init(
        data: [FigureValue],
        layout: [String: FigureValue],
        table: FigureTable,
        summary: String,
        answer: String,
        input: FigureInput<some FigureBody>
    ) {
        self.data = data
        self.table = table
        let source = input.fit.provenance
        let provenance: FigureValue = [
            "fitID": .text(input.fitID),
            "project": .text(input.projectName),
            "law": .text(source.law),
            "dataHash": .optional(source.dataHash),
            "runs": .number(Double(source.runs)),
            "lossName": .optional(source.lossName),
            "parameterConvention": .optional(source.parameterConvention),
        ]
        let meta: FigureValue = [
            "summary": .text(summary), "answer": .text(answer), "provenance": provenance,
        ]
        self.layout = .object(layout.merging(["meta": meta]) { $1 })
    }

    package var summary: String { layout["meta"]?["summary"]?.string ?? "" }
}

/// Rows of equal width under named columns; units are part of the names.
package struct FigureTable: Sendable, Hashable {
    package var columns: [String]
    package var rows: [[FigureValue]]

    package init(columns: [String], rows: [[FigureValue]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// RFC 4180: CRLF line ends, quotes where needed.
    package var csv: String {
        let lines = [columns.map(Self.quoted)] + rows.map { $0.map(Self.cell) }
        return lines.map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    private static func cell(_ value: FigureValue) -> String {
        switch value {
        case .number(let number) where number.isFinite: "\(number)"
        case .text(let text): quoted(text)
        case .bool(let flag): flag ? "true" : "false"
        default: ""
        }
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
