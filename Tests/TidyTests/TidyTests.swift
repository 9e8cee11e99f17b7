import TestSupport
import Testing

@Suite struct `The repository` {
    @Test func `keeps the rules of the house`() throws {
        let files = try SourceTree.files(root: Products.root)
        #expect(files.count > 50, "the sources were not found below \(Products.root)")
        let findings = TidyChecker.findings(in: files)
        for finding in findings { Issue.record("\(finding)") }
    }

    @Test func `has a README with the diagram and the table of where to add`() throws {
        let files = try SourceTree.files(root: Products.root)
        let readme = try #require(files.first { $0.path == "README.md" }).text
        for heading in ["## Architecture", "## Where do I add"] {
            #expect(readme.contains(heading))
        }
    }
}
