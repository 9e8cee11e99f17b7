import Foundation
import Glibc
import Runs
import ScalingLaws

/// The Chinchilla fit beside SciPy on the same points, in processor time.
struct ChinchillaBenchmark {
    let path: String
    /// A Python that has what `scripts/reference/requirements.txt` lists; nil leaves SciPy out.
    let python: String?
    let refits: Int

    func run() async throws {
        let observations = try ChinchillaPoints.read(path)
        let request = FitRequest(observations: observations)
        var table = Table(["what", "processor time", "objective", "note"])
        try own(request, &table)
        let other = try await reference()
        if let other { add(other, &table) }
        table.show()
        try compare(request)
    }

    private func own(_ request: FitRequest, _ table: inout Table) throws {
        _ = try Chinchilla.minimum(request)
        let repeats = 20
        var objective = 0.0
        let fit = try cpu {
            for _ in 0..<repeats { objective = try Chinchilla.minimum(request).objective }
        }
        table.add([
            "fit, 8 of 9 starts followed", milliseconds(fit / Double(repeats)), digits(objective),
            "mean of \(repeats)",
        ])
        var found: [Coordinates<Chinchilla.Coordinate>] = []
        let draws = try cpu { found = try Chinchilla.refits(request, count: refits) }
        let exponents = found.map { $0[.alpha] }.sorted()
        let low = Quantiles.value(exponents, 0.025)
        let high = Quantiles.value(exponents, 0.975)
        table.add([
            "\(refits) bootstrap refits, fit included", milliseconds(draws), "–",
            String(format: "95 %% of alpha: %.3f … %.3f", low, high),
        ])
        let projection = try cpu {
            for _ in 0..<repeats { objective = try ChinchillaVPNLS.minimum(request).objective }
        }
        table.add([
            "variable projection, least squares of L",
            milliseconds(projection / Double(repeats)), digits(objective), "3 of 16 starts",
        ])
        let whole = try cpu { _ = try Chinchilla.fit(request) }
        table.add([
            "whole fit: 400 draws, ladder, cross-validation", milliseconds(whole), "–", "",
        ])
        let fewer = FitRequest(observations: Array(request.observations.dropLast()))
        let earlier = try Chinchilla.fit(fewer)
        let again = try cpu { _ = try Chinchilla.refit(request, from: earlier) }
        table.add(["refit after one new run", milliseconds(again), "–", "400 draws too"])
    }

    private func add(_ other: SciPyResult, _ table: inout Table) {
        let version = "SciPy \(other.scipy)"
        table.add([
            "\(version): one start, L-BFGS-B, numeric gradient",
            milliseconds(other.numericStartMilliseconds / 1e3), digits(other.numericBest),
            "best of \(Int(other.numericStarts)) of the grid's \(Int(other.gridStarts)),"
                + " \(Int(other.numericNearBest)) within 1 %",
        ])
        table.add([
            "\(version): \(Int(other.analyticStarts)) starts, BFGS, analytic gradient, centred",
            milliseconds(other.analyticFitMilliseconds / 1e3), digits(other.analyticBest), "",
        ])
        table.add([
            "\(version): one bootstrap refit of the same kind",
            milliseconds(other.refitMilliseconds / 1e3), "–", "mean of \(Int(other.refits))",
        ])
    }

    /// The laws of size and tokens on the largest scales, left out.
    private func compare(_ request: FitRequest) throws {
        let fit = try Stack.fit(request)
        say(
            "\(fit.comparison.heldOutRuns) runs of \(String(format: "%.2e", fit.comparison.heldOutFromFLOPs)) FLOPs"
                + " and more left out; chosen: \(fit.comparison.chosen)"
        )
        var table = Table(["law", "parameters", "mean error, %", "worst, %", "bias, %", "weight"])
        for entry in fit.comparison.entries {
            table.add([
                entry.law, "\(entry.parameterCount)", percent(entry.heldOut?.meanAbsolutePercent),
                percent(entry.heldOut?.maximumPercent), percent(entry.heldOut?.biasPercent),
                String(format: "%.2f", entry.weight),
            ])
        }
        let rules =
            fit.comparison.baselines.map { ($0.title, $0.score) }
            + [("weights of smaller scales", fit.comparison.stackScore)]
        for (title, score) in rules {
            table.add([
                title, "–", percent(score?.meanAbsolutePercent), percent(score?.maximumPercent),
                percent(score?.biasPercent), "–",
            ])
        }
        table.show()
    }

    private func percent(_ value: Double?) -> String {
        value.map { String(format: "%.2f", $0) } ?? "–"
    }

    private func digits(_ value: Double) -> String { String(format: "%.10g", value) }

    private func milliseconds(_ seconds: Double) -> String {
        String(format: "%.1f ms", seconds * 1e3)
    }

    /// Seconds of processor time, all threads together.
    private func cpu(_ work: () throws -> Void) rethrows -> Double {
        var before = timespec()
        var after = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before)
        try work()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after)
        return Double(after.tv_sec - before.tv_sec) + Double(after.tv_nsec - before.tv_nsec) / 1e9
    }

    private func reference() async throws -> SciPyResult? {
        guard let python else { return nil }
        let folder = URL(fileURLWithPath: PeerEnvironment.scripts).deletingLastPathComponent().path
        let log = NSTemporaryDirectory() + "isoloss-scipy-\(getpid()).log"
        defer { unlink(log) }
        let program = try ChildProgram(
            [python, "\(folder)/reference/chinchilla.py", path, "100"],
            environment: ["OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"],
            log: log
        )
        let status = await program.wait()
        guard status == 0, let line = program.log.split(separator: "\n").last else {
            throw BenchmarkError.unreadable(
                path: "\(folder)/reference/chinchilla.py",
                reason: "it ended with \(status): \(program.log.suffix(500))"
            )
        }
        return try JSONDecoder().decode(SciPyResult.self, from: Data(line.utf8))
    }
}

/// What `scripts/reference/chinchilla.py` prints.
private struct SciPyResult: Decodable {
    var numericStartMilliseconds: Double
    var numericBest: Double
    var numericStarts: Double
    var numericNearBest: Double
    var gridStarts: Double
    var analyticFitMilliseconds: Double
    var analyticBest: Double
    var analyticStarts: Double
    var refitMilliseconds: Double
    var refits: Double
    var scipy: String
}

/// The public points read from a figure of the Chinchilla paper, D = C/(6·N), without the five
/// highest losses, as their usual fit.
enum ChinchillaPoints {
    static func read(_ path: String) throws -> [Observation] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BenchmarkError.unreadable(path: path, reason: "no such file")
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard let header = lines.first, let size = header.firstIndex(of: "Model Size"),
            let flops = header.firstIndex(of: "Training FLOP"),
            let loss = header.firstIndex(of: "loss")
        else {
            throw BenchmarkError.unreadable(
                path: path,
                reason: "columns Model Size, Training FLOP and loss are needed"
            )
        }
        let all = try lines.dropFirst().enumerated().map { index, line in
            guard line.count == header.count, let n = Double(line[size]),
                let c = Double(line[flops]), let l = Double(line[loss])
            else {
                throw BenchmarkError.unreadable(path: path, reason: "line \(index + 2)")
            }
            let digits = String(index + 1, radix: 16)
            let hex = String(repeating: "0", count: 32 - digits.count) + digits
            return Observation(
                runID: RunID(hex: hex) ?? RunID(UUID()),
                runName: "point \(index + 1)",
                values: [
                    .parameterCount: n, .tokenCount: c / (6 * n), .computeFLOPs: c, .loss: l,
                ]
            )
        }
        return Array(all.sorted { $0.lossNats < $1.lossNats }.dropLast(5))
    }
}
