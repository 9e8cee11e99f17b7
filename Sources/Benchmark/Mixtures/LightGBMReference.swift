import Foundation
import Glibc

/// What `scripts/reference/mixtures.py` prints: LightGBM with the settings of RegMix's notebook.
struct LightGBMReference: Decodable {
    var version: String
    /// Predictions of the held runs by target, with the notebook's stop on those runs.
    var stopped: [String: [Double]]
    /// The same with all trees.
    var full: [String: [Double]]
    var stoppedFitSeconds: Double
    var fullFitSeconds: Double
    var stoppedSimulationSeconds: Double
    var fullSimulationSeconds: Double
    var stoppedTrees: Int
    var fullTrees: Int

    /// - Parameter folder: the public data, which holds `regmix`.
    static func run(_ python: String?, folder: String) async throws -> LightGBMReference? {
        guard let python else { return nil }
        let scripts = URL(fileURLWithPath: PeerEnvironment.scripts).deletingLastPathComponent().path
        let script = "\(scripts)/reference/mixtures.py"
        let log = NSTemporaryDirectory() + "isoloss-lightgbm-\(getpid()).log"
        defer { unlink(log) }
        let program = try ChildProgram(
            [python, script, "\(folder)/regmix"],
            environment: ["OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"],
            log: log
        )
        let status = await program.wait()
        guard status == 0, let line = program.log.split(separator: "\n").last else {
            throw BenchmarkError.unreadable(
                path: script,
                reason: "it ended with \(status): \(program.log.suffix(500))"
            )
        }
        return try JSONDecoder().decode(LightGBMReference.self, from: Data(line.utf8))
    }
}
