import ArgumentParser

/// `isoloss-server migrate`: brings the database to the shape of the folder of migrations.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Apply the migrations that the database lacks; serve does so by itself."
    )

    @OptionGroup var options: ServerOptions

    @Flag(help: "Only name the migrations.")
    var dryRun = false

    func run() async throws {
        let configuration = try options.configuration()
        let names = try await ServerRuntime.migrate(configuration, dryRun: dryRun)
        for name in names { say(dryRun ? "would apply \(name)" : "applied \(name)") }
        if names.isEmpty { say("The database is up to date.") }
    }
}
