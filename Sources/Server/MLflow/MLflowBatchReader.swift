import API
package import Runs

/// Reads the two hot bodies, log-batch and log-metric, straight into a `RunBatch`.
///
/// 1. The whole body is checked before anything is stored: one bad entry refuses the request.
/// 2. Limits and names are MLflow's; long values are cut as MLflow cuts them.
/// 3. Entry fields that MLflow has and we do not keep (`model_id`, `dataset_name`) are ignored.
package struct MLflowBatchReader {
    private var reader: JSONReader
    private var runText = ""
    private var names = JSONInterner()
    /// Points by number of the name.
    private var columns: [PointColumns] = []
    private var params: [String: String] = [:]
    private var tags: [String: String] = [:]
    private var metricCount = 0
    private var paramCount = 0
    private var tagCount = 0
    private var repeatedParams: [String] = []

    private init(_ bytes: [UInt8]) { reader = JSONReader(bytes) }

    package static func logBatch(_ bytes: [UInt8]) throws(MLflowError) -> RunBatch {
        guard bytes.count <= Limits.batchBodyBytes else {
            throw .invalid(
                "Batched logging API requests must be at most \(Limits.batchBodyBytes) bytes, "
                    + "got a request of size \(bytes.count)."
            )
        }
        var batch = MLflowBatchReader(bytes)
        do {
            try batch.readBatch()
        } catch let error as JSONSyntaxError {
            throw .syntax(error)
        } catch let error as MLflowError {
            throw error
        } catch {
            throw MLflowError(.internalError, "The batch could not be read.")
        }
        return try batch.finished()
    }

    package static func logMetric(_ bytes: [UInt8]) throws(MLflowError) -> RunBatch {
        var batch = MLflowBatchReader(bytes)
        do {
            try batch.readMetric()
            try batch.reader.finish()
        } catch let error as JSONSyntaxError {
            throw .syntax(error)
        } catch let error as MLflowError {
            throw error
        } catch {
            throw MLflowError(.internalError, "The metric could not be read.")
        }
        return try batch.finished()
    }

    private func finished() throws(MLflowError) -> RunBatch {
        guard !runText.isEmpty else { throw .missing("run_id") }
        try Self.checkCount(metricCount, Limits.batchMetricCount, "metrics")
        try Self.checkCount(paramCount, Limits.batchParamCount, "params")
        try Self.checkCount(tagCount, Limits.batchTagCount, "tags")
        try Self.checkCount(
            metricCount + paramCount + tagCount,
            Limits.batchEntityCount,
            "metrics, params, and tags"
        )
        guard repeatedParams.isEmpty else {
            throw .invalid(
                "Duplicate parameter keys have been submitted: \(repeatedParams). Please ensure "
                    + "the request contains only one param value per param key."
            )
        }
        return RunBatch(
            runID: try MLflowNames.runID(runText),
            series: Dictionary(
                uniqueKeysWithValues: zip(names.texts, columns).filter { !$0.1.isEmpty }
            ),
            params: params,
            tags: tags
        )
    }

    private static func checkCount(
        _ count: Int,
        _ limit: Int,
        _ name: String
    ) throws(MLflowError) {
        guard count <= limit else {
            throw .invalid(
                "A batch logging request can contain at most \(limit) \(name). Got \(count) "
                    + "\(name). Please split up \(name) across multiple requests and try again."
            )
        }
    }

    // MARK: The body

    private static let batchFields = JSONNames([
        "run_id", "runId", "run_uuid", "runUuid", "metrics", "params", "tags",
    ])
    private static let metricFields = JSONNames([
        "key", "value", "timestamp", "step", "run_id", "runId", "run_uuid", "runUuid",
    ])

    private mutating func readBatch() throws {
        var deprecatedRunText = ""
        try begin()
        while let key = try reader.nextKey(among: Self.batchFields) {
            switch key {
            case 0, 1: runText = try string(path: "run_id") ?? ""
            case 2, 3: deprecatedRunText = try string(path: "run_uuid") ?? ""
            case 4: try readList("metrics") { try $0.readMetric(index: $1) }
            case 5: try readList("params") { try $0.readParam(path: "params[\($1)].") }
            case 6: try readList("tags") { try $0.readTag(path: "tags[\($1)].") }
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        if runText.isEmpty { runText = deprecatedRunText }
    }

    private mutating func begin() throws {
        guard try reader.peek() == .object else {
            throw MLflowError(.badRequest, "The request body must be a JSON object.")
        }
        try reader.beginObject()
    }

    private mutating func readList(
        _ name: String,
        _ read: (inout MLflowBatchReader, _ index: Int) throws -> Void
    ) throws {
        switch try reader.peek() {
        case .null: return try reader.null()
        case .array: try reader.beginArray()
        default: throw try wrongType(path: name, "It must be a list.")
        }
        var index = 0
        while try reader.nextElement() {
            guard try reader.peek() == .object else {
                throw try wrongType(path: "\(name)[\(index)]", "It must be an object.")
            }
            try read(&self, index)
            index += 1
        }
    }

    /// Reads one metric: that at `index` of the list, or, without one, the whole body.
    private mutating func readMetric(index: Int? = nil) throws {
        func path(_ field: String) -> String { index.map { "metrics[\($0)]." + field } ?? field }
        var name: Int?
        var value: Double?
        var milliseconds: Int64?
        var step: Int64 = 0
        var deprecatedRunText = ""
        try begin()
        while let field = try reader.nextKey(among: Self.metricFields) {
            switch field {
            case 0: name = try metricName(path: path("key"))
            case 1: value = try double(path: path("value"))
            case 2: milliseconds = try integer(path: path("timestamp"))
            case 3: step = try integer(path: path("step")) ?? 0
            case 4 where index == nil, 5 where index == nil:
                runText = try string(path: "run_id") ?? ""
            case 6 where index == nil, 7 where index == nil:
                deprecatedRunText = try string(path: "run_uuid") ?? ""
            default: try reader.skipValue()
            }
        }
        if index == nil, runText.isEmpty { runText = deprecatedRunText }
        guard let name else { throw MLflowError.missing(path("key")) }
        guard let value else { throw MLflowError.missing(path("value")) }
        guard let milliseconds else { throw MLflowError.missing(path("timestamp")) }
        // Names are also met that are not used, when an entry has two.
        while columns.count <= name { columns.append(PointColumns()) }
        // A name that has points has passed its check.
        if columns[name].isEmpty { try MLflowNames.check(names.texts[name], path: path("name")) }
        columns[name].append(
            step: step,
            time: try MLflowNames.microseconds(milliseconds, path: path("timestamp")),
            value: value
        )
        metricCount += 1
    }

    /// The number of the name; nil for null and for an empty one.
    private mutating func metricName(path: @autoclosure () -> String) throws -> Int? {
        switch try reader.peek() {
        case .string:
            let number = try reader.string(interning: &names)
            return names.texts[number].isEmpty ? nil : number
        case .null:
            try reader.null()
            return nil
        default: throw try wrongType(path: path(), "It must be a string.")
        }
    }

    private mutating func readParam(path: String) throws {
        let (key, value) = try readPair(path: path)
        try MLflowNames.check(key, path: path + "key")
        let kept = try MLflowNames.cut(
            value,
            to: Limits.paramValueCharacters,
            path: path + "value"
        )
        if params.updateValue(kept, forKey: key) != nil { repeatedParams.append(key) }
        paramCount += 1
    }

    private mutating func readTag(path: String) throws {
        let (key, value) = try readPair(path: path)
        try MLflowNames.check(key, path: path + "key")
        tags[key] = try MLflowNames.cut(value, to: Limits.tagValueCharacters, path: path + "value")
        tagCount += 1
    }

    private mutating func readPair(path: String) throws -> (key: String, value: String) {
        var key: String?
        var value = ""
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "key": key = try string(path: path + "key")
            case "value": value = try string(path: path + "value") ?? ""
            default: try reader.skipValue()
            }
        }
        guard let key, !key.isEmpty else { throw MLflowError.missing(path + "key") }
        return (key, value)
    }

    // MARK: Values

    private mutating func string(path: @autoclosure () -> String) throws -> String? {
        switch try reader.peek() {
        case .string: return try reader.string()
        case .null:
            try reader.null()
            return nil
        default: throw try wrongType(path: path(), "It must be a string.")
        }
    }

    private mutating func double(path: @autoclosure () -> String) throws -> Double? {
        switch try reader.peek() {
        case .number, .string: break
        case .null:
            try reader.null()
            return nil
        default: throw try wrongType(path: path(), Self.valueRule)
        }
        let start = reader.offset
        do {
            return try reader.double()
        } catch {
            throw MLflowError.invalid(
                value: reader.text(from: start),
                path: path(),
                Self.valueRule
            )
        }
    }

    private mutating func integer(path: @autoclosure () -> String) throws -> Int64? {
        switch try reader.peek() {
        case .number, .string: break
        case .null:
            try reader.null()
            return nil
        default: throw try wrongType(path: path(), "It must be an integer of 64 bits.")
        }
        let start = reader.offset
        do {
            return try reader.int64()
        } catch {
            throw MLflowError.invalid(
                value: reader.text(from: start),
                path: path(),
                "It must be an integer of 64 bits."
            )
        }
    }

    private mutating func wrongType(path: String, _ rule: String) throws -> MLflowError {
        .invalid(value: try reader.rawValue(), path: path, rule)
    }

    private static let valueRule =
        "Please specify value as a valid double (64-bit floating point); "
        + #"infinities and NaN are the strings "Infinity", "-Infinity" and "NaN"."#
}
