import Runs

/// The lines of a text log, gathered by checkpoint folder.
struct MixtureLog {
    struct Run {
        var line: Int
        /// The name of the size, such as 70M; nil when the path has none.
        var size: String?
        /// Written shares by domain; none for a baseline.
        var shares: [String: String]
        /// Losses by subdomain and step.
        var results: [String: [Int64: Double]] = [:]
        /// Losses of a checkpoint called `last`.
        var last: [String: Double] = [:]
        /// The line of each result.
        var lines: [String: Int] = [:]

        /// The last step that is known, `last` counting as the log's.
        func lastStep(_ log: MixtureLog) -> Int64? {
            if !last.isEmpty { return log.knowsSteps ? log.lastStep : nil }
            return results.values.compactMap { $0.keys.max() }.max()
        }
    }

    let domains: [String]
    private(set) var runs: [String: Run] = [:]
    /// Paths in the order of their first lines.
    private(set) var order: [String] = []
    private(set) var rejected: [RejectedRow] = []
    private var unmatched: [String] = []
    private var greatestStep: Int64 = 0

    init(_ domains: [String]) { self.domains = domains }

    /// Where a checkpoint called `last` stands: at the greatest step of the log; at 1 when no line
    /// tells a step, because 0 would be before the training.
    var lastStep: Int64 { max(greatestStep, 1) }
    var knowsSteps: Bool { greatestStep > 0 }

    mutating func read(_ text: Substring, number: Int) {
        let line = CSVHeader.trimmed(String(text))
        guard !line.isEmpty else { return }
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            .map { CSVHeader.trimmed(String($0)) }
        guard fields.count == 3 else {
            reject(number, "a line is path, validation file and loss, separated by tabs")
            return
        }
        guard let value = NumberText.number(fields[2]) else {
            reject(number, "the loss \"\(fields[2].prefix(40))\" is not a number")
            return
        }
        guard let subdomain = Self.subdomain(fields[1]) else {
            unmatched.append("line \(number)")
            return
        }
        guard subdomain.count < Limits.keyCharacters - 16 else {
            reject(number, "the subdomain's name is too long")
            return
        }
        let (folder, leaf) = Self.checkpoint(fields[0])
        guard folder.count <= Limits.runNameCharacters, !folder.isEmpty else {
            reject(number, "the path must have 1 to \(Limits.runNameCharacters) characters")
            return
        }
        if runs[folder] == nil {
            guard let run = run(folder, number) else { return }
            runs[folder] = run
            order.append(folder)
        }
        add(value, subdomain, leaf, folder, number)
    }

    var warnings: [MixtureWarning] {
        var warnings: [MixtureWarning] = []
        if !unmatched.isEmpty {
            warnings.append(
                MixtureWarning(
                    .unmatchedLine,
                    "Lines whose validation file does not end in .valid.<subdomain>.bin were "
                        + "left out: \(unmatched.count) "
                        + "(\(unmatched.prefix(5).joined(separator: ", "))"
                        + "\(unmatched.count > 5 ? ", …" : "")).",
                    runs: unmatched
                )
            )
        }
        let final = order.filter { runs[$0]?.last.isEmpty == false }
        if !final.isEmpty {
            let place =
                knowsSteps
                ? "the greatest step of the log, \(lastStep)"
                : "step 1, because no line tells a step"
            warnings.append(
                MixtureWarning(
                    .unknownStep,
                    "\(final.count) of \(order.count) runs have a checkpoint called last, whose "
                        + "step is not told; it stands at \(place).",
                    runs: final
                )
            )
        }
        return warnings + incomplete()
    }

    /// Runs that lack subdomains which other runs have.
    private func incomplete() -> [MixtureWarning] {
        let all = runs.values.reduce(into: Set<String>()) { $0.formUnion($1.names) }
        let lacking = order.filter { (runs[$0]?.names.count ?? 0) < all.count }
        guard !lacking.isEmpty else { return [] }
        return [
            MixtureWarning(
                .missingValue,
                "\(lacking.count) of \(order.count) runs lack some of the \(all.count) subdomains "
                    + "(\(lacking.prefix(3).joined(separator: ", "))"
                    + "\(lacking.count > 3 ? ", …" : "")); no mean over all of them can be formed "
                    + "there.",
                runs: lacking
            )
        ]
    }

    private mutating func reject(_ line: Int, _ reason: String) {
        rejected.append(RejectedRow(line: line, reason: reason))
    }

    private mutating func add(
        _ value: Double,
        _ subdomain: String,
        _ leaf: String,
        _ folder: String,
        _ number: Int
    ) {
        guard var run = runs[folder] else { return }
        let step = Int64(leaf).flatMap { $0 >= 0 ? $0 : nil }
        let place = "\(leaf)\u{1F}\(subdomain)"
        let known = step.map { run.results[subdomain]?[$0] } ?? run.last[subdomain]
        if let known, let first = run.lines[place] {
            guard known != value else { return }
            reject(
                number,
                "\(folder) at \(leaf) has the loss \(NumberText.text(value)) of \(subdomain) here "
                    + "and \(NumberText.text(known)) on line \(first); the first counts"
            )
            return
        }
        run.lines[place] = number
        if let step {
            run.results[subdomain, default: [:]][step] = value
            greatestStep = max(greatestStep, step)
        } else {
            run.last[subdomain] = value
        }
        runs[folder] = run
    }

    /// What the folder's name says; nil after rejecting the line.
    private mutating func run(_ folder: String, _ number: Int) -> Run? {
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        let parts = Self.hyphenated(name)
        let head = parts[0].split(separator: "_").map(String.init)
        let size = head.first.flatMap { text in
            text.last.map { "kKMBGT".contains($0) } == true
                && NumberText.number(text, suffixes: true) != nil ? text : nil
        }
        let shares = parts.dropFirst()
        guard !shares.isEmpty, shares.allSatisfy({ NumberText.number($0) != nil }) else {
            return Run(line: number, size: size, shares: [:])
        }
        guard shares.count == domains.count else {
            reject(
                number,
                "the path has \(shares.count) shares, and \(domains.count) domains were named"
            )
            return nil
        }
        return Run(
            line: number,
            size: size,
            shares: Dictionary(zip(domains, shares), uniquingKeysWith: { first, _ in first })
        )
    }

    /// Parts between hyphens; those of an exponent such as 1e-05 stay together.
    private static func hyphenated(_ name: String) -> [String] {
        var parts: [String] = []
        for part in name.split(separator: "-", omittingEmptySubsequences: false) {
            if let last = parts.last, parts.count > 1, last.hasSuffix("e"),
                NumberText.number(last.dropLast()) != nil, Int(part) != nil
            {
                parts[parts.count - 1] = "\(last)-\(part)"
            } else {
                parts.append(String(part))
            }
        }
        return parts
    }

    /// Folder and last part of a checkpoint's path. A path whose last part is neither a step nor
    /// `last` is a folder by itself, at its end.
    private static func checkpoint(_ path: String) -> (folder: String, leaf: String) {
        guard let slash = path.lastIndex(of: "/") else { return (path, "last") }
        let leaf = String(path[path.index(after: slash)...])
        guard leaf == "last" || (Int64(leaf).map { $0 >= 0 } ?? false) else {
            return (path, "last")
        }
        return (String(path[..<slash]), leaf)
    }

    /// `Books` of `val/x.valid.Books.bin`.
    private static func subdomain(_ file: String) -> String? {
        guard file.hasSuffix(".bin"), let mark = file.range(of: ".valid.", before: ".bin") else {
            return nil
        }
        let name = file[mark..<file.index(file.endIndex, offsetBy: -".bin".count)]
        return name.isEmpty ? nil : String(name)
    }
}

extension MixtureLog.Run {
    /// Subdomains with a result.
    var names: Set<String> { Set(results.keys).union(last.keys) }
}

extension String {
    /// Where the text after the last occurrence of `mark` begins, `end` being a suffix that may
    /// overlap nothing of it.
    fileprivate func range(of mark: String, before end: String) -> String.Index? {
        var found: String.Index?
        var index = startIndex
        let limit = self.index(endIndex, offsetBy: -end.count)
        while index < limit {
            if self[index...].hasPrefix(mark) { found = self.index(index, offsetBy: mark.count) }
            index = self.index(after: index)
        }
        return found.flatMap { $0 <= limit ? $0 : nil }
    }
}
