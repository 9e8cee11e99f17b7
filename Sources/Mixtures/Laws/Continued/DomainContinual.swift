import Foundation
package import ScalingLaws

/// Continued pretraining on a general and a special corpus: loss of one of them over size, tokens
/// and its share.
package enum DomainContinual: MixtureLaw {
    package static let card = LawCard(
        id: "d-cpt",
        title: "Domain-specific continued pretraining",
        family: .dataMixture,
        equation: "L = E + A/N^a + B·(r + ε)^h/D^b + C/(r + ε)^c, N in 1e9, D in 1e10, ε = 1e-3",
        citation: "D-CPT Law, arXiv 2406.01375",
        symbols: JointCards.scaleSymbols + [
            .init(symbol: "r", name: "share of the corpus whose loss it is", unit: "1")
        ],
        parameters: [
            .init(symbol: "E", name: "loss that nothing removes", unit: "unit of the target"),
            .init(symbol: "A", name: "loss by size", unit: "unit of the target"),
            .init(symbol: "a", name: "exponent of size", unit: "1"),
            .init(symbol: "B", name: "loss by tokens", unit: "unit of the target"),
            .init(symbol: "b", name: "exponent of tokens", unit: "1"),
            .init(symbol: "h", name: "exponent of the share beside tokens", unit: "1"),
            .init(symbol: "C", name: "loss by the share", unit: "unit of the target"),
            .init(symbol: "c", name: "exponent of the share", unit: "1"),
        ],
        answers: ["loss of a share at a size and token count", "best share for two targets"],
        validity: "Two domains, several token counts, and sizes if the size is to be asked for. The"
            + " domain it belongs to is the one that fits better.",
        note: "No public data here; tested on planted worlds."
    )
    package static var needsScale: Bool { true }
    package static func minimumRunCount(domains: Int) -> Int { 12 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedDomainContinual?
    ) throws(MixtureError) -> FittedDomainContinual {
        guard data.dimension == 2 else {
            throw .invalid(
                field: "runs",
                reason: "\(card.id) is a law of two corpora; these runs have \(data.dimension)"
                    + " domains. Use joint-effective-data."
            )
        }
        let rows = try ScaleRows.make(data, law: card.id, minimum: 12)
        if let previous {
            let shifts = ContinualForm.priorShifts(request)
            let form = ContinualForm(domain: previous.domain, priorShifts: shifts)
            let objective = ScaleObjective(form: form, rows: rows, usesPrior: true)
            let found = objective.polish(previous.logParameters)
            return try FittedDomainContinual(previous.domain, found, data)
        }
        var best: (domain: Int, point: [Double], value: Double)?
        for domain in 0..<2 {
            let form = ContinualForm(domain: domain)
            let objective = ScaleObjective(form: form, rows: rows, usesPrior: true)
            let point = try objective.search(starts: 4, law: card.id, request)
            var gradient = point
            let value = objective.value(point, &gradient)
            if value < best?.value ?? .infinity { best = (domain, point, value) }
        }
        guard let best else { throw .didNotConverge(law: card.id, starts: 8) }
        return try FittedDomainContinual(best.domain, best.point, data)
    }
}

/// θ = (ln E, ln A, ln a, ln B, ln b, ln h, ln C, ln c).
struct ContinualForm: ScaleForm {
    /// Whose share it reads.
    let domain: Int
    /// Of the priors of ln a and ln b, in deviations.
    var priorShifts = [0.0, 0]
    var size: Int { 8 }

    func value(_ row: ScaleRow, _ parameters: [Double], _ slopes: inout [Double]) -> Double {
        let own = row.logarithms[domain]
        let (a, b, h, c) = (
            exp(parameters[2]), exp(parameters[4]), exp(parameters[5]), exp(parameters[7])
        )
        let floor = exp(parameters[0])
        let capacity = exp(parameters[1] - a * row.size)
        let data = exp(parameters[3] - b * row.tokens + h * own)
        let share = exp(parameters[6] - c * own)
        slopes[0] = floor
        slopes[1] = capacity
        slopes[2] = -capacity * a * row.size
        slopes[3] = data
        slopes[4] = -data * b * row.tokens
        slopes[5] = data * h * own
        slopes[6] = share
        slopes[7] = -share * c * own
        return floor + capacity + data + share
    }

    func start(_ least: Double, _ random: inout SplitMix64) -> [Double] {
        func around(_ centre: Double, _ spread: Double) -> Double {
            centre + spread * random.normal()
        }
        return [
            log(least * (0.5 + 0.4 * random.uniform())), around(log(0.2), 0.5),
            around(log(0.3), 0.15), around(log(0.2), 0.5), around(log(0.3), 0.15),
            around(log(0.5), 0.4), around(log(0.1), 0.7), around(log(0.3), 0.5),
        ]
    }

    var penalties: [(centre: Double, strength: Double)] {
        let ridge = Self.ridge
        return [
            (0, 0), (log(0.2), ridge), Self.exponentPenalty(priorShifts[0]), (log(0.2), ridge),
            Self.exponentPenalty(priorShifts[1]), (log(0.5), ridge), (log(0.1), ridge),
            (log(0.3), ridge),
        ]
    }
}

/// The law asked at one size and token count.
package struct FittedDomainContinual: FittedMixtureLaw, Hashable {
    /// Whose share r is.
    package var domain: Int
    var logParameters: [Double]
    /// The largest run of the fit unless said.
    package var scale: MixtureScale
    package var notes: [String]

    init(_ domain: Int, _ found: [Double], _ data: MixtureData) throws(MixtureError) {
        guard found.allSatisfy(\.isFinite) else {
            throw .didNotConverge(law: DomainContinual.card.id, starts: 8)
        }
        self.domain = domain
        logParameters = found
        scale = try LargestScale.scale(of: data)
        notes = ["r is the share of \(data.domains[domain])."]
        let sizes = data.runs.compactMap(\.parameterCount).map { log($0) }
        if ScaleRows.spread(sizes) < log(2) {
            notes.append("All runs have about one size: a is the prior's, and E and A are one.")
        }
    }

    package func at(_ scale: MixtureScale) -> FittedDomainContinual? {
        var other = self
        other.scale = scale
        return other
    }

    private func row(_ proportions: [Double]) -> ScaleRow {
        ScaleRow(
            proportions.map { max($0, 0) },
            size: scale.parameterCount,
            tokens: scale.tokenCount
        )
    }

    package func loss(at proportions: [Double]) -> Double {
        var slopes = [Double](repeating: 0, count: 8)
        return ContinualForm(domain: domain).value(row(proportions), logParameters, &slopes)
    }

    package func losses(of runs: [MixtureData.Run]) -> [Double] {
        runs.map { run in
            var own = self
            own.scale.parameterCount = run.parameterCount ?? scale.parameterCount
            own.scale.tokenCount = run.tokenCount ?? scale.tokenCount
            return own.loss(at: run.proportions)
        }
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        var slopes = [Double](repeating: 0, count: 8)
        let row = row(proportions)
        _ = ContinualForm(domain: domain).value(row, logParameters, &slopes)
        var gradient = [Double](repeating: 0, count: proportions.count)
        let share = row.shares[domain] + JointForm.offset
        gradient[domain] =
            (slopes[3] * exp(logParameters[5]) - slopes[6] * exp(logParameters[7])) / share
        return gradient
    }

    package func parameters(domains: [String]) -> [String: Double] {
        let symbols = ["E", "A", "a", "B", "b", "h", "C", "c"]
        return Dictionary(
            zip(symbols, logParameters.map { exp($0) }),
            uniquingKeysWith: { first, _ in first }
        )
    }
}
