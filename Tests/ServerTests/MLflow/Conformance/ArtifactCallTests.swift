import Foundation
import Testing

/// Artifacts over the wire: W2.1 PUT, GET and the list; W2.2 DELETE, artifacts/list, /get-artifact
/// and upload-artifact.
@Suite(.serialized) struct ArtifactCallTests {
    private static let root = "/api/2.0/mlflow-artifacts/artifacts"

    @Test func `W2.1 files go up, are listed and come down byte for byte`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let place = "\(Self.root)/0/\(id)/artifacts"
            let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            for (name, body) in [
                ("a%20b%3Dc+d%C3%A9.bin", bytes), ("empty", Data()), ("deep/er/x", Data("x".utf8)),
                ("deep/y.html", Data("<script>".utf8)),
            ] {
                let put = try await wire.send("PUT", "\(place)/\(name)", body: body)
                #expect(put.status == 200, "\(name): \(put.text)")
                let got = try await wire.get("\(place)/\(name)")
                #expect(got.status == 200 && got.body == body, "\(name)")
                #expect(got.headers["content-disposition"]?.hasPrefix("attachment") == true)
                #expect(got.headers["content-type"] == "application/octet-stream")
            }
            let list = try await wire.get("\(Self.root)?path=0%2F\(id)%2Fartifacts")
            #expect(list.names("files", "path") == ["a b=c+dé.bin", "deep", "empty"])
            #expect(list["files/1/is_dir"] as? Bool == true && list["files/1/file_size"] == nil)
            #expect(list.number("files/0/file_size") == 300_000)
            let run = try await wire.get("artifacts/list?run_id=\(id)&path=deep")
            #expect(run.names("files", "path") == ["deep/er", "deep/y.html"])
            #expect(run.string("root_uri") == "mlflow-artifacts:/0/\(id)/artifacts")
            #expect(try await wire.get("artifacts/list?run_id=\(id)&path=empty")["files"] == nil)
        }
    }

    @Test func `W2.2 a file is replaced, deleted, and deleting it again is fine`() async throws {
        try await MLflowWire.with { wire in
            let path = "\(Self.root)/x/y"
            for text in ["first, longer", "second"] {
                _ = try await wire.send("PUT", path, body: Data(text.utf8))
                #expect(try await wire.get(path).text == text)
            }
            // A folder stands there, and a file is no folder.
            #expect(
                try await wire.send("PUT", "\(Self.root)/x", body: Data("a".utf8)).status == 400
            )
            #expect(try await wire.send("PUT", "\(path)/z", body: Data("a".utf8)).status == 400)
            for _ in 0..<2 { #expect(try await wire.send("DELETE", path).status == 200) }
            let gone = try await wire.get(path)
            #expect(gone.status == 404 && gone.code == "RESOURCE_DOES_NOT_EXIST")
        }
    }

    @Test func `W2.2 pages download by run and path, and upload up to 10 MiB`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let upload = "/ajax-api/2.0/mlflow/upload-artifact?run_uuid=\(id)&path="
            #expect(
                try await wire.send("POST", upload + "n/a.txt", body: Data("hi".utf8)).status == 200
            )
            let got = try await wire.get("/get-artifact?run_id=\(id)&path=n%2Fa.txt")
            #expect(got.status == 200 && got.text == "hi")
            let same = try await wire.get("\(Self.root)/0/\(id)/artifacts/n/a.txt")
            #expect(same.text == "hi")
            let large = Data(repeating: 1, count: 10 << 20 + 1)
            for (path, body, status) in [
                ("..%2Fa", Data("x".utf8), 400), ("", Data("x".utf8), 400), ("a", Data(), 400),
                ("b", large, 400),
            ] {
                #expect(try await wire.send("POST", upload + path, body: body).status == status)
            }
            for (query, status) in [
                ("run_id=\(id)&path=..%2F..%2Fx", 400), ("run_id=\(id)&path=none", 404),
                ("run_id=\(id)", 400), ("run_id=\(String(repeating: "0", count: 32))&path=a", 404),
            ] {
                #expect(try await wire.get("/get-artifact?\(query)").status == status, "\(query)")
            }
        }
    }

    @Test func `paths that leave the folder, as bytes on the wire, are refused`() async throws {
        try await MLflowWire.with { wire in
            for path in [
                "../x", "a/../../x", "%2e%2e/x", "a/%2E%2E/%2e%2e/x", "%2Fetc%2Fpasswd",
                "/etc/passwd",
                "a%00b", "a%5C..%5Cb", "a//b", "./a", "a%0Ab", "%ff", "a%23b",
                String(repeating: "x", count: 300),
            ] {
                for method in ["PUT", "GET", "DELETE"] {
                    let answer = try await RawHTTP.send(
                        wire.app,
                        method,
                        "\(Self.root)/\(path)",
                        body: method == "PUT" ? Array("x".utf8) : []
                    )
                    #expect(answer.status == 400, "\(method) \(path)")
                    #expect(!String(decoding: answer.body, as: UTF8.self).contains("root:"))
                }
            }
            let list = try await wire.get("\(Self.root)?path=..%2F")
            #expect(list.status == 400)
        }
    }

    @Test func `a part of a file is served by its range`() async throws {
        try await MLflowWire.with { wire in
            let path = "\(Self.root)/range"
            _ = try await wire.send("PUT", path, body: Data("0123456789".utf8))
            for (range, status, text) in [
                ("bytes=2-4", 206, "234"), ("bytes=7-", 206, "789"), ("bytes=-3", 206, "789"),
                ("bytes=0-99", 206, "0123456789"), ("bytes=10-", 416, ""), ("bytes=-0", 416, ""),
                ("bytes=5-2", 200, "0123456789"), ("bytes=a-b", 200, "0123456789"),
                ("bytes=0-1,3-4", 200, "0123456789"), ("lines=1-2", 200, "0123456789"),
            ] {
                let answer = try await RawHTTP.send(wire.app, "GET", path, ["Range": range])
                #expect(answer.status == status, "\(range)")
                #expect(String(decoding: answer.body, as: UTF8.self) == text, "\(range)")
                if status == 206 {
                    #expect(answer.headers["content-range"]?.hasSuffix("/10") == true, "\(range)")
                }
            }
        }
    }

    @Test func `an upload that breaks off leaves nothing, neither file nor part`() async throws {
        try await MLflowWire.with { wire in
            let path = "\(Self.root)/broken"
            let head = "PUT \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
            let bytes = Array(head.utf8) + [UInt8](repeating: 7, count: 400_000)
            _ = try? await RawHTTP.exchange(wire.app, bytes, endsEarly: true)
            #expect(try await wire.get(path).status == 404)
            #expect(try await wire.get(Self.root).text == "{}")
            var parts = wire.app.incomingUploads()
            for _ in 0..<100 where !parts.isEmpty {
                try await Task.sleep(for: .milliseconds(20))
                parts = wire.app.incomingUploads()
            }
            #expect(parts.isEmpty)
        }
    }

    @Test func `a folder of 10,000 files and one is listed by pages, in order`() async throws {
        try await MLflowWire.with { wire in
            let id = try await wire.makeRun()
            let folder = wire.app.dataDirectory + "/artifacts/0/\(id)/artifacts/many"
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            for index in 0...10_000 {
                _ = FileManager.default.createFile(
                    atPath: "\(folder)/f\(100_000 + index)",
                    contents: nil
                )
            }
            let path = "artifacts/list?run_id=\(id)&path=many"
            let first = try await wire.get(path)
            let names = first.names("files", "path")
            #expect(names.count == 10_000 && names == names.sorted())
            let token = try #require(first.string("next_page_token"))
            let encoded = token.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let second = try await wire.get("\(path)&page_token=\(encoded)")
            #expect(second.names("files", "path") == ["many/f110000"])
            #expect(second["next_page_token"] == nil)
            #expect(try await wire.get("\(path)&page_token=bad").status == 400)
            // Clients of the file calls know no pages and get all at once.
            let all = try await wire.get("\(Self.root)?path=0%2F\(id)%2Fartifacts%2Fmany")
            #expect(all.names("files", "path").count == 10_001)
        }
    }
}
