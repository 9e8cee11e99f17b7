import NIOCore
import Runs

extension MLflowService {
    /// The files of a folder, named relative to it; nothing for a file.
    func listArtifacts(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let entries = try artifacts.list(ArtifactPath(fields.string("path") ?? ""))
        return MLflowWriter.object { $0.files(entries, below: "") }
    }

    /// The files of a run, named relative to the run's folder.
    func listRunArtifacts(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let run = try await run(fields.runID())
        let project = try await experiment(of: run)
        let path = try fields.string("path") ?? ""
        let root = project.artifactURI(of: run.id)
        let scheme = "mlflow-artifacts:/"
        guard root.hasPrefix(scheme) else {
            throw .invalid(
                "The artifacts of this run are at \(root), which the server cannot list."
            )
        }
        let below = try ArtifactPath(path)
        let entries = try artifacts.list(
            ArtifactPath(
                "\(root.dropFirst(scheme.count))/\(below.components.joined(separator: "/"))"
            )
        )
        let prefix = below.components.map { $0 + "/" }.joined()
        return MLflowWriter.object {
            $0.field("root_uri", root)
            $0.files(entries, below: prefix)
        }
    }
}

extension MLflowWriter {
    fileprivate mutating func files(_ entries: [ArtifactFolder.Entry], below prefix: String) {
        array("files", entries) { writer, entry in
            writer.object {
                $0.field("path", prefix + entry.name)
                $0.field("is_dir", entry.byteCount == nil)
                $0.field("file_size", entry.byteCount)
            }
        }
    }
}

/// What the client asks before it moves artifacts: no multipart transfers, no workspaces.
enum MLflowServerInfo {
    static let answer = MLflowWriter.object {
        $0.field("store_type", "SqlStore")
        $0.field("workspaces_enabled", false)
        $0.field("trace_archival_enabled", false)
        $0.field("multipart_uploads_enabled", false)
        $0.field("multipart_downloads_enabled", false)
    }
}
