import API
import HTTPTypes
import Hummingbird
import NIOCore
import Runs
import Storage

/// Points of many series of many runs in one request.
struct PointController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.createPoints) { request, _ in try await create(request) }
    }

    private func create(_ request: Request) async throws -> Response {
        let key = try Self.key(request)
        let now = dependencies.now()
        let write = PendingWrite(batches: try await batches(request, now: now), key: key, now: now)
        let count = write.pointCount
        _ = try await dependencies.store.writer.write(write)
        return Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"points\":\(count)}"))
        )
    }

    /// The body is let go of once it is read.
    private func batches(_ request: Request, now: Int64) async throws -> [RunBatch] {
        let body = try await dependencies.bodies.collect(request, upTo: Limits.requestBodyBytes)
        return try PointsReader.read(body.bytes, now: now)
    }

    private static func key(_ request: Request) throws(APIError) -> String? {
        guard let key = request.headers[.idempotencyKey] else { return nil }
        let isPrintable = key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard (1...Limits.ingestKeyCharacters).contains(key.utf8.count), isPrintable else {
            throw APIError(
                .invalid,
                "Idempotency-Key has 1 to \(Limits.ingestKeyCharacters) printable ASCII characters "
                    + "without spaces.",
                field: "Idempotency-Key"
            )
        }
        return key
    }
}

extension HTTPField.Name {
    static var idempotencyKey: HTTPField.Name { named("Idempotency-Key") }
}
