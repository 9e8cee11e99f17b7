import ArgumentParser
import Client

struct FirstRunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "first-runs",
        abstract: "Says which runs a law could be fitted on that has too few, ready to launch.",
        discussion: """
            The runs are at a quarter to a 64th of the size that is given.
              isoloss first-runs --project P --parameters 7B --tokens 2T
              isoloss first-runs … --template 'python train.py --lr {peakLearningRate}'
            A template may name \(LaunchText.names.map { "{\($0)}" }.joined(separator: ", ")).
            """
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project; what it has already is left out.")
    var project: String

    @Option(help: "Id of the law, step-law by default.")
    var law: String?

    @Option(help: "Model size that the runs lead up to.")
    var parameters: Quantity?

    @Option(help: "Its training tokens.")
    var tokens: Quantity?

    @Option(name: .customLong("sequence-length"), help: "Gives batches in sequences too.")
    var sequenceLength: Quantity?

    @OptionGroup var launch: LaunchOptions

    func run() async throws {
        try await options.answer { client throws(ClientError) in
            try await client.firstRuns(query: query)
        } text: { plan throws(Failure) in
            try launch.text(plan.runs, sequenceLength: sequenceLength?.value) {
                PlanText.text(plan)
            }
        }
    }

    private var query: [(name: String, value: String)] {
        var query = [(name: "project", value: project)]
        if let law { query.append(("law", law)) }
        if let parameters { query.append(("parameters", parameters.text)) }
        if let tokens { query.append(("tokens", tokens.text)) }
        return query
    }
}
