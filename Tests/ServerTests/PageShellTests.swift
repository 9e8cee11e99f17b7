import Foundation
import Server
import TestSupport
import Testing

struct PageShellTests {
    @Test func `every folder with a module of its name is a page`() async throws {
        let web = TestDatabase.repositoryRoot + "/web"
        let folders = try FileManager.default.contentsOfDirectory(atPath: web).filter {
            FileManager.default.fileExists(atPath: "\(web)/\($0)/\($0).js")
        }
        #expect(folders.count >= 16)
        try await TestApplication.with { app in
            for folder in folders {
                let page = try await app.get("/\(folder)/")
                #expect(page.status == 200)
                #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
                #expect(page.text.contains("/\(folder)/\(folder).js\""))
                #expect(!page.text.contains("{{"))
            }
            for none in ["/lib/", "/components/", "/styles/", "/assets/", "/assets/x/none.js"] {
                #expect(try await app.get(none).status == 404)
            }
        }
    }

    @Test func `a page names all that it loads, under a version that is kept for good`()
        async throws
    {
        try await TestApplication.with { app in
            let page = try await app.get("/runs/").text
            let version = try #require(
                page.firstMatch(of: #/assets\/([0-9a-z]+)\/runs\/runs\.js/#)?.1
            )
            let linked = page.matches(of: #/href="\.\.(\/assets\/[^"]+)"/#).map { String($0.1) }
            #expect(linked.contains("/assets/\(version)/lib/dom.js"))
            #expect(!linked.contains { $0.hasSuffix("palette.js") }, "it is fetched when asked for")
            for path in linked {
                let file = try await app.get(path)
                #expect(file.status == 200 && file.headers["cache-control"] == Self.forGood)
            }
            let packed = try await app.get(
                "/assets/\(version)/styles.css",
                headers: ["Accept-Encoding": "gzip"]
            )
            #expect(packed.headers["content-encoding"] == "gzip")
        }
    }

    @Test func `what a page of an older version asks for is not kept`() async throws {
        try await TestApplication.with { app in
            let file = try await app.get("/assets/0old/lib/dom.js")
            #expect(file.status == 200 && file.headers["cache-control"] == "no-cache")
        }
    }

    @Test func `a file that changes changes the version, and imports of all forms are followed`()
        async throws
    {
        let web = FileManager.default.temporaryDirectory.path + "/isoloss-web-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: web) }
        let files = [
            "page.html": "{{root}} {{assets}}{{page}}\n  {{modules}}\n",
            "runs/runs.js": """
            import {
              a,
            } from "../lib/a.js";
            import "./own.js";
            export { b } from "./b.js";
            const later = () => import("./later.js");
            """,
            "runs/own.js": "import \"../lib/a.js\";\nconst text = \"from './no.js'\";\n",
            "runs/b.js": "export const b = 1;\n", "runs/later.js": "", "lib/a.js": "",
        ]
        for (name, text) in files {
            let file = URL(fileURLWithPath: "\(web)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        let before = WebFolder(path: web).contents
        #expect(before.modules(of: "runs/runs.js") == ["lib/a.js", "runs/b.js", "runs/own.js"])
        try Data("// new".utf8).write(to: URL(fileURLWithPath: web + "/lib/a.js"))
        #expect(WebFolder(path: web).contents.version != before.version)
        #expect(before.page("lib", root: "") == nil)
    }

    private static let forGood = "public, max-age=31536000, immutable"
}
