import Foundation

/// Artifacts as files under one folder that all servers see.
///
/// 1. Only an `ArtifactPath` names a file, and no component of it may be a symbolic link.
/// 2. An upload is written beside the folder and renamed into place, so a reader sees the old file
///    or the new one, never a part.
package struct ArtifactFolder: Sendable {
    package struct Entry: Hashable, Sendable {
        package let name: String
        /// Nil for a folder.
        package let byteCount: Int64?
    }

    let root: String
    let incoming: String

    /// `dataDirectory` is the server's data directory; the two folders are made when needed.
    package init(dataDirectory: String) {
        root = dataDirectory + "/artifacts"
        incoming = dataDirectory + "/artifacts-incoming"
    }

    /// A path for the bytes of an upload until they are complete.
    func makeIncomingPath() throws(MLflowError) -> String {
        try makeFolder(incoming)
        return "\(incoming)/\(UUID().uuidString)"
    }

    /// Puts a complete upload at its place, making the folders above it.
    func place(_ incomingPath: String, at path: ArtifactPath) throws(MLflowError) {
        guard !path.isFolderItself else { throw ArtifactPath.invalid }
        try makeFolder(root)
        var folder = root
        for component in path.components.dropLast() {
            folder += "/" + component
            switch kind(of: folder) {
            case .folder: continue
            case .nothing: try makeFolder(folder)
            case .file, .other: throw ArtifactPath.invalid
            }
        }
        let target = folder + "/" + (path.components.last ?? "")
        switch kind(of: target) {
        case .file, .nothing: break
        case .folder, .other:
            throw .invalid("Invalid path: a folder stands at '\(path.components.last ?? "")'")
        }
        guard rename(incomingPath, target) == 0 else { throw failure("store the artifact") }
    }

    func discard(_ incomingPath: String) { unlink(incomingPath) }

    /// Where the file is and its size; an error when there is no file.
    package func file(at path: ArtifactPath) throws(MLflowError) -> (path: String, byteCount: Int64)
    {
        guard let place = resolve(path), case .file(let byteCount) = kind(of: place) else {
            throw Self.noSuchFile
        }
        return (place, byteCount)
    }

    /// What a folder holds, by name; nothing for a file or for nothing.
    package func list(_ path: ArtifactPath) throws(MLflowError) -> [Entry] {
        guard let place = resolve(path), case .folder = kind(of: place) else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: place)
        } catch {
            throw failure("list the artifacts")
        }
        return names.sorted().compactMap { name in
            switch kind(of: place + "/" + name) {
            case .file(let byteCount): Entry(name: name, byteCount: byteCount)
            case .folder: Entry(name: name, byteCount: nil)
            case .nothing, .other: nil
            }
        }
    }

    /// Removes a file, or a folder with all it holds.
    package func delete(_ path: ArtifactPath) throws(MLflowError) {
        guard !path.isFolderItself else { throw ArtifactPath.invalid }
        guard let place = resolve(path) else { throw Self.noSuchFile }
        do {
            try FileManager.default.removeItem(atPath: place)
        } catch {
            throw failure("delete the artifact")
        }
    }

    // MARK: Files

    private enum Kind: Equatable {
        case nothing, folder, other
        case file(Int64)
    }

    private static let noSuchFile = MLflowError(.resourceDoesNotExist, "No such artifact")

    /// The place of an existing path with no symbolic link in it; nil when there is none.
    private func resolve(_ path: ArtifactPath) -> String? {
        var place = root
        for component in path.components {
            guard case .folder = kind(of: place) else { return nil }
            place += "/" + component
        }
        switch kind(of: place) {
        case .file, .folder: return place
        case .nothing, .other: return nil
        }
    }

    /// A symbolic link, like any special file, is `other`: attributes are those of the link.
    private func kind(of place: String) -> Kind {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: place)
        } catch {
            return .nothing
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular?: return .file((attributes[.size] as? NSNumber)?.int64Value ?? 0)
        case .typeDirectory?: return .folder
        default: return .other
        }
    }

    private func makeFolder(_ place: String) throws(MLflowError) {
        do {
            try FileManager.default.createDirectory(
                atPath: place,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw failure("make a folder for the artifact")
        }
    }

    private func failure(_ what: String) -> MLflowError {
        MLflowError(
            .internalError,
            "The server could not \(what): \(String(cString: strerror(errno)))."
        )
    }
}
