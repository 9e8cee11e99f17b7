import API
import Foundation
import Runs
import Server
import Storage
import TestSupport
import Testing

@Suite struct FitLifeTests {
    /// A fit that another server works on.
    private func takenElsewhere(_ app: TestApplication, project: String) async throws -> UUID {
        let found = try #require(try await app.store.projects.find(name: project))
        while true {
            let job = FitJob(
                id: UUID(),
                projectID: found.id,
                law: "step-law",
                request: Data("{}".utf8),
                seed: 1
            )
            try await app.store.fits.enqueue(job, now: AppDependencies.systemClock())
            let taken = try await app.store.fits.take(
                owner: "elsewhere",
                now: AppDependencies.systemClock()
            )
            if taken?.id == job.id { return job.id }
        }
    }

    @Test func `progress of another server's fit is told, and any server cancels it`() async throws
    {
        try await TestApplication.with { app in
            _ = try await app.importFile("id,loss\na,1\n", "project=p&name=id")
            let id = try await takenElsewhere(app, project: "p")
            #expect(
                try await app.store.fits.heartbeat(
                    id,
                    owner: "elsewhere",
                    progress: 0.5,
                    now: AppDependencies.systemClock()
                )
            )
            let path = "/api/v1/fits/" + id.hex
            let running = try await app.get(path).decoded(FitMessage.self)
            #expect(running.status == .running && running.progress == 0.5)
            for _ in 0..<2 {
                let reply = try await app.send("DELETE", path)
                #expect(reply.status == 200, "\(reply.text)")
                #expect(try reply.decoded(FitMessage.self).status == .cancelled)
            }
            let missing = "/api/v1/fits/" + UUID().hex
            #expect(try await app.send("DELETE", missing).status == 404)
        }
    }

    /// What a fit says of itself while it is computed here, until `isReached`.
    private func wait(
        _ app: TestApplication,
        _ path: String,
        _ isReached: (FitMessage) -> Bool
    ) async throws -> FitMessage {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let fit = try await app.get(path).decoded(FitMessage.self)
            if isReached(fit) || fit.status.isEnd { return fit }
            try #require(ContinuousClock.now < deadline, "\(fit)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a fit that is being computed is cancelled, and the next one has its thread`() async throws
    {
        try await TestApplication.with { app in
            _ = try await app.importFile(LossTable.csv, LossTable.query)
            func ask(_ law: String, _ draws: Int) async throws -> String {
                let reply = try await app.post(
                    "/api/v1/fits",
                    json: """
                        {"project": "loss", "law": "\(law)", "options": {"drawCount": \(draws)}}
                        """
                )
                #expect(reply.status == 202, "\(reply.text)")
                return "/api/v1/fits/" + (try reply.decoded(FitMessage.self).id)
            }
            // The whole takes many times as long as the first share of it.
            let long = try await ask("farseer", 5_000)
            let running = try await wait(app, long) { ($0.progress ?? 0) > 0.02 }
            #expect(running.status == .running && (running.progress ?? 1) < 0.95)
            let reply = try await app.send("DELETE", long)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(try reply.decoded(FitMessage.self).status == .cancelled)
            let short = try await wait(app, try await ask("chinchilla", 50)) { _ in false }
            #expect(short.status == .finished)
            let cancelled = try await app.get(long).decoded(FitMessage.self)
            #expect(cancelled.status == .cancelled && cancelled.parameters == nil)
        }
    }

    @Test func `a fit of a law of the loss tells its parameters, and stays when it has ended`()
        async throws
    {
        try await TestApplication.with { app in
            _ = try await app.importFile(LossTable.csv, LossTable.query)
            let asked = try await app.post(
                "/api/v1/fits",
                json: #"{"project": "loss", "law": "chinchilla", "options": {"drawCount": 60}}"#
            )
            #expect(asked.status == 202, "\(asked.text)")
            let path = "/api/v1/fits/" + (try asked.decoded(FitMessage.self).id)
            var fit = try await app.get(path).decoded(FitMessage.self)
            while !fit.status.isEnd {
                try await Task.sleep(for: .milliseconds(20))
                fit = try await app.get(path).decoded(FitMessage.self)
            }
            #expect(fit.error == nil && fit.status == .finished)
            let alpha = try #require(fit.parameters?["alpha"])
            #expect(abs(alpha.value - LossTable.alpha) < 0.01, "\(alpha)")
            #expect(fit.runs == LossTable.runCount && fit.diagnostics?.draws == 60)
            #expect(fit.options == FitOptionsMessage(drawCount: 60))
            #expect(fit.codeVersion == ProductVersion.text)
            let listed = try await app.get("/api/v1/fits?project=loss").decoded(FitList.self)
            #expect(listed.fits == [fit])
            let reply = try await app.send("DELETE", path)
            #expect(reply.status == 409, "\(reply.text)")
            #expect(try await app.get(path).decoded(FitMessage.self).status == .finished)
        }
    }

    @Test(arguments: [
        #"{"drawCount": 49}"#, #"{"drawCount": 5001}"#, #"{"overheadPercent": 0}"#,
        #"{"huberDelta": 0}"#, #"{"huberDelta": -1}"#, #"{"huberDelta": "NaN"}"#,
        #"{"prior": "nobody"}"#,
    ])
    func `an option out of its bounds is refused`(options: String) async throws {
        try await TestApplication.with { app in
            _ = try await app.importFile("id,loss\na,1\n", "project=p&name=id")
            let reply = try await app.post(
                "/api/v1/fits",
                json: #"{"project": "p", "law": "chinchilla", "options": \#(options)}"#
            )
            #expect(reply.status == 400, "\(reply.text)")
            #expect(try reply.decoded(APIError.self).field?.hasPrefix("options.") == true)
        }
    }
}

/// A noiseless table of planted losses over model size and tokens.
enum LossTable {
    static let alpha = 0.34
    static let query =
        "project=loss&parameterConvention=total&name=name&map=parameterCount%3DN"
        + "&map=tokenCount%3DD&map=loss%3Dfinal"
    static let runCount = 36

    static func loss(_ n: Double, _ d: Double) -> Double {
        1.8 + 480 * pow(n, -alpha) + 2_000 * pow(d, -0.37)
    }

    static let csv: String = {
        var lines = ["name,N,D,final"]
        var generator = SeededGenerator(seed: 5)
        for size in 0..<6 {
            for tokens in 0..<6 {
                let n = 5e7 * pow(2, Double(size))
                let d = 1e9 * pow(2.5, Double(tokens))
                let noise = 1 + Double.random(in: -0.0005...0.0005, using: &generator)
                lines.append("run\(lines.count),\(n),\(d),\(loss(n, d) * noise)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }()
}
