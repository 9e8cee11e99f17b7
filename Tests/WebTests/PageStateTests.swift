import TestSupport
import Testing

extension PageTests {
    /// Every page without data, with a server that fails and without one: it says so, and stays
    /// quiet, narrow and named.
    @Suite
    struct States {
        private static let pages = [
            "runs", "data-check", "settings", "fits", "forecasts", "lr-batch", "scaling",
            "critical-batch", "mixtures", "recommend", "report", "figure",
        ]
        private static let named = ["run", "compare", "fit"]

        @Test(arguments: [
            PageCase(dark: false, width: 1440), PageCase(dark: true, width: 390),
        ])
        func `a project without runs has pages that say what to do`(view: PageCase) async throws {
            let site = try Site.current
            try await site.show(view)
            for page in Self.pages {
                try await site.open("/\(page)/?project=Default")
                #expect(try await !site.browser.text("main").isEmpty, "\(page)")
                try await site.expectQuiet("\(page) of an empty project, \(view)")
                try await site.expectNamedControls(page)
            }
            for page in Self.named {
                try await site.open("/\(page)/")
                #expect(try await site.browser.text("main").contains("The address"), "\(page)")
                try await site.expectQuiet("\(page) without an id, \(view)")
            }
            try await site.show(PageCase(dark: false, width: 1440))
        }

        @Test(arguments: [
            ServerFault(
                kind: .failing,
                view: PageCase(dark: false, width: 390)
            ),
            ServerFault(
                kind: .offline,
                view: PageCase(dark: true, width: 1440)
            ),
        ])
        func `a server that does not answer is said on every page`(fault: ServerFault)
            async throws
        {
            let site = try Site.current
            let browser = site.browser
            try await site.show(fault.view)
            let script = try await browser.inject(fault.script)
            do {
                for path in Self.paths {
                    try await site.open(path)
                    let text = try await browser.text("main")
                    #expect(text.contains(fault.words), "\(path): \(text.prefix(200))")
                    try await site.expectQuiet("\(path), \(fault)")
                    try await site.expectNamedControls(path)
                }
            } catch {
                try await browser.withdraw(script)
                throw error
            }
            try await browser.withdraw(script)
            try await site.show(PageCase(dark: false, width: 1440))
        }

        @Test
        func `an address without its last slash leads to the page, the query with it`()
            async throws
        {
            let site = try Site.current
            try await site.open("/data-check?project=Default")
            let address = try await site.browser.address()
            #expect(address.hasSuffix("/data-check/?project=Default"))
            try await site.expectQuiet("after a redirect")
        }

        private static let paths: [String] = {
            let id = String(repeating: "0", count: 32)
            let other = String(repeating: "1", count: 32)
            let byID = [
                "run/?id=\(id)", "compare/?runs=\(id),\(other)", "fit/?id=\(id)",
                "report/?id=\(id)", "figure/?id=\(id)",
            ]
            return ["/"] + pages.map { "/\($0)/?project=planted%20sweep" } + byID.map { "/\($0)" }
        }()
    }
}

/// What becomes of the calls that a page makes.
struct ServerFault: Sendable, CustomTestStringConvertible {
    enum Kind: String, Sendable {
        case failing, offline
    }

    var kind: Kind
    var view: PageCase

    var testDescription: String { "\(kind.rawValue), \(view)" }

    /// What the page must say then.
    var words: String {
        kind == .failing ? "a planted failure" : "The server does not answer."
    }

    /// Takes the place of the page's own calls, so that the browser itself has nothing to report.
    var script: String {
        switch kind {
        case .failing:
            """
            window.EventSource = class extends EventTarget { close() {} };
            window.fetch = () => Promise.resolve(new Response(JSON.stringify(
              {code: 'internal', message: 'a planted failure', requestID: 'r1'}), {status: 500}));
            """
        case .offline:
            """
            window.EventSource = class extends EventTarget { close() {} };
            window.fetch = () => Promise.reject(new TypeError('offline'));
            """
        }
    }
}
