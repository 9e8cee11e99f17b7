import API
import Foundation
import Runs
import ScalingLaws
import Storage

/// Asks a stored fit, whatever its law, on the thread for computing.
struct Advisor: Sendable {
    let record: FitRecord
    let thread: ComputeThread
    /// Why the law of the fit was asked, where several could have been.
    var choice: String?

    func advise(_ asked: Question) async throws -> Advice {
        let law = try ServedLaw(parsing: record.law)
        let fit = try body()
        var answer = try await thread.run { () throws in
            try law.advise(asked, fit: fit)
        }
        if let unused = law.unused(asked) { answer.warnings.append(unused) }
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
        let source = try source(fit)
        var provenance = Advice.Provenance(
            fitID: record.id.hex,
            law: law.id,
            equation: law.card.equation,
            runs: record.runCount ?? 0,
            dataHash: source.dataHash,
            parameterConvention: source.parameterConvention,
            lossName: source.lossName,
            seed: record.seed
        )
        provenance.choice = choice
        return provenance
    }

    /// What the fit was made of: by its summary, which is short, else by its body.
    private func source(_ fit: Data) throws -> FitSource {
        let decoder = WireJSON.decoder()
        if let summary = record.summary,
            let known = try decoder.decode(Summary.self, from: summary).source
        {
            return known
        }
        return try decoder.decode(FitSource.self, from: fit)
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

    /// Of a `FitSummary`, whose other members cost more to read.
    private struct Summary: Decodable {
        var source: FitSource?
    }
}
