import Runs

/// Text logs of a swarm: lines of checkpoint path, validation file and loss, separated by tabs, as
/// the programs of Data Mixing Laws (arXiv:2403.16952) write them:
///
///     runs/70M_demo_3-0.5-0.25-0.25/10000⇥val/x.valid.Books.bin⇥3.1415
///
/// The path holds size, a tag, an id, the shares and the step; the domains' names and their order
/// are given beside the file. Losses become the metrics `val_loss/<subdomain>`. A path without
/// shares is a baseline: it is kept, without a mixture.
package enum MixtureLogImporter: Importer {
    package static let format = "mixture-log"
    package static let title = "Lines of checkpoint path with shares, validation file and loss"

    package static func read(
        _ bytes: [UInt8],
        options: ImportOptions,
        progress: (Double) -> Void
    ) throws(ImportError) -> ImportOutcome {
        let options = try options.applyingPreset()
        try CSVImporter.checkBytes(bytes)
        guard !options.mixtures.domains.isEmpty else {
            throw .format(
                line: nil,
                reason: "The lines do not say what the shares in a path are of; name the domains, "
                    + "in the order of the shares."
            )
        }
        let text = String(validating: bytes, as: UTF8.self)
        guard let text else { throw .notUTF8(line: notUTF8Line(bytes)) }
        var log = MixtureLog(options.mixtures.domains)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() { log.read(line, number: index + 1) }
        progress(0.5)
        guard !log.runs.isEmpty || !log.rejected.isEmpty else { throw .empty }
        return try outcome(of: log, options)
    }

    private static func notUTF8Line(_ bytes: [UInt8]) -> Int {
        var line = 1
        for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }

    private static func outcome(
        of log: MixtureLog,
        _ options: ImportOptions
    ) throws(ImportError) -> ImportOutcome {
        var assembler = RunAssembler(options: options, automatic: [:])
        for row in log.rejected { assembler.reject(line: row.line, column: row.column, row.reason) }
        var quirks = MixtureQuirks()
        for path in log.order {
            guard let run = log.runs[path] else { continue }
            if !run.shares.isEmpty {
                do {
                    quirks.note(try Mixture(run.shares), path)
                } catch {
                    assembler.reject(line: run.line, column: error.name, error.reason)
                    continue
                }
            }
            let draft = draft(run, path, log, options)
            try assembler.add(
                line: run.line,
                field: { name in draft.params[name].map(FieldValue.init(text:)) },
                draft: { _ in draft }
            )
        }
        assembler.tell(log.warnings + quirks.warnings())
        return try assembler.finished()
    }

    private static func draft(
        _ run: MixtureLog.Run,
        _ path: String,
        _ log: MixtureLog,
        _ options: ImportOptions
    ) -> RunAssembler.Draft {
        var params = ["path": path]
        for (domain, text) in run.shares { params[RunMixture.requestedPrefix + domain] = text }
        if let size = run.size {
            params["size"] = size
            if let count = options.mixtures.parameterCounts[size] {
                params[Role.parameterCount.rawValue] = NumberText.text(count)
            }
        }
        var tags = options.mixtures.tags
        if run.shares.isEmpty { tags["isoloss.baseline"] = "true" }
        var series: [String: PointColumns] = [:]
        for subdomain in run.names {
            let results = run.results[subdomain] ?? [:]
            var points = PointColumns()
            for (step, value) in results.sorted(by: { $0.key < $1.key }) {
                points.append(step: step, time: options.importTime, value: value)
            }
            if let last = run.last[subdomain], results[log.lastStep] == nil {
                points.append(step: log.lastStep, time: options.importTime, value: last)
            }
            series["val_loss/\(subdomain)"] = points
        }
        if let tokens = options.mixtures.tokensPerStep, let step = run.lastStep(log), step > 0 {
            params[Role.tokenCount.rawValue] = NumberText.text(tokens * Double(step))
        }
        return RunAssembler.Draft(
            name: path,
            params: params,
            tags: tags,
            series: series,
            identity: path
        )
    }
}
