import Foundation

/// Seconds of a step on a given cluster: a part that no device removes, and the tokens over the
/// devices' speed.
struct ClusterTime: Sendable {
    /// Tokens per second of one device.
    var tokensPerSecond: Double
    var devices: Double
    var overheadSeconds: Double

    /// nil when the question does not say how fast a device is.
    init?(_ question: Question) {
        guard let speed = question[.tokensPerSecond] else { return nil }
        tokensPerSecond = speed
        devices = question[.devices] ?? 1
        overheadSeconds = question[.stepOverheadSeconds] ?? 0
    }

    func stepSeconds(_ batch: Double) -> Double {
        overheadSeconds + batch / (tokensPerSecond * devices)
    }

    func hours(_ hyperbola: StepsHyperbola, batch: Double) -> Double {
        hyperbola.steps(batchTokens: batch) * stepSeconds(batch) / 3_600
    }

    /// The batch of the least time: S_min·(1 + B_crit/B)·(t + B/v) is least at the geometric mean
    /// of B_crit and of the tokens that the cluster would pass during the overhead, t·v.
    func fastestBatch(_ criticalBatch: Double) -> Double {
        (criticalBatch * overheadSeconds * tokensPerSecond * devices).squareRoot()
    }

    /// The smallest batch, and so the fewest tokens, whose time is within `slack` of the least: the
    /// smaller root of B/v + B_crit·t/B = slack·least − t − B_crit/v.
    func kneeBatch(_ criticalBatch: Double, slack: Double) -> Double {
        let speed = tokensPerSecond * devices
        let product = criticalBatch * overheadSeconds * speed
        let fixed = overheadSeconds * speed + criticalBatch
        let half = ((slack - 1) * fixed + 2 * slack * product.squareRoot()) / 2
        // The product of the roots over the larger one: no cancellation.
        return product / (half + max(half * half - product, 0).squareRoot())
    }

    func with(devices: Double) -> ClusterTime {
        var other = self
        other.devices = devices
        return other
    }
}

/// The tables of an answer about batches.
struct BatchTables {
    let tradeOff: BatchTradeOff
    let question: Question
    /// The batch that the answer is about.
    let batch: Double

    /// Time may be this much above the least at the knee.
    static let kneeSlack = 1.05

    /// Powers of two from a sixty-fourth of B_crit to eight times it, inside what the cluster
    /// takes.
    var batches: [Double] {
        let critical = tradeOff.criticalBatch.value
        let least = (question[.sequenceLength] ?? 1) * (question[.devices] ?? 1)
        let largest = question[.maximumBatchTokens] ?? .infinity
        var values = Set([critical, batch].filter { $0 <= largest })
        var value = exp2((log2(critical) - 6).rounded())
        for _ in 0..<10 {
            if value >= least, value <= largest { values.insert(value) }
            value *= 2
        }
        if largest.isFinite { values.insert(largest) }
        if let (knee, fastest) = special {
            values.insert(knee)
            values.insert(fastest)
        }
        return values.sorted()
    }

    /// Knee and fastest batch inside what the cluster takes; nil without a cluster.
    private var special: (knee: Double, fastest: Double)? {
        guard let cluster = ClusterTime(question) else { return nil }
        let critical = tradeOff.criticalBatch.value
        let largest = question[.maximumBatchTokens] ?? .infinity
        let least = (question[.sequenceLength] ?? 1) * cluster.devices
        func inside(_ value: Double) -> Double { min(max(value, least), largest) }
        return (
            inside(cluster.kneeBatch(critical, slack: Self.kneeSlack)),
            inside(cluster.fastestBatch(critical))
        )
    }

    func byBatch() -> Advice.Table {
        let cluster = ClusterTime(question)
        guard let hyperbola = tradeOff.hyperbola else { return relative() }
        let batches = batches
        let hours = cluster.map { time in batches.map { time.hours(hyperbola, batch: $0) } }
        var columns = ["batch (tokens per step)", "steps", "tokens", "waste (%)"]
        if cluster != nil { columns += ["hours", "device-hours"] }
        columns.append("")
        let rows = batches.enumerated().map { index, batch in
            var cells: [Advice.Cell] = [
                .number(batch), .number(hyperbola.steps(batchTokens: batch)),
                .number(hyperbola.tokens(batchTokens: batch)),
                .number(hyperbola.wastePercent(batchTokens: batch)),
            ]
            if let cluster, let hours {
                cells += [.number(hours[index]), .number(hours[index] * cluster.devices)]
            }
            cells.append(.text(mark(batch)))
            return cells
        }
        return Advice.Table(
            title: cluster == nil
                ? "Steps and tokens by batch"
                : "Time and cost by batch; the knee has the fewest tokens within 5 % of the"
                    + " least time",
            columns: columns,
            rows: rows
        )
    }

    private func mark(_ value: Double) -> String {
        var marks: [String] = []
        if value == tradeOff.criticalBatch.value { marks.append("B_crit") }
        if value == special?.knee { marks.append("knee") }
        if value == special?.fastest { marks.append("fastest") }
        if value == batch { marks.append("this answer") }
        return marks.joined(separator: ", ")
    }

    private func relative() -> Advice.Table {
        Advice.Table(
            title: "Steps and waste by batch, without the tokens of the training",
            columns: ["batch (tokens per step)", "steps over the fewest", "waste (%)", ""],
            rows: batches.map { batch in
                [
                    .number(batch), .number(tradeOff.stepsFactor(batch)),
                    .number(tradeOff.waste(batch).value),
                    .text(mark(batch)),
                ]
            }
        )
    }

    /// The fastest batch for other numbers of devices; nil without a cluster whose steps have an
    /// overhead.
    func byDevices() -> Advice.Table? {
        guard let hyperbola = tradeOff.hyperbola, let cluster = ClusterTime(question),
            cluster.overheadSeconds > 0
        else { return nil }
        let largest = question[.maximumBatchTokens] ?? .infinity
        let rows: [[Advice.Cell]] = (-2...6).compactMap { power in
            let devices = cluster.devices * exp2(Double(power))
            guard devices >= 1 else { return nil }
            let time = cluster.with(devices: devices)
            let least = (question[.sequenceLength] ?? 1) * devices
            let wanted = max(time.fastestBatch(hyperbola.criticalBatchTokens), least)
            let batch = min(wanted, largest)
            let hours = time.hours(hyperbola, batch: batch)
            return [
                .number(devices), .number(batch), .number(hours), .number(hours * devices),
                .number(hyperbola.wastePercent(batchTokens: batch)),
            ]
        }
        return Advice.Table(
            title: "Least time by number of devices",
            columns: [
                "devices", "fastest batch (tokens per step)", "hours", "device-hours", "waste (%)",
            ],
            rows: rows
        )
    }
}
