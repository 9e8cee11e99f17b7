package import API
package import Foundation
import Runs
package import ScalingLaws

/// The laws that can be asked for by id. A fit is stored as its JSON, so a new law needs one case
/// here and no table, message or page.
package enum ServedLaw: String, Sendable, CaseIterable {
    case stepLaw = "step-law"

    package init(parsing id: String) throws(APIError) {
        guard let law = ServedLaw(rawValue: id) else {
            let known = ServedLaw.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                .invalid,
                "There is no law \(id.prefix(80)); the laws are \(known).",
                field: "law"
            )
        }
        self = law
    }

    package var card: LawCard {
        switch self {
        case .stepLaw: StepLaw.card
        }
    }

    /// Fits the law and returns the fit as JSON.
    package func fit(
        _ request: FitRequest,
        leftOut: [ObservationBuilder.LeftOut]
    ) throws -> Data {
        switch self {
        case .stepLaw:
            var fit = try StepLaw.fit(request)
            fit.leftOutCount += leftOut.count
            fit.leftOut += leftOut.prefix(Self.shownLeftOutCount).map {
                StepLawFit.LeftOut(runID: $0.runID.hex, runName: $0.runName, reason: $0.reason)
            }
            return try WireJSON.encoder().encode(fit)
        }
    }

    private static let shownLeftOutCount = 500
}
