import TestSupport
import Testing

@Suite struct `The repository` {
    private let files: [SourceFile]

    init() throws {
        files = try SourceTree.files(root: Products.root)
    }

    private func text(_ path: String) throws -> String {
        try #require(files.first { $0.path == path }, "\(path) is missing").text
    }

    @Test func `keeps the rules of the house`() {
        #expect(files.count > 50, "the sources were not found below \(Products.root)")
        let findings = TidyChecker.findings(in: files)
        let list = findings.map(\.description).joined(separator: "\n")
        #expect(findings.isEmpty, "\(findings.count) findings:\n\(list)")
    }

    @Test func `has a README with the diagram and the table of where to add`() throws {
        let readme = try text("README.md")
        for heading in ["## Architecture", "## Where do I add"] {
            #expect(readme.contains(heading))
        }
    }

    @Test func `documents every endpoint`() throws {
        let reference = try text("docs/api.md")
        let source = try text("Sources/API/Endpoints.swift")
        let declarations = source.matches(of: #/\.(get|post|put|patch|delete),\s*"([^"]+)"/#)
        #expect(declarations.count > 10, "no declarations found in Endpoints.swift")
        for declaration in declarations {
            let call = "`\(declaration.1.uppercased()) \(declaration.2)"
            #expect(reference.contains(call), "docs/api.md does not tell of \(call)`")
        }
    }

    @Test func `documents every setting of the server`() throws {
        let readme = try text("README.md")
        let source = try text("Sources/Server/ServerConfiguration.swift")
        let names = Set(source.matches(of: #/ISOLOSS_[A-Z_]+/#).map { String($0.0) })
        #expect(names.count > 5, "no settings found in ServerConfiguration.swift")
        for name in names.sorted() {
            #expect(readme.contains("`\(name)`"), "README.md does not tell of \(name)")
        }
    }
}
