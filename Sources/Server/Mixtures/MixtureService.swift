import API
import Foundation
import Mixtures
import Runs
import Storage

/// Finds the fit of a target over mixtures, and makes it first if there is none.
struct MixtureService: Sendable {
    let dependencies: AppDependencies

    struct Found: Sendable {
        var record: FitRecord
        var fit: MixtureFit
    }

    /// The fit named by `id`, else the newest finished one of the target.
    func fit(project: ProjectID, target: String, id: String?) async throws -> Found {
        let service = FitService(dependencies: dependencies)
        if let id {
            let record = try await service.find(id)
            let found = try decoded(record)
            guard record.projectID == project, found.fit.target == target else {
                throw APIError(
                    .invalid,
                    "The fit \(id.prefix(80)) is of \(found.fit.target), or of another project.",
                    hint: "Leave fit out, or name a fit of \(target.prefix(80)).",
                    field: "fit"
                )
            }
            return found
        }
        if let record = try await dependencies.store.fits.latestMixture(
            projectID: project,
            target: target
        ) {
            return try decoded(record)
        }
        let request = StoredMixtureRequest(target: target, options: MixtureFitter.Options())
        // A target that no run has is refused before anything waits in a queue.
        let job = MixtureFitJob(
            project: project,
            request: request,
            filter: nil,
            seed: FitService.defaultSeed
        )
        _ = try await job.input(dependencies.store)
        let queued = try await dependencies.fits.enqueue(
            project: project,
            mixture: request,
            where: nil,
            seed: FitService.defaultSeed
        )
        return try decoded(try await service.wait(for: queued))
    }

    private func decoded(_ record: FitRecord) throws -> Found {
        if let known = dependencies.mixtureFits.values([record.id])[0] {
            return Found(record: record, fit: known)
        }
        guard MixtureFitJob.laws.contains(record.law), record.status == .finished,
            let body = record.result
        else {
            throw APIError(
                .invalid,
                "The fit \(record.id.hex) is \(record.status.rawValue) and of the law "
                    + "\(record.law); a finished fit over mixtures is needed.",
                field: "fit"
            )
        }
        let fit = try WireJSON.decoder().decode(MixtureFit.self, from: body)
        // Decoded numbers take about half the room of their digits.
        dependencies.mixtureFits.insert([(record.id, fit, body.count / 2)])
        return Found(record: record, fit: fit)
    }
}

extension MixtureFit {
    /// A mixture keyed by name in the order of the fit's domains.
    func ordered(_ shares: [String: Double], field: String) throws(APIError) -> [Double] {
        if let odd = shares.keys.filter({ !domains.contains($0) }).min() {
            throw APIError(
                .invalid,
                "There is no domain \(odd.prefix(80)) in this fit; the domains are "
                    + domains.prefix(40).joined(separator: ", ") + ".",
                field: field
            )
        }
        let values = domains.map { shares[$0] ?? 0 }
        guard values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw APIError(
                .invalid,
                "A share is negative or not a number; shares are from 0 and sum to 1.",
                field: field
            )
        }
        let sum = values.reduce(0, +)
        guard abs(sum - 1) <= Mixture.sumTolerance else {
            throw APIError(
                .invalid,
                "The shares sum to \(NumberText.text(sum)); they must sum to 1, give or take "
                    + "\(NumberText.text(Mixture.sumTolerance)).",
                field: field
            )
        }
        return values.map { $0 / sum }
    }
}

extension MixtureService {
    /// Queues a fit as a client asks for it.
    func enqueue(_ body: NewFit, _ project: ProjectID) async throws -> FitRecord {
        guard let target = body.target, !target.isEmpty else {
            throw APIError(
                .invalid,
                "A fit over mixtures needs a target: a metric, or a pattern such as metric/*.",
                field: "target"
            )
        }
        guard target.count <= Limits.keyCharacters else {
            throw APIError(
                .invalid,
                "The target has \(target.count) characters; \(Limits.keyCharacters) is the most.",
                field: "target"
            )
        }
        var options = MixtureFitter.Options(predictor: MixtureFitJob.predictor(ofLaw: body.law))
        if let count = body.options?.drawCount {
            guard Self.drawCounts.contains(count) else {
                throw APIError(
                    .invalid,
                    "drawCount must be \(Self.drawCounts.lowerBound) to "
                        + "\(Self.drawCounts.upperBound) over mixtures; it was \(count).",
                    field: "options.drawCount"
                )
            }
            options.drawCount = count
        }
        let request = StoredMixtureRequest(target: target, options: options)
        let filter = body.where.flatMap { $0.isEmpty ? nil : $0 }
        let seed = body.seed ?? FitService.defaultSeed
        let job = MixtureFitJob(project: project, request: request, filter: filter, seed: seed)
        // A target that no run has is refused before anything waits in a queue.
        _ = try await job.input(dependencies.store)
        return try await dependencies.fits.enqueue(
            project: project,
            mixture: request,
            where: filter,
            seed: seed
        )
    }

    /// Resampled refits of a fit over mixtures; each is a law of its own in the stored body.
    static let drawCounts = 10...200
}
