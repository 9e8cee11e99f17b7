import API
import ScalingLaws
import Server
import TestSupport
import Testing
import Foundation

@Suite struct QuestionRoutingTests {
    @Test(arguments: [
        ([Question.Field.parameters: 1e9, .tokens: 1e11], "step-law"),
        ([.parameters: 1e9, .tokens: 1e11, .batchTokens: 1e6], "step-law"),
        ([.parameters: 1e9, .flops: 1e21], "step-law"), ([.flops: 1e21], "chinchilla"),
        ([.flops: 1e21, .inferenceTokens: 1e12], "chinchilla"), ([.parameters: 1e9], "chinchilla"),
        ([.parameters: 1e9, .wastePercent: 20], "critical-batch"),
        ([.steps: 2e4], "annealing"), ([.steps: 2e4, .learningRate: 3e-4], "annealing"),
        ([.tokens: 2e10, .batchTokens: 1e6, .learningRate: 3e-4], "annealing"),
    ])
    func `what is given says which law is meant`(
        asked: [Question.Field: Double],
        law: String
    ) throws {
        #expect(try QuestionRouting.law(for: Question(asked)).id == law)
    }

    @Test(arguments: [[:], [Question.Field.sequenceLength: 2_048], [.batchTokens: 1e6]])
    func `a question that means no law is refused`(asked: [Question.Field: Double]) {
        let error = #expect(throws: APIError.self) {
            try QuestionRouting.law(for: Question(asked))
        }
        #expect(error?.code == .invalid && error?.field != nil)
    }

    /// A row that stands behind one that asks for less would never be reached.
    @Test func `every row can be reached`() {
        let routes = QuestionRouting.routes
        for (index, route) in routes.enumerated() {
            for earlier in routes[..<index] {
                #expect(!earlier.given.isSubset(of: route.given), "\(route.question)")
            }
        }
    }

    @Test func `the table for people has a row for each law that is meant`() throws {
        let path = TestDatabase.repositoryRoot + "/docs/questions.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let table = try #require(text.components(separatedBy: "## Which law is meant").last)
        for route in QuestionRouting.routes {
            let row = table.split(separator: "\n").first { $0.contains("| `\(route.law)` |") }
            #expect(row != nil, "\(route.law)")
        }
    }

    @Test func `every law that is meant is one of the catalogue and answers questions`() {
        for route in QuestionRouting.routes {
            let law = lawCatalogue.first { $0.card.id == route.law }
            #expect(law is any AdvisingLaw.Type || route.law == "step-law", "\(route.law)")
        }
    }

    @Test func `every quantity has an option and a place in the reference`() throws {
        let root = TestDatabase.repositoryRoot
        let options = try String(
            contentsOfFile: root + "/Sources/CLI/Support/QuestionOptions.swift",
            encoding: .utf8
        )
        let reference = try String(contentsOfFile: root + "/docs/api.md", encoding: .utf8)
        for field in Question.Field.allCases {
            #expect(options.contains("(\"\(field.rawValue)\", \(field.rawValue))"))
            #expect(reference.contains("`\(field.rawValue)`"), "\(field.rawValue)")
        }
    }
}
