/// Answer of `GET /api/v1/fits/{id}/diff?other=`: what changed from `before` to `after`.
package struct FitDiff: Sendable, Codable, Hashable {
    /// Without summaries; the fit named as `other`.
    package var before: FitMessage
    package var after: FitMessage
    /// In the order of their symbols.
    package var parameters: [Parameter]
    package var objective: Change?
    /// Mean absolute error on the largest scale when it is left out.
    package var heldOutErrorPercent: Change?
    /// Runs that only the later fit used, and those that only the earlier one did; absent when the
    /// law's bodies do not name their runs.
    package var runs: Runs?
    /// Over the runs that both used; absent when the law's bodies hold no predictions.
    package var predictions: Predictions?

    package struct Parameter: Sendable, Codable, Hashable {
        package var symbol: String
        /// nil when that fit has no such parameter.
        package var before: IntervalMessage?
        package var after: IntervalMessage?
        /// The change in half-widths of the 90 % interval before; nil when that has no width.
        package var changeInIntervals: Double?

        package init(symbol: String, before: IntervalMessage?, after: IntervalMessage?) {
            self.symbol = symbol
            self.before = before
            self.after = after
            guard let before, let after else { return }
            let change = (after.value - before.value) / ((before.high - before.low) / 2)
            changeInIntervals = change.isFinite ? change : nil
        }
    }

    package struct Change: Sendable, Codable, Hashable {
        package var before: Double?
        package var after: Double?

        package init(before: Double?, after: Double?) {
            self.before = before
            self.after = after
        }
    }

    package struct Run: Sendable, Codable, Hashable {
        package var id: String
        package var name: String

        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    package struct Runs: Sendable, Codable, Hashable {
        package var addedCount: Int
        package var removedCount: Int
        package var common: Int
        /// At most `listedCount` of each.
        package var added: [Run]
        package var removed: [Run]

        package static let listedCount = 200

        package init(added: [Run], removed: [Run], common: Int) {
            addedCount = added.count
            removedCount = removed.count
            self.common = common
            self.added = Array(added.prefix(Self.listedCount))
            self.removed = Array(removed.prefix(Self.listedCount))
        }
    }

    package struct Predictions: Sendable, Codable, Hashable {
        package var runs: Int
        /// Of the changes of predictions, in per cent of the earlier prediction.
        package var meanAbsolutePercent: Double
        package var maximumPercent: Double
        /// The run whose prediction changed most.
        package var mostChanged: Run

        package init(
            runs: Int,
            meanAbsolutePercent: Double,
            maximumPercent: Double,
            mostChanged: Run
        ) {
            self.runs = runs
            self.meanAbsolutePercent = meanAbsolutePercent
            self.maximumPercent = maximumPercent
            self.mostChanged = mostChanged
        }
    }

    package init(before: FitMessage, after: FitMessage) {
        let earlier = before.parameters ?? [:]
        let later = after.parameters ?? [:]
        parameters = Set(earlier.keys).union(later.keys).sorted().map {
            Parameter(symbol: $0, before: earlier[$0], after: later[$0])
        }
        if before.objective != nil || after.objective != nil {
            objective = Change(before: before.objective, after: after.objective)
        }
        let errors = (before.diagnostics, after.diagnostics)
        if errors.0?.heldOutErrorPercent != nil || errors.1?.heldOutErrorPercent != nil {
            heldOutErrorPercent = Change(
                before: errors.0?.heldOutErrorPercent,
                after: errors.1?.heldOutErrorPercent
            )
        }
        self.before = before.bare
        self.after = after.bare
    }
}

extension FitMessage {
    /// Without what the fit says of itself.
    fileprivate var bare: FitMessage {
        var head = self
        head.parameters = nil
        head.diagnostics = nil
        head.objective = nil
        return head
    }
}
