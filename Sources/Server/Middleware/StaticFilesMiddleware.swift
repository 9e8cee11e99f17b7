import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Serves the files beside the pages. What lies under `/vendor` is pinned by its name and cached
/// for good; all else is asked for again each time (a conditional request). Where a `.gz` lies
/// beside a file and the browser takes gzip, that is sent.
struct StaticFilesMiddleware: RouterMiddleware {
    static let forGood = "public, max-age=31536000, immutable"

    private let folder: String
    private let files: FileMiddleware<IsolossRequestContext, LocalFileSystem>

    init(folder: String) {
        self.folder = folder
        files = FileMiddleware(
            folder,
            searchForIndexHtml: false,
            logger: Logger(label: "isoloss.files", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    func handle(
        _ request: Request,
        context: IsolossRequestContext,
        next: (Request, IsolossRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError where error.status == .notFound {
            return try await serve(request, context: context, otherwise: error)
        }
    }

    private func serve(
        _ request: Request,
        context: IsolossRequestContext,
        otherwise error: any HTTPResponseError
    ) async throws -> Response {
        let path = request.uri.path
        let isCompressed = request.takesGzip && hasCompressed(path)
        var asked = request
        if isCompressed {
            var head = request.head
            head.path = path + ".gz"
            head.headerFields[.range] = nil
            asked = Request(head: head, body: request.body)
        }
        var response = try await files.handle(asked, context: context) { _, _ in throw error }
        response.headers[.cacheControl] =
            path.hasPrefix("/vendor/") ? Self.forGood : "no-cache"
        response.headers[.vary] = "Accept-Encoding"
        if isCompressed {
            response.headers[.contentEncoding] = "gzip"
            response.headers[.acceptRanges] = nil
            response.headers[.contentType] = mediaType(of: path)
        }
        return response
    }

    private func hasCompressed(_ path: String) -> Bool {
        guard !path.contains(".."), !path.contains("%"), mediaType(of: path) != nil else {
            return false
        }
        return FileManager.default.fileExists(atPath: folder + path + ".gz")
    }

    private func mediaType(of path: String) -> String? {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
        let suffix = String(path[path.index(after: dot)...])
        return MediaType.getMediaType(forExtension: suffix)?.description
    }
}
