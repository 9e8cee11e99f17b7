package import Configuration
import Foundation
package import Logging

/// Every setting of the server, read once at start. Flags win over the environment, the environment
/// over the default.
///
/// | key | type | default | |
/// |---|---|---|---|
/// | ISOLOSS_HOST | text | 127.0.0.1 | address to listen on; anything but loopback needs a token |
/// | ISOLOSS_PORT | 0…65535 | 7070 | 0 takes a free port and prints it |
/// | ISOLOSS_DATA_DIR | path | see `DefaultDirectories` | cluster and artifacts |
/// | ISOLOSS_DATABASE_URL | conninfo, URL; secret | none | an existing PostgreSQL, not our own |
/// | ISOLOSS_POSTGRES_BIN_DIR | path | pg_config's | folder of initdb and pg_ctl |
/// | ISOLOSS_TOKEN | text, secret | none | asked of every request when set |
/// | ISOLOSS_WEB_DIR | path | found near the program | the pages |
/// | ISOLOSS_SQL_DIR | path | found near the program | the migrations |
/// | ISOLOSS_EXAMPLES_DIR | path | found near the program | the sample sweeps of `demo` |
/// | ISOLOSS_LOG_LEVEL | trace…critical | info | |
/// | ISOLOSS_STALLED_AFTER | seconds | 300 | silence after which a running run is stalled |
/// | ISOLOSS_LOST_AFTER | hours | 24 | silence after which a running run is ended; 0 never |
/// | ISOLOSS_PURGE_AFTER | days | 30 | what was deleted is removed for good; 0 never |
/// | ISOLOSS_REFIT_AFTER | seconds | 60 | pause after a fit before new runs refit it; 0 never |
/// | ISOLOSS_LOG_FORMAT | text, json | text | json is one object a line |
/// | ISOLOSS_REQUEST_LOG_LEVEL | trace…critical | debug | of the line that each request gets |
/// | ISOLOSS_SLOW_QUERY_MILLISECONDS | 0… | 250 | slower statements are logged; 0 logs none |
package struct ServerConfiguration: Sendable {
    package var host: String
    package var port: Int
    package var dataDirectory: String
    package var databaseURL: String?
    package var postgresBinDirectory: String?
    package var token: String?
    package var webDirectory: String
    package var sqlDirectory: String
    package var examplesDirectory: String
    package var stalledAfterSeconds: Int64
    package var lostAfterHours: Int64
    package var purgeAfterDays: Int64
    package var refitAfterSeconds: Int64
    package var logLevel: Logger.Level
    package var logFormat: LogFormat
    package var requestLogLevel: Logger.Level
    package var slowQueryMilliseconds: Int64

    /// Reads the settings. `flags` holds what the command line said, by key without prefix.
    package init(
        flags: [String: String],
        environment: any ConfigProvider = EnvironmentVariablesProvider(),
        directories: DefaultDirectories
    ) throws(ConfigurationError) {
        let reader = Self.reader(flags, environment)
        func text(_ key: String, secret: Bool = false) -> String? {
            let value = reader.string(forKey: ConfigKey(["isoloss", key]), isSecret: secret)
            return value.flatMap { $0.isEmpty ? nil : $0 }
        }
        host = text("host") ?? "127.0.0.1"
        let portText = text("port") ?? "7070"
        guard let port = Int(portText), (0...65_535).contains(port) else {
            throw .invalid(key: "ISOLOSS_PORT", rule: "a number from 0 to 65535", given: portText)
        }
        self.port = port
        dataDirectory = DefaultDirectories.absolute(text("dataDir") ?? directories.data)
        databaseURL = text("databaseUrl", secret: true)
        postgresBinDirectory = text("postgresBinDir")
        token = text("token", secret: true)
        webDirectory = DefaultDirectories.absolute(text("webDir") ?? directories.web)
        sqlDirectory = DefaultDirectories.absolute(text("sqlDir") ?? directories.sql)
        examplesDirectory = DefaultDirectories.absolute(text("examplesDir") ?? directories.examples)
        stalledAfterSeconds = try Self.count(
            text("stalledAfter"),
            "ISOLOSS_STALLED_AFTER",
            "seconds",
            in: 1...86_400,
            default: 300
        )
        func span(_ key: String, _ name: String, _ unit: String, _ limit: Int64, _ usual: Int64)
            throws(ConfigurationError) -> Int64
        { try Self.count(text(key), name, unit, in: 0...limit, default: usual) }
        lostAfterHours = try span("lostAfter", "ISOLOSS_LOST_AFTER", "hours", 87_600, 24)
        purgeAfterDays = try span("purgeAfter", "ISOLOSS_PURGE_AFTER", "days", 36_500, 30)
        refitAfterSeconds = try span("refitAfter", "ISOLOSS_REFIT_AFTER", "seconds", 86_400, 60)
        let rule = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        logLevel = try Self.choice("ISOLOSS_LOG_LEVEL", text("logLevel"), rule) ?? .info
        logFormat =
            try Self.choice("ISOLOSS_LOG_FORMAT", text("logFormat"), "text or json") ?? .text
        requestLogLevel =
            try Self.choice("ISOLOSS_REQUEST_LOG_LEVEL", text("requestLogLevel"), rule) ?? .debug
        slowQueryMilliseconds = try Self.count(
            text("slowQueryMilliseconds"),
            "ISOLOSS_SLOW_QUERY_MILLISECONDS",
            "milliseconds",
            in: 0...86_400_000,
            default: 250
        )
        try checkExposure()
    }

    private static func reader(
        _ flags: [String: String],
        _ environment: any ConfigProvider
    ) -> ConfigReader {
        let given = flags.map { (AbsoluteConfigKey(["isoloss", $0.key]), $0.value) }
        let flagProvider = InMemoryProvider(
            values: Dictionary(
                given.map { ($0.0, ConfigValue(.string($0.1), isSecret: false)) },
                uniquingKeysWith: { first, _ in first }
            )
        )
        return ConfigReader(providers: [flagProvider, environment])
    }

    private static func count(
        _ text: String?,
        _ key: String,
        _ unit: String,
        in range: ClosedRange<Int64>,
        default usual: Int64
    ) throws(ConfigurationError) -> Int64 {
        guard let text else { return usual }
        guard let value = Int64(text), range.contains(value) else {
            let rule = "a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound)"
            throw .invalid(key: key, rule: rule, given: text)
        }
        return value
    }

    /// Only this machine can reach a loopback address.
    package var isLoopback: Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        let isDotted = octets.count == 4 && octets.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "::1" || (isDotted && octets[0] == "127")
    }

    private static func choice<Value: RawRepresentable<String>>(
        _ key: String,
        _ text: String?,
        _ rule: String
    ) throws(ConfigurationError) -> Value? {
        guard let text else { return nil }
        guard let value = Value(rawValue: text) else {
            throw .invalid(key: key, rule: rule, given: text)
        }
        return value
    }

    private func checkExposure() throws(ConfigurationError) {
        guard isLoopback || token != nil else { throw .tokenNeeded(host: host) }
        if let token, token.utf8.count < 16 {
            throw .invalid(
                key: "ISOLOSS_TOKEN",
                rule: "16 characters or more",
                given: "\(token.utf8.count) characters"
            )
        }
    }
}

/// How the lines of the log are written.
package enum LogFormat: String, Sendable, CaseIterable { case text, json }

/// A setting the server cannot start with.
package enum ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    case invalid(key: String, rule: String, given: String)
    case tokenNeeded(host: String)
    case folderMissing(what: String, path: String, key: String)

    package var description: String {
        switch self {
        case .invalid(let key, let rule, let given):
            "\(key) must be \(rule); it was \(given)."
        case .tokenNeeded(let host):
            "Listening on \(host) lets other machines in, so a token is needed: "
                + "set ISOLOSS_TOKEN to 16 characters or more, or listen on 127.0.0.1."
        case .folderMissing(let what, let path, let key):
            "The folder of \(what) was not found at \(path): set \(key)."
        }
    }
}
