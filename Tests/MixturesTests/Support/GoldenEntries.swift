import Foundation
import TestSupport
import Testing

extension Golden {
    /// An entry as a type of its own.
    static func entry<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        let path = try #require(PublicData.path(file))
        let whole = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: path))
        )
        let object = try #require((whole as? [String: Any])?[name])
        let data = try JSONSerialization.data(withJSONObject: object)
        return try JSONDecoder().decode(Value.self, from: data)
    }
}

struct LawValues: Decodable {
    struct Law<Parameters: Decodable>: Decodable {
        var parameters: Parameters
        var values: [Double]
    }
    struct EffectiveData: Decodable {
        var E: Double
        var A: Double
        var a: Double
        var e0: Double
        var g: Double
        var s: [Double]
    }
    struct ReciprocalPower: Decodable {
        var E: Double
        var C: [Double]
        var g: [Double]
    }
    struct Exponential: Decodable {
        var c: Double
        var t: [Double]
    }

    var mixtures: [[Double]]
    var effectiveData: Law<EffectiveData>
    var reciprocalPower: Law<ReciprocalPower>
    var exponential: Law<Exponential>
}
