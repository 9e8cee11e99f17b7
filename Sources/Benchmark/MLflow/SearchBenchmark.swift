import Foundation
import ScalingLaws

/// Searches with random predicates on a metric and a param, sorted: first and last pages.
struct SearchBenchmark {
    let server: MeasuredServer
    let runs: Int
    let paramCount: Int
    var repeats = 40

    static let table = Table(["server", "runs", "search", "requests"] + Samples.columns + ["kB"])

    /// Fills an experiment and times its searches; rows of the table, and the median of first
    /// pages.
    func run(into table: inout Table) async throws -> Double {
        let experiment = try MLflowCalls(server: server).makeExperiment("search")
        let clock = ContinuousClock()
        let start = clock.now
        let seeder = SearchSeeder(
            port: server.port,
            experiment: experiment,
            runs: runs,
            paramCount: paramCount
        )
        try await seeder.fill()
        say("\(server.name): \(runs) runs made in \(short((clock.now - start) / .seconds(1))) s")
        if server.isIsoloss { try await server.waitUntilPacked() }
        var connection = try LoadConnection(port: server.port)
        var random = SplitMix64(seed: 11)
        var first = Samples()
        var last = Samples()
        for round in 0..<repeats {
            let filter = Self.filter(&random)
            _ = try first.time(&connection, Self.request(experiment, filter, nil), "runs/search")
            if round % 8 == 0 {
                guard let token = try Self.lastToken(&connection, experiment, filter) else {
                    continue
                }
                for _ in 0..<4 {
                    let request = Self.request(experiment, filter, token)
                    _ = try last.time(&connection, request, "runs/search")
                }
            }
        }
        for (name, samples) in [("first page of 100", first), ("last page", last)] {
            let size = short(Double(samples.bytes) / 1e3)
            table.add([server.name, "\(runs)", name, "\(samples.count)"] + samples.cells + [size])
        }
        return first.median
    }

    /// A filter that a tenth to nearly all of the runs of one optimiser pass.
    private static func filter(_ random: inout SplitMix64) -> String {
        let bound = 2.1 + Double.random(in: 0.1..<1, using: &random)
        let optimiser = Bool.random(using: &random) ? "adamw" : "sgd"
        return "metrics.val_loss < \(bound) and params.opt = '\(optimiser)'"
    }

    private static func request(_ experiment: String, _ filter: String, _ token: String?) -> [UInt8]
    {
        var body = "{\"experiment_ids\":[\"\(experiment)\"],\"filter\":\"\(filter)\","
        body += "\"max_results\":100,\"order_by\":[\"metrics.val_loss ASC\"]"
        if let token { body += ",\"page_token\":\"\(token)\"" }
        return RequestText.post(MLflowCalls.prefix + "/runs/search", Array((body + "}").utf8))
    }

    /// Walks to the end; the token of the page before the last, so that a full page is timed.
    private static func lastToken(
        _ connection: inout LoadConnection,
        _ experiment: String,
        _ filter: String
    ) throws(LoadError) -> String? {
        var token: String?
        while true {
            let response = try connection.exchange(request(experiment, filter, token))
            guard response.status == 200 else {
                throw .refused(call: "runs/search", status: response.status, body: response.text)
            }
            let ends = [response.body.suffix(2_000), response.body.prefix(2_000)]
            let next = ends.lazy.compactMap { piece in
                String(decoding: piece, as: UTF8.self)
                    .firstMatch(of: /"next_page_token"\s*:\s*"([^"]+)"/).map { String($0.1) }
            }.first
            guard let next else { return token }
            token = next
        }
    }
}
