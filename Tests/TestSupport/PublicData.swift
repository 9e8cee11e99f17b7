import Foundation
package import Testing

/// Public data sets that tests read and the repository does not hold. The folder is named by
/// `ISOLOSS_PUBLIC_DATA`; suites that need it are skipped without it.
package enum PublicData {
    package static var folder: String? {
        ProcessInfo.processInfo.environment["ISOLOSS_PUBLIC_DATA"]
    }

    /// Path of a file in the folder; nil when there is no such file.
    package static func path(_ name: String) -> String? {
        guard let folder else { return nil }
        let path = folder + "/" + name
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test where the public data file is absent.
    package static func needsPublicData(_ name: String) -> ConditionTrait {
        .enabled(
            if: PublicData.path(name) != nil,
            "needs \(name) in the folder that ISOLOSS_PUBLIC_DATA names"
        )
    }
}
