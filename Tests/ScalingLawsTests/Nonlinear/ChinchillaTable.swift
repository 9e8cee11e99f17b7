import Foundation
import Importers
import Runs
import ScalingLaws
import TestSupport
import Testing

/// The 245 points read from a figure of the Chinchilla paper; D = C / (6 N).
enum ChinchillaTable {
    static let file = "chinchilla/svg_extracted_data.csv"

    /// Without the five highest losses, as its usual fit: 240 runs.
    static func read() throws -> [Observation] {
        let all = try readAll()
        return Array(all.sorted { $0.lossNats < $1.lossNats }.dropLast(5))
    }

    static func readAll() throws -> [Observation] {
        let path = try #require(PublicData.path(file))
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let header = try #require(lines.first)
        let size = try #require(header.firstIndex(of: "Model Size"))
        let flops = try #require(header.firstIndex(of: "Training FLOP"))
        let loss = try #require(header.firstIndex(of: "loss"))
        return try lines.dropFirst().enumerated().map { index, line in
            let n = try #require(Double(line[size]))
            let c = try #require(Double(line[flops]))
            return Observation(
                runID: PlantedSweep.id(index),
                runName: "point \(index)",
                values: [
                    .parameterCount: n, .tokenCount: c / (6 * n), .computeFLOPs: c,
                    .loss: try #require(Double(line[loss])),
                ]
            )
        }
    }
}
