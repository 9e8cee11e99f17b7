import Foundation
import TestSupport
import Testing

/// One line that a Python script of cases printed.
struct ScriptCase: Decodable {
    let `case`: String
    let error: String?

    /// Runs a script of cases and records every case that failed.
    static func run(_ script: String, _ arguments: [String]) async throws {
        let result = try await ChildProcess.run(
            Products.python,
            [Products.script(script)] + arguments
        )
        let cases = try result.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
            try JSONDecoder().decode(ScriptCase.self, from: Data($0.utf8))
        }
        #expect(!cases.isEmpty, "no case ran: \(result.errors.suffix(3_000))")
        for failed in cases where failed.error != nil {
            Issue.record("\(failed.case): \(failed.error ?? "")")
        }
        #expect(result.status == 0)
    }
}
