import Foundation
import TestSupport

/// Projects on whose runs the other laws can be fitted.
extension Seed {
    static let sizes = "planted sizes"
    static let batches = "planted batches"
    static let curves = "planted curves"
    static let swarm = "planted swarm"

    /// Laws with figures of their own; each has a project of its name.
    static let ownFigures = [
        "isoflop", "gradient-noise-scale", "transfer-check", "model-selection",
    ]

    func plantLaws() async throws {
        try await importLines(Self.sizeLines, to: Self.sizes)
        try await importLines(Self.batchLines, to: Self.batches)
        try await importLines(Self.curveLines, to: Self.curves)
        try await importLines(Self.swarmLines, to: Self.swarm)
        for law in Self.ownFigures {
            try await importLines(PlantedProjects.lines(of: law) ?? [], to: law)
        }
    }

    /// Runs on L = 1.8 + 480 / N^0.35 + 2000 / D^0.37 with a scatter of 0.2 %.
    private static var sizeLines: [String] {
        var lines: [String] = []
        for size in [2e7, 6e7, 2e8, 6e8, 2e9] {
            for tokens in [1e9, 4e9, 1.6e10, 6.4e10] {
                let wobble = 1 + 0.002 * sin(Double(lines.count * lines.count) * 1.7)
                let loss = (1.8 + 480 / pow(size, 0.35) + 2000 / pow(tokens, 0.37)) * wobble
                lines.append(
                    line(
                        "size \(lines.count)",
                        ["nonEmbeddingParameterCount": size, "tokenCount": tokens],
                        "{\"steps\":[1000],\"values\":[\(loss)]}"
                    )
                )
            }
        }
        lines.append(
            line(
                "<img src=x onerror=alert(1)>",
                ["nonEmbeddingParameterCount": 2e7],
                "{\"steps\":[10],\"values\":[9.1]}"
            )
        )
        return lines
    }

    /// Steps to a loss of 3.4, with a critical batch of 2e5 tokens at 100M parameters.
    private static var batchLines: [String] {
        var lines: [String] = []
        for size in [3e7, 1e8, 3e8] {
            for batch in [16_384.0, 65_536, 262_144, 1_048_576, 4_194_304] {
                let critical = 2e5 * pow(size / 1e8, 0.5)
                let wobble = 1 + 0.004 * sin(Double(lines.count * 7))
                let steps = 3000 * (1 + critical / batch) * wobble
                lines.append(
                    line(
                        "batch \(lines.count)",
                        [
                            "nonEmbeddingParameterCount": size, "batchTokens": batch,
                            "targetLoss": 3.4, "stepCount": steps,
                        ],
                        "{\"steps\":[10],\"values\":[3.4]}"
                    )
                )
            }
        }
        return lines
    }

    /// Forty finished runs and three that run: a good one, a bad one, and one that has just begun.
    private static var curveLines: [String] {
        let finished = (0..<40).map { curve("peer \($0)", 1 + 0.004 * Double($0), points: 100) }
        let running = [("good", 0.985, 60), ("bad", 1.4, 60), ("young", 1.02, 2)].map {
            curve($0, $1, points: $2, isRunning: true)
        }
        return finished + running
    }

    private static func curve(
        _ name: String,
        _ scale: Double,
        points: Int,
        isRunning: Bool = false
    ) -> String {
        let steps = (1...points).map { $0 * 10 }
        let values = steps.map { step in
            scale * (2 + 3 / pow(Double(step), 0.4)) * (1 + 0.002 * sin(Double(step) * scale))
        }
        return line(
            name,
            ["stepCount": 1000, "learning_rate": 0.001 * scale],
            "{\"steps\":\(steps),\"values\":\(values)}",
            isRunning: isRunning
        )
    }

    /// Runs over three domains on L = 2 + (0.1 + 1.5 √web + 0.8 √code + 0.1 √other)^−0.3 with a
    /// scatter of 0.1 %; `loss/code` wants code instead.
    private static var swarmLines: [String] {
        (0..<40).map { index in
            let draws = (0..<3).map { domain -> Double in
                let angle = Double(3 * index + domain + 1) * 12.9898
                return -Foundation.log(0.5 + 0.499 * sin(angle))
            }
            let total = draws.reduce(0, +)
            let shares = draws.map { $0 / total }
            let used: Double =
                0.1 + 1.5 * shares[0].squareRoot() + 0.8 * shares[1].squareRoot()
                + 0.1 * shares[2].squareRoot()
            let wobble = 1 + 0.001 * sin(Double(index * index))
            let loss = (2 + pow(used, -0.3)) * wobble
            let code = (1 + pow(0.1 + 2 * shares[1].squareRoot(), -0.3)) * wobble
            return line(
                index == 7 ? "<img src=x onerror=alert(2)>" : "swarm \(index)",
                [
                    "mixture/web": shares[0], "mixture/code": shares[1],
                    "mixture/other": shares[2], "availableTokens/code": 2e9,
                ],
                "{\"steps\":[100],\"values\":[\(loss)]}",
                other: ",\"loss/code\":{\"steps\":[100],\"values\":[\(code)]}"
            )
        }
    }

    /// A job whose mixture moved three times.
    func plantOnlineMixture() async throws {
        let run = try await send(
            "POST",
            "/api/v1/runs",
            json(["project": Self.swarm, "name": "moving"])
        )
        let made = try await send(
            "POST",
            "/api/v1/online-mixtures",
            json([
                "project": Self.swarm, "run": run["id"] ?? "", "rule": "online-data-mixing",
                "domains": ["web", "code"],
            ])
        )
        for step in 1...3 {
            _ = try await send(
                "POST",
                "/api/v1/online-mixtures/\(made["id"] ?? "")/observations",
                json([
                    "step": step, "losses": ["web": 3.0, "code": 1.0 + Double(step)],
                    "sampledDomain": step == 2 ? "web" : "code",
                ])
            )
        }
    }
}
