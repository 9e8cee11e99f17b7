struct NonlinearFitter<L: NonlinearLaw> {
    let request: FitRequest
    init(_ request: FitRequest) { self.request = request }
    func run() throws(FitError) -> NonlinearFit { throw .didNotConverge(starts: 0) }
}
