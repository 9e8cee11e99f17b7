import Runs

/// Turns rows, of whatever format, into runs: filter, mapped roles, identity, divergence.
struct RunAssembler {
    /// What a format knows of a row before roles are applied.
    struct Draft {
        var name: String?
        var status: RunStatus = .finished
        var startTime: Int64?
        var endTime: Int64?
        var params: [String: String] = [:]
        var tags: [String: String] = [:]
        var series: [String: PointColumns] = [:]
        /// Makes the row itself when neither a name nor a mapping does.
        var identity: String
        /// Roles found in the row by well-known names; they serve to find what diverged.
        var found: [Role: Double] = [:]
    }

    let options: ImportOptions
    /// Columns that stand for a role by their name alone; they never cause a rejection.
    let automatic: [Role: Expression]
    private(set) var outcome = ImportOutcome()
    private var firstLines: [String: Int] = [:]
    private var divergence = DivergenceMarks()
    private var checks = PhysicalChecks()
    private var told: [String] = []
    private let mapped: [(role: Role, expression: Expression)]

    init(options: ImportOptions, automatic: [Role: Expression]) {
        self.options = options
        self.automatic = automatic.filter { options.map[$0.key] == nil }
        mapped = Role.allCases.compactMap { role in options.map[role].map { (role, $0) } }
    }

    mutating func tell(_ warnings: [MixtureWarning]) {
        told += warnings.map { "\($0.kind.rawValue): \($0.message)" }
    }

    mutating func reject(line: Int, column: String? = nil, _ reason: String) {
        outcome.rejected.append(RejectedRow(line: line, column: column, reason: reason))
    }

    /// Takes one row.
    /// - Parameters:
    ///   - field: what a name of a formula stands for in this row.
    ///   - draft: called only for a row that is kept; nil when it rejected the row itself.
    mutating func add(
        line: Int,
        field: (String) -> FieldValue?,
        draft: (inout RunAssembler) -> Draft?
    ) throws(ImportError) {
        guard passes(field) else {
            outcome.filtered += 1
            return
        }
        guard let values = roleValues(line: line, field: field), let draft = draft(&self),
            let identity = identity(of: draft, values: values, line: line)
        else { return }
        guard outcome.runs.count < Limits.importRunCount else {
            throw .tooLarge(
                what: "runs",
                count: outcome.runs.count + 1,
                limit: Limits.importRunCount
            )
        }
        var known = values
        for (role, expression) in automatic {
            known[role] = expression.evaluate { field($0)?.number }
        }
        let judged = known.merging(draft.found) { mapped, _ in mapped }
        let number = outcome.runs.count + 1
        var run = ImportedRun(
            identity: identity,
            name: draft.name ?? "\(options.label ?? "run") \(number)",
            status: draft.status,
            startTime: draft.startTime,
            endTime: draft.endTime,
            params: draft.params,
            tags: draft.tags,
            series: draft.series,
            line: line
        )
        store(values, known: known, in: &run)
        let isFinite = judged[.loss]?.isFinite != false
        // Runs on other data may well have a loss far above the least of their size and tokens.
        if (draft.status == .finished && !RunMixture.isGiven(draft.params)) || !isFinite {
            divergence.note(judged, run: outcome.runs.count)
        }
        checks.note(judged, line: line)
        outcome.runs.append(run)
    }

    /// What was read, with diverged runs marked.
    func finished() throws(ImportError) -> ImportOutcome {
        var result = outcome
        guard !(result.runs.isEmpty && result.rejected.isEmpty && result.filtered == 0) else {
            throw .empty
        }
        let marked = divergence.divergedRuns()
        for index in marked { result.runs[index].tags[DivergedTag.name] = "true" }
        result.diverged = marked.count
        result.notes = told + checks.notes()
        return result
    }

    private func passes(_ field: (String) -> FieldValue?) -> Bool {
        guard let filter = options.filter else { return true }
        return filter.matches { name in
            if let value = field(name) { return value }
            guard let role = Role(rawValue: name),
                let expression = options.map[role] ?? automatic[role]
            else { return nil }
            return expression.evaluate { field($0)?.number }.map(FieldValue.init(number:))
        }
    }

    /// The mapped roles' values, or nil after rejecting the row.
    private mutating func roleValues(
        line: Int,
        field: (String) -> FieldValue?
    ) -> [Role: Double]? {
        var values: [Role: Double] = [:]
        for (role, expression) in mapped {
            guard let value = expression.evaluate({ field($0)?.number }) else {
                let (column, reason) = Self.absence(of: expression, field: field)
                reject(line: line, column: column, "\(role.rawValue): \(reason)")
                return nil
            }
            guard role == .loss || (value.isFinite && value > 0) else {
                reject(
                    line: line,
                    column: expression.names.sorted().first,
                    "\(role.rawValue) is \(NumberText.text(value)); it must be a positive number"
                )
                return nil
            }
            values[role] = value
        }
        return values
    }

    private static func absence(
        of expression: Expression,
        field: (String) -> FieldValue?
    ) -> (column: String?, reason: String) {
        for name in expression.names.sorted() {
            guard let value = field(name), !value.text.isEmpty else {
                return (name, "the value is missing")
            }
            if value.number == nil { return (name, "\"\(value.text.prefix(40))\" is not a number") }
        }
        return (nil, "the value is missing")
    }

    private mutating func identity(
        of draft: Draft,
        values: [Role: Double],
        line: Int
    ) -> String? {
        let separator = "\u{1F}"
        let label = options.label ?? ""
        let own: String
        if let name = draft.name {
            guard !name.isEmpty, name.count <= Limits.runNameCharacters else {
                reject(
                    line: line,
                    column: options.nameColumn,
                    "the name must have 1 to \(Limits.runNameCharacters) characters"
                )
                return nil
            }
            own = draft.identity
        } else if mapped.isEmpty {
            own = draft.identity
        } else {
            own = mapped.map { "\($0.role.rawValue)=\(NumberText.text(values[$0.role] ?? .nan))" }
                .joined(separator: separator)
        }
        let identity = label + separator + own
        if let first = firstLines[identity] {
            let what = draft.name.map { "the name \($0.prefix(80))" } ?? "the same mapped values"
            let advice = draft.name == nil ? "; a name column tells repeated settings apart" : ""
            reject(
                line: line,
                column: options.nameColumn,
                "\(what) was already on line \(first)\(advice)"
            )
            return nil
        }
        firstLines[identity] = line
        return identity
    }

    /// Writes roles under their own names. A column of the same name with another value is kept as
    /// `column.NAME`.
    private func store(_ values: [Role: Double], known: [Role: Double], in run: inout ImportedRun) {
        for (role, value) in values where role != .loss {
            let text = NumberText.text(value)
            if let given = run.params[role.rawValue], NumberText.number(given) != value {
                run.params["column.\(role.rawValue)"] = given
            }
            run.params[role.rawValue] = text
        }
        if let loss = known[.loss], run.series["loss"] == nil {
            run.series["loss"] = PointColumns(
                steps: [Self.finalStep(known)],
                times: [run.endTime ?? run.startTime ?? options.importTime],
                values: [loss]
            )
        }
        if let convention = options.parameterConvention {
            run.tags[ParameterConvention.tag] = convention
        }
        if let label = options.label { run.tags["isoloss.label"] = label }
    }

    /// The step at which a row's final value stands: mapped, else tokens over batch, else 0.
    private static func finalStep(_ known: [Role: Double]) -> Int64 {
        var step = known[.stepCount]
        if step == nil, let tokens = known[.tokenCount], let batch = known[.batchTokens] {
            step = tokens / batch
        }
        guard let step, step.isFinite, step >= 0, step < 9e18 else { return 0 }
        return Int64(step.rounded())
    }
}
