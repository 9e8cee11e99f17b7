import HTTPTypes
import Server
import Testing

@Suite struct MLflowNamesTests {
    @Test(arguments: [
        "loss", "train/loss", "a.b-c_d e:f", "été", "损失", ".hidden", "a/.b", "x..y", "a...",
        String(repeating: "k", count: 250),
    ])
    func `a name MLflow takes is taken`(name: String) throws {
        try MLflowNames.check(name, path: "key")
    }

    @Test(arguments: [
        "acc@1", "p(x)", "lr[0]", "", ".", "..", "../a", "..a", "/a", "a/", "a//b", "a/./b",
        "a/../b", "a\\b", "a\nb", "a\u{0}b", "a+b", "a%b", String(repeating: "k", count: 251),
    ])
    func `a name MLflow refuses is refused`(name: String) {
        let error = #expect(throws: MLflowError.self) { try MLflowNames.check(name, path: "key") }
        #expect(error?.code == .invalidParameterValue)
    }

    @Test func `a value with a zero character is refused`() {
        #expect(throws: MLflowError.self) {
            try MLflowNames.cut("a\u{0}", to: 10, path: "value")
        }
    }

    @Test(arguments: MLflowError.Code.allCases)
    func `only the server's own troubles are retried by clients`(code: MLflowError.Code) {
        let isOurs = [.temporarilyUnavailable, .internalError, .notImplemented].contains(code)
        #expect((code.status.code >= 500) == isOurs)
    }
}
