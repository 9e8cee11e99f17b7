import ArgumentParser
import Client

/// How planned runs are printed.
struct LaunchOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, yaml, cli }

    @Option(help: "How the runs are printed: text, json, yaml or cli, a line a run.")
    var format: Format?

    @Option(help: "Line to print for each run, with names in braces; implies --format cli.")
    var template: String?

    func validate() throws {
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

    /// `table` writes them for people.
    func text(
        _ planned: [PlanReply.Run],
        sequenceLength: Double?,
        table: () -> String
    ) throws(Failure) -> String {
        let runs = planned.map { LaunchText.Run($0, sequenceLength: sequenceLength) }
        if let template { return try LaunchText.lines(runs, template: template) }
        return switch format ?? .text {
        case .text, .cli: table()
        case .json: LaunchText.json(runs)
        case .yaml: LaunchText.yaml(runs)
        }
    }
}
