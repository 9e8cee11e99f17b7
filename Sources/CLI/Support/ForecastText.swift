package import Client

/// Forecasts of jobs, for people.
package enum ForecastText {
    /// - Parameter isOne: whether one run was asked for, of which then more is said.
    package static func text(_ reply: ForecastReply, isOne: Bool = false) -> String {
        guard !reply.jobs.isEmpty else { return "No run of the project is running." }
        var blocks = [jobs(reply)]
        for job in reply.jobs {
            if let refused = job.refused { blocks.append("\(job.runName): \(refused)") }
            if isOne, let forecast = job.forecast { blocks.append(details(forecast)) }
            let said = (job.forecast?.warnings ?? []) + (job.forecast?.refusals ?? [])
            blocks += said.map { "\(job.runName): \($0)" }
            if job.isStopAdvised, let reason = job.forecast?.stop?.reason {
                blocks.append("\(job.runName): \(reason)")
            }
        }
        blocks.append(summary(reply))
        return blocks.joined(separator: "\n\n")
    }

    private static func jobs(_ reply: ForecastReply) -> String {
        var table = Table([
            ("run", .left), ("done", .right), ("ends at", .right), ("90 % interval", .left),
            ("is best", .right), ("advice", .left),
        ])
        for job in reply.jobs {
            guard let forecast = job.forecast else {
                table.add([job.runName, "–", "–", "", "–", "no forecast"])
                continue
            }
            let final = forecast.finalLoss
            table.add([
                job.runName, NumberFormat.percent(100 * forecast.observedShare),
                NumberFormat.loss(final.value),
                "\(NumberFormat.loss(final.low)) … \(NumberFormat.loss(final.high))",
                job.probabilityOfBest.map { NumberFormat.percent(100 * $0) } ?? "–",
                job.isStopAdvised ? "stop" : "go on",
            ])
        }
        return table.text
    }

    private static func details(_ forecast: ForecastReply.Forecast) -> String {
        var table = Table([("simpler rules", .left), ("end at", .right)])
        for baseline in forecast.baselines {
            table.add([baseline.title, baseline.finalLossNats.map(NumberFormat.loss) ?? "–"])
        }
        return "From \(forecast.method); step \(NumberFormat.count(forecast.observedSteps)) of "
            + "\(NumberFormat.count(forecast.horizonSteps)).\n" + table.text
    }

    private static func summary(_ reply: ForecastReply) -> String {
        let best = reply.bestFinishedLossNats.map { ", the best at \(NumberFormat.loss($0))" } ?? ""
        return reply.statement + "\n\(reply.finishedRuns) finished runs\(best); loss is "
            + "\(reply.lossNames.joined(separator: ", "))."
    }
}
