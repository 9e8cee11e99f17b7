import Client
import Synchronization

/// Answers from a list, in order, and keeps what was asked.
final class FakeTransport: Transport {
    typealias Step = Result<WireReply, ClientError>

    private struct State {
        var steps: [Step]
        var requests: [WireRequest] = []
        var delays: [Double] = []
    }

    private let state: Mutex<State>

    init(_ steps: [Step]) { state = Mutex(State(steps: steps)) }

    var requests: [WireRequest] { state.withLock { $0.requests } }
    var delays: [Double] { state.withLock { $0.delays } }

    func note(delay: Double) { state.withLock { $0.delays.append(delay) } }

    func send(_ request: WireRequest) async throws(ClientError) -> WireReply {
        let step: Step = state.withLock { state in
            state.requests.append(request)
            return state.steps.isEmpty
                ? .failure(.badAddress("no step left")) : state.steps.removeFirst()
        }
        return try step.get()
    }

    /// A client that waits for nothing.
    func client(token: String? = nil) throws -> Client {
        Client(
            address: try ServerAddress("http://host:1/prefix/"),
            token: token,
            transport: self,
            sleep: { self.note(delay: $0) }
        )
    }
}

extension FakeTransport.Step {
    static func reply(
        _ status: Int,
        _ body: String = "",
        headers: [String: String] = [:]
    ) -> FakeTransport.Step {
        .success(WireReply(status: status, headers: headers, body: Array(body.utf8)))
    }
}
