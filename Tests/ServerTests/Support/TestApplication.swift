import API
import Foundation
import FoundationNetworking
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Runs
import Server
import Storage
import TestSupport
import Testing

/// The very application that `serve` runs, on a free port, over a database of its own.
struct TestApplication: Sendable {
    let origin: String
    let store: Store
    let bodies: BodyBudget
    let dataDirectory: String
    /// Method and path of every route.
    let routes: [String]

    /// Runs `body` against a listening application and stops it after.
    static func with(
        token: String? = nil,
        webDirectory: String = TestDatabase.repositoryRoot + "/web",
        logger: Logger = TestApplication.quiet,
        _ body: @Sendable (TestApplication) async throws -> Void
    ) async throws {
        let store = try await TestDatabase.makeStore()
        let folder = FileManager.default.temporaryDirectory.path + "/isoloss-test-" + UUID().hex
        var configuration = try ServerConfiguration(
            flags: ["port": "0"],
            directories: DefaultDirectories(
                data: folder,
                web: webDirectory,
                sql: TestDatabase.migrationFolder,
                examples: TestDatabase.repositoryRoot + "/examples"
            )
        )
        configuration.token = token
        let dependencies = AppDependencies(configuration: configuration, store: store)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = buildApplication(dependencies, logger: logger) { channel in
            found.yield(channel.localAddress?.port ?? 0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(
                TestApplication(
                    origin: "http://127.0.0.1:\(port)",
                    store: store,
                    bodies: dependencies.bodies,
                    dataDirectory: folder,
                    routes: buildRouter(dependencies).routes.map {
                        "\($0.method.rawValue) \($0.path)"
                    }
                )
            )
            group.cancelAll()
        }
    }

    static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// Uploads that are under way or were left behind.
    func incomingUploads() -> [String] {
        let folder = dataDirectory + "/artifacts-incoming"
        return (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    struct Reply: Sendable {
        let status: Int
        let headers: [String: String]
        let body: Data

        var text: String { String(decoding: body, as: UTF8.self) }

        func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try WireJSON.decoder().decode(type, from: body)
        }
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Reply {
        try await send("GET", path, headers: headers)
    }

    func post(_ path: String, json: String) async throws -> Reply {
        try await send("POST", path, body: Data(json.utf8))
    }

    func send(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: Data? = nil
    ) async throws -> Reply {
        let url = try #require(URL(string: origin + path))
        var request = URLRequest(url: url, timeoutInterval: 300)
        request.httpMethod = method
        request.httpBody = body
        if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await Self.session.data(for: request)
        let reply = try #require(response as? HTTPURLResponse)
        let pairs = reply.allHeaderFields.compactMap { name, value in
            (name as? String).map { ($0.lowercased(), "\(value)") }
        }
        return Reply(
            status: reply.statusCode,
            headers: Dictionary(pairs, uniquingKeysWith: { first, _ in first }),
            body: data
        )
    }

    /// A proxy of the environment must not stand between a test and its server.
    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.connectionProxyDictionary = [:]
        return URLSession(configuration: configuration)
    }()

    /// Imports a file and waits for the end of the job.
    func importFile(_ text: String, _ query: String) async throws -> ImportMessage {
        try await importFile(Data(text.utf8), query)
    }

    func importFile(_ file: Data, _ query: String) async throws -> ImportMessage {
        let reply = try await send("POST", "/api/v1/imports?" + query, body: file)
        #expect(reply.status == 202, "\(reply.text)")
        var message = try reply.decoded(ImportMessage.self)
        while message.status == .queued || message.status == .running {
            try await Task.sleep(for: .milliseconds(10))
            message = try await get("/api/v1/imports/\(message.id)").decoded(ImportMessage.self)
        }
        return message
    }
}
