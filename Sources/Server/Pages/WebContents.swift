import Compression
import Foundation

/// The modules, styles and the shell of the pages as they are at one moment, under one version.
/// A page is a folder with a module of the same name; the one shell, `page.html`, is filled in for
/// it. What a page loads lies under an address that names the version, so that browsers need not
/// ask for it again.
package struct WebContents: Sendable {
    struct File: Sendable {
        let bytes: [UInt8]
        let packed: [UInt8]?
    }

    /// The same for the same contents, whichever server read them.
    package let version: String
    private let files: [String: File]
    private let imports: [String: [String]]
    private let shell: String

    static let styles = "styles.css"
    /// The page at the address of the site itself.
    static let home = "projects"

    /// - Parameter texts: contents by path below the folder of pages.
    init(texts: [String: [UInt8]]) {
        var files = texts.mapValues { File(bytes: $0, packed: try? Gzip.compress($0)) }
        let styles = Self.joinedStyles(texts)
        files[Self.styles] = File(bytes: styles, packed: try? Gzip.compress(styles))
        self.files = files
        shell = String(decoding: texts["page.html"] ?? [], as: UTF8.self)
        imports = texts.filter { $0.key.hasSuffix(".js") }.reduce(into: [:]) { imports, file in
            imports[file.key] = ModuleImports.read(file.value, at: file.key)
        }
        var hash = FNV1a()
        for (path, bytes) in texts.sorted(by: { $0.key < $1.key }) {
            hash.add(path.utf8)
            hash.add([0])
            hash.add(bytes)
        }
        version = String(hash.value, radix: 36)
    }

    func file(_ path: String) -> File? { files[path] }

    func hasPage(_ name: String) -> Bool { imports["\(name)/\(name).js"] != nil }

    /// The shell filled in for a page.
    /// - Parameter root: how the page's address leads to that of the site: empty or `../`.
    package func page(_ name: String, root: String) -> String? {
        guard hasPage(name) else { return nil }
        let module = "\(name)/\(name).js"
        let assets = "\(root)assets/\(version)/"
        let preloads = modules(of: module).map {
            "  <link rel=\"modulepreload\" href=\"\(assets)\($0)\">"
        }
        return
            shell
            .replacingOccurrences(of: "{{root}}", with: root)
            .replacingOccurrences(of: "{{assets}}", with: assets)
            .replacingOccurrences(of: "{{page}}", with: name)
            .replacingOccurrences(of: "  {{modules}}", with: preloads.joined(separator: "\n"))
    }

    /// What a module loads before it runs, itself left out.
    package func modules(of module: String) -> [String] {
        var found: Set<String> = [module]
        var waiting = [module]
        while let next = waiting.popLast() {
            for path in imports[next] ?? [] where found.insert(path).inserted {
                waiting.append(path)
            }
        }
        return found.subtracting([module]).sorted()
    }

    /// One sheet, the order of the layers first; the order of the others does not matter.
    private static func joinedStyles(_ texts: [String: [UInt8]]) -> [UInt8] {
        let layers = "styles/layers.css"
        let others = texts.keys.filter {
            $0.hasPrefix("styles/") && $0.hasSuffix(".css") && $0 != layers
        }
        return ([layers] + others.sorted()).flatMap { (texts[$0] ?? []) + [10] }
    }
}
