import Foundation

/// `isoloss-benchmark step-law --data PATH`: the measured claims about the law, measured again.
@main
struct Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch arguments.first {
            case "step-law":
                try StepLawBenchmark(path: try option("--data", in: arguments)).run()
            case "coverage":
                let path = arguments.contains("--data") ? try option("--data", in: arguments) : nil
                let worlds =
                    arguments.contains("--worlds")
                    ? Int(try option("--worlds", in: arguments)) ?? 200 : 200
                try CoverageBenchmark(path: path, worlds: max(worlds, 1)).run()
            default:
                throw BenchmarkError.usage
            }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(64)
        }
    }

    static func option(_ name: String, in arguments: [String]) throws(BenchmarkError) -> String {
        guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
            throw .usage
        }
        return arguments[index + 1]
    }
}

enum BenchmarkError: Error, CustomStringConvertible {
    case usage
    case unreadable(path: String, reason: String)

    var description: String {
        switch self {
        case .usage:
            """
            usage: isoloss-benchmark step-law --data PATH/dense_lr_bs_loss.csv
                   isoloss-benchmark coverage [--worlds 200] [--data PATH/dense_lr_bs_loss.csv]
            """
        case .unreadable(let path, let reason):
            "\(path) cannot be read as the Step Law table: \(reason)"
        }
    }
}
