import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct MLflowClientTests {
    @Test(.timeLimit(.minutes(10)))
    func `the unmodified mlflow client does all a training job does`() async throws {
        try await ServerProcess.with { server in
            try await ScriptCase.run("client.py", [server.url])
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a large artifact streams through the server in little memory`() async throws {
        try await ServerProcess.with { server in
            try await ScriptCase.run("stream.py", [server.url, "\(server.processID)"])
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `models, datasets and what notebooks log are kept for the unmodified client`()
        async throws
    {
        try await ServerProcess.with { server in
            try await ScriptCase.run("notebook.py", [server.url])
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `the request sequences of Trainer and Lightning are answered`() async throws {
        try await ServerProcess.with { server in
            for recording in ["hf-trainer", "lightning"] {
                let result = try await ChildProcess.run(
                    Products.python,
                    [
                        Products.script("replay.py"), server.url,
                        Products.script("replay/\(recording).jsonl"),
                    ]
                )
                #expect(result.status == 0, "\(recording): \(result.errors.suffix(2_000))")
            }
        }
    }
}
