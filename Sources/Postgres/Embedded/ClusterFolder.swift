import Foundation
import Glibc

/// The folders of one private cluster, and the checks that they are ours alone.
///
/// `data directory/cluster` is PostgreSQL's, `data directory/socket` holds its socket (a short
/// folder below /tmp when the path is too long for one), `data directory/postgres.log` its log.
struct ClusterFolder: Sendable {
    let root: String
    /// Account that owns the cluster.
    let owner: uid_t
    let group: gid_t

    var cluster: String { root + "/cluster" }
    var log: String { root + "/postgres.log" }
    var lock: String { root + "/server.lock" }

    /// A socket's path, its name included, must stay below 108 bytes (`sun_path` of Linux).
    var socket: String {
        let beside = root + "/socket"
        if (beside + "/.s.PGSQL.5432").utf8.count < 107 { return beside }
        let hash = root.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211  // FNV-1a: the same folder at every start
        }
        return "/tmp/isoloss-\(String(hash, radix: 16))"
    }

    /// Makes the data directory if need be.
    func makeRoot() throws(EmbeddedPostgresError) {
        do {
            try FileManager.default.createDirectory(
                atPath: root,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
        } catch {
            throw .directory(path: root, reason: error.localizedDescription)
        }
    }

    /// Makes a folder that only the cluster's account may enter, or accepts one that is so.
    func makePrivate(_ path: String) throws(EmbeddedPostgresError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .directory(path: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .directory(path: path, reason: "it is not a folder")
        }
        // A folder of a stranger below /tmp could hold a stranger's socket.
        guard status.st_uid == getuid() || status.st_uid == owner else {
            throw .directory(path: path, reason: "it belongs to another account")
        }
        guard chown(path, owner, group) == 0, chmod(path, 0o700) == 0 else {
            throw .directory(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// Leftovers of an initdb that was killed half-way.
    func removeUnfinished() throws(EmbeddedPostgresError) {
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: root)
            where name.hasPrefix("cluster.new") {
                try FileManager.default.removeItem(atPath: root + "/" + name)
            }
        } catch {
            throw .directory(path: root, reason: error.localizedDescription)
        }
    }

    /// Major version that made the cluster; nil when there is none yet.
    var version: String? {
        guard let text = try? String(contentsOfFile: cluster + "/PG_VERSION", encoding: .utf8)
        else {
            return nil  // no such file: no cluster yet
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Writes the settings that the cluster reads at its start.
    func writeSettings(_ settings: [String: String]) throws(EmbeddedPostgresError) {
        let lines = settings.sorted { $0.key < $1.key }.map { key, value in
            "\(key) = '\(value.replacing("'", with: "''"))'"
        }
        let path = cluster + "/isoloss.conf"
        do {
            try (lines.joined(separator: "\n") + "\n")
                .write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644],
                ofItemAtPath: path
            )
        } catch {
            throw .directory(path: path, reason: error.localizedDescription)
        }
    }
}
