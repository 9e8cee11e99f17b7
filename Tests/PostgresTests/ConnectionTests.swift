import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct ConnectionTests {
    @Test func `every bound type comes back as it was sent`() async throws {
        let database = try await TestDatabase.makeBare()
        let id = UUID()
        let nothing: String? = nil
        let rows = try await database.query(
            """
            SELECT \(true), \(Int32(-7)), \(Int64.min), \(Double.infinity), \("naïve 𝛼"), \(id),
                \(bytes: [0, 255, 1]), \(nothing), \([1.5, nil, -0.0]) IS NOT NULL
            """
        )
        let row = try #require(rows.first)
        #expect(try row.value(0) == true)
        #expect(try row.value(1, as: Int32.self) == -7)
        #expect(try row.value(2) == Int64.min)
        #expect(try row.value(3) == Double.infinity)
        #expect(try row.value(4) == "naïve 𝛼")
        #expect(try row.value(5) == id)
        #expect(try row.value(6, as: [UInt8].self) == [0, 255, 1])
        #expect(try row.optional(7, as: String.self) == nil)
        #expect(try row.value(8) == true)
    }
}
