import Foundation
import Runs

extension Chinchilla: AllocatingLaw {}
extension ChinchillaTied: AllocatingLaw {}
extension Kaplan: AllocatingLaw {}
extension MiniCPM: AllocatingLaw {}
extension Farseer: AllocatingLaw {}

extension OverTraining: AllocatingLaw {
    package static func input(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> Input { input(point) }
}

extension DataConstrained: AllocatingLaw {
    package static var reads: Set<Question.Field> { AllocationTask.reads.union([.uniqueTokens]) }

    package static var alsoAdvised: [AlsoAdvised] {
        [
            AlsoAdvised("epochs", "epochs over the unique tokens", unit: "1"),
            AlsoAdvised("effectiveTokenCount", "fresh tokens worth as much", unit: "tokens"),
        ]
    }

    package static func input(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> Input {
        let unique = question[.uniqueTokens].map { log($0) } ?? point.logTokens
        return Input(run: point, logUnique: min(unique, point.logTokens))
    }

    package static func extras(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> [Double] {
        let input = input(at: point, question, theta)
        let data = Effective(
            logUnique: input.logUnique,
            excess: point.logTokens - input.logUnique,
            logDecay: theta[.logTokenDecay]
        )
        return [exp(point.logTokens - input.logUnique), exp(data.logValue)]
    }

    package static func assumptions(_ question: Question) -> [String] {
        question[.uniqueTokens] == nil
            ? ["uniqueTokens is not given: all tokens are taken as distinct."] : []
    }
}

extension ThreeTerm: AllocatingLaw {
    package static var reads: Set<Question.Field> { AllocationTask.reads.union([.batchTokens]) }

    package static var alsoAdvised: [AlsoAdvised] {
        [AlsoAdvised("batchTokens", "batch, tokens per step", unit: "tokens per step")]
    }

    /// At the best batch for its tokens, unless the question forces one.
    package static func input(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> Input {
        let best = logBestBatch(logTokens: point.logTokens, theta)
        let batch = min(question[.batchTokens].map { log($0) } ?? best, point.logTokens)
        return Input(
            logSize: point.logSize,
            logSteps: point.logTokens - batch,
            logBatch: batch
        )
    }

    package static func extras(
        at point: SizeAndTokens,
        _ question: Question,
        _ theta: Coordinates<Coordinate>
    ) -> [Double] { [exp(input(at: point, question, theta).logBatch)] }

    package static func assumptions(_ question: Question) -> [String] {
        question[.batchTokens] == nil ? ["The batch is the best one for the tokens."] : []
    }
}
