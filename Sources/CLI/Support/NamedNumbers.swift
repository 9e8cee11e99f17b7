package import API
import Foundation
import Runs

/// Numbers by name, as a flag gives them: web=2.9,code=1.7.
package enum NamedNumbers {
    /// The last = of an item ends its name.
    package static func json(_ texts: [String], flag: String) throws(Failure) -> AnyJSON {
        var members: [String: AnyJSON] = [:]
        for item in texts.flatMap({ $0.split(separator: ",") }) {
            guard let equals = item.lastIndex(of: "="), equals > item.startIndex,
                let value = NumberText.number(item[item.index(after: equals)...], suffixes: true)
            else {
                throw .usage("\(flag) has \(item.prefix(80)); expected NAME=NUMBER.")
            }
            guard value.isFinite else {
                throw .usage("\(flag) gives \(item.prefix(80)), which is no finite number.")
            }
            let name = item[..<equals].trimmingCharacters(in: .whitespaces)
            guard members.updateValue(.number(value), forKey: name) == nil else {
                throw .usage("\(flag) gives \(name.prefix(80)) twice.")
            }
        }
        return .object(members)
    }
}
