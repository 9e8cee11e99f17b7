import Foundation
import Server
import Testing

@Suite struct ArtifactFolderTests {
    @Test(arguments: ["a", "1/abc/artifacts/model.bin", "a b/c=d+e", "dir/", "..a/b..", "日本/é"])
    func `a relative path of plain names is taken`(text: String) throws {
        #expect(try !ArtifactPath(text).isFolderItself)
    }

    @Test(arguments: [
        "/etc/passwd", "..", "../a", "a/../../b", "a//b", "a/./b", ".", "a\\..\\b", "a\u{0}b",
        "a#b", "//", "a\nb", String(repeating: "x", count: 256),
        String(repeating: "ab/", count: 1_000),
    ])
    func `a path that could leave the folder is refused`(text: String) {
        let error = #expect(throws: MLflowError.self) { try ArtifactPath(text) }
        #expect(error?.code == .invalidParameterValue)
    }

    @Test(arguments: ["/x/%2e%2e/a", "/x/%2Fetc", "/x/a%00", "/x/%ff", "/x/..%2fa", "/y/a"])
    func `an encoded path is judged after decoding`(requestPath: String) {
        #expect(throws: MLflowError.self) {
            try ArtifactPath(requestPath: requestPath, after: "/x/")
        }
    }

    @Test func `a path is decoded once and keeps its plus`() throws {
        let path = try ArtifactPath(requestPath: "/x/a%20b+c/%252e%252e", after: "/x/")
        #expect(path.components == ["a b+c", "%2e%2e"])
    }

    @Test func `symbolic links are neither followed nor listed`() throws {
        let place = NSTemporaryDirectory() + "/isoloss-artifacts-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileManager.default.createDirectory(
            atPath: place + "/artifacts/1",
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(
            atPath: place + "/artifacts/1/out",
            withDestinationPath: "/etc"
        )
        try Data("x".utf8).write(to: URL(fileURLWithPath: place + "/artifacts/1/in"))
        let folder = ArtifactFolder(dataDirectory: place)
        #expect(try folder.list(ArtifactPath("1")).map(\.name) == ["in"])
        #expect(try folder.file(at: ArtifactPath("1/in")).byteCount == 1)
        #expect(throws: MLflowError.self) { try folder.file(at: ArtifactPath("1/out/passwd")) }
        try folder.delete(ArtifactPath("1/out/hostname"))
        #expect(FileManager.default.fileExists(atPath: "/etc/hostname"))
        #expect(throws: MLflowError.self) { try folder.delete(ArtifactPath("")) }
        try folder.delete(ArtifactPath("1/in"))
        #expect(try folder.list(ArtifactPath("1/in")).isEmpty)
    }

    @Test func `parts of uploads that nobody finished are removed by age`() throws {
        let place = NSTemporaryDirectory() + "/isoloss-artifacts-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: place) }
        let folder = ArtifactFolder(dataDirectory: place)
        let old = try folder.makeIncomingPath()
        let new = try folder.makeIncomingPath()
        for path in [old, new] { try Data("x".utf8).write(to: URL(fileURLWithPath: path)) }
        let past = Date(timeIntervalSince1970: 1_000)
        try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: old)
        folder.discardUploads(before: 2_000)
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(FileManager.default.fileExists(atPath: new))
        try folder.place(new, at: ArtifactPath("a/b"))
        #expect(try folder.file(at: ArtifactPath("a/b")).byteCount == 1)
    }
}
