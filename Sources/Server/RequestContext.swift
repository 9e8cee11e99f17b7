import API
package import Foundation
package import Hummingbird
package import NIOCore

/// What travels with one request: Hummingbird's own storage, the peer's address, and the JSON of
/// our wire.
package struct IsolossRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let remoteAddress: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    package var maxUploadSize: Int { 16 << 20 }
    package var requestDecoder: JSONDecoder { WireJSON.decoder() }
    package var responseEncoder: JSONEncoder { WireJSON.encoder() }
}
