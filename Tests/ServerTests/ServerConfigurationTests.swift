import Configuration
import Logging
import Server
import Testing

@Suite struct ServerConfigurationTests {
    private let directories = DefaultDirectories(
        data: "/d",
        web: "/w",
        sql: "/s",
        examples: "/e"
    )

    private func configuration(
        flags: [String: String] = [:],
        environment: [String: String] = [:]
    ) throws -> ServerConfiguration {
        try ServerConfiguration(
            flags: flags,
            environment: EnvironmentVariablesProvider(environmentVariables: environment),
            directories: directories
        )
    }

    @Test func `a flag wins over the environment and that over the default`() throws {
        #expect(try configuration().port == 7070)
        let environment = ["ISOLOSS_PORT": "8000", "ISOLOSS_DATA_DIR": "/other"]
        #expect(try configuration(environment: environment).port == 8000)
        #expect(try configuration(environment: environment).dataDirectory == "/other")
        #expect(try configuration(flags: ["port": "9"], environment: environment).port == 9)
    }

    @Test func `the log's settings are read and their defaults are quiet`() throws {
        let plain = try configuration()
        #expect(plain.logLevel == .info && plain.requestLogLevel == .debug)
        #expect(plain.logFormat == .text && plain.slowQueryMilliseconds == 250)
        let environment = [
            "ISOLOSS_LOG_FORMAT": "json", "ISOLOSS_REQUEST_LOG_LEVEL": "info",
            "ISOLOSS_SLOW_QUERY_MILLISECONDS": "0",
        ]
        let chosen = try configuration(environment: environment)
        #expect(chosen.logFormat == .json && chosen.requestLogLevel == .info)
        #expect(chosen.slowQueryMilliseconds == 0)
    }

    @Test(arguments: [
        ("ISOLOSS_LOG_FORMAT", "xml"), ("ISOLOSS_LOG_LEVEL", "loud"),
        ("ISOLOSS_SLOW_QUERY_MILLISECONDS", "-1"), ("ISOLOSS_SLOW_QUERY_MILLISECONDS", "1s"),
    ])
    func `a setting of the log that is none is refused by its name`(key: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(environment: [key: value])
        }
        #expect(error?.description.contains(key) == true)
    }

    @Test(arguments: ["-1", "65536", "http", "1e3"])
    func `a port that is none is refused`(text: String) {
        #expect(throws: ConfigurationError.self) { try configuration(flags: ["port": text]) }
    }

    @Test(arguments: ["0.0.0.0", "::", "10.0.0.1", "example.org", "127.example.org"])
    func `an address that others reach needs a token`(host: String) throws {
        #expect(throws: ConfigurationError.tokenNeeded(host: host)) {
            try configuration(flags: ["host": host])
        }
        let token = ["ISOLOSS_TOKEN": "0123456789abcdef"]
        #expect(try configuration(flags: ["host": host], environment: token).token != nil)
    }

    @Test func `a short token is refused`() {
        #expect(throws: ConfigurationError.self) {
            try configuration(environment: ["ISOLOSS_TOKEN": "secret"])
        }
    }
}
