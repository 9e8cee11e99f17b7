import API
import Server
import Testing

@Suite struct QueryParametersTests {
    @Test func `a query is decoded as a form is`() throws {
        let query = try QueryParameters("a=1+2&b=%2B&c=&d&a=3&e=x%3Dy&list=1,2&list=3")
        #expect(query.text("a") == "1 2" && query.all("a") == ["1 2", "3"])
        #expect(query.text("b") == "+" && query.text("c") == nil && query.text("d") == nil)
        #expect(query.text("e") == "x=y" && query.list("list") == ["1", "2", "3"])
    }

    @Test(arguments: ["a=%", "a=%G0", "a=%FF", "%C3=1"])
    func `bytes that are no text are refused`(text: String) {
        #expect(throws: APIError.self) { try QueryParameters(text) }
    }

    @Test func `numbers take suffixes and must be usable`() throws {
        #expect(try QueryParameters("n=430M").positiveNumber("n") == 4.3e8)
        for bad in ["0", "-1", "nan", "inf", "1e999", "many"] {
            let query = try QueryParameters("n=\(bad)")
            #expect(throws: APIError.self) { try query.positiveNumber("n") }
        }
    }
}
