import Foundation
import NIOCore
import NIOPosix
import Runs
import Storage

extension MLflowService {
    private static let scheme = "mlflow-artifacts:"
    /// Entries in one answer; a folder with more goes on under `next_page_token`.
    private static let artifactPageCount = 10_000
    /// Clients of the file calls know no pages.
    private static let artifactListCount = 200_000

    /// The files of a folder, named relative to it; nothing for a file.
    func listArtifacts(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let folder = try ArtifactPath(fields.string("path") ?? "")
        let page = try await page(of: folder, fields, Self.artifactListCount)
        return MLflowWriter.object { $0.files(page, below: "") }
    }

    /// The files of a run, named relative to the run's folder.
    func listRunArtifacts(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let run = try await run(fields.runID())
        let root = try await experiment(of: run).artifactURI(of: run.id)
        return try await list(root, below: fields.string("path") ?? "", fields)
    }

    /// The files of a logged model, named relative to the model's folder.
    func listModelArtifacts(
        _ id: String,
        _ fields: MLflowFields
    ) async throws(MLflowError) -> ByteBuffer {
        let model = try await model(id)
        let root = try await experiment(of: model).artifactURI(of: model.id)
        return try await list(root, below: fields.string("artifact_directory_path") ?? "", fields)
    }

    /// Where the file `path` of a run is among the artifacts.
    func artifactPath(_ path: String, of id: RunID) async throws(MLflowError) -> ArtifactPath {
        let run = try await run(id)
        return try Self.place(path, below: try await experiment(of: run).artifactURI(of: run.id))
    }

    /// Where the file `path` of a logged model is among the artifacts.
    func artifactPath(_ path: String, ofModel id: String) async throws(MLflowError) -> ArtifactPath
    {
        let model = try await model(id)
        return try Self.place(
            path,
            below: try await experiment(of: model).artifactURI(of: model.id)
        )
    }

    /// Runs what waits for the disk on a thread that may wait.
    func onDisk<Value: Sendable>(
        _ work: @escaping @Sendable () throws(MLflowError) -> Value
    ) async throws(MLflowError) -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try work() }
        } catch let error as MLflowError {
            throw error
        } catch {
            throw MLflowError(.temporarilyUnavailable, "The server is stopping.")
        }
    }

    private static func place(
        _ path: String,
        below root: String
    ) throws(MLflowError) -> ArtifactPath {
        guard root.hasPrefix(scheme) else {
            throw .invalid("These artifacts are at \(root), which the server cannot read.")
        }
        // The inner path is judged alone first, so that it cannot climb out of its run.
        let below = try ArtifactPath(path).components.joined(separator: "/")
        var inside = root.dropFirst(scheme.count)
        // `//host/path` names a host before the path.
        if inside.hasPrefix("//") { inside = inside.dropFirst(2).drop { $0 != "/" } }
        inside = inside.drop { $0 == "/" }
        return try ArtifactPath(below.isEmpty ? String(inside) : "\(inside)/\(below)")
    }

    private func list(
        _ root: String,
        below path: String,
        _ fields: MLflowFields
    ) async throws(MLflowError) -> ByteBuffer {
        let folder = try Self.place(path, below: root)
        let page = try await page(of: folder, fields, Self.artifactPageCount)
        let prefix = try ArtifactPath(path).components.map { $0 + "/" }.joined()
        return MLflowWriter.object {
            $0.field("root_uri", root)
            $0.files(page, below: prefix)
        }
    }

    private func page(
        of folder: ArtifactPath,
        _ fields: MLflowFields,
        _ limit: Int
    ) async throws(MLflowError) -> ArtifactPage {
        let token = try fields.string("page_token") ?? ""
        let after = token.isEmpty ? nil : try MLflowPageToken.listedName(token)
        let artifacts = artifacts
        var entries = try await onDisk { () throws(MLflowError) in
            try artifacts.list(folder, after: after, limit: limit + 1)
        }
        guard entries.count > limit else { return ArtifactPage(entries: entries, next: nil) }
        entries.removeLast()
        return ArtifactPage(
            entries: entries,
            next: entries.last.map { MLflowPageToken.listed($0.name) }
        )
    }
}

private struct ArtifactPage: Sendable {
    var entries: [ArtifactFolder.Entry]
    var next: String?
}

extension MLflowWriter {
    fileprivate mutating func files(_ page: ArtifactPage, below prefix: String) {
        array("files", page.entries) { writer, entry in
            writer.object {
                $0.field("path", prefix + entry.name)
                $0.field("is_dir", entry.byteCount == nil)
                $0.field("file_size", entry.byteCount)
            }
        }
        field("next_page_token", page.next)
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
