/// A plan of mixtures, as far as it is shown.
package struct MixturePlanReply: Sendable, Decodable {
    package var method: String
    package var domains: [String]
    package var runs: [Run]
    package var notes: [String]

    package struct Run: Sendable, Decodable {
        package var name: String
        package var purpose: String
        package var proportions: [String: Double]
        package var prediction: Double?
        package var deviation: Double?
        package var parameterCount: Double?
        package var cost: Double?
        package var reason: String?
    }
}
