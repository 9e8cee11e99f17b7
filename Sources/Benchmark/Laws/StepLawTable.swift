import Foundation
import Importers
import Runs
import ScalingLaws

/// The public Step Law table as observations, through the product's own importer.
enum StepLawTable {
    static func read(_ path: String) throws -> [Observation] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BenchmarkError.unreadable(path: path, reason: "no such file")
        }
        let options = ImportOptions(preset: "step-law")
        let outcome = try CSVImporter.read([UInt8](data), options: options, progress: { _ in })
        return try outcome.runs.enumerated().map { index, run in
            func param(_ role: Role) throws -> Double {
                guard let text = run.params[role.rawValue], let value = Double(text) else {
                    throw BenchmarkError.unreadable(
                        path: path,
                        reason: "line \(run.line) has no \(role.rawValue)"
                    )
                }
                return value
            }
            let digits = String(index + 1, radix: 16)
            let hex = String(repeating: "0", count: 32 - digits.count) + digits
            return Observation(
                runID: RunID(hex: hex) ?? RunID(UUID()),
                runName: run.name,
                parameterCount: try param(.parameterCount),
                tokenCount: try param(.tokenCount),
                peakLearningRate: try param(.peakLearningRate),
                batchTokens: try param(.batchTokens),
                lossNats: run.series["loss"]?.values.last ?? .nan
            )
        }
    }
}
