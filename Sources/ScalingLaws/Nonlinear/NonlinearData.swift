import Foundation
import Runs

/// The runs that can inform a nonlinear law, in an order of their own, and why the others cannot.
struct NonlinearData<L: NonlinearLaw>: Sendable {
    var observations: [Observation] = []
    var inputs: [L.Input] = []
    var logTargets: [Double] = []
    var leftOut: [NonlinearFit.LeftOut] = []
    /// Of those, runs that a better tuned one of the same inputs stands for.
    var tunedOutCount = 0

    var count: Int { inputs.count }

    /// The order is by scale, then id: the order in which runs arrived never changes a fit.
    init(_ all: [Observation]) {
        let sorted = all.map { (run: $0, scale: L.scale($0), id: $0.runID.hex) }.sorted {
            ($0.scale.isNaN ? .infinity : $0.scale, $0.id)
                < ($1.scale.isNaN ? .infinity : $1.scale, $1.id)
        }
        for (run, _, _) in sorted { take(run) }
        if L.usesBestTuned { keepBestTuned() }
    }

    /// Of runs with equal inputs that were tuned differently only the best stays; repeats of its
    /// own settings stay with it.
    private mutating func keepBestTuned() {
        let inputRoles = L.card.inputs.filter { $0 != .loss }
        let tuned = [Role.peakLearningRate, .batchTokens, .weightDecay]
            .filter { !inputRoles.contains($0) }
        func key(_ run: Observation, _ roles: [Role]) -> [Int?] {
            // Half a per cent apart is one setting: token counts are rounded to whole batches.
            roles.map { role in
                let value = run[role]
                return value.isFinite && value > 0 ? Int((log(value) * 200).rounded()) : nil
            }
        }
        var best: [[Int?]: Int] = [:]
        for place in observations.indices {
            let cell = key(observations[place], inputRoles)
            if let other = best[cell], logTargets[other] <= logTargets[place] { continue }
            best[cell] = place
        }
        var kept: [Int] = []
        for place in observations.indices {
            let run = observations[place]
            guard let winner = best[key(run, inputRoles)],
                key(observations[winner], tuned) != key(run, tuned)
            else {
                kept.append(place)
                continue
            }
            leftOut.append(
                .init(
                    runID: run.runID.hex,
                    runName: run.runName,
                    reason:
                        "\(observations[winner].runName), of the same size and tokens, is better"
                        + " tuned."
                )
            )
        }
        tunedOutCount = count - kept.count
        self = subset(kept)
    }

    private mutating func take(_ run: Observation) {
        let target = L.target(run)
        let bad = L.card.inputs.first { $0 != .loss && !(run[$0].isFinite && run[$0] > 0) }
        let reason: String?
        if let bad {
            reason = "\(bad.rawValue) is \(run[bad]); it must be positive."
        } else if !target.isFinite || target <= 0 {
            reason = "The value to predict is \(target): the run blew up or logged nothing."
        } else if !log(L.scale(run)).isFinite {
            reason = "Its size cannot be computed from its values."
        } else {
            reason = nil
        }
        guard reason == nil, let input = L.input(run) else {
            leftOut.append(
                .init(
                    runID: run.runID.hex,
                    runName: run.runName,
                    reason: reason ?? "Its values cannot inform this law."
                )
            )
            return
        }
        observations.append(run)
        inputs.append(input)
        logTargets.append(log(target))
    }

    /// The runs at these places.
    func subset(_ places: [Int]) -> NonlinearData {
        var part = self
        part.observations = places.map { observations[$0] }
        part.inputs = places.map { inputs[$0] }
        part.logTargets = places.map { logTargets[$0] }
        return part
    }

    func check() throws(FitError) {
        for requirement in L.requirements {
            switch requirement {
            case .runs(let needed):
                guard count < needed else { continue }
                throw .notEnough(
                    law: L.card.title,
                    needed: needed,
                    found: count,
                    needs: L.card.inputs.map(\.rawValue).joined(separator: ", "),
                    leftOut: leftOut.count
                )
            case .values(let role, let needed):
                let found = distinct(role)
                guard found < needed else { continue }
                if found == 1, let only = observations.first?[role] {
                    throw .noSpread(input: role.rawValue, value: only)
                }
                throw .fewValues(input: role.rawValue, needed: needed, found: found)
            case .independent(let first, let second):
                guard abs(correlation(first, second)) > 0.999 else { continue }
                throw .confounded(first: first.rawValue, second: second.rawValue)
            }
        }
    }

    var meetsRequirements: Bool {
        do throws(FitError) {
            try check()
            return true
        } catch {
            return false
        }
    }

    private func distinct(_ role: Role) -> Int {
        let sorted = observations.map { $0[role] }.sorted()
        guard var last = sorted.first else { return 0 }
        var found = 1
        for value in sorted where value > 1.2 * last {
            found += 1
            last = value
        }
        return found
    }

    private func correlation(_ first: Role, _ second: Role) -> Double {
        let x = observations.map { log($0[first]) }
        let y = observations.map { log($0[second]) }
        let (meanX, meanY) = (mean(x), mean(y))
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xx += (a - meanX) * (a - meanX)
            yy += (b - meanY) * (b - meanY)
            xy += (a - meanX) * (b - meanY)
        }
        guard xx > 0, yy > 0 else { return 1 }
        return xy / (xx * yy).squareRoot()
    }

    private func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(max(values.count, 1))
    }

    func problem(delta: Double) -> RobustProblem<L> {
        RobustProblem(inputs: inputs, logTargets: logTargets, delta: delta)
    }

    var hash: String {
        var hash = DataHash()
        for (run, target) in zip(observations, logTargets) {
            for role in L.card.inputs + L.card.optionalInputs {
                run.values[role].map { hash.mix($0) }
            }
            hash.mix(target)
            hash.mix(run.runID.hex)
        }
        return hash.text
    }

    /// By role, the range that the runs cover.
    var domain: [String: Bounds] {
        var domain: [String: Bounds] = [:]
        for role in L.card.inputs + L.card.optionalInputs where role != .loss {
            let values = observations.compactMap { $0.values[role] }.filter(\.isFinite)
            guard let low = values.min(), let high = values.max() else { continue }
            domain[role.rawValue] = Bounds(low: low, high: high)
        }
        return domain
    }
}
