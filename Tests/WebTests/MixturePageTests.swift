import TestSupport
import Testing

extension PageTests {
    /// The page of mixtures on a swarm of a known law.
    @Suite
    struct Mixtures {
        private let swarm = "project=planted%20swarm&target=loss"

        @Test(arguments: [
            PageCase(dark: false, width: 1440), PageCase(dark: true, width: 390),
        ])
        func `the best mixture, its rivals and the figures are shown`(view: PageCase) async throws {
            let site = try Site.current
            let browser = site.browser
            try await browser.setDark(view.dark)
            try await browser.setViewport(width: view.width, height: 900)
            try await site.open("/mixtures/?\(swarm)")
            try await browser.wait(
                "the bars are there",
                "return document.querySelectorAll('#bars .mixture-bar').length > 2"
            )
            let answer = try await browser.text("#answer")
            #expect(answer.lowercased().contains("best mixture"))
            #expect(answer.lowercased().contains("rank correlation"))
            // A figure is drawn when it comes on the screen; on a phone that needs scrolling.
            try await browser.run(
                "document.querySelector('il-figure').scrollIntoView(); return 1"
            )
            try await site.waitForFigures()
            try await site.expectNoFailedFigure("mixtures")
            try await site.expectQuiet("mixtures \(view)")
            try await browser.setDark(false)
            try await browser.setViewport(width: 1440, height: 900)
        }

        @Test
        func `a bound moves the optimum and is named as what holds it`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/mixtures/?\(swarm)")
            try await browser.wait("the bars are there", "return !!document.querySelector('#bars')")
            try await browser.type("0.5", into: "input[name=greatest]")
            try await browser.click("#constraints > button")
            try await browser.wait(
                "the bound binds",
                "return document.querySelector('main').textContent.includes('What holds the optimum')"
            )
            #expect(try await browser.address().contains("greatest=0.5"))
            try await site.expectQuiet("a bound")
        }

        @Test
        func `a project without mixtures says how runs tell theirs`() async throws {
            let site = try Site.current
            try await site.open("/mixtures/?project=Default")
            #expect(try await site.browser.text("main").contains("import mixtures"))
            try await site.expectQuiet("no mixtures")
        }
    }
}
