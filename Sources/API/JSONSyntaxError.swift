/// What is wrong with a JSON text, and at which byte.
package struct JSONSyntaxError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case unexpectedEnd
        /// What was wanted at this byte: "a string", "':'".
        case expected(String)
        case tooDeep(limit: Int)
        case invalidUTF8
        case invalidEscape
        case controlCharacter
        case numberTooLong(limit: Int)
        case numberOutOfRange
        case trailingBytes
    }

    /// 0-based offset into the text.
    package let offset: Int
    package let reason: Reason

    package init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    package var message: String {
        switch reason {
        case .unexpectedEnd: "the JSON text ends too early, at byte \(offset)"
        case .expected(let what): "\(what) was expected at byte \(offset)"
        case .tooDeep(let limit): "more than \(limit) levels of nesting at byte \(offset)"
        case .invalidUTF8: "the string at byte \(offset) is not UTF-8"
        case .invalidEscape: "the string at byte \(offset) holds an escape JSON does not have"
        case .controlCharacter: "an unescaped control character stands at byte \(offset)"
        case .numberTooLong(let limit): "the number at byte \(offset) has over \(limit) characters"
        case .numberOutOfRange: "the number at byte \(offset) does not fit its field"
        case .trailingBytes: "the JSON value is followed by something else at byte \(offset)"
        }
    }
}
