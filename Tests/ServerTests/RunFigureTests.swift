import API
import Foundation
import Runs
import ScalingLaws
import Server
import TestSupport
import Testing

/// Figures that say something no law was asked about, against what was planted.
@Suite struct RunFigureTests {
    private static func rows(_ type: any Figure.Type) throws -> [[FigureValue]] {
        try type.make(FigureSamples.material(of: type)).table.rows
    }

    private static func number(_ value: FigureValue) -> Double {
        guard case .number(let number) = value else { return .nan }
        return number
    }

    @Test func `hours are counted by outcome, for every device`() throws {
        let row = try #require(try Self.rows(WasteLedger.self).first)
        // Week, finished, running, scheduled, stalled, diverged, failed, killed.
        #expect(row.dropFirst().map(Self.number) == [15 * 8, 0, 0, 0, 0, 8, 0])
    }

    @Test func `small runs are ranked against large ones on the same mixtures`() throws {
        let row = try #require(try Self.rows(ProxyRanks.self).first).map(Self.number)
        #expect(row[0] == 1e8 && row[2] == 7)
        // Two neighbours of seven exchanged: 1 - 6·2/(7·48).
        #expect(abs(row[3] - (1 - 12.0 / 336)) < 1e-9)
        #expect(row[4] < row[3] && row[5] >= row[3])
    }

    @Test func `a difference at the same tokens is found, and from where on it is sure`() throws {
        let points = PairedDelta.points(ProjectSamples.pair)
        let last = try #require(points.last)
        #expect(last.low < -0.1 && last.high > -0.11 || abs(last.mean + 0.1) < 0.01)
        #expect(last.high < 0)
        let figure = try PairedDelta.make(FigureSamples.material(of: PairedDelta.self))
        #expect(figure.summary.contains("first is clearly better from"), "\(figure.summary)")
        let same = RunPair(ProjectSamples.pair.first, ProjectSamples.pair.first)
        #expect(PairedDelta.points(same).allSatisfy { $0.mean == 0 && $0.low <= 0 })
    }

    @Test func `compute for the same loss is what the law's own frontier needs`() throws {
        // A run on the frontier spends what it must; one with a tenth of the best tokens does not.
        let figure = try ComputeRegret.make(FigureSamples.material(of: ComputeRegret.self))
        let percents = figure.table.rows.map { Self.number($0[6]) }
        #expect(percents == percents.sorted() && percents.count > 10)
        let ratio = figure.table.rows.map { Self.number($0[2]) / Self.number($0[1]) }
        // The leanest runs have about as many tokens a parameter as the best split of the law.
        let most = try #require(ratio.last)
        #expect(most < 1 || most > 1000, "\(most)")
        #expect(try #require(percents.last) > 100)
    }

    @Test func `every size of an exchange has the loss asked about`() throws {
        let rows = try Self.rows(ExchangeRates.self).map { $0.map(Self.number) }
        let wanted = PlantedSizes.loss(2e9, 6.4e10)
        for row in rows {
            let loss = PlantedSizes.loss(row[0], row[1])
            #expect(abs(loss / wanted - 1) < 0.004, "\(row[0]): \(loss) for \(wanted)")
            #expect(row[2] <= row[1] && row[1] <= row[3])
        }
        #expect(rows.count > 10)
    }

    @Test func `forecasts of runs that all went one way are right and inside their bands`() throws {
        let replay = ForecastReplay(FigureSamples.peers)
        #expect(replay.points.count == 4 * 24)
        let late = replay.points.filter { $0.share == 0.5 }
        #expect(late.allSatisfy { abs($0.errorPercent) < 1 })
        #expect(late.count(where: \.isCovered) >= 20)
    }

    /// Sweeps whose runs keep their order from the start: stopping the losers costs nothing.
    @Test func `stop advice on sweeps that tell early saves steps and ends no best run`() throws {
        let peers = (0..<6).flatMap { sweep in
            (0..<6).map { place in
                let scale = 1 + 0.1 * Double(place) + 0.02 * Double(sweep)
                var peer = FigureSamples.peer("s\(sweep) r\(place)", scale)
                peer.settings = [.parameterCount: 1e6 * Double(sweep + 1), .tokenCount: 1e8]
                return peer
            }
        }
        let material = FigureMaterial(
            body: Data(),
            fitID: "",
            projectName: "p",
            source: FinishedRuns(peers)
        )
        let figure = try StopValue.make(material)
        let names = figure.table.columns
        let rows = figure.table.rows.map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
        let half = rows.filter { $0["done_percent"] == .number(50) && $0["rule"] == "advice" }
        let saved = half.compactMap { row -> Double? in
            guard case .number(let share) = row["saved_percent"] else { return nil }
            return share
        }
        #expect(half.count == 8 && saved == saved.sorted() && (saved.last ?? 0) > 20)
        #expect(half.allSatisfy { $0["best_run_ended"] == .number(0) })
        #expect(half.allSatisfy { $0["sweeps"] == .number(6) && $0["jobs"] == .number(36) })
        #expect(throws: FigureError.self) {
            try StopValue.make(
                FigureMaterial(
                    body: Data(),
                    fitID: "",
                    projectName: "p",
                    source: FinishedRuns(Array(peers.prefix(2)))
                )
            )
        }
    }

    @Test(arguments: ["", "runs=a", "runs=a,a", "runs=a,b,c"])
    func `a comparison that is none is refused beside its field`(query: String) async throws {
        try await TestApplication.with { app in
            _ = try await app.post("/api/v1/projects", json: #"{"name": "p"}"#)
            let reply = try await app.get("/api/v1/figures/paired-delta?project=p&" + query)
            #expect(reply.status == 400 && reply.text.contains("two runs"), "\(reply.text)")
        }
    }
}
