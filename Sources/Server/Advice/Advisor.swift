import API
import Foundation
import Runs
import ScalingLaws
import Storage

/// Asks a stored fit, whatever its law, on the thread for computing.
struct Advisor: Sendable {
    let record: FitRecord
    let thread: ComputeThread

    func advise(_ asked: Question) async throws -> Advice {
        let law = try ServedLaw(parsing: record.law)
        let fit = try body()
        var answer = try await thread.run { () throws in
            try law.adviseTellingUnused(asked, fit: fit)
        }
        answer.provenance = try provenance(law, fit)
        return answer
    }

    func plan(_ question: NextRunQuestion) async throws -> NextRunPlan {
        let law = try ServedLaw(parsing: record.law)
        let fit = try body()
        var plan = try await thread.run { () throws in try law.plan(question, fit: fit) }
        plan.provenance = try provenance(law, fit)
        return plan
    }

    private func provenance(_ law: ServedLaw, _ fit: Data) throws -> Advice.Provenance {
        let marks = try WireJSON.decoder().decode(Marks.self, from: fit)
        return Advice.Provenance(
            fitID: record.id.hex,
            law: law.id,
            equation: law.card.equation,
            runs: record.runCount ?? 0,
            dataHash: marks.dataHash,
            parameterConvention: marks.parameterConvention,
            lossName: marks.lossName,
            seed: record.seed
        )
    }

    /// The stored body of the fit, which must be finished.
    private func body() throws(APIError) -> Data {
        guard record.status == .finished, let fit = record.result else {
            throw APIError(
                .invalid,
                "The fit \(record.id.hex) is \(record.status), not finished.",
                hint: "Wait until it is, or name another fit.",
                field: "fit"
            )
        }
        return fit
    }

    /// What the stored fits of most laws say of their data.
    private struct Marks: Decodable {
        var dataHash: String?
        var parameterConvention: String?
        var lossName: String?
    }
}
