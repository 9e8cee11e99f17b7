package import Runs

/// Reads the body of `POST /api/v1/points` straight into batches, one for each entry of `runs`.
///
/// `{"runs": [{"run": ID, "steps": [n, …], "times": [µs, …], "metrics": {NAME: [value, …]}}]}`.
/// The columns of an entry have one length; a value is a number, one of the strings "NaN",
/// "Infinity" and "-Infinity", or null where the series has no point. Without `times` every point
/// gets the time of arrival. Keys that are not listed here are ignored.
package struct PointsReader {
    private var reader: JSONReader
    private var names = JSONInterner()
    /// By number of the name, whether it passed its check.
    private var isChecked: [Bool] = []
    /// Values read so far, nulls included.
    private var valueCount = 0
    private var seriesCount = 0
    private let now: Int64

    private init(_ bytes: [UInt8], now: Int64) {
        reader = JSONReader(bytes)
        self.now = now
    }

    /// `now` is the time of arrival in microseconds since 1970. Errors: `invalid` with the field at
    /// fault, `tooLarge` beyond `Limits.ingestPointCount` or `ingestSeriesCount`.
    package static func read(_ bytes: [UInt8], now: Int64) throws(APIError) -> [RunBatch] {
        var reader = PointsReader(bytes, now: now)
        do {
            return try reader.batches()
        } catch let error as APIError {
            throw error
        } catch let error as JSONSyntaxError {
            throw APIError(.invalid, "The body is not valid JSON: \(error.message).")
        } catch {
            throw APIError(.invalid, "The body of this request cannot be read.")
        }
    }

    private static let bodyFields = JSONNames(["runs"])
    private static let runFields = JSONNames(["run", "steps", "times", "metrics"])

    private mutating func batches() throws -> [RunBatch] {
        var batches: [RunBatch]?
        try demand(.object, "the body", "an object with the key runs")
        try reader.beginObject()
        while let field = try reader.nextKey(among: Self.bodyFields) {
            guard field == 0 else {
                try reader.skipValue()
                continue
            }
            var found: [RunBatch] = []
            try demand(.array, "runs", "a list of objects")
            try reader.beginArray()
            while try reader.nextElement() { found.append(try batch("runs[\(found.count)]")) }
            batches = found
        }
        try reader.finish()
        guard let batches, !batches.isEmpty else {
            throw APIError(.invalid, "runs is missing or empty.", field: "runs")
        }
        return batches
    }

    /// A column of values as it stood, null or not.
    private struct Column {
        var name: Int
        var values: [Double]
        /// Places without a point, ascending.
        var gaps: [Int]
    }

    private mutating func batch(_ path: String) throws -> RunBatch {
        var runID: RunID?
        var steps: [Int64]?
        var times: [Int64]?
        var columns: [Column] = []
        try demand(.object, path, "an object")
        try reader.beginObject()
        while let field = try reader.nextKey(among: Self.runFields) {
            switch field {
            case 0: runID = try run(path + ".run")
            case 1: steps = try integers(path + ".steps")
            case 2: times = try integersOrNull(path + ".times")
            case 3: try readColumns(into: &columns, path + ".metrics")
            default: try reader.skipValue()
            }
        }
        guard let runID else { throw Self.missing(path + ".run") }
        guard let steps else { throw Self.missing(path + ".steps") }
        if let times, let place = times.firstIndex(where: { $0 < 0 }) {
            throw APIError(
                .invalid,
                "\(path).times[\(place)] is before 1970; times are microseconds since then.",
                field: path + ".times"
            )
        }
        try checkLength(times?.count ?? steps.count, of: path + ".times", steps.count)
        var batch = RunBatch(runID: runID)
        for column in columns {
            let name = names.texts[column.name]
            try checkLength(column.values.count, of: "\(path).metrics.\(name)", steps.count)
            let points = points(column, steps, times ?? Array(repeating: now, count: steps.count))
            batch.series[name, default: PointColumns()].take(points)
        }
        return batch
    }

    private func points(_ column: Column, _ steps: [Int64], _ times: [Int64]) -> PointColumns {
        guard !column.gaps.isEmpty else {
            return PointColumns(steps: steps, times: times, values: column.values)
        }
        var points = PointColumns()
        var gaps = column.gaps[...]
        for place in steps.indices {
            if gaps.first == place {
                gaps.removeFirst()
            } else {
                points.append(step: steps[place], time: times[place], value: column.values[place])
            }
        }
        return points
    }

    // MARK: Columns

    private mutating func run(_ path: String) throws -> RunID {
        try demand(.string, path, "the id of a run")
        let text = try reader.string()
        guard let id = RunID(hex: text) else {
            throw APIError(
                .invalid,
                "\(path) must be 32 hexadecimal digits, the id that POST /api/v1/runs answers; it "
                    + "was \"\(text.prefix(80))\".",
                field: path
            )
        }
        return id
    }

    private mutating func integersOrNull(_ path: String) throws -> [Int64]? {
        guard try reader.peek() == .null else { return try integers(path) }
        try reader.null()
        return nil
    }

    private mutating func integers(_ path: String) throws -> [Int64] {
        var column: [Int64] = []
        try demand(.array, path, "a list of whole numbers")
        try reader.beginArray()
        while try reader.nextElement() {
            guard column.count < Limits.ingestPointCount else { throw Self.tooManyPoints }
            try demand(.number, "\(path)[\(column.count)]", "a whole number of 64 bits")
            do {
                column.append(try reader.int64())
            } catch {
                throw try wrong("\(path)[\(column.count)]", "a whole number of 64 bits")
            }
        }
        return column
    }

    private mutating func readColumns(into columns: inout [Column], _ path: String) throws {
        try demand(.object, path, "an object of lists by name")
        try reader.beginObject()
        while let name = try reader.nextKey(interning: &names) {
            try checkName(name, path)
            seriesCount += 1
            guard seriesCount <= Limits.ingestSeriesCount else {
                throw APIError(
                    .tooLarge,
                    "A request holds at most \(Limits.ingestSeriesCount) series; send several.",
                    field: "runs"
                )
            }
            columns.append(try column(name, path))
        }
    }

    private mutating func column(_ name: Int, _ path: String) throws -> Column {
        var column = Column(name: name, values: [], gaps: [])
        try demand(.array, "\(path).\(names.texts[name])", "a list of values")
        try reader.beginArray()
        while try reader.nextElement() {
            valueCount += 1
            guard valueCount <= Limits.ingestPointCount else { throw Self.tooManyPoints }
            switch try reader.peek() {
            case .null:
                try reader.null()
                column.gaps.append(column.values.count)
                column.values.append(0)
            case .number, .string:
                do {
                    column.values.append(try reader.double())
                } catch {
                    throw try wrong(
                        "\(path).\(names.texts[name])[\(column.values.count)]",
                        Self.valueRule
                    )
                }
            default:
                throw try wrong(
                    "\(path).\(names.texts[name])[\(column.values.count)]",
                    Self.valueRule
                )
            }
        }
        return column
    }

    private static let valueRule =
        "a number within the range of 64-bit floating point, null, or one of the strings \"NaN\", "
        + "\"Infinity\" and \"-Infinity\""

    // MARK: Checks

    private mutating func checkName(_ number: Int, _ path: String) throws {
        while isChecked.count <= number { isChecked.append(false) }
        guard !isChecked[number] else { return }
        let name = names.texts[number]
        let scalars = name.unicodeScalars
        guard (1...Limits.keyCharacters).contains(scalars.count),
            scalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw APIError(
                .invalid,
                "The name of a metric has 1 to \(Limits.keyCharacters) printable characters; "
                    + "\"\(name.prefix(80))\" does not.",
                field: path
            )
        }
        isChecked[number] = true
    }

    private mutating func demand(_ kind: JSONReader.Kind, _ path: String, _ rule: String) throws {
        guard try reader.peek() == kind else { throw try wrong(path, rule) }
    }

    /// What stands here, or the rest of it, is not what the rule asks for.
    private mutating func wrong(_ path: String, _ rule: String) throws -> APIError {
        APIError(.invalid, "\(path) must be \(rule).", field: path)
    }

    private func checkLength(_ count: Int, of path: String, _ wanted: Int) throws {
        guard count == wanted else {
            throw APIError(
                .invalid,
                "\(path) has \(count) entries and steps has \(wanted); the columns of a run have "
                    + "one length, with null where a metric has no point.",
                field: path
            )
        }
    }

    private static func missing(_ path: String) -> APIError {
        APIError(.invalid, "\(path) is missing.", field: path)
    }

    private static let tooManyPoints = APIError(
        .tooLarge,
        "A request holds at most \(Limits.ingestPointCount) points; send several.",
        field: "runs"
    )
}

extension PointColumns {
    /// Takes over the points when there are none yet, and adds them otherwise.
    fileprivate mutating func take(_ points: PointColumns) {
        if isEmpty { self = points } else { append(contentsOf: points) }
    }
}
