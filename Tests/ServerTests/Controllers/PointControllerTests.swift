import API
import Compression
import Foundation
import Runs
import Server
import Storage
import TestSupport
import Testing

@Suite struct PointControllerTests {
    private func body(_ runs: [Run], steps: ClosedRange<Int> = 1...3) -> String {
        let list = steps.map(String.init).joined(separator: ",")
        let values = steps.map { "\(Double($0) / 8)" }.joined(separator: ",")
        let entries = runs.map {
            #"{"run":"\#($0.id.hex)","steps":[\#(list)],"metrics":{"a@1":[\#(values)],"b":[\#(values)]}}"#
        }
        return "{\"runs\":[\(entries.joined(separator: ","))]}"
    }

    @Test func `points of several runs are stored and counted`() async throws {
        try await TestApplication.with { application in
            let runs = [
                try await application.store.sampleRun(), try await application.store.sampleRun(),
            ]
            let reply = try await application.post("/api/v1/points", json: body(runs))
            #expect(reply.status == 200)
            #expect(reply.text == #"{"points":12}"#)
            for run in runs {
                let points = try await application.store.points.series(run.id, metric: "a@1")
                #expect(points.values == [0.125, 0.25, 0.375])
                #expect(points.steps == [1, 2, 3])
            }
        }
    }

    @Test func `one unknown run refuses all of a request`() async throws {
        try await TestApplication.with { application in
            let run = try await application.store.sampleRun()
            let text = body([run, run])
            let place = try #require(text.range(of: run.id.hex, options: .backwards))
            let json = text.replacingCharacters(in: place, with: Samples.runID(9).hex)
            let reply = try await application.post("/api/v1/points", json: json)
            #expect(reply.status == 404)
            #expect(try reply.decoded(APIError.self).message.contains(Samples.runID(9).hex))
            #expect(try await application.store.runs.find(id: run.id)?.metrics.isEmpty == true)
        }
    }

    @Test func `a request sent again under its key is stored once`() async throws {
        try await TestApplication.with { application in
            let run = try await application.store.sampleRun()
            let headers = ["Idempotency-Key": "block-1"]
            for _ in 0..<2 {
                let reply = try await application.send(
                    "POST",
                    "/api/v1/points",
                    headers: headers,
                    body: Data(body([run]).utf8)
                )
                #expect(reply.text == #"{"points":6}"#)
            }
            // The key alone decides: other points under it are taken for the same request.
            _ = try await application.send(
                "POST",
                "/api/v1/points",
                headers: headers,
                body: Data(body([run], steps: 4...9).utf8)
            )
            let points = try await application.store.points.series(run.id, metric: "b")
            #expect(points.steps == [1, 2, 3])
            let bad = try await application.send(
                "POST",
                "/api/v1/points",
                headers: ["Idempotency-Key": String(repeating: "k", count: 129)],
                body: Data(body([run]).utf8)
            )
            #expect(bad.status == 400)
        }
    }

    @Test func `packed bodies are unpacked within bounds`() async throws {
        try await TestApplication.with { application in
            let run = try await application.store.sampleRun()
            let plain = Array(body([run]).utf8)
            let bomb = [UInt8](repeating: 0x20, count: Limits.requestBodyBytes + 1)
            // zlib's own format around one stored block: 78 01, the block, the Adler checksum.
            for (encoding, bytes, status) in [
                ("gzip", try Gzip.compress(plain), 200),
                ("deflate", Self.stored(plain), 200),
                ("gzip", try Gzip.compress(bomb), 413), ("gzip", plain, 400),
                ("deflate", plain, 400), ("br", plain, 400),
            ] {
                let reply = try await application.send(
                    "POST",
                    "/api/v1/points",
                    headers: ["Content-Encoding": encoding],
                    body: Data(bytes)
                )
                #expect(reply.status == status, "\(encoding) of \(bytes.count) bytes")
            }
        }
    }

    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt16(bytes.count)
        let head: [UInt8] = [0x78, 0x01, 0x01, UInt8(count & 0xFF), UInt8(count >> 8)]
        let check: [UInt8] = [UInt8(~count & 0xFF), UInt8(~count >> 8)]
        let (a, b) = bytes.reduce((UInt32(1), UInt32(0))) {
            let a = ($0.0 + UInt32($1)) % 65_521
            return (a, ($0.1 + a) % 65_521)
        }
        let adler = [b >> 8, b & 0xFF, a >> 8, a & 0xFF].map { UInt8($0) }
        return head + check + bytes + adler
    }

    @Test func `a server with too much under way says so and comes back`() async throws {
        try await TestApplication.with { application in
            let run = try await application.store.sampleRun()
            var held: BodyBudget.Body? = try application.bodies.hold(Limits.bodyBytesUnderWay)
            #expect(held != nil)
            let reply = try await application.post("/api/v1/points", json: body([run]))
            #expect(reply.status == 503)
            #expect(reply.headers["retry-after"] == "1")
            let batch = #"{"run_id":"\#(run.id.hex)","metrics":[]}"#
            let path = "/api/2.0/mlflow/runs/log-batch"
            let refused = try await application.post(path, json: batch)
            #expect(refused.status == 503)
            #expect(refused.text.contains("TEMPORARILY_UNAVAILABLE"))
            held = nil
            #expect(try await application.post(path, json: batch).status == 200)
            let stored = try await application.post("/api/v1/points", json: body([run]))
            #expect(stored.status == 200)
        }
    }
}
