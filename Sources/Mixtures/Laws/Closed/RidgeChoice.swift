import Foundation

/// How strongly a closed law is held: 1e-4 where runs are many for its parameters, else whichever
/// of three strengths predicts left-out runs best.
enum RidgeChoice {
    static let weakest = 1e-4
    static let usual = [1e-4, 1e-3, 1e-2]
    /// For laws with two parameters per domain, which extrapolate wildly when held less.
    static let stronger = [1e-3, 1e-2]

    /// The whole of a fit: ridge, starts, and the warm start of a refit.
    ///
    /// - Parameter make: the form on a table of runs, which differs between folds.
    static func fit<Form: ClosedForm>(
        _ data: MixtureData,
        _ table: FittingTable,
        _ request: MixtureFitRequest,
        law: String,
        from previous: (start: [Double], ridge: Double)?,
        candidates: [Double] = usual,
        starts: Int = 4,
        make: (FittingTable) -> Form
    ) throws(MixtureError) -> ClosedFit {
        let form = make(table)
        if let previous {
            return try ClosedFit.refit(
                form,
                table,
                ridge: request.ridge ?? previous.ridge,
                from: previous.start,
                law: law
            )
        }
        var ridge = request.ridge ?? candidates[0]
        if request.ridge == nil {
            ridge = try choose(data, request, candidates, law: law, make: make)
        }
        return try ClosedFit.search(
            form,
            table,
            ridge: ridge,
            starts: starts,
            law: law,
            request
        )
    }

    private static func choose<Form: ClosedForm>(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        _ candidates: [Double],
        law: String,
        make: (FittingTable) -> Form
    ) throws(MixtureError) -> Double {
        let size = data.dimension + 5
        guard data.runs.count < 4 * size, data.runs.count >= 8 else { return candidates[0] }
        let folds = Folds(count: data.runs.count, parts: 5, seed: request.seed)
        var errors = [Double](repeating: 0, count: candidates.count)
        for part in 0..<folds.parts {
            let (inside, outside) = folds.split(part)
            let training = try FittingTable(data.selecting(inside), law: law, minimum: 2)
            let form = make(training)
            for (index, ridge) in candidates.enumerated() {
                let fit = try ClosedFit.search(
                    form,
                    training,
                    ridge: ridge,
                    starts: 2,
                    law: law,
                    request
                )
                errors[index] += try error(fit, training, data.selecting(outside), make)
            }
        }
        let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
        return candidates[best]
    }

    /// Sum of absolute errors on runs outside, in deviations of the training runs, clipped as
    /// predictions are.
    private static func error<Form: ClosedForm>(
        _ fit: ClosedFit,
        _ training: FittingTable,
        _ outside: MixtureData,
        _ make: (FittingTable) -> Form
    ) throws(MixtureError) -> Double {
        let table = FittingTable(outside, like: training)
        let form = make(table)
        let prepared = form.prepare(fit.parameters)
        var slopes = [Double](repeating: 0, count: form.size)
        let range = training.range
        let margin = (range.upperBound - range.lowerBound) / 2
        var sum = 0.0
        for row in 0..<table.count {
            let value = form.value(row, prepared, &slopes)
            let clipped = min(max(value, range.lowerBound - margin), range.upperBound + margin)
            sum += abs(clipped - table.losses[row])
        }
        return sum
    }
}
