import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Runs

/// Artifacts on the wire: bytes stream through both ways in pieces, so that a file of any size
/// costs the server the memory of one piece.
extension MLflowRoutes {
    /// The most bytes of a file that a page uploads.
    static var pageUploadBytes: Int { 10 << 20 }

    func addArtifacts(to router: some RouterMethods<Context>, _ prefix: String) {
        let path = prefix + "/artifacts"
        query(router, path, service.listArtifacts)
        on(router, .put, "\(path)/**") { request, context throws(MLflowError) in
            let path = try ArtifactPath(requestPath: request.uri.path, after: path + "/")
            return try await upload(request.body, to: path, context)
        }
        on(router, .get, "\(path)/**") { request, context throws(MLflowError) in
            let path = try ArtifactPath(requestPath: request.uri.path, after: path + "/")
            return try await download(path, request, context)
        }
        on(router, .delete, "\(path)/**") { request, _ throws(MLflowError) in
            let path = try ArtifactPath(requestPath: request.uri.path, after: path + "/")
            let artifacts = service.artifacts
            try await service.onDisk { () throws(MLflowError) in try artifacts.delete(path) }
            return MLflowAnswer.json(MLflowWriter.empty)
        }
        addFallback(to: router, prefix)
    }

    /// What the pages of MLflow and scripts made after them ask.
    func addPageArtifacts(to router: some RouterMethods<Context>) {
        on(router, .get, "/get-artifact") { request, context throws(MLflowError) in
            let fields = try MLflowFields(query: request.uri.query)
            let path = try await service.artifactPath(
                fields.requiredString("path"),
                of: fields.runID()
            )
            return try await download(path, request, context)
        }
        on(router, .post, "/ajax-api/2.0/mlflow/upload-artifact") {
            request,
            context throws(MLflowError) in
            let fields = try MLflowFields(query: request.uri.query)
            let path = try await service.artifactPath(
                fields.requiredString("path"),
                of: fields.runID()
            )
            let body = try await MLflowAnswer.collect(
                request,
                bodies,
                limit: Self.pageUploadBytes
            )
            guard !body.bytes.isEmpty else { throw .invalid("Request must specify data.") }
            let buffer = ByteBuffer(bytes: body.bytes)
            return try await upload(RequestBody(buffer: buffer), to: path, context)
        }
    }

    private func upload(
        _ body: RequestBody,
        to path: ArtifactPath,
        _ context: Context
    ) async throws(MLflowError) -> Response {
        guard !path.isFolderItself else { throw ArtifactPath.invalid }
        let artifacts = service.artifacts
        let incoming = try artifacts.makeIncomingPath()
        do {
            try await files.writeFile(contents: body, path: incoming, context: context)
            try await service.onDisk { () throws(MLflowError) in
                try artifacts.place(incoming, at: path)
            }
        } catch {
            artifacts.discard(incoming)
            if let error = error as? MLflowError { throw error }
            context.logger.warning("artifact upload failed", metadata: ["error": "\(error)"])
            throw MLflowError(.internalError, "The artifact could not be written.")
        }
        return MLflowAnswer.json(MLflowWriter.empty)
    }

    func download(
        _ path: ArtifactPath,
        _ request: Request,
        _ context: Context
    ) async throws(MLflowError) -> Response {
        let artifacts = service.artifacts
        let file = try await service.onDisk { () throws(MLflowError) in
            try artifacts.file(at: path)
        }
        var headers: HTTPFields = [
            .contentType: "application/octet-stream",
            .contentDisposition: Self.disposition(path),
            .xContentTypeOptions: "nosniff",
            .acceptRanges: "bytes",
        ]
        let part = ByteRange(request.headers[.range], of: file.byteCount)
        do {
            switch part {
            case .whole:
                let body = try await files.loadFile(path: file.path, context: context)
                return Response(status: .ok, headers: headers, body: body)
            case .part(let range):
                headers[.contentRange] =
                    "bytes \(range.lowerBound)-\(range.upperBound)/\(file.byteCount)"
                let body = try await files.loadFile(
                    path: file.path,
                    range: range,
                    context: context
                )
                return Response(status: .partialContent, headers: headers, body: body)
            case .none:
                headers[.contentRange] = "bytes */\(file.byteCount)"
                return Response(status: .rangeNotSatisfiable, headers: headers)
            }
        } catch {
            throw MLflowError(.resourceDoesNotExist, "No such artifact")
        }
    }

    /// Nothing stored is ever shown as a page of ours.
    private static func disposition(_ path: ArtifactPath) -> String {
        let name = path.components.last ?? ""
        let encoded = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "attachment; filename*=UTF-8''\(encoded)"
    }
}

/// What a request wants of a file, by its `Range` header (RFC 9110, 14.1.2). One range is served;
/// what is not understood is ignored, as the RFC asks.
package enum ByteRange: Hashable, Sendable {
    case whole
    case part(ClosedRange<Int>)
    /// The range begins after the end.
    case none

    package init(_ header: String?, of byteCount: Int64) {
        self = .whole
        let count = Int(byteCount)
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, !ends.joined().contains(where: { !$0.isASCII || !$0.isNumber })
        else { return }
        switch (Int(ends[0]), Int(ends[1])) {
        case (let first?, _) where first >= count: self = .none
        case (let first?, let last?):
            if first <= last { self = .part(first...min(last, count - 1)) }
        case (let first?, nil) where ends[1].isEmpty: self = .part(first...(count - 1))
        case (nil, let length?) where ends[0].isEmpty:
            self = length == 0 || count == 0 ? .none : .part(max(0, count - length)...(count - 1))
        default: return
        }
    }
}
