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
        let calls = MLflowCalls(server: server)
        let project = MLflowCalls.unique("search")
        let experiment = try calls.makeExperiment(named: project)
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
        var narrow = Samples()
        for round in 0..<repeats {
            let (bound, optimiser) = Self.predicates(&random)
            let filter = "metrics.val_loss < \(bound) and params.opt = '\(optimiser)'"
            if server.isIsoloss {
                let request = Self.nativeRequest(project, bound, optimiser)
                _ = try narrow.time(&connection, request, "runs")
            }
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
        let rows = [
            ("first page of 100", first), ("last page", last),
            ("first page of 100, native, two columns", narrow),
        ]
        for (name, samples) in rows where samples.count > 0 {
            let size = short(Double(samples.bytes) / 1e3)
            table.add([server.name, "\(runs)", name, "\(samples.count)"] + samples.cells + [size])
        }
        return first.median
    }

    /// A bound and an optimiser that a tenth to nearly all of the runs of that optimiser pass.
    private static func predicates(
        _ random: inout SplitMix64
    ) -> (bound: Double, optimiser: String) {
        (
            2.1 + Double.random(in: 0.1..<1, using: &random),
            Bool.random(using: &random) ? "adamw" : "sgd"
        )
    }

    /// The same page of the native list, with the columns that a table shows.
    private static func nativeRequest(
        _ project: String,
        _ bound: Double,
        _ optimiser: String
    ) -> [UInt8] {
        RequestText.get(
            "/api/v1/runs?project=\(project)&limit=100&sort=metrics.val_loss"
                + "&fields=params.lr,metrics.val_loss"
                + "&q=metrics.val_loss%20%3C%20\(bound)%20and%20params.opt%20%3D%20\(optimiser)"
        )
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
