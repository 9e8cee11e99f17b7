import Foundation
import TestSupport
import Testing

/// The real server with seeded projects and one browser, shared by all tests of the pages.
final class Site: Sendable {
    let server: ServerProcess
    let browser: WebDriver

    @TaskLocal private static var shared: Site?

    static var current: Site {
        get throws {
            try #require(shared, "the suite needs the trait .site")
        }
    }

    init(server: ServerProcess, browser: WebDriver) {
        self.server = server
        self.browser = browser
    }

    static func run(_ body: @Sendable () async throws -> Void) async throws {
        try await ServerProcess.with { server in
            let browser = try await WebDriver()
            let site = Site(server: server, browser: browser)
            do {
                let seed = Seed(url: server.url)
                try await seed.plantSweep()
                try await seed.plantLaws()
                try await $shared.withValue(site) { try await body() }
            } catch {
                await browser.close()
                throw error
            }
            await browser.close()
        }
    }

    /// Opens a page and waits for its first answer.
    func open(_ path: String) async throws {
        _ = try await browser.complaints()
        try await browser.open(server.url + path)
    }

    /// Waits until every figure on the screen is drawn.
    func waitForFigures(atLeast count: Int = 1) async throws {
        try await browser.wait(
            "\(count) figures are drawn",
            "return document.querySelectorAll('il-figure[data-drawn]').length >= \(count)"
        )
    }

    /// Neither an error nor a blocked resource, and no request to any other place.
    func expectQuiet(_ what: String, at location: SourceLocation = #_sourceLocation) async throws {
        let complaints = try await browser.complaints()
        #expect(complaints.isEmpty, "\(what)", sourceLocation: location)
        let foreign = try await browser.run(
            "return performance.getEntriesByType('resource').map(entry => entry.name)"
                + ".filter(name => !name.startsWith(location.origin))"
        )
        #expect(foreign.texts.isEmpty, "\(what)", sourceLocation: location)
        let overflow = try await browser.run(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        #expect((overflow.number ?? 0) <= 0, "\(what) scrolls sideways", sourceLocation: location)
    }
}

/// Runs a suite inside one `Site`.
struct SiteTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Site.run(function)
    }
}

extension Trait where Self == SiteTrait {
    static var site: SiteTrait { SiteTrait() }
}

/// Browser tests need what `scripts/setup` and `scripts/vendor` put in place. Under CI a missing
/// part is an error, elsewhere the tests are skipped.
enum BrowserTests {
    static var canRun: Bool {
        let isCI = ProcessInfo.processInfo.environment["CI"] != nil
        return isCI || missing == nil
    }

    static var missing: String? {
        let parts = [
            WebDriver.driverPath, Products.root + "/web/vendor/plotly-4.1.1.min.js",
            Products.program("isoloss-server"),
        ]
        return parts.first { !FileManager.default.fileExists(atPath: $0) }
    }
}

extension Site {
    /// Sets what the viewer has: dark or light, and how wide.
    func show(_ view: PageCase) async throws {
        try await browser.setDark(view.dark)
        try await browser.setViewport(width: view.width, height: 900)
    }

    /// Expects that every control has a name that a screen reader can say.
    func expectNamedControls(_ path: String) async throws {
        let nameless = try await browser.run(
            """
            return [...document.querySelectorAll(
                'button, input, select, textarea, a[href], il-figure')]
              .filter(item => item.checkVisibility() && !(item.ariaLabel || item.textContent.trim()
                || item.labels?.length || item.title))
              .map(item => item.outerHTML.slice(0, 120))
            """
        )
        #expect(nameless.texts.isEmpty, "\(path)")
    }

    /// Expects that every figure on the page was drawn.
    func expectNoFailedFigure(_ what: String) async throws {
        let failed = try await browser.run(
            "return [...document.querySelectorAll('il-figure .failed, il-figure[data-failed]')]"
                + ".filter(item => !item.hidden).map(item => item.textContent)"
        )
        #expect(failed.texts.isEmpty, "\(what)")
    }
}
