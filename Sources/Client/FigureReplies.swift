/// The part of `GET /api/v1/figures/{kind}` that is told in words.
package struct FigureReply: Sendable, Decodable {
    package var layout: Layout

    package struct Layout: Sendable, Decodable {
        package var meta: Meta
    }

    package struct Meta: Sendable, Decodable {
        /// The figure in a sentence.
        package var summary: String
    }
}

/// Answer of `GET /api/v1/figures`.
package struct FigureKinds: Sendable, Decodable {
    package var figures: [Kind]

    package struct Kind: Sendable, Decodable {
        package var kind: String
        package var title: String
        package var parameters: [String]
    }
}
