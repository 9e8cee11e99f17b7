import Foundation

/// Artifacts as files under one folder that all servers see.
///
/// 1. Only an `ArtifactPath` names a file, and no component of it may be a symbolic link.
/// 2. An upload is written beside the folder, flushed to the disk and renamed into place, so a
///    reader sees the old file or the new one, never a part, and a power cut after the answer loses
///    nothing.
/// 3. Its calls wait for the disk: they belong on a thread that may.
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
    package func makeIncomingPath() throws(MLflowError) -> String {
        try makeFolder(incoming)
        return "\(incoming)/\(UUID().uuidString)"
    }

    /// Puts a complete upload at its place, making the folders above it.
    package func place(_ incomingPath: String, at path: ArtifactPath) throws(MLflowError) {
        guard let name = path.components.last else { throw ArtifactPath.invalid }
        try makeFolder(root)
        var folder = root
        for component in path.components.dropLast() {
            let above = folder
            folder += "/" + component
            switch kind(of: folder) {
            case .folder: continue
            case .nothing:
                try makeFolder(folder)
                try flush(above)
            case .file, .other: throw ArtifactPath.invalid
            }
        }
        let target = folder + "/" + name
        switch kind(of: target) {
        case .file, .nothing: break
        case .folder, .other: throw .invalid("Invalid path: a folder stands at '\(name)'")
        }
        try flush(incomingPath)
        guard rename(incomingPath, target) == 0 else { throw failure("store the artifact") }
        try flush(folder)
    }

    package func discard(_ incomingPath: String) { unlink(incomingPath) }

    /// Removes what uploads left behind that ended before `time`, in seconds since 1970.
    package func discardUploads(before time: Int64) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: incoming)) ?? []
        for name in names {
            let path = incoming + "/" + name
            // One that is gone meanwhile was stored or discarded.
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let changed = attributes?[.modificationDate] as? Date else { continue }
            if Int64(changed.timeIntervalSince1970.rounded(.down)) < time { discard(path) }
        }
    }

    /// Where the file is and its size; an error when there is no file.
    package func file(at path: ArtifactPath) throws(MLflowError) -> (path: String, byteCount: Int64)
    {
        guard let place = resolve(path), case .file(let byteCount) = kind(of: place) else {
            throw Self.noSuchFile
        }
        return (place, byteCount)
    }

    /// Up to `limit` entries of a folder, by name in the order of its bytes; nothing for a file or
    /// for nothing.
    /// - Parameter after: the last name of the page before.
    package func list(
        _ path: ArtifactPath,
        after: String? = nil,
        limit: Int = .max
    ) throws(MLflowError) -> [Entry] {
        guard let place = resolve(path), case .folder = kind(of: place) else { return [] }
        var names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: place)
        } catch {
            throw failure("list the artifacts")
        }
        if let after { names.removeAll { !Self.precedes(after, $0) } }
        var entries: [Entry] = []
        for name in names.sorted(by: Self.precedes) {
            guard entries.count < limit else { break }
            switch kind(of: place + "/" + name) {
            case .file(let byteCount): entries.append(Entry(name: name, byteCount: byteCount))
            case .folder: entries.append(Entry(name: name, byteCount: nil))
            case .nothing, .other: continue
            }
        }
        return entries
    }

    /// Removes a file, or a folder with all it holds; what is not there is no error, so that a
    /// request may be repeated.
    package func delete(_ path: ArtifactPath) throws(MLflowError) {
        guard !path.isFolderItself else { throw ArtifactPath.invalid }
        guard let place = resolve(path) else { return }
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

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

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

    /// A symbolic link, like any special file, is `other`: what is looked at is the link.
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

    /// Waits until a file, or the names in a folder, are on the disk.
    private func flush(_ place: String) throws(MLflowError) {
        let descriptor = open(place, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the artifact") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("flush the artifact to the disk") }
    }

    private func failure(_ what: String) -> MLflowError {
        MLflowError(
            .internalError,
            "The server could not \(what): \(String(cString: strerror(errno)))."
        )
    }
}
