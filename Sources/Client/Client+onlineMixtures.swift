package import API

// Rules that move the mixture of running jobs.
extension Client {
    package func onlineRules() async throws(ClientError) -> Answer<OnlineRuleListReply> {
        try await call(Endpoints.onlineRules)
    }

    /// - Parameter body: project, rule, domains; perhaps run, start, settings, graph.
    package func createOnlineMixture(
        _ body: AnyJSON
    ) async throws(ClientError) -> Answer<OnlineMixtureReply> {
        try await call(Endpoints.createOnlineMixture, body: body)
    }

    package func onlineMixtures(
        of project: String
    ) async throws(ClientError) -> Answer<OnlineMixtureListReply> {
        try await call(Endpoints.listOnlineMixtures, query: [(name: "project", value: project)])
    }

    package func onlineMixture(
        _ id: String
    ) async throws(ClientError) -> Answer<OnlineMixtureReply> {
        try await call(Endpoints.findOnlineMixture, [id])
    }

    /// Sent again after a lost answer it changes nothing and has the same answer.
    package func observeOnlineMixture(
        _ id: String,
        _ body: AnyJSON
    ) async throws(ClientError) -> Answer<OnlineMixtureReply> {
        try await call(Endpoints.observeOnlineMixture, [id], body: body)
    }

    package func replayOnlineMixture(
        _ body: AnyJSON
    ) async throws(ClientError) -> Answer<OnlineReplayReply> {
        try await call(Endpoints.replayOnlineMixture, body: body, timeoutSeconds: 300)
    }
}
