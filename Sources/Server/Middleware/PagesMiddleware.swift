import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Serves the pages and what they load: `/` and `/<page>/` are the filled shell, asked for anew
/// each time; `/assets/<version>/…` is kept for good.
struct PagesMiddleware: RouterMiddleware {
    let folder: WebFolder

    func handle(
        _ request: Request,
        context: IsolossRequestContext,
        next: (Request, IsolossRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError where error.status == .notFound {
            guard request.method == .get || request.method == .head,
                let response = answer(request)
            else { throw error }
            return response
        }
    }

    private func answer(_ request: Request) -> Response? {
        let path = request.uri.path
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        if parts.first == "assets", parts.count > 2 { return asset(parts, request) }
        guard parts.count < 2 else { return nil }
        let contents = folder.contents
        guard let name = parts.first else { return page(WebContents.home, "", contents) }
        guard contents.hasPage(name) else { return nil }
        guard path.hasSuffix("/") else {
            let query = request.uri.query.map { "?" + $0 } ?? ""
            return Response(status: .movedPermanently, headers: [.location: "\(name)/\(query)"])
        }
        return page(name, "../", contents)
    }

    private func page(_ name: String, _ root: String, _ contents: WebContents) -> Response? {
        contents.page(name, root: root).map {
            Response(
                status: .ok,
                headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-cache"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: $0))
            )
        }
    }

    /// An address of another version is that of a page opened before a change: it gets what there
    /// is now, and keeps it no longer than that page.
    private func asset(_ parts: [String], _ request: Request) -> Response? {
        let contents = folder.contents
        let path = parts.dropFirst(2).joined(separator: "/")
        guard let file = contents.file(path),
            let mediaType = MediaType.getMediaType(forExtension: (path as NSString).pathExtension)
        else { return nil }
        let isPinned = parts[1] == contents.version
        var headers: HTTPFields = [
            .contentType: mediaType.description,
            .cacheControl: isPinned ? StaticFilesMiddleware.forGood : "no-cache",
            .vary: "Accept-Encoding",
        ]
        guard let packed = file.packed, request.takesGzip else {
            return Response(status: .ok, headers: headers, body: body(file.bytes))
        }
        headers[.contentEncoding] = "gzip"
        return Response(status: .ok, headers: headers, body: body(packed))
    }

    private func body(_ bytes: [UInt8]) -> ResponseBody {
        ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    }
}

extension Request {
    /// Whether the client says that it reads gzip.
    var takesGzip: Bool {
        headers[values: .acceptEncoding]
            .flatMap { $0.split(separator: ",") }
            .map { $0.filter { $0 != " " }.lowercased() }
            .contains { $0 == "gzip" || $0.hasPrefix("gzip;") && !$0.hasSuffix("q=0") }
    }
}
