import ArgumentParser
import Client

struct NextRunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next-runs",
        abstract: "Says which runs under a budget would make an answer surer, ready to launch.",
        discussion: """
            What is to become surer is asked as in `isoloss recommend`.
              isoloss next-runs --project P --budget-flops 1e20 --parameters 1.1B --tokens 100B
              isoloss next-runs … --template 'python train.py --lr {peakLearningRate}'
            A template may name \(LaunchText.names.map { "{\($0)}" }.joined(separator: ", ")).
            """
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project whose runs are known.")
    var project: String

    @Option(name: .customLong("budget-flops"), help: "FLOPs that all runs may take together.")
    var budget: Quantity

    @Option(help: "How many runs are wanted, 1 to 64.")
    var count = 8

    @Option(help: "Id of the law; without it the law that what is given calls for.")
    var law: String?

    @Option(help: "Id of the fit to use instead of the newest.")
    var fit: String?

    @Option(help: "Seed of all random draws; the same seed gives the same runs.")
    var seed: UInt32?

    @OptionGroup var launch: LaunchOptions

    @OptionGroup(title: "The question") var question: QuestionOptions

    func validate() throws {
        guard (1...64).contains(count) else {
            throw ValidationError("--count must be 1 to 64; it was \(count).")
        }
    }

    func run() async throws {
        try await options.answer(isSlow: true) { client throws(ClientError) in
            try await client.nextRuns(query: query)
        } text: { plan throws(Failure) in
            try launch.text(plan.runs, sequenceLength: question.sequenceLength?.value) {
                PlanText.text(plan)
            }
        }
    }

    private var query: [(name: String, value: String)] {
        var query = [
            (name: "project", value: project), ("budgetFLOPs", budget.text),
            ("count", String(count)),
        ]
        if let law { query.append(("law", law)) }
        if let fit { query.append(("fit", fit)) }
        if let seed { query.append(("seed", String(seed))) }
        return query + question.query
    }
}
