/// The steps of a fit by themselves, for those who time or reuse them.
extension NonlinearLaw {
    /// The minimum alone: coordinates and objective, without intervals and tests.
    package static func minimum(
        _ request: FitRequest
    ) throws(FitError) -> (theta: Coordinates<Coordinate>, objective: Double) {
        let (_, solution) = try NonlinearFitter<Self>(request).solve()
        return (Coordinates(solution.theta), solution.objective)
    }

    /// Coordinates of `count` refits of resampled runs, from the minimum, which is found first.
    package static func refits(
        _ request: FitRequest,
        count: Int
    ) throws(FitError) -> [Coordinates<Coordinate>] {
        let (solver, solution) = try NonlinearFitter<Self>(request).solve()
        return solver.draws(solution, seed: request.seed, count: count).map { Coordinates($0) }
    }
}
