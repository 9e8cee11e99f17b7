import API
import Foundation
import Runs
import Server
import TestSupport

/// Runs for figures that rest on no fit.
enum ProjectSamples {
    static let hour: Int64 = 3_600_000_000

    /// Eight mixtures of two domains at two sizes, an hour each; the small runs rank two of them
    /// wrongly. One large run failed.
    static let runs = ProjectRuns(
        runs: (0..<16).map { index in
            let isLarge = index >= 8
            let place = index % 8
            let share = Double(place + 1) / 9
            let swapped = !isLarge && place < 2 ? 1 - place : place
            let loss = (isLarge ? 2.0 : 3.0) + 0.1 * Double(swapped)
            return run(
                "run \(index)",
                status: index == 15 ? .failed : .finished,
                params: [
                    "mixture/code": "\(share)", "mixture/web": "\(1 - share)",
                    "parameterCount": isLarge ? "1e9" : "1e8", "tokenCount": "1e10",
                    "gpus": "8",
                ],
                loss: loss
            )
        },
        viewer: RunViewer(resolver: .automatic, now: Samples.now + 10 * hour),
        target: "loss"
    )

    static func run(
        _ name: String,
        status: RunStatus,
        params: [String: String],
        loss: Double
    ) -> Run {
        let summary = MetricSummary(
            lastStep: 100,
            lastTime: Samples.now + hour,
            lastValue: loss,
            minimum: loss,
            maximum: loss + 1,
            pointCount: 10,
            notFiniteCount: 0
        )
        return Run(
            id: RunID(UUID()),
            projectID: ProjectID(Samples.runID().uuid),
            name: name,
            status: status,
            startTime: Samples.now,
            endTime: Samples.now + hour,
            updatedAt: Samples.now + hour,
            params: params,
            metrics: ["loss": summary]
        )
    }

    /// The first run has the larger batch and ends 0.1 nats lower, with a wobble.
    static let pair = RunPair(side("first", 20, -0.1), side("second", 10, 0))

    /// Two batches of two runs each; the larger one is lower throughout.
    static let groups = RunGroups(
        metric: "loss",
        key: "batch",
        axis: .tokens,
        spread: .range,
        groups: [("64", 3.0), ("128", 2.0)].map { value, level in
            RunGroups.Group(
                value: value,
                runCount: 3,
                lines: [0.1, 0.3].map { shift in
                    let places = (0...50).map { Double($0) * 1e6 }
                    return GroupLine(x: places, y: places.map { level + shift + 1e6 / ($0 + 1e6) })
                }
            )
        },
        otherValueCount: 1
    )

    private static func side(_ name: String, _ batch: Double, _ shift: Double) -> RunPair.Side {
        let steps = (1...200).map { Double($0) * 1000 / batch }
        return RunPair.Side(
            name: name,
            metric: "loss",
            steps: steps,
            losses: steps.enumerated().map { index, step in
                let tokens = step * batch
                return 2 + 30 / tokens.squareRoot() + shift * tokens / 200_000
                    + 0.005 * sin(Double(index * index))
            },
            batchTokens: batch
        )
    }
}
