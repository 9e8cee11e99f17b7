import Client
import Foundation
import Runs

/// The file of an import: its format by name, its bytes or where they are.
enum ImportFile {
    /// csv or jsonl, by the end of the name; a trailing `.gz` does not count.
    static func format(of path: String) throws(Failure) -> String {
        var name = path.lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        if [".csv", ".tsv", ".txt"].contains(where: name.hasSuffix) { return "csv" }
        if [".jsonl", ".ndjson", ".json"].contains(where: name.hasSuffix) { return "jsonl" }
        throw .usage("The name \(path) does not say its format; give --format csv or jsonl.")
    }

    static func body(of path: String) throws(Failure) -> WireRequest.Body {
        if path == "-" { return .bytes(try standardInput()) }
        let size: Int
        do {
            let values = try URL(filePath: path).resourceValues(
                forKeys: [.isRegularFileKey, .fileSizeKey]
            )
            guard values.isRegularFile == true else {
                throw Failure.data("\(path) is not a file.")
            }
            size = values.fileSize ?? 0
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .data("\(path) cannot be read: \(error.localizedDescription)")
        }
        try check(size, path)
        return .file(path: path, byteCount: size)
    }

    /// The whole file, for imports that send two.
    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        if case .bytes(let bytes) = try body(of: path) { return bytes }
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .data("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    static func byteCount(_ body: WireRequest.Body) -> Int {
        switch body {
        case .none: 0
        case .bytes(let bytes): bytes.count
        case .file(_, let count): count
        }
    }

    private static func standardInput() throws(Failure) -> [UInt8] {
        let data: Data
        do {
            data =
                try FileHandle.standardInput.read(upToCount: Limits.importBodyBytes + 1) ?? Data()
        } catch {
            throw .data("Standard input cannot be read: \(error.localizedDescription)")
        }
        try check(data.count, "Standard input")
        return [UInt8](data)
    }

    static func check(_ size: Int, _ name: String) throws(Failure) {
        guard size > 0 else { throw .data("\(name) is empty.") }
        guard size <= Limits.importBodyBytes else {
            throw .data(
                "\(name) has \(size) bytes; at most \(Limits.importBodyBytes) are sent at once.",
                hint: "Compress it with gzip, or split it."
            )
        }
    }
}
