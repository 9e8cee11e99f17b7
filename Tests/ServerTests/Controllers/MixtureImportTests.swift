import API
import Foundation
import Mixtures
import Runs
import Server
import Storage
import TestSupport
import Testing

/// Mixtures from files and from jobs, up to the data of a law.
@Suite struct MixtureImportTests {
    private static let shares = "index,code,prose\n1,0.2,0.8\n2,0.5,0.5\n3,0.9,0.099\n"
    private static let losses = "index,loss/code,loss/prose\n3,1.5,3.5\n2,2.5,2.75\n1,3.5,nan\n"

    private func send(
        _ app: TestApplication,
        _ first: String,
        _ second: String,
        _ query: String = ""
    ) async throws -> ImportMessage {
        try await app.importFile(
            first + second,
            "project=swarm&format=mixtures&mixturesBytes=\(first.utf8.count)\(query)"
        )
    }

    @Test func `two tables become runs that a law can read, once`() async throws {
        try await TestApplication.with { app in
            let first = try await send(app, Self.shares, Self.losses, "&join=index")
            #expect(first.status == .finished && first.inserted == 3, "\(first)")
            #expect(first.notes.contains { $0.hasPrefix("rounded: 1 of 3 runs") })
            let second = try await send(app, Self.shares, Self.losses, "&join=index")
            #expect(second.inserted == 0 && second.unchanged == 3)
            let project = try #require(try await app.store.projects.find(name: "swarm"))
            let table = try await MixtureRuns(store: app.store).table(project.id)
            let data = try MixtureData(table, target: "loss/code")
            #expect(data.domains == ["code", "prose"])
            #expect(data.losses.sorted() == [1.5, 2.5, 3.5])
            #expect(data.runs.allSatisfy { abs($0.proportions.reduce(0, +) - 1) < 1e-12 })
            #expect(try MixtureData(table, target: "loss/prose").runs.count == 2)
            let error = #expect(throws: APIError.self) { try MixtureData(table, target: "none") }
            #expect(error?.field == "target" && error?.message.contains("loss/code") == true)
        }
    }

    @Test(arguments: [
        "project=p&format=mixtures&mixturesBytes=0", "project=p&format=mixtures&mixturesBytes=x",
        "project=p&format=mixtures&preset=none", "project=p&format=mixture-log&size=70M",
        "project=p&format=mixture-log&domains=a,a", "project=p&format=mixture-log&tokensPerStep=-1",
    ])
    func `a request that cannot be meant is refused at once`(query: String) async throws {
        try await TestApplication.with { app in
            let body = Data("index,a\n1,1\n".utf8)
            let reply = try await app.send("POST", "/api/v1/imports?" + query, body: body)
            #expect(reply.status == 400)
        }
    }

    @Test(arguments: ["id,loss\n1,3\n", "x", "index,loss\n2,3\n"])
    func `a file that cannot be joined leaves nothing`(text: String) async throws {
        try await TestApplication.with { app in
            let message = try await send(app, "index,a\n1,1\n", text)
            #expect(message.status == .failed && message.error?.code == .invalid, "\(message)")
            #expect(try await app.get("/api/v1/projects/swarm").status == 404)
        }
    }

    @Test func `a text log becomes runs with series`() async throws {
        try await TestApplication.with { app in
            let lines = "r/70M_a_1-0.5-0.5/10\tv/x.valid.Books.bin\t3.5\n"
            let message = try await app.importFile(
                lines,
                "project=swarm&format=mixture-log&domains=web,code&size=70M%3D18915328"
            )
            #expect(message.status == .finished && message.inserted == 1, "\(message)")
            let project = try #require(try await app.store.projects.find(name: "swarm"))
            let table = try await MixtureRuns(store: app.store).table(project.id)
            let data = try MixtureData(table, target: "val_loss/Books")
            #expect(data.runs.first?.proportions == [0.5, 0.5])
            #expect(data.runs.first?.parameterCount == 18_915_328)
        }
    }
}

/// The recorded mixtures of `examples/tiny-lm`.
@Suite struct ExampleMixtureTests {
    @Test func `the example's runs carry all that a law needs, and nothing to warn of`()
        async throws
    {
        try await TestApplication.with { app in
            let path = "\(Products.root)/examples/tiny-lm/logs/mixtures.jsonl.gz"
            let file = try Data(contentsOf: URL(filePath: path))
            let message = try await app.importFile(file, "project=tiny&format=jsonl")
            #expect(message.inserted == 96 && message.rejectedCount == 0, "\(message)")
            let project = try #require(try await app.store.projects.find(name: "tiny"))
            let table = try await MixtureRuns(store: app.store).table(project.id)
            #expect(table.domains == ["code", "prose", "tables", "tests"])
            #expect(table.rows.count == 96 && table.leftOut.isEmpty)
            #expect(table.warnings.isEmpty, "\(table.warnings)")
            #expect(table.rows.allSatisfy { $0.isAnnealed == true })
            #expect(
                table.rows.allSatisfy { $0.mixture.achieved != nil && !$0.mixture.isOffRequest }
            )
            #expect(table.availableTokens["prose"] == 3_127_040)
            let losses = table.domains.map { "val_loss/\($0)" } + ["val_loss"]
            for loss in losses {
                #expect(try MixtureData(table, target: loss).runs.count == 96)
            }
            // Each domain's loss is least where that domain has nearly all tokens.
            for (domain, name) in table.domains.enumerated() where name != "tests" {
                let data = try MixtureData(table, target: "val_loss/\(name)")
                let best = try #require(data.runs.min { $0.loss < $1.loss })
                #expect(best.proportions[domain] > 0.9)
            }
        }
    }
}

@Suite(.needsPublicData("regmix/train_mixture_1m.csv"))
struct PublicMixtureImportTests {
    @Test func `RegMix's swarm is read whole in one answer`() async throws {
        try await TestApplication.with { app in
            let read = { (name: String) throws -> String in
                let path = try #require(PublicData.path("regmix/\(name)"))
                return try String(contentsOf: URL(filePath: path), encoding: .utf8)
            }
            let mixtures = try read("train_mixture_1m.csv")
            let message = try await app.importFile(
                mixtures + (try read("train_pile_loss_1m.csv")),
                "project=regmix&format=mixtures&preset=regmix&mixturesBytes=\(mixtures.utf8.count)"
            )
            #expect(message.inserted == 512, "\(message)")
            let project = try #require(try await app.store.projects.find(name: "regmix"))
            let table = try await MixtureRuns(store: app.store).table(project.id)
            #expect(table.rows.count == 512 && table.domains.count == 17)
            #expect(table.targets.count == 13 && table.targets.allSatisfy { $0.count == 512 })
            let kinds = Set(table.warnings.map(\.kind))
            #expect(kinds == [.sumOffOne, .rounded])
            let data = try MixtureData(table, target: "metric/the_pile_pile_cc_val_loss")
            #expect(abs((data.losses.min() ?? 0) - 5.0821) < 1e-4)
        }
    }
}
