import API
import Foundation
package import Logging

/// Writes every line of the log as one JSON object: `time`, `level`, `message`, and the metadata
/// under their own names.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes one line with its end; standard error unless a test says otherwise.
    package init(write: @escaping @Sendable (String) -> Void = Self.standardError) {
        self.write = write
    }

    package static let standardError: @Sendable (String) -> Void = { line in
        FileHandle.standardError.write(Data(line.utf8))
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        write(Self.line(event, metadata, metadataProvider, Date()))
    }

    private static func line(
        _ event: LogEvent,
        _ metadata: Logger.Metadata,
        _ provider: Logger.MetadataProvider?,
        _ time: Date
    ) -> String {
        var fields: [String: String] = [:]
        for values in [metadata, provider?.get() ?? [:], event.metadata ?? [:]] {
            for (key, value) in values { fields[LogKey.shown(key)] = "\(value)" }
        }
        if let error = event.error { fields["error"] = "\(error)" }
        // Names of the line itself are not for metadata to change.
        fields["time"] = Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(time)
        fields["level"] = event.level.rawValue
        fields["message"] = "\(event.message)"
        do {
            return String(decoding: try WireJSON.encoder().encode(fields), as: UTF8.self) + "\n"
        } catch {
            return "{\"level\":\"error\",\"message\":\"a line of the log cannot be written\"}\n"
        }
    }
}

/// Names of metadata in the log.
enum LogKey {
    /// What the HTTP library calls the id of a request.
    static let requestID = "hb.request.id"

    static func shown(_ key: String) -> String { key == requestID ? "requestID" : key }
}
