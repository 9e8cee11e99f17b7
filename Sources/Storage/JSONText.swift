import Foundation
import Postgres

/// Small values kept as jsonb: tags of a project, role mappings.
enum JSONText {
    static func encode(_ value: some Encodable) throws(StorageError) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        } catch {
            throw .database(.decoding(column: "json", wanted: "a JSON value", found: "\(error)"))
        }
    }

    static func decode<Value: Decodable>(
        _ text: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw .decoding(column: "json", wanted: "\(type)", found: text)
        }
    }
}
