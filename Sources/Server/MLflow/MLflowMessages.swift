import NIOCore
import Runs

/// MLflow's shapes of a project and a run.
extension MLflowWriter {
    /// `artifact_location` uses the scheme the client resolves against the tracking address.
    mutating func experiment(_ project: Project) {
        field("experiment_id", String(project.experimentID))
        field("name", project.name)
        field("artifact_location", project.artifactLocation)
        field("lifecycle_stage", project.deletedAt == nil ? "active" : "deleted")
        field("creation_time", project.createdAt / 1_000)
        field("last_update_time", project.updatedAt / 1_000)
        pairs("tags", project.tags.filter { $0.key != Project.artifactLocationTag })
    }

    mutating func run(_ run: Run, in project: Project, _ links: RunLinks = RunLinks()) {
        object("info") { $0.runInfo(run, in: project) }
        object("data") { writer in
            writer.array("metrics", run.metrics.sorted { $0.key < $1.key }) { writer, metric in
                writer.object {
                    $0.metric(
                        name: metric.key,
                        step: metric.value.lastStep,
                        time: metric.value.lastTime,
                        value: metric.value.lastValue
                    )
                }
            }
            writer.pairs("params", run.params)
            // The name is kept once: a rename on any wire shows here.
            var tags = run.tags
            tags["mlflow.runName"] = run.name
            writer.pairs("tags", tags)
        }
        self.links(links)
    }

    mutating func runInfo(_ run: Run, in project: Project) {
        field("run_uuid", run.id.hex)
        field("run_id", run.id.hex)
        field("run_name", run.name)
        field("experiment_id", String(project.experimentID))
        field("user_id", run.userName)
        field("status", run.status.rawValue.uppercased())
        field("start_time", run.startTime / 1_000)
        field("end_time", run.endTime.map { $0 / 1_000 })
        field("artifact_uri", project.artifactURI(of: run.id))
        field("lifecycle_stage", run.deletedAt == nil ? "active" : "deleted")
    }

    mutating func metric(name: String, step: Int64, time: Int64, value: Double) {
        field("key", name)
        field("value", value)
        field("timestamp", time / 1_000)
        field("step", step)
    }
}

extension Project {
    /// Where a client asked its artifacts to be; kept as a tag that MLflow clients do not see.
    static let artifactLocationTag = "isoloss.artifactLocation"

    var artifactLocation: String {
        tags[Self.artifactLocationTag] ?? "mlflow-artifacts:/\(experimentID)"
    }

    func artifactURI(of run: RunID) -> String {
        let base =
            artifactLocation.hasSuffix("/") ? artifactLocation.dropLast() : artifactLocation[...]
        return "\(base)/\(run.hex)/artifacts"
    }
}

extension RunStatus {
    /// MLflow's upper-case word or its number.
    init?(mlflow text: String) {
        switch text {
        case "RUNNING", "1": self = .running
        case "SCHEDULED", "2": self = .scheduled
        case "FINISHED", "3": self = .finished
        case "FAILED", "4": self = .failed
        case "KILLED", "5": self = .killed
        default: return nil
        }
    }
}
