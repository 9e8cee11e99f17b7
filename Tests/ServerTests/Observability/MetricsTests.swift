import CoreMetrics
import Server
import Testing

@Suite struct MetricsTests {
    @Test func `instruments are written as Prometheus reads them`() throws {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "b_total", dimensions: [("route", "/a/{id}")])
            .increment(by: 3)
        registry.makeCounter(label: "b_total", dimensions: []).increment(by: 1)
        registry.makeMeter(label: "a.size", dimensions: [("9", "say \"x\"\n\\")]).set(2.5)
        #expect(
            registry.text() == """
                # TYPE a_size gauge
                a_size{_9="say \\"x\\"\\n\\\\"} 2.5
                # TYPE b_total counter
                b_total 1
                b_total{route="/a/{id}"} 3

                """
        )
    }

    @Test func `buckets of a timer are cumulative seconds that end with all`() throws {
        let registry = MetricsRegistry()
        let timer = registry.makeTimer(label: "t_seconds", dimensions: [])
        for milliseconds in [0, 1, 1, 40, 99_000] as [Int64] {
            timer.recordNanoseconds(milliseconds * 1_000_000)
        }
        let samples = try PrometheusSamples(registry.text())
        #expect(samples["t_seconds_bucket{le=\"0.0001\"}"] == 1)
        #expect(samples["t_seconds_bucket{le=\"0.001\"}"] == 3)
        #expect(samples["t_seconds_bucket{le=\"0.05\"}"] == 4)
        #expect(samples["t_seconds_bucket{le=\"30\"}"] == 4)
        #expect(samples["t_seconds_bucket{le=\"+Inf\"}"] == 5)
        #expect(samples["t_seconds_count"] == 5)
        let sum = try #require(samples["t_seconds_sum"])
        #expect(abs(sum - 99.042) < 1e-9)
    }

    @Test func `the same name and labels are one instrument whatever their order`() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "n", dimensions: [("a", "1"), ("b", "2")]).increment(by: 1)
        registry.makeCounter(label: "n", dimensions: [("b", "2"), ("a", "1")]).increment(by: 1)
        #expect(registry.text() == "# TYPE n counter\nn{a=\"1\",b=\"2\"} 2\n")
    }

    @Test func `names beyond the bound take no memory`() {
        let registry = MetricsRegistry()
        for index in 0..<5_000 {
            registry.makeCounter(label: "n", dimensions: [("i", "\(index)")]).increment(by: 1)
        }
        #expect(registry.text().utf8.count { $0 == UInt8(ascii: "\n") } == 2_001)
    }

    @Test func `a value that is no number does not spoil a sum`() throws {
        let registry = MetricsRegistry()
        let recorder = registry.makeRecorder(label: "r", dimensions: [], aggregate: true)
        for value in [1.0, .nan, .infinity, 7] { recorder.record(value) }
        let samples = try PrometheusSamples(registry.text())
        #expect(samples["r_sum"] == 8)
        #expect(samples["r_count"] == 4)
    }

    @Test func `the server counts requests by route and never by path`() async throws {
        try await TestApplication.with { app in
            let before = try await app.metrics()
            for id in ["1", "2", "3"] { _ = try await app.get("/api/v1/fits/\(id)") }
            _ = try await app.get("/nowhere/at/all")
            let after = try await app.metrics()
            let route = #"method="GET",route="/api/v1/fits/{id}""#
            let fits = "isoloss_http_requests_total{\(route),status=\"4xx\"}"
            // Instruments are the process's: tests beside this one may ask for a fit too.
            #expect(after[fits, default: 0] - before[fits, default: 0] >= 3)
            let none = #"isoloss_http_requests_total{method="GET",route="NotFound",status="4xx"}"#
            #expect(after[none, default: 0] - before[none, default: 0] >= 1)
            #expect(!after.names.contains { $0.contains("nowhere") })
            let timed = "isoloss_http_request_seconds_count{\(route)}"
            #expect(after[timed, default: 0] - before[timed, default: 0] >= 3)
        }
    }

    @Test func `the server tells of its process, its pool and its streams`() async throws {
        try await TestApplication.with { app in
            let samples = try await app.metrics()
            #expect(samples["process_resident_memory_bytes", default: 0] > 1e6)
            #expect(samples["process_cpu_seconds_total", default: 0] > 0)
            #expect(samples["process_open_fds", default: 0] > 3)
            #expect(samples["process_start_time_seconds", default: 0] > 1.6e9)
            #expect(samples["isoloss_live_streams"] == 0)
            #expect(samples["isoloss_fits_running"] == 0)
            #expect(samples[#"isoloss_database_connections{state="busy"}"#] != nil)
        }
    }

    @Test func `a server with a token tells its metrics to no one else`() async throws {
        let token = "a word of some length"
        try await TestApplication.with(token: token) { app in
            let stranger = try await app.get("/metrics")
            #expect(stranger.status == 401)
            let headers = ["Authorization": "Bearer \(token)"]
            let friend = try await app.get("/metrics", headers: headers)
            #expect(friend.status == 200)
        }
    }
}

/// What a scrape brought, read strictly.
struct PrometheusSamples {
    struct Malformed: Error { let line: String }

    private var values: [String: Double] = [:]

    init(_ text: String) throws {
        var types: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE ") {
                guard words.count == 4, types[String(words[2])] == nil else {
                    throw Malformed(line: String(line))
                }
                types[String(words[2])] = String(words[3])
                continue
            }
            guard let end = line.lastIndex(of: " "), let value = Self.number(line[end...]),
                let sample = line[..<end].wholeMatch(
                    of: #/([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-z_A-Z0-9]+="([^"\\\n]|\\.)*",?)+\})?/#
                ), Self.isTyped(String(sample.1), types)
            else { throw Malformed(line: String(line)) }
            values[String(line[..<end])] = value
        }
    }

    var names: [String] { Array(values.keys) }

    subscript(name: String) -> Double? { values[name] }
    subscript(name: String, default value: Double) -> Double { values[name] ?? value }

    private static func number(_ text: Substring) -> Double? {
        Double(text.dropFirst().replacing("Inf", with: "inf"))
    }

    private static func isTyped(_ name: String, _ types: [String: String]) -> Bool {
        if types[name] == "counter" || types[name] == "gauge" { return true }
        return ["_bucket", "_sum", "_count"].contains { suffix in
            name.hasSuffix(suffix) && types[String(name.dropLast(suffix.count))] == "histogram"
        }
    }
}

extension TestApplication {
    func metrics() async throws -> PrometheusSamples {
        try PrometheusSamples(try await get("/metrics").text)
    }
}
