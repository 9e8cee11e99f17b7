import Foundation
import ScalingLaws
import Server
import TestSupport
import Testing

/// Python's chart library refuses unknown attributes, so it is the schema check of our figures.
@Suite(.enabled(if: PythonForFigures.isThere, "needs the Python environment of make test"))
struct FigurePythonTests {
    @Test
    func `Python opens every kind of figure`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("isoloss-figures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { removeQuietly(folder) }
        var files: [String] = []
        for figure in figureCatalogue {
            let file = folder.appendingPathComponent(figure.kind + ".json")
            try JSONEncoder().encode(try figure.make(FigureSamples.material(of: figure))).write(
                to: file
            )
            files.append(file.path)
        }
        let script =
            "import sys, plotly.io\n"
            + "for path in sys.argv[1:]:\n"
            + "    figure = plotly.io.from_json(open(path).read())\n"
            + "    assert figure.layout.meta['summary'] and len(figure.data) > 0, path\n"
        let result = try await ChildProcess.run(Products.python, ["-c", script] + files)
        #expect(result.status == 0, "\(result.errors)")
    }

    private func removeQuietly(_ folder: URL) {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            // A leftover in the temporary folder harms nothing.
        }
    }
}

private enum PythonForFigures {
    static let isThere = FileManager.default.isExecutableFile(atPath: Products.python)
}
