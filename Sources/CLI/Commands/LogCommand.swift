import ArgumentParser
import Client
import Foundation
import Importers
import Runs

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Logs metrics, params and tags of a run, or follows a growing log file.",
        discussion: """
            What is logged is kept on disk first, then sent; a server that is away neither fails nor
            delays the job. `isoloss sync` sends what waits.
              isoloss log --project P --name N --param lr=3e-4    (makes the run, prints its id)
              isoloss log --run ID --metric loss=2.3 --metric acc=0.5 --step 100
              isoloss log --follow train.jsonl --project P --name N --until-idle 600
              train | isoloss log - --project P --name N
            """
    )

    @OptionGroup var options: ServerOptions
    @OptionGroup var spool: SpoolOptions
    @OptionGroup var run: RunOptions

    @Argument(help: "- reads lines from standard input.")
    var input: String?

    @Option(help: "NAME=VALUE; repeat for more. NaN and inf are values too.")
    var metric: [String] = []

    @Option(help: "Step of the metrics; 0 unless given.")
    var step: Int64?

    @Option(help: "Time of the metrics: seconds since 1970, or ISO 8601; else now.")
    var time: String?

    @Option(help: "JSON lines or CSV file to read as it grows.")
    var follow: String?

    @Option(help: "jsonl or csv; otherwise the file's name says, and standard input is jsonl.")
    var format: String?

    @Option(help: "step=COLUMN, time=COLUMN or METRIC=COLUMN; repeat for more.")
    var map: [String] = []

    @Option(help: "Stop following after so many seconds without a line.")
    var untilIdle: Double?

    @Option(help: "Stop following at a line of this text.")
    var endMarker: String?

    @Option(help: "At the end set the run's status: finished, failed or killed.")
    var status: String?

    func run() async throws {
        try await reporting { () throws(Failure) in
            let status = try Self.status(self.status)
            if follow != nil || input != nil {
                try await followLines(status)
            } else {
                try await logOnce(status)
            }
        }
    }

    private func logOnce(_ status: RunStatus?) async throws(Failure) {
        guard untilIdle == nil, endMarker == nil, map.isEmpty, format == nil else {
            throw .usage("--format, --map, --until-idle and --end-marker belong to --follow.")
        }
        let metrics = try Self.metrics(metric)
        let now = currentMicroseconds()
        let line = LoggedLine(step: step ?? 0, time: try Self.time(time) ?? now, metrics: metrics)
        let opened = try open()
        var records = PointsText.entries([line]).map { entry in
            SpoolRecord(.points, .init(time: now, pointCount: entry.pointCount), body: entry.body)
        }
        if let patch = try run.patch(opened, status: status) { records.append(patch) }
        guard !records.isEmpty || opened.isNew else {
            if run.name != nil { return tell(opened) }
            throw .usage("Nothing to log: give --metric, --param, --tag or --status.")
        }
        try spooling { () throws(SpoolError) in try opened.spool.append(records) }
        tell(opened)
        try await SpoolDelivery(options: options).deliver(opened.spool)
    }

    private func followLines(_ status: RunStatus?) async throws(Failure) {
        guard metric.isEmpty, step == nil, time == nil else {
            throw .usage("--metric, --step and --time do not go with lines that are followed.")
        }
        if let input {
            guard input == "-", follow == nil else {
                throw .usage("\(input): give a file by --follow FILE, or - for standard input.")
            }
        }
        let reader = try self.reader()
        let opened = try open()
        tell(opened)
        if let patch = try run.patch(opened) {
            try spooling { () throws(SpoolError) in try opened.spool.append([patch]) }
        }
        let loop = SendLoop(spool: opened.spool, sender: options.sender())
        Task { await loop.run() }
        var outcome: Result<Void, Failure> = .success(())
        do throws(Failure) {
            try await read(reader, opened)
            if let patch = try run.patch(opened, status: status), status != nil {
                try spooling { () throws(SpoolError) in try opened.spool.append([patch]) }
            }
        } catch {
            outcome = .failure(error)
        }
        let obstacle = await loop.end()
        SpoolDelivery.tell(opened.spool, obstacle: obstacle)
        try outcome.get()
        guard loop.refusals.isEmpty else { throw SpoolDelivery.refusal }
    }

    private func read(_ reader: LogLineReader, _ opened: RunOptions.Opened) async throws(Failure) {
        let marks = try spooling { () throws(SpoolError) in try opened.spool.checkpoint().marks }
        let source: any LineSource
        var mark: SourceMark?
        var header: [UInt8]?
        if let follow {
            let path = URL(filePath: follow).standardizedFileURL.path
            mark = marks?.first { $0.path == path }
            let file = FileSource(path: path, mark: mark)
            header = mark == nil ? nil : file.firstLine()
            source = file
        } else {
            source = PipeSource()
        }
        var intake = LineIntake(reader, endMarker: endMarker, mark: mark)
        if let header, intake.needsHeader { intake.readHeader(header) }
        let follower = Follower(
            source: source,
            spool: opened.spool,
            idleSeconds: untilIdle,
            stop: StopSignal()
        )
        let done = try await follower.run(intake)
        if let problem = done.firstProblem {
            Output.message("\(done.rejectedCount) lines could not be read; the first: \(problem).")
        }
    }

    private func open() throws(Failure) -> RunOptions.Opened {
        try run.open(spool.folder, server: try options.address().text)
    }

    /// The id of a run that was asked for by its name, for later calls.
    private func tell(_ opened: RunOptions.Opened) {
        if run.name != nil, let id = opened.target.run { Output.answer(id) }
    }

    private func reader() throws(Failure) -> LogLineReader {
        let mapping: LogLineMapping
        do {
            mapping = try LogLineMapping(map)
        } catch {
            throw .usage("--map: \(error.message)")
        }
        let named: String
        if let format {
            named = format
        } else if let follow {
            named = try ImportFile.format(of: follow)
        } else {
            named = "jsonl"
        }
        guard let format = LogLineReader.Format(rawValue: named) else {
            throw .usage("--format is jsonl or csv; it was \(named).")
        }
        return LogLineReader(format, mapping: mapping)
    }
}
