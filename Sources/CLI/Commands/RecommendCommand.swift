import ArgumentParser
import Client

struct RecommendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recommend",
        abstract: "Says what to set for a run, from what the project's runs teach.",
        discussion: """
            Numbers may end in k, M, B or T for 1e3, 1e6, 1e9, 1e12. What is given says what is
            asked; --law names the law that is to answer.
              isoloss recommend --project P --parameters 1.1B --tokens 100B
              isoloss recommend --project P --flops 1e21
            """
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project whose runs are the evidence.")
    var project: String

    @Option(help: "Id of the law; without it the law that what is given calls for.")
    var law: String?

    @Option(help: "Id of the fit to use instead of the newest.")
    var fit: String?

    @OptionGroup(title: "The question") var question: QuestionOptions

    func validate() throws {
        guard law != nil || fit != nil || !question.query.isEmpty else {
            throw ValidationError(
                "Say what is asked, for example --parameters and --tokens, or --flops."
            )
        }
    }

    func run() async throws {
        try await options.answer(isSlow: true) { client throws(ClientError) in
            try await client.recommendation(query: query)
        } text: { answer in
            switch answer {
            case .stepLaw(let reply): RecommendationText.text(reply, project: project)
            case .advice(let reply): AdviceText.text(reply, project: project)
            }
        }
    }

    private var query: [(name: String, value: String)] {
        var query = [(name: "project", value: project)]
        if let law { query.append(("law", law)) }
        if let fit { query.append(("fit", fit)) }
        return query + question.query
    }
}
