import API
import Client
import Runs
import Testing

@Suite struct ClientTests {
    private static let projects = #"{"projects":[]}"#

    @Test func `a call asks for the right address with the token and keeps the exact bytes`()
        async throws
    {
        let transport = FakeTransport([.reply(200, #"{"runs": [ ]}"#)])
        let client = try transport.client(token: "secret")
        let answer = try await client.runs(of: "a b/c&d", filter: "N > 1", limit: 5)
        let request = try #require(transport.requests.first)
        #expect(
            request.url
                == "http://host:1/prefix/api/v1/runs?project=a%20b%2Fc%26d&limit=5&q=N%20%3E%201"
        )
        #expect(request.headers["Authorization"] == "Bearer secret")
        #expect(answer.body == Array(#"{"runs": [ ]}"#.utf8))
    }

    @Test func `names in paths are encoded`() async throws {
        let transport = FakeTransport([.reply(404, #"{"code":"notFound","message":"none"}"#)])
        await #expect(throws: ClientError.self) { try await transport.client().fit("../ü?") }
        #expect(
            transport.requests.first?.url
                == "http://host:1/prefix/api/v1/fits/..%2F%C3%BC%3F"
        )
    }

    @Test func `a server that is busy is asked again when it says`() async throws {
        let transport = FakeTransport([
            .reply(503, headers: ["retry-after": "3"]), .reply(429), .reply(200, Self.projects),
        ])
        _ = try await transport.client().projects()
        #expect(transport.delays == [3, 0.5])
    }

    @Test func `a server that asks for an hour is not waited for`() async throws {
        let transport = FakeTransport([.reply(503, headers: ["retry-after": "3600"])])
        await #expect(throws: ClientError.self) { try await transport.client().projects() }
        #expect(transport.delays.isEmpty)
    }

    @Test func `a refused connection is tried four times`() async throws {
        let refused = FakeTransport.Step.failure(.unreachable(url: "u", reason: "refused"))
        let transport = FakeTransport([refused, refused, refused, refused, .reply(200)])
        await #expect(throws: ClientError.unreachable(url: "u", reason: "refused")) {
            try await transport.client().projects()
        }
        #expect(transport.requests.count == 4)
    }

    @Test(arguments: [400, 401, 404, 409, 413, 422, 500])
    func `an answer of no is final and keeps its words`(status: Int) async throws {
        let code = try #require(APIError.Code.allCases.first { $0.status == status })
        let body = #"{"code":"\#(code.rawValue)","message":"No.","hint":"Do.","field":"f"}"#
        let transport = FakeTransport([.reply(status, body)])
        await #expect(
            throws: ClientError.refused(APIError(code, "No.", hint: "Do.", field: "f"))
        ) { try await transport.client().projects() }
        #expect(transport.requests.count == 1)
    }

    @Test func `a timeout is not tried again because the server may have acted`() async throws {
        let transport = FakeTransport([.failure(.timedOut(url: "u", seconds: 1)), .reply(200)])
        await #expect(throws: ClientError.self) { try await transport.client().projects() }
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [
        (200, "<html>"), (200, ""), (200, "{}"), (404, "<html>Not Found"), (500, "{"), (302, ""),
    ])
    func `what is no answer of ours is said to be none`(status: Int, body: String) async throws {
        let transport = FakeTransport([.reply(status, body)])
        let error = await #expect(throws: ClientError.self) {
            try await transport.client().projects()
        }
        guard case .malformedReply(status, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `numbers that JSON cannot hold come through`() async throws {
        let body = """
            {"runs":[{"id":"00000000000000000000000000000001","project":
            "00000000-0000-0000-0000-000000000002","name":"r","status":"finished",
            "state":"diverged","startTime":1,"updatedAt":2,"heardAt":2,"params":{},"tags":{},
            "metrics":{},"roles":{"loss":"NaN","tokenCount":"Infinity"}}]}
            """
        let transport = FakeTransport([.reply(200, body)])
        let runs = try await transport.client().runs(of: "p", limit: 1).value.runs
        #expect(runs.first?.roles[.loss]?.isNaN == true)
        #expect(runs.first?.roles[.tokenCount] == .infinity)
    }

    @Test(arguments: [
        ("127.0.0.1:7070", "http://127.0.0.1:7070/x"), (" https://h/p// ", "https://h/p/x"),
        ("http://u:secret@h:1", "http://u:secret@h:1/x"), ("[::1]:80", "http://[::1]:80/x"),
    ])
    func `an address is completed`(text: String, url: String) throws {
        let address = try ServerAddress(text)
        #expect(address.url("/x") == url)
        #expect(!address.shown.contains("secret"))
    }

    @Test(arguments: [
        "", "http://", "ftp://h", "http://h?x", "http://h#x", "h h", "http:///p", "http://:80",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: ClientError.badAddress(text)) { try ServerAddress(text) }
    }
}
