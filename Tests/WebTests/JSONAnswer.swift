import Foundation

/// What a script in the page answered, as plain values.
struct JSONAnswer: Sendable {
    let text: String
    let number: Double?
    let bool: Bool
    let texts: [String]

    init(_ value: Any?) {
        bool = value as? Bool ?? false
        number = (value as? NSNumber)?.doubleValue
        texts = (value as? [Any])?.map { "\($0)" } ?? []
        text = value as? String ?? value.map { "\($0)" } ?? ""
    }
}
