import Foundation

/// A law over size, tokens and mixture, asked at one size and token count.
package struct FittedJoint: FittedMixtureLaw, Hashable {
    package var coupling: MixtureCoupling
    /// ln of what `JointForm` lists.
    var logParameters: [Double]
    var dimension: Int
    /// Where `loss(at:)` is asked: the largest run of the fit unless said.
    package var parameterCount: Double
    package var tokenCount: Double
    package var notes: [String]

    private var form: JointForm { JointForm(coupling: coupling, dimension: dimension) }

    static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        _ previous: FittedJoint?,
        _ coupling: MixtureCoupling,
        law: String,
        usesPrior: Bool = true
    ) throws(MixtureError) -> FittedJoint {
        let rows = try ScaleRows.make(data, law: law, minimum: 12)
        let form = JointForm(coupling: coupling, dimension: data.dimension)
        let objective = ScaleObjective(form: form, rows: rows, usesPrior: usesPrior)
        var found: [Double]
        if let previous, previous.coupling == coupling, previous.dimension == data.dimension {
            found = objective.polish(previous.logParameters)
        } else {
            found = try objective.search(starts: 5, law: law, request)
        }
        guard found.allSatisfy(\.isFinite) else { throw .didNotConverge(law: law, starts: 5) }
        return FittedJoint(coupling, found, data, rows)
    }

    /// The same fit without the prior of the exponents, to see what the prior contributes.
    package static func fitWithoutPrior(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        coupling: MixtureCoupling = .effectiveTokens
    ) throws(MixtureError) -> FittedJoint {
        try fit(data, request, nil, coupling, law: "joint-effective-data", usesPrior: false)
    }

    /// A law with given parameters, nothing fitted. Sizes are in 1e9, tokens in 1e10.
    package init(
        E: Double,
        A: Double,
        a: Double,
        B: Double,
        b: Double,
        k: Double,
        e0: Double,
        g: Double,
        s: [Double]
    ) {
        coupling = .effectiveTokens
        logParameters = [E, A, a, B, b, k, e0, g].map { log($0) } + s.map { log($0) }
        dimension = s.count
        (parameterCount, tokenCount) = (1e9, 1e10)
        notes = []
    }

    private init(
        _ coupling: MixtureCoupling,
        _ found: [Double],
        _ data: MixtureData,
        _ rows: [ScaleRow]
    ) {
        self.coupling = coupling
        logParameters = found
        dimension = data.dimension
        let largest = data.runs.max {
            ($0.parameterCount ?? 0, $0.tokenCount ?? 0) < (
                $1.parameterCount ?? 0, $1.tokenCount ?? 0
            )
        }
        parameterCount = largest?.parameterCount ?? 1e9
        tokenCount = largest?.tokenCount ?? 1e10
        notes = []
        let decade = log(10.0)
        if ScaleRows.spread(rows.map(\.size)) < decade {
            notes.append(
                "Sizes span less than a factor of 10, so the exponent of size is mostly the prior,"
                    + " ln a ~ N(ln 0.3, 0.25)."
            )
        }
        if ScaleRows.spread(rows.map(\.tokens)) < decade {
            notes.append(
                "Token counts span less than a factor of 10, so the exponent of tokens is mostly the"
                    + " prior, ln b ~ N(ln 0.3, 0.25)."
            )
        }
    }

    /// The same law asked at another size and token count.
    package func at(parameterCount: Double, tokenCount: Double) -> FittedJoint {
        var other = self
        other.parameterCount = parameterCount
        other.tokenCount = tokenCount
        return other
    }

    package func loss(at proportions: [Double]) -> Double {
        loss(proportions, parameterCount, tokenCount)
    }

    package func losses(of runs: [MixtureData.Run]) -> [Double] {
        runs.map {
            loss(
                $0.proportions,
                $0.parameterCount ?? parameterCount,
                $0.tokenCount ?? tokenCount
            )
        }
    }

    private func row(_ proportions: [Double], _ size: Double, _ tokens: Double) -> ScaleRow {
        ScaleRow(
            shares: proportions.map { max($0, 0) },
            size: log(size / 1e9),
            tokens: log(tokens / 1e10),
            logLoss: 0,
            weight: 1
        )
    }

    private func loss(_ proportions: [Double], _ size: Double, _ tokens: Double) -> Double {
        var slopes = [Double](repeating: 0, count: form.size)
        return form.value(row(proportions, size, tokens), logParameters, &slopes)
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        var slopes = [Double](repeating: 0, count: form.size)
        _ = form.value(row(proportions, parameterCount, tokenCount), logParameters, &slopes)
        // ∂/∂r_j follows from ∂/∂ln s_j: both move the same part of the sum.
        return proportions.indices.map { domain in
            let share = max(proportions[domain], 0) + JointForm.offset
            switch coupling {
            case .none: return 0
            case .additive:
                return slopes[8 + domain] * exp(logParameters[8 + dimension + domain]) / share
            case .capacity:
                return slopes[8 + domain] * exp(logParameters[7]) / share
                    + slopes[1] * logParameters[8 + dimension + domain]
            case .effectiveTokens, .plain:
                return slopes[8 + domain] * exp(logParameters[7]) / share
            }
        }
    }

    package var separable: SeparableUtility? {
        let scales = logParameters[8..<(8 + dimension)].map { exp($0) }
        switch coupling {
        case .effectiveTokens, .plain:
            let g = exp(logParameters[7])
            guard g < 1 else { return nil }
            let exponents = [Double](repeating: g, count: dimension)
            return SeparableUtility(scales: scales, exponents: exponents, offset: JointForm.offset)
        case .additive:
            let exponents = logParameters[(8 + dimension)...].map { exp($0) }
            guard exponents.allSatisfy({ $0 < 1 }) else { return nil }
            return SeparableUtility(scales: scales, exponents: exponents, offset: JointForm.offset)
        case .capacity, .none: return nil
        }
    }

    /// A constant plus a power of effective tokens is log-convex, and so is its k-th power.
    package var isConvex: Bool { separable != nil || coupling == .none }

    package func parameters(domains: [String]) -> [String: Double] {
        let values = logParameters.map { exp($0) }
        var found = [
            "E": values[0], "A": values[1], "a": values[2], "B": values[3], "b": values[4],
        ]
        if coupling != .plain, coupling != .additive { found["k"] = values[5] }
        for (place, domain) in domains.enumerated() where place < dimension {
            switch coupling {
            case .none: continue
            case .additive:
                found["C[\(domain)]"] = values[8 + place]
                found["g[\(domain)]"] = values[8 + dimension + place]
            case .capacity:
                found["s[\(domain)]"] = values[8 + place]
                found["c[\(domain)]"] = logParameters[8 + dimension + place]
            case .effectiveTokens, .plain: found["s[\(domain)]"] = values[8 + place]
            }
        }
        if coupling != .none, coupling != .additive {
            found["e0"] = values[6]
            found["g"] = values[7]
        }
        return found
    }
}
