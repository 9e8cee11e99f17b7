package import Foundation
package import Runs

/// A fit that was asked for.
package struct FitJob: Sendable, Hashable {
    package var id: UUID
    package var projectID: ProjectID
    package var law: String
    /// JSON of what was asked.
    package var request: Data
    package var seed: UInt64
    /// Asked for by the server because runs arrived.
    package var isAutomatic: Bool

    package init(
        id: UUID,
        projectID: ProjectID,
        law: String,
        request: Data,
        seed: UInt64,
        isAutomatic: Bool = false
    ) {
        self.id = id
        self.projectID = projectID
        self.law = law
        self.request = request
        self.seed = seed
        self.isAutomatic = isAutomatic
    }
}

package enum FitStatus: String, Sendable, Codable {
    case queued, running, finished, failed, cancelled
}

/// A fit as it is stored.
package struct FitRecord: Sendable {
    package var id: UUID
    package var projectID: ProjectID
    package var law: String
    package var status: FitStatus
    package var seed: UInt64
    package var request: Data
    /// JSON of the fit, once finished; lists leave it out.
    package var result: Data?
    /// JSON of what every fit says of itself, once finished.
    package var summary: Data?
    /// Version of the program that computed it.
    package var codeVersion: String?
    /// Runs that informed the fit, once finished.
    package var runCount: Int?
    package var errorCode: String?
    package var errorMessage: String?
    /// Share done, 0 to 1, as last written by the worker.
    package var progress: Double?
    package var isAutomatic: Bool
    /// Microseconds since 1970, as all times here.
    package var createdAt: Int64
    package var startedAt: Int64?
    package var finishedAt: Int64?
}

/// How a fit ended.
package enum FitOutcome: Sendable {
    case finished(FitResult)
    case failed(code: String, message: String)
}

/// What a finished fit leaves behind.
package struct FitResult: Sendable, Hashable {
    /// JSON of the law's own fit.
    package var body: Data
    /// JSON of what every fit says of itself.
    package var summary: Data?
    /// Runs that informed the fit.
    package var runCount: Int
    /// Version of the program that computed it.
    package var codeVersion: String?

    package init(body: Data, summary: Data? = nil, runCount: Int, codeVersion: String? = nil) {
        self.body = body
        self.summary = summary
        self.runCount = runCount
        self.codeVersion = codeVersion
    }
}
