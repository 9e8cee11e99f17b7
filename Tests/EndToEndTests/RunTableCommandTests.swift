import Foundation
import TestSupport
import Testing

/// Tables and comparisons of runs, with the real server and the real command line.
@Suite(.serialized) struct RunTableCommandTests {
    @Test(.timeLimit(.minutes(10)))
    func `runs come as CSV and JSON lines and are compared`() async throws {
        try await ServerProcess.with { server in
            let folder = try ServerProcess.makeDataDirectory()
            let file = folder + "/table.csv"
            try Data("id,lr,opt,loss\na,1,x,3\nb,2,x,2.5\n".utf8)
                .write(to: URL(fileURLWithPath: file))
            func isoloss(_ arguments: String...) async throws -> String {
                let result = try await ChildProcess.run(
                    Products.program("isoloss"),
                    arguments,
                    environment: ["ISOLOSS_SERVER": server.url]
                )
                #expect(result.status == 0, "\(result.errors)")
                return result.output
            }
            _ = try await isoloss("import", file, "--project", "p", "--name", "id")
            let fields = "name,params.lr,metrics.loss"
            let csv = try await isoloss(
                "runs",
                "--project",
                "p",
                "--csv",
                "--fields",
                fields,
                "--sort",
                "name"
            )
            #expect(csv == "name,params.lr,metrics.loss\r\na,1,3\r\nb,2,2.5\r\n")
            let lines = try await isoloss("runs", "--project", "p", "--jsonl", "--fields", "id")
            let ids = try lines.split(separator: "\n").compactMap { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return (object as? [String: String])?["id"]
            }
            #expect(ids.count == 2)
            let table = try await isoloss("compare", ids[0], ids[1])
            #expect(table.contains("lr") && table.contains("loss") && !table.contains("opt"))
            #expect(try await isoloss("compare", "--common", ids[0], ids[1]).contains("opt"))
            try FileManager.default.removeItem(atPath: folder)
        }
    }
}
