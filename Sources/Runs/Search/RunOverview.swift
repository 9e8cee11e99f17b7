/// What a list of projects says of a project's runs that are not deleted.
package struct RunOverview: Sendable, Hashable {
    package var runCount = 0
    package var runningCount = 0
    /// Last change of any run, in microseconds since 1970; nil without runs.
    package var lastActivity: Int64?
    /// Least finite loss of the finished runs, nats per token.
    package var bestLoss: Double?
    /// Runs by the day of their last change, days since 1970 (UTC); the newest days only.
    package var runsByDay: [Int64: Int] = [:]

    package static let dayCount = 7
    private static let dayMicroseconds: Int64 = 86_400_000_000

    package init() {}

    /// Runs of the last seven days, oldest first, the last of them the day of `now`.
    package func lastDays(now: Int64) -> [Int] {
        let today = now / Self.dayMicroseconds
        return (0..<Int64(Self.dayCount)).map {
            runsByDay[today - Int64(Self.dayCount) + 1 + $0] ?? 0
        }
    }

    /// The keys that `init(_:)` reads.
    package static let keys: Set<SearchKey> = [
        .attribute(.deleted), .attribute(.status), .attribute(.updated), .role(.loss),
    ]

    package init(_ block: SearchBlock) {
        let status = block.field([.attribute(.status)])
        let all = block.isShown
        let isRunning = status.rows(all) { $0 == RunStatus.running.rawValue }
        let isFinished = status.rows(all) { $0 == RunStatus.finished.rawValue }
        let updated = block.field([.attribute(.updated)])
        let loss = block.field([.role(.loss)])
        let search = RunSearch(order: SearchOrder(terms: []), limit: 0)
        for row in search.rows(of: block) {
            var one = RunOverview()
            one.runCount = 1
            one.runningCount = isRunning[row] ? 1 : 0
            one.lastActivity = updated.isNumber[row] ? Int64(updated.numbers[row]) : nil
            if let time = one.lastActivity { one.runsByDay = [time / Self.dayMicroseconds: 1] }
            if isFinished[row], loss.isNumber[row], loss.numbers[row].isFinite {
                one.bestLoss = loss.numbers[row]
            }
            add(one)
        }
        guard let newest = runsByDay.keys.max() else { return }
        runsByDay = runsByDay.filter { $0.key > newest - Int64(Self.dayCount) }
    }

    package mutating func add(_ other: RunOverview) {
        runCount += other.runCount
        runningCount += other.runningCount
        if let time = other.lastActivity { lastActivity = max(lastActivity ?? time, time) }
        runsByDay.merge(other.runsByDay, uniquingKeysWith: +)
        if let loss = other.bestLoss { bestLoss = min(bestLoss ?? loss, loss) }
    }
}
