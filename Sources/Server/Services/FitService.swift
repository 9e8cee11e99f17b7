import API
import Foundation
import Mixtures
import Runs
import ScalingLaws
import Storage
import Synchronization

/// Finds the fit that answers a question, and makes it first if there is none.
struct FitService: Sendable {
    /// How long a request waits for a fit.
    static let waitSeconds: Int64 = 120

    let dependencies: AppDependencies
    private var fits: FitStore { dependencies.store.fits }

    func find(_ text: String) async throws -> FitRecord {
        guard let id = UUID(hex: text), let record = try await fits.find(id) else {
            throw APIError(.notFound, "There is no fit \(text.prefix(80)).", field: "fit")
        }
        return record
    }

    /// The newest finished fit of the law on the project; without one a fit is made and waited for.
    func current(_ project: ProjectID, _ law: ServedLaw) async throws -> FitRecord {
        if let fit = try await fits.latest(projectID: project, law: law.id) { return fit }
        let last = try await fits.list(projectID: project, law: law.id).first
        if let last {
            switch last.status {
            case .queued, .running: return try await wait(for: last)
            case .cancelled: break
            case .failed:
                // The same runs would fail the same way, unless the program is another now.
                let isOlder = last.createdAt < dependencies.startedAt
                let hasChanged = try await hasChanged(project, since: last.createdAt)
                guard isOlder || hasChanged
                else {
                    throw APIError(failureOf: last)
                }
            case .finished: return try await find(last.id.hex)
            }
        }
        return try await wait(
            for: try await dependencies.fits.enqueue(
                project: project,
                law: law,
                where: nil,
                seed: Self.defaultSeed
            )
        )
    }

    static let defaultSeed: UInt64 = 1

    func wait(for record: FitRecord) async throws -> FitRecord {
        let deadline = ContinuousClock.now + .seconds(Self.waitSeconds)
        var pause = Duration.milliseconds(20)
        while ContinuousClock.now < deadline {
            guard let seen = try await fits.find(record.id) else { break }
            switch seen.status {
            case .finished: return seen
            case .failed, .cancelled: throw APIError(failureOf: seen)
            case .queued, .running: break
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(500))
        }
        throw APIError(
            .unavailable,
            "The fit \(record.id.hex) is not finished after \(Self.waitSeconds) seconds.",
            hint: "Ask again; it goes on."
        )
    }

    /// Finished runs written after the fit was asked for, at most 1,000 counted.
    func staleRunCount(_ record: FitRecord) async throws -> Int {
        try await fits.finishedRunTimes(projectID: record.projectID, since: record.createdAt).count
    }

    private func hasChanged(_ project: ProjectID, since time: Int64) async throws -> Bool {
        if let found = try await dependencies.store.projects.find(id: project),
            found.updatedAt >= time
        {
            return true
        }
        return try await !dependencies.store.runs.changed(
            projectID: project,
            since: time - 1,
            limit: 1
        )
        .isEmpty
    }

    func message(of record: FitRecord) async throws -> FitMessage {
        try await messages(of: [record])[0]
    }

    /// Of fits of one project.
    func messages(of records: [FitRecord]) async throws -> [FitMessage] {
        let finished = records.filter { $0.status == .finished }
        var newer: [Int64] = []
        if let oldest = finished.map(\.createdAt).min(), let project = finished.first?.projectID {
            newer = try await fits.finishedRunTimes(projectID: project, since: oldest)
        }
        return try records.map { record in
            var message = try FitMessage(record)
            if record.status == .finished {
                message.staleRuns = newer.count { $0 > record.createdAt }
            }
            if record.status == .running {
                message.progress = dependencies.fits.progress(of: record.id) ?? record.progress
            }
            return message
        }
    }

    /// Ends a fit that waits or is worked on; one that was cancelled before stays so.
    func cancel(_ record: FitRecord) async throws -> FitRecord {
        _ = try await dependencies.fits.cancel(record.id)
        let ended = try await find(record.id.hex)
        guard ended.status == .cancelled else {
            throw APIError(
                .conflict,
                "The fit \(record.id.hex) is \(ended.status.rawValue); only one that is queued or "
                    + "running can be cancelled.",
                field: "id"
            )
        }
        return ended
    }

    /// The law's body of a finished fit.
    func stepLaw(_ record: FitRecord) throws -> StepLawFit {
        if record.status == .finished, record.result == nil { throw APIError(bodilessFit: record) }
        guard record.law == ServedLaw.stepLaw.id, let data = record.result else {
            throw APIError(
                .invalid,
                "The fit \(record.id.hex) is \(record.status) and of the law \(record.law).",
                hint: "Wait until it is finished, or name another fit.",
                field: "fit"
            )
        }
        return try WireJSON.decoder().decode(StepLawFit.self, from: data)
    }
}

extension FitMessage {
    /// All but what other tables say of it.
    init(_ record: FitRecord) throws {
        let decoder = WireJSON.decoder()
        let request = try decoder.decode(StoredFitRequest.self, from: record.request)
        self.init(
            id: record.id.hex,
            project: record.projectID,
            law: record.law,
            status: Status(record.status),
            seed: record.seed,
            createdAt: record.createdAt
        )
        self.where = request.where
        options = request.options?.message
        target = request.mixture?.target
        if let count = request.mixture?.options.drawCount {
            options = FitOptionsMessage(drawCount: count)
        }
        automatic = record.isAutomatic ? true : nil
        startedAt = record.startedAt
        finishedAt = record.finishedAt
        codeVersion = record.codeVersion
        runCount = record.runCount
        if let summary = record.summary {
            describe(try decoder.decode(FitSummaryMessage.self, from: summary))
        }
        if record.status == .failed { error = APIError(failureOf: record) }
    }
}

extension FitMessage.Status {
    init(_ status: FitStatus) {
        switch status {
        case .queued: self = .queued
        case .running: self = .running
        case .finished: self = .finished
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        }
    }
}

extension APIError {
    /// Why a fit that did not finish ended.
    init(failureOf record: FitRecord) {
        guard record.status != .cancelled else {
            self.init(.conflict, "The fit \(record.id.hex) was cancelled.", hint: "Ask again.")
            return
        }
        let code = record.errorCode.flatMap(Code.init(rawValue:)) ?? .internal
        self.init(code, record.errorMessage ?? "The fit failed without a reason.")
    }
}
