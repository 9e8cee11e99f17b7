package import Runs

/// The runs of a project as they stand, for figures that rest on no law.
package struct ProjectRuns: FigureBody {
    package var runs: [Run]
    package var viewer: RunViewer
    /// The metric asked about, where one was.
    package var target: String?

    package init(runs: [Run], viewer: RunViewer, target: String? = nil) {
        self.runs = runs
        self.viewer = viewer
        self.target = target
    }

    package var provenance: FigureProvenance {
        FigureProvenance(law: "none", runs: runs.count)
    }
}
