import API
import ArgumentParser
import Client
import Runs

struct FitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fits a law on a project's finished runs."
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project.")
    var project: String

    @Option(help: "Id of the law; `isoloss laws` lists them.")
    var law = "step-law"

    @Option(name: .customLong("where"), help: "Only runs that pass; kept with the fit.")
    var filter: String?

    @Option(help: "Seed of all random draws; the same seed gives the same fit.")
    var seed: UInt64?

    func run() async throws {
        try await reporting { () throws(Failure) in
            let client = try options.client()
            let started = try await calling { () throws(ClientError) in
                try await client.startFit(
                    NewFit(project: project, law: law, where: filter, seed: seed)
                )
            }
            let answer = try await wait(client, for: started.value.id)
            guard answer.value.state.status == .finished else {
                let error = answer.value.state.error
                throw .client(
                    .refused(error ?? APIError(.internal, "The fit failed without a reason."))
                )
            }
            if options.json { return Output.answer(answer.body) }
            Output.answer(FitSummary.text(answer.value))
        }
    }

    private func wait(_ client: Client, for id: String) async throws(Failure) -> Answer<FitReply> {
        let progress = ProgressLine("Fitting \(law)")
        defer { progress.end() }
        var delay = 0.05
        while true {
            let answer = try await calling { () throws(ClientError) in try await client.fit(id) }
            let status = answer.value.state.status
            if status == .finished || status == .failed { return answer }
            progress.show(nil)
            await client.wait(seconds: delay)
            delay = min(1, delay * 1.5)
        }
    }
}
