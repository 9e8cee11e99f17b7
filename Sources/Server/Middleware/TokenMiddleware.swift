import API
import Foundation
import HTTPTypes
import Hummingbird

/// Asks every request but `/health` for the token, as a bearer token or as the password of Basic
/// authentication, which is all that some clients and every browser know.
struct TokenMiddleware: RouterMiddleware {
    let token: String

    func handle(
        _ request: Request,
        context: IsolossRequestContext,
        next: (Request, IsolossRequestContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path != "/health", !isAllowed(request.headers[.authorization]) else {
            return try await next(request, context)
        }
        throw APIError(
            .unauthorized,
            "This server asks for a token.",
            hint: "Send it as `Authorization: Bearer TOKEN`, or as the password with any user name."
        )
    }

    private func isAllowed(_ header: String?) -> Bool {
        guard let header, let space = header.firstIndex(of: " ") else { return false }
        let scheme = header[..<space].lowercased()
        let credentials = header[header.index(after: space)...].drop { $0 == " " }
        switch scheme {
        case "bearer":
            return isToken(credentials.utf8)
        case "basic":
            guard let data = Data(base64Encoded: String(credentials)),
                let colon = data.firstIndex(of: UInt8(ascii: ":"))
            else { return false }
            return isToken(data[data.index(after: colon)...])
        default:
            return false
        }
    }

    /// Compares in a time that depends on the length alone, so that guessing byte by byte is no
    /// use.
    private func isToken(_ given: some Collection<UInt8>) -> Bool {
        let wanted = Array(token.utf8)
        var difference = given.count ^ wanted.count
        for (index, byte) in given.enumerated() {
            difference |= Int(byte ^ wanted[index % wanted.count])
        }
        return difference == 0
    }
}
