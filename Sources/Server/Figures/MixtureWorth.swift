import Foundation
import Mixtures
import ScalingLaws

/// What a token of each domain is worth to each target: the fall of the loss when a hundredth of
/// all tokens moves into the domain, taken from all in proportion.
package enum MixtureWorth: Figure {
    package typealias Fit = MixtureQuestion
    package static let kind = "mixture-worth"
    package static let title = "Worth of a token"
    private static let writtenTargets = 12
    private static let writtenDomains = 26

    private struct Cell {
        var gain = Double.nan
        var low = Double.nan
        var high = Double.nan
        /// The largest gain or loss of its target.
        var most = 0.0

        var part: Double { most > 0 ? gain / most : .nan }

        var isSure: Bool { low > 0 || high < 0 }
    }

    package static func make(
        _ input: FigureInput<MixtureQuestion>
    ) throws(FigureError) -> PlotlyFigure {
        let fits = input.fit.fits
        let targets = fits.map(\.target)
        var (domains, cells) = try table(input.fit)
        let order = cells.indices.sorted { strength(cells[$0]) > strength(cells[$1]) }
        (domains, cells) = (order.map { domains[$0] }, order.map { cells[$0] })
        let written = targets.count <= writtenTargets && domains.count <= writtenDomains
        let unit = power(of: cells)
        let best = domains.first.map(FigureText.plain) ?? ""
        return PlotlyFigure(
            data: [heat(targets, domains, cells, unit, isWritten: written)],
            layout: [
                "title": ["text": .text(title)],
                "xaxis": ["type": "category", "side": "top"],
                "yaxis": ["type": "category", "autorange": "reversed"],
                "hovermode": "closest", "showlegend": false,
            ],
            table: FigureTable(
                columns: ["domain", "target", "gain_per_percent", "low_90", "high_90"],
                rows: zip(domains, cells).flatMap { domain, row in
                    zip(targets, row).map { target, cell in
                        [
                            .text(domain), .text(target), .number(cell.gain), .number(cell.low),
                            .number(cell.high),
                        ]
                    }
                }
            ),
            summary: "Fall of \(targets.count) losses when 1 % of the tokens moves into each of"
                + " \(domains.count) domains; \(best) matters most.",
            answer: "fall of the loss\(unit == 0 ? "" : " in 1e\(unit)") when 1 % of all tokens"
                + " moves into the domain, at "
                + (input.fit.constraints.reference == nil
                    ? "the mean of the runs" : "the reference")
                + " · in brackets: the 90 % interval holds 0",
            input: input
        )
    }

    /// A power of a thousand in which the largest number is read easily.
    private static func power(of cells: [[Cell]]) -> Int {
        let most = cells.joined().map(\.most).max() ?? 0
        guard most > 0, most.isFinite else { return 0 }
        let power = (log10(most) / 3).rounded(.down) * 3
        return Int(max(-12, min(12, power)))
    }

    /// With a sign, to two digits of the largest number of the column.
    private static func signed(_ cell: Cell, _ unit: Int) -> String {
        guard cell.gain.isFinite, cell.most > 0 else { return "–" }
        let factor = pow(10, Double(-unit))
        let decimals = 1 - log10(cell.most * factor).rounded(.down)
        let text = String(
            format: "%.\(Int(max(0, min(6, decimals))))f",
            locale: Locale(identifier: "en_US_POSIX"),
            abs(cell.gain) * factor
        )
        let word = (cell.gain < 0 ? "−" : "+") + text
        return cell.isSure ? word : "(\(word))"
    }

    private static func strength(_ row: [Cell]) -> Double {
        row.map { abs($0.part) }.filter(\.isFinite).max() ?? 0
    }

    /// By domain, a cell for each target.
    private static func table(
        _ question: MixtureQuestion
    ) throws(FigureError) -> (domains: [String], cells: [[Cell]]) {
        let found: [OptimumReport.Worth]
        do throws(MixtureError) {
            var request = OptimumRequest()
            request.constraints.reference = question.constraints.reference
            found = try OptimumReporter.worth(question.fits, request)
        } catch {
            throw .mixtures(error)
        }
        let domains = question.fits[0].domains
        let targets = question.fits.map(\.target)
        var cells = domains.map { _ in targets.map { _ in Cell() } }
        for item in found {
            guard let row = domains.firstIndex(of: item.domain),
                let column = targets.firstIndex(of: item.target)
            else { continue }
            cells[row][column] = Cell(
                gain: item.gain.value / 100,
                low: item.gain.low / 100,
                high: item.gain.high / 100
            )
        }
        for column in targets.indices {
            let most = cells.map { abs($0[column].gain) }.filter(\.isFinite).max() ?? 0
            for row in cells.indices { cells[row][column].most = most }
        }
        return (domains, cells)
    }

    private static func heat(
        _ targets: [String],
        _ domains: [String],
        _ cells: [[Cell]],
        _ unit: Int,
        isWritten: Bool
    ) -> FigureValue {
        let words = zip(domains, cells).map { domain, row in
            zip(targets, row).map { target, cell in
                "\(FigureText.plain(domain)) for \(FigureText.plain(target))<br>"
                    + "\(FigureText.loss(cell.gain)) per 1 % of the tokens<br>"
                    + FigureText.interval(low: cell.low, high: cell.high, FigureText.loss)
            }
        }
        return [
            "type": "heatmap", "name": .text(title),
            "x": .texts(FigureText.distinct(targets).map(FigureText.plain)),
            "y": .texts(FigureText.distinct(domains).map(FigureText.plain)),
            "z": .list(cells.map { .list($0.map { .number($0.part) }) }),
            "zmin": -1, "zmid": 0, "zmax": 1, "showscale": false, "xgap": 2, "ygap": 2,
            "text": .list(cells.map { row in .texts(row.map { signed($0, unit) }) }),
            "texttemplate": .text(isWritten ? "%{text}" : ""),
            "customdata": .list(words.map { .texts($0) }),
            "hovertemplate": "%{customdata}<extra></extra>",
            "meta": ["role": "balance"],
        ]
    }
}
