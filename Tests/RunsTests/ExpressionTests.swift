import Runs
import TestSupport
import Testing

@Suite struct ExpressionTests {
    private static let values: [String: Double] = [
        "bs": 64, "a": 2, "b": 3, "D/N": 20, "smooth loss": 2.5, "train.lr": 1e-3, "größe": 7,
    ]

    @Test(arguments: [
        ("bs*2048", 131_072.0), ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ^ 3 ^ 2", 512),
        ("-2^2", -4), ("2^-1", 0.5), ("10 - 3 - 2", 5), ("24 / 4 / 2", 3), ("\"D/N\" * 2", 40),
        ("\"smooth loss\"", 2.5), ("`smooth loss`", 2.5), ("train.lr", 1e-3), ("1.5e-3", 0.0015),
        (".5", 0.5), ("430M", 430e6), ("2T/1k", 2e9), ("7B", 7e9), ("+a - -b", 5), ("größe", 7),
        ("1e3k", 1e6),
    ])
    func `a formula has its value`(text: String, expected: Double) throws {
        let expression = try Expression(parsing: text)
        let value = try #require(expression.evaluate { Self.values[$0] })
        #expect((value - expected).magnitude <= 1e-12 * expected.magnitude)
    }

    @Test func `a formula with an unknown name has no value`() throws {
        #expect(try Expression(parsing: "a + nowhere").evaluate { Self.values[$0] } == nil)
    }

    @Test func `a formula lists its names`() throws {
        #expect(try Expression(parsing: "a*(b + \"D/N\")^2").names == ["a", "b", "D/N"])
    }

    @Test(arguments: [
        ("", 0), ("a +", 3), ("(a", 2), ("a)", 1), ("a b", 2), ("\"open", 0), ("1.2.3", 0),
        ("12abc", 0), ("1e999", 0), ("a § b", 2), ("a < b", 0), ("'text'", 0), ("and", 0),
        ("5e", 0),
    ])
    func `what is no formula is refused where it goes wrong`(text: String, offset: Int) {
        let error = #expect(throws: ExpressionError.self) { try Expression(parsing: text) }
        #expect(error?.offset == offset)
        #expect(error?.message.isEmpty == false)
    }

    @Test(arguments: ["(", "-", "2^"])
    func `endless nesting is refused, not followed`(piece: String) {
        let text = String(repeating: piece, count: 2_000) + "1"
        let error = #expect(throws: ExpressionError.self) { try Expression(parsing: text) }
        #expect(error?.message.contains("levels") == true)
    }

    @Test func `a text of a million characters is refused`() {
        let text = String(repeating: "1+", count: 500_000) + "1"
        #expect(throws: ExpressionError.self) { try Expression(parsing: text) }
    }

    @Test func `a long flat sum is fine`() throws {
        let text = String(repeating: "1+", count: 2_000) + "1"
        #expect(try Expression(parsing: text).evaluate { _ in nil } == 2_001)
    }

    @Test func `what is printed reads back as the same expression`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let tree = Self.randomTree(depth: 5, using: &generator)
            let text = Expression(tree).text
            #expect(try Expression(parsing: text).root == tree, "\(text)")
        }
    }

    private static func randomTree(
        depth: Int,
        using generator: inout SeededGenerator
    ) -> Arithmetic {
        let names = ["lr", "D/N", "smooth \"loss\"", "and", "a.b", "back\\slash", "_x", "9a", ""]
        switch Int.random(in: 0..<(depth == 0 ? 2 : 5), using: &generator) {
        case 0: return .number(Double(UInt32.random(in: 0...9_999, using: &generator)) / 16)
        case 1: return .name(names.randomElement(using: &generator) ?? "x")
        case 2: return .negated(randomTree(depth: depth - 1, using: &generator))
        default:
            let symbol = Arithmetic.Operator.allCases.randomElement(using: &generator) ?? .plus
            return .binary(
                symbol,
                randomTree(depth: depth - 1, using: &generator),
                randomTree(depth: depth - 1, using: &generator)
            )
        }
    }
}
