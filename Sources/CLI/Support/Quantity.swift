import ArgumentParser
package import Runs

/// A positive number on the command line; k M B T stand for 1e3, 1e6, 1e9, 1e12.
package struct Quantity: ExpressibleByArgument, Sendable, Hashable {
    package var value: Double

    package init?(argument: String) {
        guard let value = NumberText.number(argument, suffixes: true), value.isFinite, value > 0
        else { return nil }
        self.value = value
    }

    /// With all digits, as the server reads it.
    package var text: String { NumberText.text(value) }
}

/// `ROLE=EXPRESSION`, checked before anything is sent.
package struct RoleAssignment: Sendable, Hashable {
    package var role: Role
    package var expression: String

    package init(_ text: String) throws(Failure) {
        guard let equals = text.firstIndex(of: "=") else {
            throw .usage("\"\(text)\" must be ROLE=EXPRESSION, for example batchTokens=bs*2048.")
        }
        let name = String(text[..<equals])
        guard let role = Role(rawValue: name) else {
            let known = Role.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw .usage("There is no role \"\(name)\"; the roles are: \(known).")
        }
        expression = String(text[text.index(after: equals)...])
        self.role = role
        do {
            _ = try Expression(parsing: expression)
        } catch {
            throw .usage("\(role.rawValue)=\(expression): \(error.message)")
        }
    }
}
