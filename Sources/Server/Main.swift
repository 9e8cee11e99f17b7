package import ArgumentParser
import API
import Foundation

/// The program `isoloss-server`.
@main
package struct IsolossServer: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "isoloss-server",
        abstract: "Keeps training runs, fits scaling laws to them, and says what to set next.",
        version: ProductVersion.text,
        subcommands: [ServeCommand.self, DemoCommand.self, MigrateCommand.self],
        defaultSubcommand: ServeCommand.self
    )

    package init() {}
}
