import ArgumentParser
import Client

struct TransferCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer",
        abstract: "Carries tuned hyperparameters to another width, depth, batch or length.",
        discussion: """
            The base is a tuned training, by flags, a JSON file, or a file with flags over it.
              isoloss transfer --base small.json --target-width 4096 --target-depth 48
              isoloss transfer --base-width 256 --base-depth 4 --base-peak-learning-rate 3e-3 \\
                --target-width 1024 --rule mup --format yaml
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, yaml }

    enum Rule: String, ExpressibleByArgument, CaseIterable { case mup, completep, standard }

    enum DecayRule: String, ExpressibleByArgument, CaseIterable {
        case constantTimescale, powerLines, robustLayerwise, completep, none
    }

    @OptionGroup var options: ServerOptions

    @Option(help: "JSON file of the base: {\"width\": 256, \"depth\": 4, …}.")
    var base: String?

    @Option(help: "Project whose fitted law says how the rate follows batch and tokens.")
    var project: String?

    @Option(help: "How initial values, rates and multipliers follow the shape; else completep.")
    var rule: Rule?

    @Option(help: "How weight decay follows shape, batch and tokens; else constantTimescale.")
    var weightDecayRule: DecayRule?

    @Option(help: "alpha of CompleteP, 0.5 to 1; else 1.")
    var depthExponent: Double?

    @Option(help: "How the table is printed.")
    var format = Format.text

    @OptionGroup(title: "The base") var baseNumbers: BaseOptions

    @OptionGroup(title: "The target") var targetNumbers: TargetOptions

    func validate() throws {
        guard base != nil || baseNumbers.baseWidth != nil && baseNumbers.baseDepth != nil else {
            throw ValidationError("Give --base FILE, or --base-width and --base-depth.")
        }
    }

    func run() async throws {
        try await reporting { () throws(Failure) in
            let client = try options.client()
            let body = try body()
            if format == .yaml, !options.json {
                return Output.answer(
                    try await calling { () throws(ClientError) in
                        try await client.transferYAML(body, project: project)
                    }
                )
            }
            let answer = try await calling { () throws(ClientError) in
                try await client.transfer(body, project: project)
            }
            if options.json || format == .json { return Output.answer(answer.body) }
            Output.answer(TransferText.text(answer.value))
        }
    }

    private func body() throws(Failure) -> TransferBody {
        var body = TransferBody()
        if let base { body = try BaseFile.read(base) }
        body.base.merge(baseNumbers.numbers) { $1 }
        body.target.merge(targetNumbers.numbers) { $1 }
        if let rule { body.rule = rule.rawValue }
        if let weightDecayRule { body.weightDecayRule = weightDecayRule.rawValue }
        if let depthExponent { body.depthExponent = depthExponent }
        return body
    }
}
