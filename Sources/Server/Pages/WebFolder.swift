import Foundation
import Synchronization

/// The folder of pages, read again when a file of it has changed, looked at once a second at most.
package final class WebFolder: Sendable {
    private struct Reading {
        var stamps: [String: Date] = [:]
        var contents = WebContents(texts: [:])
        var readAt: ContinuousClock.Instant?
    }

    private static let kinds: Set<String> = ["js", "css", "html", "svg"]

    private let path: String
    private let reading = Mutex(Reading())

    package init(path: String) { self.path = path }

    package var contents: WebContents {
        reading.withLock { reading in
            let now = ContinuousClock.now
            if let last = reading.readAt, now - last < .seconds(1) { return reading.contents }
            let stamps = stamps()
            if stamps != reading.stamps || reading.readAt == nil {
                reading.contents = WebContents(texts: texts(stamps.keys))
                reading.stamps = stamps
            }
            reading.readAt = now
            return reading.contents
        }
    }

    private func stamps() -> [String: Date] {
        let files = FileManager.default
        var stamps: [String: Date] = [:]
        for name in files.enumeratedNames(path) where Self.kinds.contains(suffix(name)) {
            let attributes = try? files.attributesOfItem(atPath: path + "/" + name)
            stamps[name] = attributes?[.modificationDate] as? Date
        }
        return stamps
    }

    private func texts(_ names: some Sequence<String>) -> [String: [UInt8]] {
        names.reduce(into: [:]) { texts, name in
            if let data = FileManager.default.contents(atPath: path + "/" + name) {
                texts[name] = Array(data)
            }
        }
    }

    private func suffix(_ name: String) -> String { (name as NSString).pathExtension }
}

extension FileManager {
    /// Files of a folder and of the folders in it; those of `vendor` are served by themselves.
    fileprivate func enumeratedNames(_ folder: String) -> [String] {
        let top = (try? contentsOfDirectory(atPath: folder)) ?? []
        return top.flatMap { name -> [String] in
            guard name != "vendor" else { return [] }
            let inside = try? contentsOfDirectory(atPath: folder + "/" + name)
            return inside?.map { name + "/" + $0 } ?? [name]
        }
    }
}
