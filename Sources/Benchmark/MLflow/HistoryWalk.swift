import Foundation

/// Reads a whole history by pages of 25,000, as a client does that never keeps a page.
struct HistoryWalk {
    var points = 0
    var pages = 0
    var bytes = 0
    var seconds = 0.0
    var firstPageSeconds = 0.0
    /// Bodies, kept only when asked for.
    var bodies: [[UInt8]] = []

    static func read(
        port: Int,
        run: String,
        key: String,
        keepsBodies: Bool = false
    ) throws(LoadError) -> HistoryWalk {
        var connection = try LoadConnection(port: port)
        var walk = HistoryWalk()
        var token: String?
        let clock = ContinuousClock()
        let start = clock.now
        let escaped = key.replacing("/", with: "%2F")
        repeat {
            var path = MLflowCalls.prefix + "/metrics/get-history?run_id=\(run)"
            path += "&metric_key=\(escaped)&max_results=25000"
            if let token { path += "&page_token=\(escape(token))" }
            let response = try connection.exchange(RequestText.get(path))
            guard response.status == 200 else {
                throw .refused(call: path, status: response.status, body: response.text)
            }
            if walk.pages == 0 { walk.firstPageSeconds = (clock.now - start) / .seconds(1) }
            walk.pages += 1
            walk.bytes += response.body.count
            token = nextToken(response.body)
            walk.bodies.append(response.body)
        } while token != nil
        walk.seconds = (clock.now - start) / .seconds(1)
        walk.points = walk.bodies.reduce(0) { $0 + count(in: $1) }
        if !keepsBodies { walk.bodies = [] }
        return walk
    }

    /// The token stands at one end of the answer, whoever wrote it.
    private static func nextToken(_ body: [UInt8]) -> String? {
        for piece in [body.suffix(600), body.prefix(600)] {
            let text = String(decoding: piece, as: UTF8.self)
            if let match = text.firstMatch(of: /"next_page_token"\s*:\s*"([^"]+)"/) {
                return String(match.1)
            }
        }
        return nil
    }

    private static func count(in body: [UInt8]) -> Int {
        // Each point has one "timestamp"; the letters t, i, m, e, s in a row are in nothing else.
        let word = Array("\"timestamp\"".utf8)
        var count = 0
        var index = 0
        while index + word.count <= body.count {
            if body[index] == word[0], body[index + 5] == word[5],
                body[index..<index + word.count].elementsEqual(word)
            {
                count += 1
                index += word.count
            } else {
                index += 1
            }
        }
        return count
    }

    private static func escape(_ token: String) -> String {
        token.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? token
    }
}
