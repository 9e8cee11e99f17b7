import Foundation
import ScalingLaws

/// Fills an experiment with short runs, the same way for every server: create, then log-batch.
struct SearchSeeder: Sendable {
    let port: Int
    let experiment: String
    let runs: Int
    /// 8 of them mean something; the rest fill the table.
    let paramCount: Int
    var connections = 8

    static let widths = [128, 256, 384, 512, 640, 768, 896, 1_024]

    func fill() async throws {
        let failures = await withTaskGroup(of: (any Error)?.self) { group in
            for connection in 0..<connections {
                group.addTask {
                    await onThread {
                        do {
                            try fill(share: connection)
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
            }
            var failures: [any Error] = []
            for await failure in group { if let failure { failures.append(failure) } }
            return failures
        }
        if let failure = failures.first { throw failure }
    }

    private func fill(share: Int) throws {
        var random = SplitMix64(seed: UInt64(share))
        var connection = try LoadConnection(port: port)
        for index in stride(from: share, to: runs, by: connections) {
            let request = try MLflowCalls.makeRunRequest(
                experiment: experiment,
                name: "run-\(index)"
            )
            let run = try MLflowCalls.runID(try connection.exchange(request))
            for body in bodies(run, index, &random) {
                let path = MLflowCalls.prefix + "/runs/log-batch"
                let response = try connection.exchange(RequestText.post(path, Array(body.utf8)))
                guard response.status == 200 else {
                    throw LoadError.refused(
                        call: path,
                        status: response.status,
                        body: response.text
                    )
                }
            }
            let end = "{\"run_id\":\"\(run)\",\"status\":\"FINISHED\"}"
            let request2 = RequestText.post(MLflowCalls.prefix + "/runs/update", Array(end.utf8))
            _ = try connection.exchange(request2)
        }
    }

    /// Batches of at most 100 params, the metrics with the first.
    private func bodies(_ run: String, _ index: Int, _ random: inout SplitMix64) -> [String] {
        let quality = Double.random(in: 0..<1, using: &random)
        var params = [
            "lr": "\(pow(10, -4 + 2 * quality))", "width": "\(Self.widths[index % 8])",
            "depth": "\(index % 24)", "seed": "\(index)", "opt": index % 3 == 0 ? "sgd" : "adamw",
            "wd": "0.1", "batch": "512", "data": "mix\(index % 5)",
        ]
        for extra in 8..<max(paramCount, 8) { params["p\(extra)"] = "\(index % (extra + 1))" }
        let names = ["loss", "val_loss", "acc", "tokens", "flops", "grad_norm"]
        let metrics = names.enumerated().map { offset, name in
            let value = 2 + quality + 0.1 * Double(offset)
            return
                "{\"key\":\"\(name)\",\"value\":\(value),\"timestamp\":1750000000000,\"step\":1000}"
        }
        let all = params.sorted { $0.key < $1.key }
        return stride(from: 0, to: all.count, by: 90).map { start in
            let rows = all[start..<min(start + 90, all.count)].map {
                "{\"key\":\"\($0.key)\",\"value\":\"\($0.value)\"}"
            }
            let first = start == 0 ? metrics.joined(separator: ",") : ""
            return "{\"run_id\":\"\(run)\",\"params\":[\(rows.joined(separator: ","))],"
                + "\"metrics\":[\(first)]}"
        }
    }
}
