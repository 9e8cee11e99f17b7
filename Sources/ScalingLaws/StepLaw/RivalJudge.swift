import Foundation

/// Scores published laws, unfitted, on the cells of a fit.
struct RivalJudge {
    let table: CellTable
    let scorer: RegretScorer
    let law: OptimumLaw
    /// ln loss at the optimum of each cell.
    let levels: [Double]

    func all() -> [StepLawFit.RivalScore] { PublishedLaws.all.map(judge) }

    private func judge(_ rival: PublishedLaw) -> StepLawFit.RivalScore {
        var refusal: String?
        let score = scorer.score { index in
            let cell = table.cells[index]
            let own = law.point(n: cell.n, d: cell.d)
            let question = PublishedLaw.Question(
                parameterCount: exp(cell.lnN),
                tokenCount: exp(cell.lnD),
                fittedBatchTokens: exp(own.y),
                fittedLearningRate: exp(own.x),
                lossNats: exp(levels[index]),
                givenBatchTokens: nil,
                reference: reference(besides: index)
            )
            switch rival.answer(question) {
            case .refused(let reason):
                refusal = reason
                return nil
            case .point(let rate, let batch):
                return (rate.map { log($0) } ?? own.x, batch.map { log($0) } ?? own.y)
            }
        }
        let answered = score.costs.count { $0 != nil }
        return .init(
            id: rival.id,
            title: rival.title,
            citation: rival.citation,
            equation: rival.equation,
            note: rival.note + outsideNote(score),
            snap: score.snap,
            interpolated: score.interpolated,
            answeredCells: answered,
            refused: answered == 0 ? refusal : nil
        )
    }

    /// The best run of the nearest other cell: a rule that scales from a run may not see its own.
    private func reference(besides own: Int) -> PublishedLaw.Reference? {
        let target = table.cells[own]
        func distance(_ other: CellData) -> Double {
            hypot(other.n - target.n, other.d - target.d)
        }
        guard
            let cell = table.cells.indices.filter({ $0 != own }).map({ table.cells[$0] })
                .min(by: { distance($0) < distance($1) }),
            let best = cell.l.indices.min(by: { cell.l[$0] < cell.l[$1] })
        else { return nil }
        return .init(
            runName: cell.observations[best].runName,
            tokenCount: cell.tokenCount,
            peakLearningRate: exp(cell.x[best]),
            batchTokens: exp(cell.y[best])
        )
    }

    /// Where the answer lies outside the runs, only the nearest run can be charged: too little.
    private func outsideNote(_ score: RegretScorer.Score) -> String {
        let outside = score.costs.count { $0?.isOutside == true }
        guard outside > 0 else { return "" }
        return
            " In \(outside) of \(table.cells.count) cells its answer lies outside the swept runs;"
            + " the nearest run was charged there."
    }
}
