import Foundation
import NIOCore
import Runs
import Storage

extension MLflowService {
    static let modelPageCount = 50
    private static let modelPageLimit = 1_000
    /// Models looked at for one page before it is cut short; its token goes on from there.
    private static let modelScanCount = 20_000

    /// Models of experiments that pass a filter, newest first.
    ///
    /// The order is the default one; another is refused, since no metrics are kept of models.
    func searchModels(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let limit = try fields.int64("max_results") ?? Int64(Self.modelPageCount)
        guard (1...Int64(Self.modelPageLimit)).contains(limit) else {
            throw .invalid(
                value: String(limit),
                path: "max_results",
                "It must be 1 to \(Self.modelPageLimit)."
            )
        }
        try checkDefaultOrder(fields)
        let filter = try MLflowModelFilter(parsing: fields.string("filter") ?? "")
        var projects: [ProjectID: Project] = [:]
        let experiments = Set(try fields.strings("experiment_ids"))
        guard !experiments.isEmpty else { throw .missing("experiment_ids") }
        for id in experiments {
            let number = try MLflowNames.experimentID(id)
            let project = try await stored { () async throws(StorageError) in
                try await store.projects.find(experimentID: number)
            }
            if let project { projects[project.id] = project }
        }
        let token = try fields.string("page_token") ?? ""
        let start = token.isEmpty ? nil : try await model(token, allowDeleted: true)
        let page = try await models(of: projects, filter, after: start, limit: Int(limit))
        return MLflowWriter.object { writer in
            writer.array("models", page.models) { writer, model in
                guard let project = projects[model.projectID] else { return }
                writer.object { $0.model(model, in: project) }
            }
            writer.field("next_page_token", page.next?.id.mlflowText)
        }
    }

    private func models(
        of projects: [ProjectID: Project],
        _ filter: MLflowModelFilter,
        after start: LoggedModel?,
        limit: Int
    ) async throws(MLflowError) -> (models: [LoggedModel], next: LoggedModel?) {
        guard !projects.isEmpty else { return ([], nil) }
        let ids = projects.keys.map { $0 }
        var found: [LoggedModel] = []
        var seen = start
        for _ in 0..<(Self.modelScanCount / Self.modelPageLimit) {
            let after = seen
            let batch = try await stored { () async throws(StorageError) in
                try await store.models.list(ids, after: after, limit: Self.modelPageLimit)
            }
            for model in batch {
                guard found.count < limit else { return (found, seen) }
                if filter.matches(model) { found.append(model) }
                seen = model
            }
            guard batch.count == Self.modelPageLimit else { return (found, nil) }
        }
        return (found, seen)
    }

    private func checkDefaultOrder(_ fields: MLflowFields) throws(MLflowError) {
        for order in try fields.objects("order_by") {
            let name = try order.requiredString("field_name")
            let isAscending = try order.boolean("ascending") ?? true
            let isTime = ["creation_timestamp", "creation_time", "creation_timestamp_ms"]
                .contains(name)
            guard isTime, !isAscending else {
                throw MLflowError(
                    .notImplemented,
                    "Logged models are listed newest first; no other order_by is served."
                )
            }
        }
    }
}

/// Conditions on logged models, joined by AND: `name = 'a'`, `params.lr LIKE '1%'`,
/// `tags.stage != 'old'`, `status = 'READY'`, `creation_timestamp > 1`.
struct MLflowModelFilter: Sendable {
    private struct Condition: Sendable {
        let name: String
        let key: String?
        let sign: String
        let value: String
    }

    private let conditions: [Condition]

    init(parsing text: String) throws(MLflowError) {
        let tokens = try MLflowFilterLexer.tokens(of: text)
        var conditions: [Condition] = []
        var index = 0
        func next() throws(MLflowError) -> MLflowFilterLexer.Token {
            guard index < tokens.count else { throw Self.invalid(text) }
            index += 1
            return tokens[index - 1]
        }
        while index < tokens.count {
            if !conditions.isEmpty {
                guard case .word(let word, nil) = try next(), word.uppercased() == "AND" else {
                    throw Self.invalid(text)
                }
            }
            guard case .word(let word, let part) = try next() else { throw Self.invalid(text) }
            let (name, key) = Self.split(word, part)
            let sign: String
            switch try next() {
            case .sign(let text): sign = text
            case .word(let word, nil): sign = word.uppercased()
            default: throw Self.invalid(text)
            }
            let value: String
            switch try next() {
            case .text(let text, _): value = text
            case .word(let word, nil): value = word
            default: throw Self.invalid(text)
            }
            try Self.check(name, sign, value, text)
            conditions.append(Condition(name: name, key: key, sign: sign, value: value))
        }
        self.conditions = conditions
    }

    func matches(_ model: LoggedModel) -> Bool {
        conditions.allSatisfy { condition in
            if let number = Self.number(condition.name, model) {
                return Self.compare(number, condition.sign, Double(condition.value) ?? .nan)
            }
            guard let text = Self.text(condition.name, condition.key, model) else { return false }
            switch condition.sign {
            case "=": return text == condition.value
            case "!=": return text != condition.value
            case "LIKE": return MLflowFilter.Test.like(text, condition.value)
            default:
                return MLflowFilter.Test.like(text.lowercased(), condition.value.lowercased())
            }
        }
    }

    private static let numbers = ["creation_timestamp", "last_updated_timestamp"]
    private static let texts = ["name", "model_id", "model_type", "status", "source_run_id"]

    private static func split(_ word: String, _ part: String?) -> (name: String, key: String?) {
        if let part { return (word, part) }
        guard let dot = word.firstIndex(of: ".") else { return (word, nil) }
        let key = String(word[word.index(after: dot)...])
        return word[..<dot] == "attributes" ? (key, nil) : (String(word[..<dot]), key)
    }

    private static func check(
        _ name: String,
        _ sign: String,
        _ value: String,
        _ text: String
    ) throws(MLflowError) {
        if numbers.contains(name) {
            guard ["=", "!=", "<", "<=", ">", ">="].contains(sign), Double(value) != nil else {
                throw invalid(text)
            }
            return
        }
        guard texts.contains(name) || name == "params" || name == "tags" else {
            throw .invalid(
                "Invalid filter string: logged models are found by "
                    + (texts + numbers + ["params.K", "tags.K"]).joined(separator: ", ")
                    + ", not by '\(name.prefix(80))'."
            )
        }
        guard ["=", "!=", "LIKE", "ILIKE"].contains(sign) else { throw invalid(text) }
    }

    private static func number(_ name: String, _ model: LoggedModel) -> Double? {
        switch name {
        case "creation_timestamp": Double(model.createdAt / 1_000)
        case "last_updated_timestamp": Double(model.updatedAt / 1_000)
        default: nil
        }
    }

    private static func text(_ name: String, _ key: String?, _ model: LoggedModel) -> String? {
        switch name {
        case "name": model.name
        case "model_id": model.id.mlflowText
        case "model_type": model.modelType
        case "status": model.status.rawValue.uppercased()
        case "source_run_id": model.runID?.hex
        case "params": key.flatMap { model.params[$0] }
        default: key.flatMap { model.tags[$0] }
        }
    }

    private static func compare(_ left: Double, _ sign: String, _ right: Double) -> Bool {
        switch sign {
        case "=": left == right
        case "!=": left != right
        case "<": left < right
        case "<=": left <= right
        case ">": left > right
        default: left >= right
        }
    }

    private static func invalid(_ text: String) -> MLflowError {
        .invalid(
            "Invalid filter string: '\(text.prefix(200))'. Expected a list of comparisons separated "
                + "by 'AND' (e.g. \"name = 'a' AND params.lr = '0.01'\")."
        )
    }
}
