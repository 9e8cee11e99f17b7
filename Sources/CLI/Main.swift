import API
package import ArgumentParser

/// `isoloss`: loads runs into a server, fits laws on them and asks for recommendations. Links
/// libcurl and nothing else that is not in the system.
///
/// With `--json` the server's answer alone goes to standard output; messages and progress go to
/// standard error. Exit statuses: 64 wrong usage, 65 data that cannot be used, 69 no server, 77 not
/// authorised, 1 anything else.
@main
package struct Isoloss: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "isoloss",
        abstract: "Loads training runs, fits scaling laws on them, and says what to set next.",
        version: ProductVersion.text,
        subcommands: [
            ImportCommand.self, ProjectsCommand.self, RunsCommand.self, CompareCommand.self,
            RolesCommand.self, LawsCommand.self, FitCommand.self, FitsCommand.self,
            RecommendCommand.self, MixtureCommand.self, ForecastCommand.self, NextRunsCommand.self,
            FirstRunsCommand.self,
            TransferCommand.self, PredictionsCommand.self, FigureCommand.self, LogCommand.self,
            RunCommand.self, SyncCommand.self,
        ]
    )

    /// Before or after the command's name: both are understood.
    @OptionGroup var options: ServerOptions

    package init() {}
}
