package import Runs

/// Body of `POST /api/v1/fits`.
package struct NewFit: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    /// Id of a law's card.
    package var law: String
    /// Filter that runs must pass.
    package var `where`: String?
    package var seed: UInt64?

    package init(project: String, law: String, where filter: String? = nil, seed: UInt64? = nil) {
        self.project = project
        self.law = law
        self.where = filter
        self.seed = seed
    }
}

/// A fit and its state, without its body. On the wire a finished fit also has the member `fit`,
/// whose shape depends on the law.
package struct FitMessage: Sendable, Codable, Hashable {
    package enum Status: String, Sendable, Codable { case queued, running, finished, failed }

    package var id: String
    package var project: ProjectID
    package var law: String
    package var status: Status
    package var `where`: String?
    package var seed: UInt64
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var finishedAt: Int64?
    /// Runs the fit was given.
    package var runCount: Int?
    /// Finished runs that are newer than the fit.
    package var staleRuns: Int?
    package var error: APIError?

    package init(
        id: String,
        project: ProjectID,
        law: String,
        status: Status,
        where filter: String?,
        seed: UInt64,
        createdAt: Int64,
        finishedAt: Int64? = nil,
        runCount: Int? = nil,
        staleRuns: Int? = nil,
        error: APIError? = nil
    ) {
        self.id = id
        self.project = project
        self.law = law
        self.status = status
        self.where = filter
        self.seed = seed
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.runCount = runCount
        self.staleRuns = staleRuns
        self.error = error
    }
}

/// Answer of `GET /api/v1/fits`.
package struct FitList: Sendable, Codable, Hashable {
    package var fits: [FitMessage]

    package init(fits: [FitMessage]) { self.fits = fits }
}
