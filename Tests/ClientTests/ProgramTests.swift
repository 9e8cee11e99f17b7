import Foundation
import TestSupport
import Testing

/// The built program against canned answers.
@Suite(.timeLimit(.minutes(10))) struct ProgramTests {
    private func isoloss(
        _ arguments: String...,
        server: CannedServer? = nil
    ) async throws -> ChildProcess.Result {
        try await ChildProcess.run(
            Products.program("isoloss"),
            arguments,
            environment: [
                "ISOLOSS_SERVER": server?.url ?? "http://127.0.0.1:1", "ISOLOSS_TOKEN": "word",
            ]
        )
    }

    @Test func `with JSON the server's bytes alone go to standard output`() async throws {
        let json = #"{ "projects" : [ ] , "later": 1 }"#
        let server = try CannedServer([(200, json)])
        let result = try await isoloss("--json", "projects", server: server)
        #expect(result.status == 0)
        #expect(result.output == json + "\n")
        #expect(result.errors == "")
        #expect(server.requests.first?.contains("Authorization: Bearer word\r\n") == true)
    }

    @Test func `without a server the status is 69`() async throws {
        let result = try await isoloss("projects")
        #expect(result.status == 69)
        #expect(result.output == "")
        #expect(result.errors.contains("isoloss-server serve"))
    }

    @Test(arguments: [(401, "unauthorized", 77), (422, "cannotFit", 65), (400, "invalid", 64)])
    func `a refusal is told with its hint and status`(
        status: Int,
        code: String,
        exit: Int32
    ) async throws {
        let json = #"{"code":"\#(code)","message":"Too few cells.","hint":"Add runs."}"#
        let server = try CannedServer([(status, json)])
        let result = try await isoloss(
            "recommend",
            "--project",
            "p",
            "--parameters",
            "7B",
            "--tokens",
            "2T",
            server: server
        )
        #expect(result.status == exit)
        #expect(result.output == "")
        #expect(result.errors.contains("Error: Too few cells.\nAdd runs."))
        #expect(server.requests.first?.contains("parameters=7000000000&tokens=") == true)
    }

    @Test(arguments: [
        ["recommend", "--project", "p"], ["nonsense"], ["import"],
        ["runs", "--project", "p", "--limit", "0"],
        ["import", "x.csv", "--project", "p", "--map", "batch=bs"],
        ["import", "x.bin", "--project", "p"], ["projects", "--server", "ftp://x"],
    ])
    func `wrong usage is 64 and asks no server`(arguments: [String]) async throws {
        let result = try await ChildProcess.run(Products.program("isoloss"), arguments)
        #expect(result.status == 64)
        #expect(result.output == "")
        #expect(!result.errors.isEmpty)
    }

    @Test func `an import waits and tells what was rejected`() async throws {
        let queued = Self.importState(#""status":"queued","inserted":0,"rejected":[]"#, rejected: 0)
        let finished = Self.importState(
            """
            "status":"finished","inserted":3,
            "rejected":[{"line":7,"column":"lr","reason":"\\"fast\\" is not a number"}]
            """,
            rejected: 1
        )
        let server = try CannedServer([(202, queued), (200, finished)])
        let path = NSTemporaryDirectory() + "isoloss-\(UUID().uuidString).csv"
        try Data("N,lr\n1,2\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let result = try await isoloss(
            "import",
            path,
            "--project",
            "p",
            "--map",
            "loss=\"smooth loss\"",
            server: server
        )
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "3 runs loaded into p, 1 row rejected.\n")
        #expect(result.errors.contains("line 7, column lr: \"fast\" is not a number"))
        let upload = try #require(server.requests.first)
        #expect(upload.contains("map=loss%3D%22smooth%20loss%22"))
        #expect(upload.hasSuffix("\r\n\r\nN,lr\n1,2\n"))
    }

    @Test func `Ctrl-C leaves a fit to the server and says so`() async throws {
        let state = #""id":"f","project":"00000000000000000000000000000001","law":"step-law""#
        let running = #"{\#(state),"status":"running","seed":1,"createdAt":1,"progress":0.5}"#
        let queued = #"{\#(state),"status":"queued","seed":1,"createdAt":1}"#
        let states = Array(repeating: (200, running), count: 60)
        let server = try CannedServer([(202, queued)] + states)
        let script = #""$0" fit --project p & id=$!; sleep 1; kill -INT $id; wait $id"#
        let result = try await ChildProcess.run(
            "/bin/sh",
            ["-c", script, Products.program("isoloss")],
            environment: ["ISOLOSS_SERVER": server.url]
        )
        #expect(result.status == 130 && result.output == "")
        #expect(result.errors.contains("goes on at the server"))
        #expect(result.errors.contains("isoloss fits cancel f"))
    }

    @Test func `a missing or empty file is 65`() async throws {
        let missing = try await isoloss("import", "/nowhere/x.csv", "--project", "p")
        #expect(missing.status == 65)
        let path = NSTemporaryDirectory() + "isoloss-\(UUID().uuidString).csv"
        try Data().write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let empty = try await isoloss("import", path, "--project", "p")
        #expect(empty.status == 65)
        #expect(empty.errors.contains("is empty"))
    }

    private static func importState(_ members: String, rejected: Int) -> String {
        """
        {"id":"i","project":"p","progress":1,"unchanged":0,"rejectedCount":\(rejected),"filtered":0,
        "diverged":0,"notes":[],\(members)}
        """
    }
}
