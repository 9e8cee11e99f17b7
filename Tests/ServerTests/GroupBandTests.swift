import API
import Runs
import Server
import TestSupport
import Testing

/// The middle of many lines and the band around it.
@Suite struct GroupBandTests {
    @Test(arguments: [
        (GroupSpread.range, [1.0, 2, 3, 4], [1.0, 2.5, 4]),
        (.quartiles, [0, 4, 8], [2, 4, 6]),
        (.mean, [5], [5, 5, 5]),
        // Student's t of one degree of freedom, 12.706205, times half the distance.
        (.mean, [1, 3], [-10.706205, 2, 14.706205]),
    ])
    func `ends are those of the spread`(
        spread: GroupSpread,
        values: [Double],
        expected: [Double]
    ) {
        let ends = GroupBand.ends(values, spread)
        for (made, wanted) in zip([ends.low, ends.middle, ends.high], expected) {
            #expect(abs(made - wanted) < 1e-9)
        }
    }

    /// Quantiles from published tables of Student's t.
    @Test(arguments: [
        (1, 12.7062), (2, 4.3027), (5, 2.5706), (10, 2.2281), (30, 2.0423), (120, 1.9799),
    ])
    func `Student's t is that of the tables`(freedom: Int, expected: Double) {
        #expect(abs(GroupBand.studentAt95(freedom: freedom) / expected - 1) < 2e-4)
    }

    @Test func `lines are met between their points and never beyond their ends`() {
        let line = GroupLine(x: [0, .nan, 10, 20], y: [0, 5, 10, .infinity])
        #expect(line.x == [0, 10])
        #expect(line.value(at: 4) == 4 && line.value(at: 10) == 10)
        #expect(line.value(at: -1) == nil && line.value(at: 11) == nil)
        #expect(GroupLine(x: [3], y: [7]).value(at: 3) == 7)
        #expect(GroupLine(x: [], y: []).value(at: 0) == nil)
    }

    @Test func `the few that go on for longer are not taken for the group`() {
        let short = GroupLine(x: [0, 4], y: [3, 3])
        let long = GroupLine(x: [0, 10], y: [1, 1])
        let two = GroupBand([long, short], .range)
        #expect(two.x.last == 10 && two.high.last == 1 && two.high.first == 3)
        let three = GroupBand([long, short, short], .range)
        #expect(three.x.last.map { $0 <= 4 } == true)
        #expect(GroupBand([GroupLine(x: [], y: [])], .mean).x.isEmpty)
        #expect(GroupBand([GroupLine(x: [2], y: [7])], .mean).middle == [7])
    }

    @Test(arguments: GroupSpread.allCases)
    func `a band holds its middle, in any order of lines and any unit`(spread: GroupSpread) {
        let lines = (1...9).map { seed in
            GroupLine(
                x: (0...40).map(Double.init),
                y: Samples.series(count: 41, seed: UInt64(seed)).values
            )
        }
        let band = GroupBand(lines, spread)
        for (low, (middle, high)) in zip(band.low, zip(band.middle, band.high)) {
            #expect(low <= middle && middle <= high)
        }
        #expect(band == GroupBand(lines.reversed(), spread) || spread == .mean)
        let scaled = GroupBand(
            lines.map { GroupLine(x: $0.x.map { $0 * 1e6 }, y: $0.y.map { $0 * 4 }) },
            spread
        )
        #expect(zip(scaled.middle, band.middle).allSatisfy { abs($0 - 4 * $1) < 1e-9 })
    }

    private static let path = "/api/v1/figures/group-bands?project=p&metric=loss"

    @Test func `a group is all runs of its value that pass, in order of its values`() async throws {
        try await TestApplication.with { app in
            let lines = (0..<700).map { index in
                "{\"name\":\"r\(index)\",\"params\":{\"bs\":\"\(index < 690 ? 128 : 16)\","
                    + "\"batchTokens\":\"1000\"},"
                    + "\"metrics\":{\"loss\":{\"steps\":[1,2,3],\"values\":[3,2,\(index)]}}}"
            }
            let report = try await app.importFile(
                lines.joined(separator: "\n"),
                "project=p&format=jsonl"
            )
            #expect(report.inserted == 700, "\(report)")
            let figure = try await app.get(Self.path + "&group=params.bs&x=tokens&format=csv")
            let rows = figure.text.split(whereSeparator: \.isNewline).map {
                $0.split(separator: ",").map(String.init)
            }
            #expect(rows.first == ["bs", "tokens", "middle", "low", "high", "runs"])
            #expect(rows.dropFirst().first?.first == "16")
            #expect(rows.last == ["128", "3000.0", "344.5", "0.0", "689.0", "690"])
            let filtered = try await app.get(
                Self.path + "&group=params.bs&band=mean&q=bs%20=%20128&from=1&to=2&format=csv"
            )
            let kept = filtered.text.split(whereSeparator: \.isNewline).dropFirst()
            #expect(kept.last == "128,2.0,2.0,2.0,2.0,690", "\(filtered.text)")
            #expect(kept.allSatisfy { $0.hasPrefix("128,") })
            let role = try await app.get(Self.path + "&group=roles.batchTokens&format=csv")
            #expect(role.text.contains("1000,3.0,349.5,0.0,699.0,700"))
            // A part of the axis without points is no failure: somebody may look there.
            let nothing = try await app.get(Self.path + "&group=params.bs&from=10&to=20")
            #expect(nothing.status == 200 && nothing.text.contains("No run has points of loss"))
            let unset = try await app.get(Self.path + "&group=tags.none&format=csv")
            #expect(unset.text.contains("not set,3.0,"))
        }
    }

    @Test(arguments: [
        ("group=bs", "group"), ("group=params.", "group"), ("group=roles.nothing", "group"),
        ("x=step", "group"), ("group=group&x=miles", "x"), ("group=group&band=wide", "band"),
        ("group=group&from=NaN", "from"), ("group=group&q=%28", "q"),
    ])
    func `what makes no sense is refused by its name`(query: String, field: String) async throws {
        try await TestApplication.with { app in
            _ = try await app.store.sampleRun("p")
            let reply = try await app.get(Self.path + "&" + query)
            #expect(reply.status == 400)
            #expect(try reply.decoded(APIError.self).field == field, "\(reply.text)")
        }
    }
}
