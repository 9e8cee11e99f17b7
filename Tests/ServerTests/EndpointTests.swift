import API
import Foundation
import Server
import TestSupport
import Testing

@Suite struct EndpointTests {
    @Test func `every declared endpoint has a route and every route is declared`() async throws {
        try await TestApplication.with { app in
            let declared = Set(
                Endpoints.all.map { "\($0.method.rawValue.uppercased()) \($0.path)" }
            )
            let served = app.routes.filter {
                $0.contains(" /api/v1") && !$0.hasPrefix("HEAD")
            }
            #expect(Set(served) == declared)
        }
    }

    @Test func `health and version answer`() async throws {
        try await TestApplication.with { app in
            #expect(try await app.get("/health").text == "OK")
            #expect(try await app.get("/version").text == ProductVersion.text)
            let health = try await app.get("/api/v1/health").decoded(Health.self)
            #expect(health.status == "ok" && health.database == "ok")
        }
    }

    @Test func `pages carry the policy that keeps foreign code out`() async throws {
        try await TestApplication.with { app in
            let reply = try await app.get("/")
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"]?.hasPrefix("text/html") == true)
            #expect(reply.headers["cache-control"] == "no-cache")
            let policy = try #require(reply.headers["content-security-policy"])
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe-eval"))
            #expect(reply.headers["x-content-type-options"] == "nosniff")
        }
    }

    @Test func `pinned files are cached for good and sent compressed`() async throws {
        let web = FileManager.default.temporaryDirectory.path + "/isoloss-web-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: web + "/vendor",
            withIntermediateDirectories: true
        )
        try Data("plain".utf8).write(to: URL(fileURLWithPath: web + "/vendor/a.js"))
        try Data("packed".utf8).write(to: URL(fileURLWithPath: web + "/vendor/a.js.gz"))
        try await TestApplication.with(webDirectory: web) { app in
            let plain = try await app.send(
                "HEAD",
                "/vendor/a.js",
                headers: ["Accept-Encoding": "identity"]
            )
            #expect(plain.headers["cache-control"]?.contains("immutable") == true)
            #expect(plain.headers["content-encoding"] == nil)
            let packed = try await app.send(
                "HEAD",
                "/vendor/a.js",
                headers: ["Accept-Encoding": "gzip"]
            )
            #expect(packed.headers["content-type"] == plain.headers["content-type"])
            #expect(packed.headers["content-length"] == "6")
        }
        try FileManager.default.removeItem(atPath: web)
    }

    @Test(arguments: [
        "/api/v1/nothing", "/nothing", "/%2e%2e/%2e%2e/etc/passwd", "/api/v1/runs/zz",
        "/api/v1/projects/none", "/api/v1/fits/1", "/api/v1/imports/1", "/api/v1/figures/none",
    ])
    func `what is not there is said in the one error shape`(path: String) async throws {
        try await TestApplication.with { app in
            let reply = try await app.get(path)
            #expect(reply.status == 404 || reply.status == 400)
            let error = try reply.decoded(APIError.self)
            #expect(error.requestID != nil && !error.message.isEmpty)
            #expect(error.requestID == reply.headers["x-request-id"])
        }
    }

    @Test func `with a token set nothing but health answers without it`() async throws {
        let token = "0123456789abcdef"
        try await TestApplication.with(token: token) { app in
            #expect(try await app.get("/health").status == 200)
            for path in ["/", "/api/v1/projects"] {
                #expect(try await app.get(path).status == 401)
            }
            let basic = Data("any:\(token)".utf8).base64EncodedString()
            for header in ["Bearer \(token)", "bearer \(token)", "Basic \(basic)"] {
                let reply = try await app.get(
                    "/api/v1/projects",
                    headers: ["Authorization": header]
                )
                #expect(reply.status == 200)
            }
            for header in ["Bearer \(token)0", "Bearer ", "Basic %%%", "Digest \(token)"] {
                let reply = try await app.get(
                    "/api/v1/projects",
                    headers: ["Authorization": header]
                )
                #expect(reply.status == 401)
            }
        }
    }
}
