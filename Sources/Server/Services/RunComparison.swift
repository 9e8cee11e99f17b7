package import API
import Runs

/// Finds what differs between runs. Pure.
///
/// Numbers are compared as numbers: `1e-3` and `0.001` are the same. A key that some run lacks
/// differs. Metrics differ when their last, least or greatest values do.
package enum RunComparison {
    /// `includesCommon` keeps what is the same in all.
    package static func compare(_ runs: [RunMessage], includesCommon: Bool = false) -> Comparison {
        let params = texts(runs.map(\.params), includesCommon)
        let tags = texts(runs.map(\.tags), includesCommon)
        var metrics: [ComparedMetric] = []
        var commonMetrics = 0
        for name in names(runs.map(\.metrics)) {
            let values = runs.map { $0.metrics[name] }
            let isCommon = isSame(values) { left, right in
                isSame(left.last, right.last) && left.min == right.min && left.max == right.max
            }
            if isCommon { commonMetrics += 1 }
            if !isCommon || includesCommon {
                metrics.append(ComparedMetric(name: name, values: values))
            }
        }
        return Comparison(
            runs: runs.map(ComparedRun.init),
            params: params.shown,
            tags: tags.shown,
            metrics: metrics,
            common: CommonCounts(
                params: params.common,
                tags: tags.common,
                metrics: commonMetrics
            )
        )
    }

    private static func texts(
        _ runs: [[String: String]],
        _ includesCommon: Bool
    ) -> (shown: [ComparedTexts], common: Int) {
        var shown: [ComparedTexts] = []
        var common = 0
        for key in names(runs) {
            let values = runs.map { $0[key] }
            let isNumber = values.allSatisfy { $0.map { NumberText.number($0) != nil } ?? true }
            let isCommon = isSame(values) { left, right in
                if left == right { return true }
                guard isNumber, let left = NumberText.number(left),
                    let right = NumberText.number(right)
                else { return false }
                return isSame(left, right)
            }
            if isCommon { common += 1 }
            if !isCommon || includesCommon {
                let kind: ComparedTexts.Kind = isNumber ? .number : .text
                shown.append(ComparedTexts(key: key, kind: kind, values: values))
            }
        }
        return (shown, common)
    }

    private static func names<Value>(_ runs: [[String: Value]]) -> [String] {
        runs.reduce(into: Set<String>()) { $0.formUnion($1.keys) }.sorted()
    }

    private static func isSame<Value>(
        _ values: [Value?],
        _ isSame: (Value, Value) -> Bool
    ) -> Bool {
        guard let first = values.first else { return true }
        return values.allSatisfy { value in
            guard let value, let first else { return false }
            return isSame(first, value)
        }
    }

    private static func isSame(_ left: Double, _ right: Double) -> Bool {
        left == right || (left.isNaN && right.isNaN)
    }
}
