import ArgumentParser
import Client

struct RecommendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recommend",
        abstract: "Says which learning rate and batch to set for a model size and token count.",
        discussion: """
            Numbers may end in k, M, B or T for 1e3, 1e6, 1e9, 1e12.
            Two of --parameters, --tokens, --flops say the target; FLOPs are 6·N·D.
              isoloss recommend --project P --parameters 1.1B --tokens 100B
            """
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project whose runs are the evidence.")
    var project: String

    @Option(help: "Id of the law.")
    var law = "step-law"

    @Option(help: "Model size N, counted as the project counts it.")
    var parameters: Quantity?

    @Option(help: "Training tokens D.")
    var tokens: Quantity?

    @Option(help: "Compute budget in FLOPs.")
    var flops: Quantity?

    @Option(help: "Tokens per step, if the batch is already chosen.")
    var batchTokens: Quantity?

    @Option(help: "Tokens per sequence, to give the batch in sequences too.")
    var sequenceLength: Quantity?

    @Option(help: "Id of the fit to use instead of the newest.")
    var fit: String?

    func validate() throws {
        let given = [parameters, tokens, flops].compactMap { $0 }.count
        guard given == 2 else {
            throw ValidationError(
                "Give two of --parameters, --tokens and --flops; \(given) were given."
            )
        }
    }

    func run() async throws {
        try await reporting { () throws(Failure) in
            let client = try options.client()
            let progress = ProgressLine("Asking \(client.address.shown)")
            progress.show(nil)
            defer { progress.end() }
            let answer = try await calling { () throws(ClientError) in
                try await client.recommendation(query: query)
            }
            progress.end()
            if options.json { return Output.answer(answer.body) }
            Output.answer(RecommendationText.text(answer.value, project: project))
        }
    }

    private var query: [(name: String, value: String)] {
        var query = [(name: "project", value: project), (name: "law", value: law)]
        let optional = [
            ("parameters", parameters), ("tokens", tokens), ("flops", flops),
            ("batchTokens", batchTokens), ("sequenceLength", sequenceLength),
        ]
        for (name, quantity) in optional { if let quantity { query.append((name, quantity.text)) } }
        if let fit { query.append(("fit", fit)) }
        return query
    }
}
