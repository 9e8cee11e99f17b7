import API
import Client
import Foundation
import Importers

/// A table of mixtures, read by the command line.
enum MixtureFile {
    static func rows(_ path: String) throws(Failure) -> [MixturePredictionBody.Row] {
        do {
            return try GivenMixtures.read([UInt8](try data(path))).map {
                MixturePredictionBody.Row(index: $0.index, proportions: $0.proportions)
            }
        } catch let failure as Failure {
            throw failure
        } catch let error as ImportError {
            throw .data("\(path): \(error.message)")
        } catch {
            throw .data("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    /// A JSON object, such as constraints; sent on as it is, since the server knows its members.
    static func json(_ path: String) throws(Failure) -> AnyJSON {
        do {
            return try WireJSON.decoder().decode(AnyJSON.self, from: try data(path))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .data(
                "\(path) is no JSON object: \(error.localizedDescription)",
                hint: "Expected for example {\"bounds\": {\"code\": {\"low\": 0.1}}}."
            )
        }
    }

    /// The members of a JSON object.
    static func members(_ path: String) throws(Failure) -> [String: AnyJSON] {
        guard case .object(let members) = try json(path) else {
            throw .data("\(path) is no JSON object: it must begin with { and end with }.")
        }
        return members
    }

    private static func data(_ path: String) throws(Failure) -> Data {
        do {
            // JSON in place of a file: no file's name begins so.
            if path.hasPrefix("{") { return Data(path.utf8) }
            if path == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .client(.unreadableFile(path: path, reason: error.localizedDescription))
        }
    }
}
