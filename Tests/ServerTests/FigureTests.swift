import Foundation
import Mixtures
import Runs
import ScalingLaws
import Server
import Testing

/// What every kind of figure promises to pages and to Python.
@Suite
struct FigureTests {
    private static let input: Result<FigureInput<StepLawFit>, any Error> = Result {
        let fit = try StepLaw.fit(PlantedSweep.request)
        return FigureInput(fit: fit, fitID: "f1", projectName: "planted")
    }

    private static let targets: [Target?] = [
        nil,
        Target(parameterCount: 6e7, tokenCount: 1e9),
        Target(parameterCount: 2e9, tokenCount: 4e10, sequenceLength: 2048),
    ]

    @Test
    func `kinds are unique and kebab-case`() {
        let kinds = figureCatalogue.map { $0.kind }
        #expect(Set(kinds).count == kinds.count)
        #expect(kinds.allSatisfy { $0.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil })
    }

    @Test(arguments: 0..<figureCatalogue.count)
    func `every figure keeps the contract`(index: Int) throws {
        for target in Self.targets {
            let type = figureCatalogue[index]
            var material = try FigureSamples.material(of: type)
            material.target = target
            material.question = Question(
                target.map { [.flops: 6 * $0.parameterCount * $0.tokenCount] } ?? [:]
            )
            let figure = try type.make(material)
            let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(figure))
            let object = try #require(json as? [String: Any])
            let data = try #require(object["data"] as? [[String: Any]])
            #expect(!data.isEmpty)
            for trace in data { expectTrace(trace) }
            let layout = try #require(object["layout"] as? [String: Any])
            let meta = try #require(layout["meta"] as? [String: Any])
            let words = [meta["summary"], meta["answer"]].compactMap { $0 as? String }
            #expect(words.count == 2 && !words[0].isEmpty)
            #expect(!words.contains { $0.contains(/[eE]\+[0-9]+ %/) }, "\(words)")
            #expect(meta["provenance"] is [String: Any])
            let triangle = layout["ternary"] as? [String: Any]
            for axis in triangle == nil ? ["xaxis", "yaxis"] : ["aaxis", "baxis", "caxis"] {
                try expectUnit((triangle ?? layout)[axis])
            }
        }
    }

    @Test(arguments: 0..<figureCatalogue.count)
    func `the table of every figure is rectangular`(index: Int) throws {
        let type = figureCatalogue[index]
        let figure = try type.make(FigureSamples.material(of: type))
        let width = figure.table.columns.count
        #expect(figure.table.rows.allSatisfy { $0.count == width })
        #expect(figure.table.csv.split(separator: "\r\n").count == figure.table.rows.count + 1)
    }

    @Test
    func `a target that makes no sense is refused in words`() throws {
        var input = try Self.input.get()
        input.target = Target(parameterCount: .nan, tokenCount: 1e9)
        #expect(throws: FigureError.self) { try LearningRateBatchSurface.make(input) }
    }

    @Test
    func `names of runs cannot become markup`() throws {
        var input = try Self.input.get()
        for index in input.fit.runs.indices { input.fit.runs[index].runName = "<b>x</b>" }
        let figure = try LearningRateBatchSurface.make(input)
        let text = String(decoding: try JSONEncoder().encode(figure), as: UTF8.self)
        #expect(!text.contains("<b>x"))
    }

    @Test
    func `the surface is least where the optimum is and dots share its scale`() throws {
        let input = try Self.input.get()
        let figure = try LearningRateBatchSurface.make(input)
        let roles = figure.data.compactMap { $0["meta"]?["role"]?.string }
        #expect(roles.starts(with: ["surface", "plateau", "path"]))
        #expect(roles.contains("run"))
        #expect(roles.contains("optimum") && roles.contains("cloud"))
        #expect(roles.contains { $0.hasPrefix("law:") })
    }

    @Test
    func `kinds name laws that exist`() {
        let known = Set((lawCards + mixtureLawCards).map(\.id) + ["mixture-auto"])
        for type in figureCatalogue {
            let isOfRuns = ![.fit, .mixtures].contains(type.subject)
            #expect(
                type.laws.isEmpty == isOfRuns && known.isSuperset(of: type.laws),
                "\(type.kind)"
            )
        }
    }

    private func expectTrace(_ trace: [String: Any]) {
        let forbidden = ["scattergl", "splom", "parcoords", "scattermap", "choropleth"]
        let type = trace["type"] as? String ?? ""
        #expect(!type.isEmpty && !forbidden.contains(type))
        #expect((trace["meta"] as? [String: Any])?["role"] is String)
        if type == "scatter" { #expect(trace["mode"] is String) }
        let line = trace["line"] as? [String: Any] ?? [:]
        #expect(line["color"] == nil, "colours belong to the reader's theme")
    }

    /// Names need no unit, numbers do.
    private func expectUnit(_ axis: Any?) throws {
        if (axis as? [String: Any])?["type"] as? String == "category" { return }
        let title = (axis as? [String: Any])?["title"] as? [String: Any]
        let text = try #require(title?["text"] as? String)
        #expect(text.hasSuffix(")"), "\(text) has no unit in parentheses")
    }
}
