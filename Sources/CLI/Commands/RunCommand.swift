import API
import ArgumentParser
import Client
import Runs

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Ends runs.",
        subcommands: [RunFinishCommand.self]
    )
}

struct RunFinishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finish",
        abstract: "Ends a run, after everything that was logged to it here."
    )

    @OptionGroup var options: ServerOptions
    @OptionGroup var spool: SpoolOptions

    @Argument(help: "Id of the run, or with --project its name.")
    var run: String

    @Option(help: "Project of the run.")
    var project: String?

    @Option(help: "finished, failed or killed.")
    var status = "finished"

    func run() async throws {
        try await reporting { () throws(Failure) in
            guard let status = try LogCommand.status(self.status) else { return }
            let opened = try RunOptions.open(
                spool.folder,
                run: run,
                project: project,
                server: try options.address().text
            )
            let patch = try RunOptions.record(RunPatch(status: status))
            try spooling { () throws(SpoolError) in try opened.spool.append([patch]) }
            try await SpoolDelivery(options: options).deliver(opened.spool)
        }
    }
}
