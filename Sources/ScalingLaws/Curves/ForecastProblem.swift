import Foundation
import Runs

/// The running job and the peers that can speak for it, cleaned and put on one axis: the share of
/// the training that is done.
struct ForecastProblem {
    let request: ForecastRequest
    let curve: CleanCurve
    let step: Double
    let horizon: Double
    /// ln loss now.
    let now: Double
    let peers: [Peer]
    /// Roles by which runs are compared.
    let roles: [Role]
    var warnings: [String]

    struct Peer {
        var curve: CleanCurve
        var horizon: Double
        var logFinal: Double
        var settings: [Role: Double]
        /// ln loss at the job's share of progress.
        var now: Double
    }

    /// Fewest peers that speak for a job without help of a form in steps.
    static let fewestPeers = 8
    /// More peers than these are left out, the least alike first.
    static let mostPeers = 100

    var share: Double { step / horizon }

    init(_ request: ForecastRequest) throws(FitError) {
        self.request = request
        horizon = request.horizonSteps
        guard horizon.isFinite, horizon >= 1, horizon < 1e15 else {
            throw .unusableCurve(
                reason: "The horizon must be the number of steps of the whole training; it was"
                    + " \(horizon). Log it as a param, or log tokens and batch."
            )
        }
        curve = CleanCurve(request.curve, upTo: horizon * (1 + 1e-9))
        guard let step = curve.steps.last, step > 0 else {
            throw .unusableCurve(
                reason: "The run has logged no finite loss after step 0 and up to the horizon"
                    + " \(horizon) (\(curve.unusable) points are unusable). Wait for points."
            )
        }
        self.step = step
        let share = step / horizon
        let isDense = curve.count(from: 0.9 * step, to: step) >= 3
        guard let now = curve.level(at: step, isDense: isDense) else {
            throw .unusableCurve(reason: "The run has no loss at its last step \(step).")
        }
        self.now = now
        let usable = request.peers.compactMap { Peer($0, share: share, isDense: isDense) }
        var warnings: [String] = []
        let (own, end) = (curve, horizon)
        let alike = usable.filter { $0.goesOn(as: own, share: share, horizon: end) }
        if alike.count < usable.count {
            warnings.append(
                "\(usable.count - alike.count) finished runs have another learning-rate schedule"
                    + " and are not asked."
            )
        }
        let roles = Self.commonRoles(request.settings, alike)
        let complete = alike.filter { peer in roles.allSatisfy { peer.settings[$0] != nil } }
        self.roles = roles
        peers = Self.nearest(complete, to: request.settings, by: roles)
        self.warnings = warnings + Self.faults(curve, request)
    }

    /// Inputs of the process that predicts ln (final / now): settings and the loss now.
    func row(_ settings: [Role: Double], now: Double) -> [Double] {
        roles.map { log(settings[$0] ?? 1) } + [now]
    }

    var ownRow: [Double] { row(request.settings, now: now) }

    private static func faults(_ curve: CleanCurve, _ request: ForecastRequest) -> [String] {
        var texts: [String] = []
        if curve.unusable > 0 {
            texts.append("\(curve.unusable) points have no usable loss and are left out.")
        }
        if curve.restarts > 0 {
            texts.append(
                "Steps go back \(curve.restarts) times; what was trained again counts once."
            )
        }
        let diverged = request.peers.count { !$0.finalLossNats.isFinite }
        if diverged > 0 {
            texts.append("\(diverged) finished runs blew up; the band does not hold that risk.")
        }
        return texts
    }

    /// Roles that the job has and nearly all peers have, each with a spread of its own.
    private static func commonRoles(_ own: [Role: Double], _ peers: [Peer]) -> [Role] {
        guard peers.count >= 3 else { return [] }
        var roles: [Role] = []
        var kept: [[Double]] = []
        for role in Role.allCases where role != .loss && role != .targetLoss {
            guard roles.count < 8, isUsable(own[role]) else { continue }
            let values = peers.map { peer in
                isUsable(peer.settings[role]) ? log(peer.settings[role] ?? 1) : .nan
            }
            let known = values.filter(\.isFinite)
            guard known.count * 5 >= peers.count * 4,
                (known.max() ?? 0) - (known.min() ?? 0) > 1e-6
            else { continue }
            guard !kept.contains(where: { isMultiple($0, values) }) else { continue }
            roles.append(role)
            kept.append(values)
        }
        return roles
    }

    /// Whether two columns of logarithms move together, so that one of them says all.
    private static func isMultiple(_ first: [Double], _ second: [Double]) -> Bool {
        let pairs = zip(first, second).filter { $0.0.isFinite && $0.1.isFinite }
        let count = Double(max(pairs.count, 1))
        let (x, y) = (
            pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count
        )
        let xx = pairs.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
        let yy = pairs.reduce(0) { $0 + ($1.1 - y) * ($1.1 - y) }
        let xy = pairs.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
        return xy * xy > 0.9998 * xx * yy
    }

    /// The peers whose settings are most alike, each role on its own scale.
    private static func nearest(
        _ peers: [Peer],
        to own: [Role: Double],
        by roles: [Role]
    ) -> [Peer] {
        guard peers.count > mostPeers else { return peers }
        let count = Double(peers.count)
        var distances = [Double](repeating: 0, count: peers.count)
        for role in roles {
            let values = peers.map { log($0.settings[role] ?? 1) }
            let mean = values.reduce(0, +) / count
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
            for index in peers.indices {
                let difference = values[index] - log(own[role] ?? 1)
                distances[index] += difference * difference / max(variance, 1e-12)
            }
        }
        let order = peers.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
        return order.prefix(mostPeers).map { peers[$0] }
    }

    static func isUsable(_ value: Double?) -> Bool {
        guard let value else { return false }
        return value.isFinite && value > 1e-300
    }
}

extension ForecastProblem.Peer {
    /// nil: it blew up, or it says nothing of this share of a training.
    init?(_ peer: ForecastRequest.Peer, share: Double, isDense: Bool) {
        guard peer.finalLossNats.isFinite, peer.finalLossNats > 0, peer.finalLossNats < 1e6,
            peer.horizonSteps.isFinite, peer.horizonSteps >= 1
        else { return nil }
        var whole = CleanCurve(peer.curve, upTo: peer.horizonSteps * (1 + 1e-9))
        if let last = whole.steps.last, last < peer.horizonSteps {
            whole.steps.append(peer.horizonSteps)
            whole.losses.append(peer.finalLossNats)
            if let rate = whole.rates.last { whole.rates.append(rate) }
        }
        let there = share * peer.horizonSteps
        guard let level = whole.level(at: there, isDense: isDense) else { return nil }
        curve = whole
        horizon = peer.horizonSteps
        logFinal = log(peer.finalLossNats)
        settings = peer.settings
            .filter { ForecastProblem.isUsable($0.value) }
        now = level
    }

    /// Whether the rate stands as far below its peak as the job's does; true where either is not
    /// known.
    func goesOn(as job: CleanCurve, share: Double, horizon jobHorizon: Double) -> Bool {
        guard let own = job.relativeRate(at: share * jobHorizon),
            let theirs = curve.relativeRate(at: share * horizon)
        else { return true }
        return abs(own - theirs) <= 0.15
    }
}
