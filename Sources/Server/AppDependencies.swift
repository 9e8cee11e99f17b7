import Foundation

/// What the routes need beside their requests. Tests build it with a throwaway database.
package struct AppDependencies: Sendable {
    package var configuration: ServerConfiguration
    /// Microseconds since 1970; an argument so that tests can stop the clock.
    package var now: @Sendable () -> Int64

    package init(
        configuration: ServerConfiguration,
        now: @escaping @Sendable () -> Int64 = AppDependencies.systemClock
    ) {
        self.configuration = configuration
        self.now = now
    }

    /// Microseconds since 1970.
    package static let systemClock: @Sendable () -> Int64 = {
        Int64(Date().timeIntervalSince1970 * 1_000_000)
    }
}
