package import API
package import Runs

// Every call the command line makes, under its own name.
extension Client {
    package func projects() async throws(ClientError) -> Answer<ProjectList> {
        try await call(Endpoints.listProjects)
    }

    package func roles(of project: String) async throws(ClientError) -> Answer<RolesMessage> {
        try await call(Endpoints.findRoles, [project])
    }

    package func setRoles(
        of project: String,
        to mapping: RoleMapping
    ) async throws(ClientError) -> Answer<RolesMessage> {
        try await call(Endpoints.putRoles, [project], body: mapping)
    }

    /// One page of runs.
    package func runs(
        of project: String,
        filter: String? = nil,
        sort: String? = nil,
        limit: Int,
        after: String? = nil
    ) async throws(ClientError) -> Answer<RunList> {
        var query = [(name: "project", value: project), (name: "limit", value: String(limit))]
        if let filter { query.append(("q", filter)) }
        if let sort { query.append(("sort", sort)) }
        if let after { query.append(("after", after)) }
        return try await call(Endpoints.listRuns, query: query)
    }

    /// A table of runs as a file: `format` is csv or jsonl; no fields mean all.
    package func exportRuns(
        of project: String,
        format: String,
        filter: String? = nil,
        sort: String? = nil,
        fields: [String] = []
    ) async throws(ClientError) -> [UInt8] {
        var query = [(name: "project", value: project), (name: "format", value: format)]
        if let filter { query.append(("q", filter)) }
        if let sort { query.append(("sort", sort)) }
        if !fields.isEmpty { query.append(("fields", fields.joined(separator: ","))) }
        return try await download(Endpoints.exportRuns, query: query)
    }

    /// What differs between runs, named by their ids.
    package func compare(
        _ runs: [String],
        includesCommon: Bool = false
    ) async throws(ClientError) -> Answer<Comparison> {
        var query = [(name: "runs", value: runs.joined(separator: ","))]
        if includesCommon { query.append(("common", "true")) }
        return try await call(Endpoints.compare, query: query)
    }

    package func startImport(
        query: [(name: String, value: String)],
        body: WireRequest.Body,
        onUpload: (@Sendable (Int) -> Void)? = nil
    ) async throws(ClientError) -> Answer<ImportMessage> {
        try await upload(Endpoints.createImport, query: query, body: body, onUpload: onUpload)
    }

    package func importState(_ id: String) async throws(ClientError) -> Answer<ImportMessage> {
        try await call(Endpoints.findImport, [id])
    }

    package func laws() async throws(ClientError) -> Answer<LawList> {
        try await call(Endpoints.listLaws)
    }

    package func startFit(_ fit: NewFit) async throws(ClientError) -> Answer<FitMessage> {
        try await call(Endpoints.createFit, body: fit)
    }

    package func fit(_ id: String) async throws(ClientError) -> Answer<FitReply> {
        try await call(Endpoints.findFit, [id])
    }

    /// Fits of a project, newest first; nil names every law.
    package func fits(
        of project: String,
        law: String? = nil
    ) async throws(ClientError) -> Answer<FitList> {
        var query = [(name: "project", value: project)]
        if let law { query.append(("law", law)) }
        return try await call(Endpoints.listFits, query: query)
    }

    /// What changed from the fit `other`, else the one before, to a fit.
    package func diff(
        of id: String,
        since other: String? = nil
    ) async throws(ClientError) -> Answer<FitDiff> {
        try await call(Endpoints.diffFits, [id], query: other.map { [("other", $0)] } ?? [])
    }

    package func predictions(
        of project: String,
        law: String? = nil
    ) async throws(ClientError) -> Answer<PredictionList> {
        var query = [(name: "project", value: project)]
        if let law { query.append(("law", law)) }
        return try await call(Endpoints.listPredictions, query: query)
    }

    /// The server fits first when it has no fit of the law yet.
    package func freeze(
        _ prediction: NewPrediction
    ) async throws(ClientError) -> Answer<PredictionMessage> {
        try await call(Endpoints.createPrediction, body: prediction, timeoutSeconds: 900)
    }

    package func cancelFit(_ id: String) async throws(ClientError) -> Answer<FitMessage> {
        try await call(Endpoints.cancelFit, [id])
    }

    /// Waits as long as a fit takes: the server fits first when it has no fit yet.
    package func recommendation(
        query: [(name: String, value: String)]
    ) async throws(ClientError) -> Answer<RecommendationAnswer> {
        try await call(Endpoints.recommend, query: query, timeoutSeconds: 900)
    }

    package func figures() async throws(ClientError) -> Answer<FigureKinds> {
        try await call(Endpoints.listFigures)
    }

    /// The bytes as they came: the figure as JSON, or its table with `format=csv`.
    package func figure(
        _ kind: String,
        query: [(name: String, value: String)]
    ) async throws(ClientError) -> [UInt8] {
        try await download(Endpoints.figure, [kind], query: query)
    }

    /// Waits as long as a fit takes, like a recommendation.
    package func nextRuns(
        query: [(name: String, value: String)]
    ) async throws(ClientError) -> Answer<PlanReply> {
        try await call(Endpoints.nextRuns, query: query, timeoutSeconds: 900)
    }

    package func firstRuns(
        query: [(name: String, value: String)]
    ) async throws(ClientError) -> Answer<FirstRunsReply> {
        try await call(Endpoints.firstRuns, query: query)
    }

    /// - Parameter project: whose law says how the learning rate follows batch and tokens.
    package func transfer(
        _ body: TransferBody,
        project: String? = nil
    ) async throws(ClientError) -> Answer<TransferReply> {
        try await call(
            Endpoints.transfer,
            query: project.map { [("project", $0)] } ?? [],
            body: body
        )
    }

    /// The same table as YAML.
    package func transferYAML(
        _ body: TransferBody,
        project: String? = nil
    ) async throws(ClientError) -> [UInt8] {
        try await download(
            Endpoints.transfer,
            query: [("format", "yaml")] + (project.map { [("project", $0)] } ?? []),
            json: try Self.json(body)
        )
    }

    package func forecasts(
        query: [(name: String, value: String)]
    ) async throws(ClientError) -> Answer<ForecastReply> {
        try await call(Endpoints.forecasts, query: query, timeoutSeconds: 300)
    }

    package func swarm(of project: String) async throws(ClientError) -> Answer<SwarmMessage> {
        try await call(Endpoints.swarm, query: [(name: "project", value: project)])
    }

    /// Waits as long as a fit takes: the server fits first when it has no fit of the target yet.
    package func predictMixtures(
        _ body: MixturePredictionBody
    ) async throws(ClientError) -> Answer<MixturePredictionList> {
        try await call(Endpoints.predictMixtures, body: body, timeoutSeconds: 900)
    }

    /// Waits as long as fits of the targets take.
    package func mixtureOptimum(
        _ body: MixtureOptimumBody
    ) async throws(ClientError) -> Answer<MixtureOptimumMessage> {
        try await call(Endpoints.mixtureOptimum, body: body, timeoutSeconds: 900)
    }

    package func criticalProportion(
        _ query: [(name: String, value: String)]
    ) async throws(ClientError) -> Answer<CriticalProportionMessage> {
        try await call(Endpoints.criticalProportion, query: query)
    }

    package func rateSurface(
        _ query: [(name: String, value: String)]
    ) async throws(ClientError) -> Answer<RateSurfaceMessage> {
        try await call(Endpoints.rateSurface, query: query)
    }

    package func mixturePreset(
        _ rule: String,
        _ body: AnyJSON
    ) async throws(ClientError) -> Answer<AnyJSON> {
        try await call(Endpoints.mixturePreset, [rule], body: body)
    }

    /// - Parameter format: json, yaml, csv or regmix.
    package func mixtureDesign(
        _ body: AnyJSON,
        format: String
    ) async throws(ClientError) -> [UInt8] {
        try await download(
            Endpoints.mixtureDesign,
            query: [(name: "format", value: format)],
            json: try Self.json(body)
        )
    }

    /// - Parameter format: json, yaml, csv or regmix.
    package func nextMixtures(
        _ body: AnyJSON,
        format: String
    ) async throws(ClientError) -> [UInt8] {
        try await download(
            Endpoints.nextMixtures,
            query: [(name: "format", value: format)],
            json: try Self.json(body)
        )
    }
}
