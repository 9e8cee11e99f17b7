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

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, yaml, cli }

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

    @Option(help: "How the runs are printed: text, json, yaml or cli, a line a run.")
    var format: Format?

    @Option(help: "Line to print for each run, with names in braces; implies --format cli.")
    var template: String?

    @OptionGroup(title: "The question") var question: QuestionOptions

    func validate() throws {
        guard (1...64).contains(count) else {
            throw ValidationError("--count must be 1 to 64; it was \(count).")
        }
        guard format != .cli || template != nil else {
            throw ValidationError(
                "--format cli needs --template, such as 'python train.py --lr {peakLearningRate}'."
            )
        }
        guard template == nil || format == nil || format == .cli else {
            throw ValidationError("--template goes with --format cli only.")
        }
        if let template, let unknown = LaunchText.unknownName(in: template) {
            let known = LaunchText.names.joined(separator: ", ")
            throw ValidationError("--template names {\(unknown)}; it may name \(known).")
        }
    }

    func run() async throws {
        try await options.answer(isSlow: true) { client throws(ClientError) in
            try await client.nextRuns(query: query)
        } text: { plan throws(Failure) in
            try text(plan)
        }
    }

    private func text(_ plan: PlanReply) throws(Failure) -> String {
        let runs = plan.runs.map {
            LaunchText.Run($0, sequenceLength: question.sequenceLength?.value)
        }
        if let template { return try LaunchText.lines(runs, template: template) }
        return switch format ?? .text {
        case .text, .cli: PlanText.text(plan)
        case .json: LaunchText.json(runs)
        case .yaml: LaunchText.yaml(runs)
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
