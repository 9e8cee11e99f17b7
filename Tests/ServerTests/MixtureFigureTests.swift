import API
import Foundation
import Mixtures
import Server
import Testing

/// Figures of several targets over mixtures, on two targets of a known law.
@Suite
struct MixtureFigureTests {
    private func rows(_ figure: PlotlyFigure) -> [[String: FigureValue]] {
        figure.table.rows.map { Dictionary(uniqueKeysWithValues: zip(figure.table.columns, $0)) }
    }

    private func number(_ value: FigureValue?) -> Double {
        guard case .number(let number) = value else { return .nan }
        return number
    }

    private func material(
        _ change: (inout MixtureQuestion) -> Void = { _ in }
    ) throws -> FigureMaterial {
        var question = try FigureSamples.mixtures.get()
        change(&question)
        return FigureMaterial(body: Data(), fitID: "f", projectName: "p", source: question)
    }

    @Test
    func `a token is worth most to the target that wants its domain`() throws {
        let rows = rows(try MixtureWorth.make(material()))
        func gain(_ domain: String, _ target: String) -> [String: FigureValue]? {
            rows.first { $0["domain"] == .text(domain) && $0["target"] == .text(target) }
        }
        #expect(rows.count == 6)
        for (target, wanted, other) in [
            ("loss/web", "web", "code"), ("loss/code", "code", "web"),
        ] {
            let best = gain(wanted, target)
            #expect(number(best?["gain_per_percent"]) > 0)
            #expect(
                number(best?["gain_per_percent"])
                    > number(gain(other, target)?["gain_per_percent"])
            )
            #expect(number(gain("other", target)?["gain_per_percent"]) < 0)
            #expect(number(best?["low_90"]) <= number(best?["high_90"]))
        }
    }

    @Test
    func `passes are the tokens of a share over what there is, and the limit is said`() throws {
        let wanted = try material { question in
            question.mixture = [0.5, 0.3, 0.2]
            question.tokens = 1e10
        }
        let figure = try MixtureEpochs.make(wanted)
        let epochs = rows(figure).map { ($0["domain"], number($0["epochs"])) }
        #expect(epochs.map(\.0) == [.text("web"), .text("code"), .text("other")])
        for (passes, truth) in zip(epochs.map(\.1), [5e9 / 4e9, 3e9 / 5e8, 2e9 / 1e9]) {
            #expect(abs(passes - truth) < 1e-9)
        }
        #expect(figure.summary.contains("more than 4 times: code 6 times"), "\(figure.summary)")
        let allowed = try MixtureEpochs.make(
            material { question in
                question.mixture = [0.5, 0.3, 0.2]
                question.constraints.maximumEpochs = 8
            }
        )
        #expect(allowed.summary.contains("no domain is passed over more than 8 times"))
    }

    @Test
    func `without tokens or what there is of them the shares alone are drawn`() throws {
        for (change, words) in [
            ({ $0.tokens = nil }, "until tokens says"),
            ({ $0.constraints.availableTokens = [:] }, "until runs log availableTokens"),
        ] as [((inout MixtureQuestion) -> Void, String)] {
            let figure = try MixtureEpochs.make(material(change))
            #expect(figure.summary.contains(words), "\(figure.summary)")
            #expect(figure.layout["yaxis2"] == nil)
            #expect(rows(figure).allSatisfy { $0["epochs"] == .null && $0["share"] != .null })
        }
    }

    @Test
    func `along the trade-off one loss rises and the other falls`() throws {
        let rows = rows(try MixtureTradeoff.make(material()))
        #expect(rows.count > 5)
        let web = rows.map { number($0["loss/web"]) }
        let code = rows.map { number($0["loss/code"]) }
        #expect(web == web.sorted() && code == code.sorted(by: >))
        for row in rows {
            #expect(number(row["loss/web low_90"]) <= number(row["loss/web"]))
            #expect(number(row["loss/web"]) <= number(row["loss/web high_90"]))
            let shares = ["web", "code", "other"].map { number(row[$0]) }
            #expect(abs(shares.reduce(0, +) - 1) < 1e-6)
        }
        // No run is better in both than every point of the line, but for the law's error.
        let fits = try FigureSamples.mixtures.get().fits
        for (first, second) in zip(fits[0].runs, fits[1].runs) {
            let isBeyond = zip(web, code).allSatisfy {
                first.loss < $0 - 0.02 && second.loss < $1 - 0.02
            }
            #expect(!isBeyond)
        }
    }

    @Test
    func `constraints hold for a trade-off, and those that conflict are named`() throws {
        let held = rows(
            try MixtureTradeoff.make(
                material { $0.constraints.bounds["web"] = .init(low: 0.2, high: 0.3) }
            )
        )
        #expect(held.allSatisfy { (0.2 - 1e-6...0.3 + 1e-6).contains(number($0["web"])) })
        let conflict = try material {
            $0.constraints.bounds["web"] = .init(low: 0.7)
            $0.constraints.bounds["code"] = .init(low: 0.7)
        }
        #expect {
            try MixtureTradeoff.make(conflict)
        } throws: { error in
            (error as? FigureError)?.message.contains("web") == true
        }
    }

    @Test
    func `a triangle holds the other domains and has its least where the law has it`() throws {
        let rows = rows(try MixtureTernary.make(material()))
        let sums = rows.map { number($0["web"]) + number($0["code"]) + number($0["other"]) }
        #expect(sums.allSatisfy { abs($0 - 1) < 1e-9 })
        let best = try #require(
            rows.min { number($0["predicted"]) < number($1["predicted"]) }
        )
        // Σ a √share is largest at shares in proportion to a².
        #expect(abs(number(best["web"]) - 2.25 / 2.9) < 0.06)
        #expect(number(best["other"]) < 0.06)
        #expect(rows.contains { $0["extrapolates"] == .bool(true) })
        #expect(rows.contains { $0["extrapolates"] == .bool(false) })
    }

    @Test(arguments: [["web", "code"], ["web", "code", "nowhere"], ["web", "web", "code"]])
    func `a triangle of domains that there are not is refused`(domains: [String]) throws {
        let asked = try material { $0.domains = domains }
        #expect(throws: FigureError.self) { try MixtureTernary.make(asked) }
    }

    @Test
    func `names of domains and runs cannot become markup`() throws {
        let asked = try material { question in
            for index in question.fits.indices {
                for run in question.fits[index].runs.indices {
                    question.fits[index].runs[run].name = "<b>x</b>"
                }
            }
        }
        for type in [MixtureTernary.self, MixtureTradeoff.self] as [any Figure.Type] {
            let figure = try type.make(asked)
            let text = String(decoding: try JSONEncoder().encode(figure), as: UTF8.self)
            #expect(!text.contains("<b>x"))
        }
    }
}
