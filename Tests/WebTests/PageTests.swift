import Foundation
import TestSupport
import Testing

@Suite(
    .serialized,
    .enabled(if: BrowserTests.canRun, "run scripts/setup and scripts/vendor"),
    .site
)
struct PageTests {
    private let sweep = "project=planted%20sweep"

    @Test
    func `pages of a project without runs offer lines to copy`() async throws {
        let site = try Site.current
        try await site.open("/runs/?project=Default")
        #expect(try await site.browser.text("main").contains("MLFLOW_TRACKING_URI="))
        try await site.expectQuiet("runs of an empty project")
        for page in ["lr-batch", "recommend"] {
            try await site.open("/\(page)/?project=Default")
            #expect(try await site.browser.text("main").contains("Cannot answer yet"))
            try await site.browser.wait(
                "runs to launch are named",
                "return document.querySelectorAll('#first-runs-planned tbody tr').length === 36"
            )
            try await site.expectQuiet("\(page) of an empty project")
        }
    }

    @Test(arguments: [
        PageCase(dark: false, width: 1440), PageCase(dark: true, width: 1440),
        PageCase(dark: false, width: 390), PageCase(dark: true, width: 390),
    ])
    func `every page answers without complaint`(view: PageCase) async throws {
        let site = try Site.current
        try await site.browser.setDark(view.dark)
        try await site.browser.setViewport(width: view.width, height: 900)
        try await site.open("/")
        try await site.expectQuiet("projects \(view)")
        #expect(try await site.browser.text("main").contains(Seed.project))
        for path in [
            "/runs/?\(sweep)", "/lr-batch/?\(sweep)",
            "/recommend/?\(sweep)&parameters=6e7&tokens=1e9&sequenceLength=1024",
        ] {
            try await site.open(path)
            // A figure is drawn when it comes on the screen; on a phone that needs scrolling.
            try await site.browser.run(
                "document.querySelector('il-figure')?.scrollIntoView(); return 1"
            )
            try await site.waitForFigures()
            try await site.expectQuiet("\(path) \(view)")
            try await site.expectNamedControls(path)
        }
        try await site.browser.setDark(false)
        try await site.browser.setViewport(width: 1440, height: 900)
    }

    @Test
    func `the learning rate and batch page draws every figure`() async throws {
        let site = try Site.current
        try await site.open("/lr-batch/?\(sweep)&parameters=6e7&tokens=1e9")
        try await site.waitForFigures(atLeast: 1)
        try await site.browser.run("window.scrollTo(0, document.body.scrollHeight); return 1")
        try await site.waitForFigures(atLeast: 6)
        let failed = try await site.browser.run(
            "return [...document.querySelectorAll('il-figure .failed, il-figure[data-failed]')]"
                + ".filter(item => !item.hidden).map(item => item.textContent)"
        )
        #expect(failed.texts.isEmpty)
        let role = try await site.browser.label("#surface")
        #expect(role.contains("Loss surface at N = 60M"))
        try await site.expectQuiet("all figures")
    }

    @Test
    func `the form leads to a recommendation and the address keeps it`() async throws {
        let site = try Site.current
        let browser = site.browser
        try await site.open("/recommend/?\(sweep)")
        try await browser.type("100M", into: "input[name=parameters]")
        try await browser.type("1.5B tokens", into: "input[name=tokens]")
        try await browser.type("1024", into: "input[name=sequenceLength]")
        try await browser.click("main form button")
        try await browser.wait(
            "the answer is there",
            "return !!document.querySelector('#knob-rate') && !document.querySelector('#invitation')"
        )
        let rate = try await browser.text("#knob-rate .value")
        #expect(rate.contains("e-3"))
        #expect(try await browser.text("#knob-batch").contains("sequences of 1,024 tokens"))
        #expect(try await browser.text("#knob-confidence").contains("inside data"))
        let address = try await browser.address()
        #expect(address.contains("parameters=100000000"))
        try await browser.open(address)
        #expect(try await browser.text("#knob-rate .value") == rate)
        try await site.expectQuiet("recommendation")
    }

    @Test
    func `a budget leads to next runs, with what a plain rule would reach`() async throws {
        let site = try Site.current
        let browser = site.browser
        try await site.open("/recommend/?\(sweep)&parameters=300M&tokens=4B&sequenceLength=1024")
        #expect(try await browser.text("#next-runs").contains("Which runs next?"))
        try await browser.type("1e19", into: "#next-runs input[name=budgetFLOPs]")
        try await browser.type("3", into: "#next-runs input[name=count]")
        try await browser.click("#next-runs form button")
        try await browser.wait(
            "the plan is there",
            "return document.querySelectorAll('#planned tbody tr').length >= 1"
        )
        let planned = try await browser.run(
            "return document.querySelectorAll('#planned tbody tr').length"
        )
        #expect((1...3).contains(Int(planned.number ?? 0)))
        let gain = try await browser.text("#gain")
        #expect(gain.contains("now") && gain.contains("after these runs"), "\(gain)")
        #expect(try await browser.text("#next-runs").contains("FLOPs in all"))
        try await browser.run(
            "window.copied = []; navigator.clipboard.writeText = async (text) => copied.push(text);"
                + " return 1"
        )
        try await browser.run(
            "[...document.querySelectorAll('#next-runs .tools button')].forEach(b => b.click());"
                + " return 1"
        )
        try await browser.wait("all three are copied", "return copied.length === 3")
        let copied = try await browser.run("return copied").texts
        #expect(copied[0].contains("\"batchSequences\":") && copied[0].hasPrefix("["))
        #expect(copied[1].hasPrefix("- parameterCount: "))
        #expect(copied[2].contains(" next-runs --project 'planted sweep' --law step-law"))
        #expect(copied[2].contains("--budget-flops 10000000000000000000 --count 3"))
        #expect(try await browser.address().contains("budgetFLOPs="))
        try await site.expectQuiet("next runs")
    }

    @Test
    func `a fixed batch asks the conditional question`() async throws {
        let site = try Site.current
        try await site.open("/recommend/?\(sweep)&parameters=6e7&tokens=1e9&batchTokens=131072")
        #expect(
            try await site.browser.text("#results").contains("best learning rate for that batch")
        )
        #expect(try await site.browser.text("#knob-batch").contains("as given"))
    }

    @Test
    func `a question that makes no sense is answered beside its field`() async throws {
        let site = try Site.current
        try await site.open("/recommend/?\(sweep)")
        try await site.browser.type("many", into: "input[name=parameters]")
        try await site.browser.click("main form button")
        let complaint = try await site.browser.text("#parameters-complaint")
        #expect(complaint.contains("a positive number"))
    }

    @Test
    func `the address that a training client prints leads to its run`() async throws {
        let site = try Site.current
        let browser = site.browser
        try await site.open("/runs/?\(sweep)")
        let run = try await browser.run(
            "return [document.querySelector('tbody tr[data-id]').dataset.id]"
        )
        let id = try #require(run.texts.first)
        try await site.open("/")
        try await browser.run("location.hash = '#/experiments/1/runs/\(id)'; location.reload()")
        try await browser.wait(
            "the run's page",
            "return location.pathname === '/runs/' && !!document.querySelector('#run-details')"
        )
        let address = try await browser.address()
        #expect(address.contains("project=planted") && address.contains("open=\(id)"))
        try await site.expectQuiet("printed address")
    }
}

struct PageCase: Sendable, CustomTestStringConvertible {
    var dark: Bool
    var width: Int

    var testDescription: String { "\(dark ? "dark" : "light"), \(width) px" }
}
