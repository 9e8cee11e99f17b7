import Client
import Foundation
import Synchronization

/// A server of which only storing is kept: it takes a key once, and refuses points of the metric
/// `bad`. What is to go wrong is drawn for every call.
final class StoringTransport: Transport {
    enum Mishap: Sendable { case none, unreachable, busy, lostAnswer, proxy }

    private struct Body: Decodable {
        struct Entry: Decodable {
            let run: String
            let steps: [Int64]
            let metrics: [String: [Double]]
        }
        let runs: [Entry]
    }

    private struct State {
        var keys: [String: [UInt8]] = [:]
        var steps: [Int64] = []
        var created: [String] = []
        var patches: [String] = []
        var callCount = 0
        var conflicts = 0
    }

    private let state = Mutex(State())
    private let mishap: @Sendable (Int) -> Mishap

    init(_ mishap: @escaping @Sendable (Int) -> Mishap = { _ in .none }) { self.mishap = mishap }

    /// Steps of all points, in the order they were stored.
    var steps: [Int64] { state.withLock { $0.steps } }
    var created: [String] { state.withLock { $0.created } }
    var patches: [String] { state.withLock { $0.patches } }
    var callCount: Int { state.withLock { $0.callCount } }
    /// Keys that came again with another body.
    var conflicts: Int { state.withLock { $0.conflicts } }

    func send(_ request: WireRequest) async throws(ClientError) -> WireReply {
        let mishap = mishap(
            state.withLock {
                $0.callCount += 1; return $0.callCount
            }
        )
        switch mishap {
        case .unreachable: throw .unreachable(url: "u", reason: "refused")
        case .busy: return reply(503, #"{"code":"unavailable","message":"Busy."}"#)
        case .proxy: return reply(502, "<html>Bad gateway")
        case .none, .lostAnswer: break
        }
        guard case .bytes(let bytes) = request.body else { return reply(400, "{}") }
        let answer = state.withLock { Self.store(request, bytes, &$0) }
        if mishap == .lostAnswer { throw .timedOut(url: "u", seconds: 1) }
        return answer
    }

    func sender(now: @escaping @Sendable () -> Int64 = { 0 }) -> SpoolSender {
        var policy = RetryPolicy()
        policy.attemptCount = 1
        let once = policy
        return SpoolSender(now: now) { address throws(ClientError) in
            Client(address: try ServerAddress(address), transport: self, policy: once)
        }
    }

    private static func store(
        _ request: WireRequest,
        _ bytes: [UInt8],
        _ state: inout State
    ) -> WireReply {
        let text = String(decoding: bytes, as: UTF8.self)
        let answer = #"{"id":"00000000000000000000000000000001","points":0}"#
        if request.url.hasSuffix("/runs") {
            state.created.append(text)
        } else if request.method == "PATCH" {
            state.patches.append(text)
        } else {
            guard let key = request.headers["Idempotency-Key"],
                let body = try? JSONDecoder().decode(Body.self, from: Data(bytes))
            else { return reply(400, #"{"code":"invalid","message":"What is this?"}"#) }
            guard body.runs.allSatisfy({ $0.metrics["bad"] == nil }) else {
                return reply(400, #"{"code":"invalid","message":"A bad name."}"#)
            }
            if let known = state.keys[key] {
                state.conflicts += known == bytes ? 0 : 1
            } else {
                state.keys[key] = bytes
                state.steps += body.runs.flatMap(\.steps)
            }
        }
        return reply(200, answer)
    }

    private static func reply(_ status: Int, _ text: String) -> WireReply {
        WireReply(status: status, body: Array(text.utf8))
    }

    private func reply(_ status: Int, _ text: String) -> WireReply { Self.reply(status, text) }
}
