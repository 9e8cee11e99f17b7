import Foundation

/// A law over size, tokens and mixture, asked at one size and token count.
package struct FittedJoint: FittedMixtureLaw, Hashable {
    package var coupling: MixtureCoupling
    /// ln of what `JointForm` lists.
    var logParameters: [Double]
    var dimension: Int
    /// Where `loss(at:)` is asked: the largest run of the fit unless said.
    package var scale: MixtureScale
    /// Unique tokens of each domain; empty where none is known.
    var availableTokens: [Double?]
    package var notes: [String]

    private var form: JointForm { JointForm(coupling: coupling, dimension: dimension) }

    static let starts = 5

    static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        _ previous: FittedJoint?,
        _ coupling: MixtureCoupling,
        law: String,
        usesPrior: Bool = true
    ) throws(MixtureError) -> FittedJoint {
        let rows = try ScaleRows.make(data, law: law, minimum: 12)
        var form = JointForm(coupling: coupling, dimension: data.dimension)
        form.priorShifts = JointForm.priorShifts(request)
        let objective = ScaleObjective(form: form, rows: rows, usesPrior: usesPrior)
        if let previous, previous.coupling == coupling, previous.dimension == data.dimension {
            let found = objective.polish(previous.logParameters)
            return try FittedJoint(coupling, found, data, law: law)
        }
        let found = try objective.search(starts: starts, law: law, request)
        var fit = try FittedJoint(coupling, found, data, law: law)
        if usesPrior {
            let bare = ScaleObjective(form: form, rows: rows, usesPrior: false).polish(found)
            fit.notes = PriorShare.notes(rows, found, bare)
        }
        return fit
    }

    /// The same fit without the prior of the exponents, to see what the prior contributes.
    package static func fitWithoutPrior(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        coupling: MixtureCoupling = .effectiveTokens
    ) throws(MixtureError) -> FittedJoint {
        try fit(data, request, nil, coupling, law: "joint-effective-data", usesPrior: false)
    }

    /// A law with given parameters, nothing fitted, asked at 1e9 parameters and 1e10 tokens. A, B
    /// are losses at those.
    package init(
        E: Double,
        A: Double,
        a: Double,
        B: Double,
        b: Double,
        k: Double,
        e0: Double,
        g: Double,
        s: [Double],
        availableTokens: [Double?] = []
    ) throws(MixtureError) {
        coupling = .effectiveTokens
        logParameters = [E, A, a, B, b, k, e0, g].map { log($0) } + s.map { log($0) }
        dimension = s.count
        scale = try MixtureScale(parameterCount: 1e9, tokenCount: 1e10)
        self.availableTokens = availableTokens
        notes = []
    }

    private init(
        _ coupling: MixtureCoupling,
        _ found: [Double],
        _ data: MixtureData,
        law: String
    ) throws(MixtureError) {
        guard found.allSatisfy(\.isFinite) else {
            throw .didNotConverge(law: law, starts: Self.starts)
        }
        self.coupling = coupling
        logParameters = found
        dimension = data.dimension
        scale = try LargestScale.scale(of: data)
        availableTokens = data.availableTokens
        notes = []
    }

    package func at(_ scale: MixtureScale) -> FittedJoint? {
        var other = self
        other.scale = scale
        return other
    }

    package var withoutRepetition: FittedJoint {
        var other = self
        other.availableTokens = []
        return other
    }

    package func loss(at proportions: [Double]) -> Double {
        var slopes = [Double](repeating: 0, count: form.size)
        return form.value(row(proportions, scale), logParameters, &slopes)
    }

    package func losses(of runs: [MixtureData.Run]) -> [Double] {
        runs.map { run in
            var own = self
            own.scale.parameterCount = run.parameterCount ?? scale.parameterCount
            own.scale.tokenCount = run.tokenCount ?? scale.tokenCount
            return own.loss(at: run.proportions)
        }
    }

    private func discount(_ scale: MixtureScale) -> RepetitionDiscount {
        RepetitionDiscount(available: availableTokens, tokens: scale.tokenCount)
    }

    private func row(_ proportions: [Double], _ scale: MixtureScale) -> ScaleRow {
        ScaleRow(
            discount(scale).effective(proportions.map { max($0, 0) }),
            size: scale.parameterCount,
            tokens: scale.tokenCount
        )
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        var slopes = [Double](repeating: 0, count: form.size)
        let row = row(proportions, scale)
        _ = form.value(row, logParameters, &slopes)
        let discount = discount(scale)
        // ∂/∂r_j follows from ∂/∂ln s_j: both move the same part of the sum.
        return proportions.indices.map { domain in
            let share = row.shares[domain] + JointForm.offset
            var slope = 0.0
            switch coupling {
            case .none: return 0
            case .additive:
                slope = slopes[8 + domain] * exp(logParameters[8 + dimension + domain]) / share
            case .capacity:
                slope =
                    slopes[8 + domain] * exp(logParameters[7]) / share
                    + slopes[1] * logParameters[8 + dimension + domain]
            case .effectiveTokens, .plain:
                slope = slopes[8 + domain] * exp(logParameters[7]) / share
            }
            guard discount.uniqueShare.count == dimension else { return slope }
            return slope * discount.effective(max(proportions[domain], 0), domain).slope
        }
    }

    /// Shares would have to stay below this to be worth what they are.
    private var isDiscounted: Bool {
        discount(scale).uniqueShare.contains { $0 < 1 }
    }

    package var separable: SeparableUtility? { isDiscounted ? nil : utility }

    private var utility: SeparableUtility? {
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

    /// u is concave, so A/N^a + B/(D·u)^b is log-convex, and so is its k-th power; discounted
    /// shares are concave and keep that.
    package var isConvex: Bool { coupling == .none || utility != nil }

    private var bends: Bool { coupling != .plain && coupling != .additive }

    package func parameters(domains: [String]) -> [String: Double] {
        let values = logParameters.map { exp($0) }
        var found = [
            "E": values[0], "A": values[1], "a": values[2], "B": values[3], "b": values[4],
        ]
        if bends { found["k"] = values[5] }
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

/// What the runs say of the exponents, and what the prior does.
enum PriorShare {
    static func notes(_ rows: [ScaleRow], _ found: [Double], _ bare: [Double]) -> [String] {
        var notes: [String] = []
        let decade = log(10.0)
        for (symbol, place, what, values) in [
            ("a", 2, "Sizes", rows.map(\.size)), ("b", 4, "Token counts", rows.map(\.tokens)),
        ] {
            let ratio = exp(ScaleRows.spread(values))
            let (own, free) = (exp(found[place]), exp(bare[place]))
            var note =
                "\(what) span a factor of \(ratio.short): the exponent \(symbol) is \(own.short)"
                + " with the prior ln \(symbol) ~ N(ln 0.3, 0.25) and \(free.short) without it."
            if log(ratio) < decade {
                note += " A factor below 10 cannot pin it, so the prior counts for much of it."
            }
            notes.append(note)
        }
        return notes
    }
}
