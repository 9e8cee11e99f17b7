import ScalingLaws

/// A fitted law of whichever form, stored beside the id that says which.
package struct AnyMixtureLaw: FittedMixtureLaw {
    /// Id of the law's card.
    package let lawID: String
    package let base: any FittedMixtureLaw

    package init(lawID: String, base: any FittedMixtureLaw) {
        self.lawID = lawID
        self.base = base
    }

    /// The law of the catalogue, fitted.
    package static func fit(
        _ law: any MixtureLaw.Type,
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: AnyMixtureLaw? = nil
    ) throws(MixtureError) -> AnyMixtureLaw {
        func open<L: MixtureLaw>(_ law: L.Type) throws(MixtureError) -> AnyMixtureLaw {
            let start = previous?.base as? L.Fitted
            return AnyMixtureLaw(
                lawID: law.card.id,
                base: try law.fit(data, request, startingFrom: start)
            )
        }
        let type = law
        return try open(type)
    }

    package func loss(at proportions: [Double]) -> Double { base.loss(at: proportions) }
    package func losses(at mixtures: [[Double]]) -> [Double] { base.losses(at: mixtures) }
    package func losses(of runs: [MixtureData.Run]) -> [Double] { base.losses(of: runs) }
    package func gradient(at proportions: [Double]) -> [Double]? {
        base.gradient(at: proportions)
    }
    package func curvature(at proportions: [Double]) -> [Double]? {
        base.curvature(at: proportions)
    }
    package func deviation(at proportions: [Double]) -> Double? {
        base.deviation(at: proportions)
    }
    package var separable: SeparableUtility? { base.separable }
    package var isConvex: Bool { base.isConvex }
    package func parameters(domains: [String]) -> [String: Double] {
        base.parameters(domains: domains)
    }
    package var stackedLaws: [AnyMixtureLaw] { base.stackedLaws }
    package var notes: [String] { base.notes }
    package func at(_ scale: MixtureScale) -> AnyMixtureLaw? {
        base.at(scale).map { AnyMixtureLaw(lawID: lawID, base: $0) }
    }
    package var withoutRepetition: AnyMixtureLaw {
        AnyMixtureLaw(lawID: lawID, base: base.withoutRepetition)
    }
}

extension AnyMixtureLaw: Codable {
    private enum CodingKeys: String, CodingKey { case law, parameters }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        lawID = try members.decode(String.self, forKey: .law)
        let id = lawID
        guard let law = mixtureLawCatalogue.first(where: { $0.card.id == id }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .law,
                in: members,
                debugDescription: "there is no mixture law \(id)"
            )
        }
        func open<L: MixtureLaw>(_ law: L.Type) throws -> any FittedMixtureLaw {
            try members.decode(L.Fitted.self, forKey: .parameters)
        }
        let type = law
        base = try open(type)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(lawID, forKey: .law)
        try base.encode(to: members.superEncoder(forKey: .parameters))
    }
}
