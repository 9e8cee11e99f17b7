import API
package import Client
import Foundation

/// A tuned training, from a JSON file: `{"width": 256, "depth": 4, …}`, or a whole question with
/// `base`, `target` and `rule` as the API takes it.
package enum BaseFile {
    package static func read(_ path: String) throws(Failure) -> TransferBody {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .client(.unreadableFile(path: path, reason: error.localizedDescription))
        }
        do {
            let names = try WireJSON.decoder().decode([String: Ignored].self, from: data)
            if names["base"] != nil {
                return try WireJSON.decoder().decode(Whole.self, from: data).body
            }
            let base = try WireJSON.decoder().decode([String: Double?].self, from: data)
            return TransferBody(base: base.compactMapValues { $0 })
        } catch {
            throw .data(
                "\(path) is no JSON object of numbers: \(error)",
                hint: "Expected for example {\"width\": 256, \"depth\": 4, \"batchTokens\": 65536}."
            )
        }
    }

    private struct Ignored: Decodable { init(from decoder: any Decoder) {} }

    private struct Whole: Decodable {
        var base: [String: Double?]
        var target: [String: Double?]?
        var rule: String?
        var weightDecayRule: String?
        var depthExponent: Double?

        var body: TransferBody {
            TransferBody(
                base: base.compactMapValues { $0 },
                target: (target ?? [:]).compactMapValues { $0 },
                rule: rule,
                weightDecayRule: weightDecayRule,
                depthExponent: depthExponent
            )
        }
    }
}
