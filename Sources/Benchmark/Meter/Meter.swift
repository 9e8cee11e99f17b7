import Glibc

/// CPU that a server and its database spend between two moments.
struct Meter {
    let server: ProcessTree
    let database: ProcessTree?

    struct Reading {
        var server: ProcessTree.Usage
        var database: ProcessTree.Usage

        /// CPU seconds of both.
        var seconds: Double { server.seconds + database.seconds }
    }

    func read() -> Reading {
        Reading(server: server.usage(), database: database?.usage() ?? .init())
    }
}

extension Meter.Reading {
    static func - (later: Self, earlier: Self) -> Self {
        var result = later
        result.server.seconds -= earlier.server.seconds
        result.database.seconds -= earlier.database.seconds
        return result
    }
}
