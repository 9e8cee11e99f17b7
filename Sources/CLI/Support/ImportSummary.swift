import API

/// What an import did, for people. Rejected rows are told even beside JSON, on standard error.
enum ImportSummary {
    static let shownRows = 20

    static func tell(_ state: ImportMessage, project: String, isJSON: Bool) {
        for row in state.rejected.prefix(shownRows) {
            let column = row.column.map { ", column \($0)" } ?? ""
            Output.message("line \(row.line)\(column): \(row.reason)")
        }
        let more = state.rejectedCount - min(shownRows, state.rejected.count)
        if more > 0 { Output.message("… and \(more) more rejected rows") }
        for note in state.notes { Output.message("Note: \(note)") }
        guard !isJSON, state.error == nil else { return }
        Output.answer(sentence(state, project: project))
    }

    static func sentence(_ state: ImportMessage, project: String) -> String {
        var parts = ["\(count(state.inserted, "run")) loaded into \(project)"]
        if state.unchanged > 0 { parts.append("\(state.unchanged) already there") }
        if state.diverged > 0 { parts.append("\(state.diverged) marked as diverged") }
        if state.filtered > 0 { parts.append("\(state.filtered) left out by --where") }
        if state.rejectedCount > 0 { parts.append("\(count(state.rejectedCount, "row")) rejected") }
        return parts.joined(separator: ", ") + "."
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
