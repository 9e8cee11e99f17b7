import Foundation
import TestSupport
import Testing

/// Numbers of the public data set `golden/mixture.json`, reached by path.
struct Golden {
    static let file = "golden/mixture.json"
    private let value: Any

    init() throws {
        let path = try #require(PublicData.path(Self.file))
        let data = try Data(contentsOf: URL(filePath: path))
        value = try JSONSerialization.jsonObject(with: data)
    }

    private init(_ value: Any) { self.value = value }

    subscript(key: String) -> Golden {
        get throws {
            let object = try #require(value as? [String: Any])
            return Golden(try #require(object[key]))
        }
    }

    var items: [Golden] {
        get throws { try #require(value as? [Any]).map { Golden($0) } }
    }

    var number: Double {
        get throws { try #require(value as? Double) }
    }

    var numbers: [Double] {
        get throws { try #require(value as? [Double]) }
    }

    var rows: [[Double]] {
        get throws { try #require(value as? [[Double]]) }
    }
}

/// Largest absolute difference of two lists of one length.
func distance(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}
