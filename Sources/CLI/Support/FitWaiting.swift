import API
import ArgumentParser
import Client

/// Asks for a fit and waits for its end, telling how far it is.
enum FitWaiting {
    /// The finished fit; nil when the person at the terminal would not wait, and the fit goes on.
    static func finished(
        _ client: Client,
        _ request: NewFit,
        title: String
    ) async throws(Failure) -> Answer<FitReply>? {
        let started = try await calling { () throws(ClientError) in
            try await client.startFit(request)
        }
        guard let answer = try await end(client, of: started.value.id, title: title) else {
            return nil
        }
        guard answer.value.state.status == .finished else {
            let error = answer.value.state.error
            throw .client(.refused(error ?? reason(answer.value.state)))
        }
        return answer
    }

    private static func reason(_ fit: FitMessage) -> APIError {
        fit.status == .cancelled
            ? APIError(.conflict, "The fit \(fit.id) was cancelled.")
            : APIError(.internal, "The fit failed without a reason.")
    }

    private static func end(
        _ client: Client,
        of id: String,
        title: String
    ) async throws(Failure) -> Answer<FitReply>? {
        let stop = StopSignal()
        let progress = ProgressLine("Fitting \(title)")
        defer { progress.end() }
        var delay = 0.05
        while true {
            let answer = try await calling { () throws(ClientError) in try await client.fit(id) }
            if answer.value.state.status.isEnd { return answer }
            if stop.isSet {
                progress.end()
                Output.message(
                    "The fit goes on at the server; to end it: isoloss fits cancel \(id)"
                )
                return nil
            }
            progress.show(answer.value.state.progress)
            await client.wait(seconds: delay)
            delay = min(1, delay * 1.5)
        }
    }
}
