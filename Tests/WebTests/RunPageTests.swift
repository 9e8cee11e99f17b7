import Foundation
import TestSupport
import Testing

extension PageTests {
    /// The pages of one run and of several, and the way to them.
    @Suite
    struct RunPages {
        private let curves = "project=planted%20curves"

        @Test(arguments: [
            PageCase(dark: false, width: 1440), PageCase(dark: true, width: 390),
        ])
        func `a running run says how far it is and where it will end`(view: PageCase) async throws {
            let site = try Site.current
            let id = try await Seed(url: site.server.url).run("good", of: Seed.curves)
            try await site.show(view)
            try await site.open("/run/?id=\(id)")
            let answer = try await site.browser.text("#answer")
            #expect(answer.contains("60 %") && answer.contains("Will end at"), "\(answer)")
            #expect(answer.contains("Beats the best"), "\(answer)")
            try await site.browser.wait(
                "the loss has its panel",
                "return !!document.querySelector('#section-training il-figure')"
            )
            try await site.waitForFigures()
            try await site.expectNoFailedFigure("run")
            try await site.expectQuiet("run \(view)")
            try await site.expectNamedControls("run")
            #expect(try await site.browser.address().contains("project=planted"))
            try await site.show(PageCase(dark: false, width: 1440))
        }

        @Test
        func `a note and a tag of a run are kept by the server`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let id = try await seed.run("young", of: Seed.curves)
            try await site.open("/run/?id=\(id)")
            try await browser.type("worth <b>a look</b>", into: "#note textarea")
            try await browser.click("#note form button")
            try await browser.wait(
                "it is saved",
                "return document.querySelector('#note form button').hidden"
            )
            try await browser.type("asked", into: "#note input[name=tag]")
            try await browser.type("yes", into: "#note input[name=tag-value]")
            try await browser.click("#note .tag-form button")
            try await browser.wait(
                "the tag is there",
                "return document.querySelector('#note .tags').textContent.includes('asked yes')"
            )
            let stored = try await seed.send("GET", "/api/v1/runs/\(id)", nil)
            #expect(stored["note"] as? String == "worth <b>a look</b>")
            #expect((stored["tags"] as? [String: String])?["asked"] == "yes")
            try await site.expectQuiet("edited run")
        }

        @Test
        func `runs that are marked in the table are compared`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/runs/?\(curves)&q=status%20%3D%20finished&sort=roles.loss")
            try await browser.run(
                "[...document.querySelectorAll('tbody [data-part=select]')].slice(0, 2)"
                    + ".forEach(box => box.click()); return 1"
            )
            #expect(try await browser.text("#compare") == "Compare 2 runs")
            try await browser.open(try await browser.address())
            #expect(try await browser.text("#compare") == "Compare 2 runs")
            try await browser.click("#compare")
            try await browser.wait(
                "the comparison",
                "return location.pathname === '/compare/' && document.body.dataset.ready === '1'"
            )
            let keys = try await browser.run(
                "return [...document.querySelectorAll('#differing tbody th')]"
                    + ".map(cell => cell.textContent)"
            )
            #expect(keys.texts == ["learning_rate"])
            let answer = try await browser.text("#answer")
            #expect(answer.contains("Difference in loss at 1k steps"), "\(answer)")
            #expect(answer.contains("peer 1 − peer 0"), "\(answer)")
            #expect(answer.contains("+0.0"), "\(answer)")
            try await site.waitForFigures()
            try await site.expectNoFailedFigure("comparison")
            try await site.expectQuiet("comparison")
            try await site.expectNamedControls("comparison")
        }

        @Test
        func `a comparison is copied as Markdown and CSV`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let first = try await seed.run("peer 3", of: Seed.curves)
            let second = try await seed.run("good", of: Seed.curves)
            try await site.show(PageCase(dark: true, width: 390))
            try await site.open("/compare/?runs=\(first),\(second)")
            try await browser.run(
                "window.copied = []; navigator.clipboard.writeText = async (text) => copied.push(text);"
                    + " [...document.querySelectorAll('#differences .tools button.quiet')]"
                    + ".forEach(button => button.click()); return 1"
            )
            try await browser.wait("both are copied", "return copied.length === 2")
            let copied = try await browser.run("return copied").texts
            #expect(copied[0].hasPrefix("|  | peer 3 | good |\n|---|---|---|\n"))
            #expect(copied[1].hasPrefix(",peer 3,good\n"))
            try await site.expectQuiet("narrow comparison")
            try await site.show(PageCase(dark: false, width: 1440))
        }

        @Test
        func `the palette leads to a page and to a run by its name`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/runs/?\(curves)")
            try await openPalette()
            try await browser.type("good", into: "#palette-input")
            try await browser.wait(
                "the run is offered",
                "return [...document.querySelectorAll('#palette-list li')]"
                    + ".some(row => row.textContent.startsWith('rungood'))"
            )
            try await browser.clear("#palette-input")
            try await browser.type("data ch", into: "#palette-input")
            try await browser.wait(
                "the page is offered first",
                "return document.querySelector('#palette-list li')?.textContent"
                    + ".includes('Data check')"
            )
            try await browser.type("\u{E007}", into: "#palette-input")
            try await browser.wait(
                "the page is there",
                "return location.pathname === '/data-check/' && document.body.dataset.ready === '1'"
            )
            #expect(try await browser.address().contains("project=planted"))
        }

        @Test
        func `the query line completes names and values`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/runs/?\(curves)")
            try await browser.type("stat\u{E015}\u{E007}= fini\u{E015}\u{E007}", into: "#query")
            let written = try await browser.run("return document.querySelector('#query').value")
            #expect(written.text == "status = finished ")
            try await browser.wait(
                "the filter holds",
                "return document.querySelector('#summary').textContent.startsWith('40 runs')"
            )
        }

        @Test
        func `the mark of a wrong filter stands under its character`() async throws {
            let site = try Site.current
            try await site.open("/runs/?\(curves)")
            try await site.browser.type("loss < 3 and (", into: "#query")
            try await site.browser.wait(
                "the complaint is shown",
                "return !document.querySelector('#query-complaint').hidden"
            )
            let place = try await site.browser.run(
                "return document.querySelector('#query-complaint').textContent.indexOf('^')"
            )
            #expect(place.number == 14)
        }

        private func openPalette() async throws {
            let browser = try Site.current.browser
            try await browser.run(
                "dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true})); return 1"
            )
            try await browser.wait(
                "the palette is open",
                "return !!document.querySelector('#palette-input')"
            )
        }
    }
}

extension Seed {
    /// The id of a run by its name.
    func run(_ name: String, of project: String) async throws -> String {
        let place = project.replacing(" ", with: "%20")
        let filter = "name%20=%20%22\(name.replacing(" ", with: "%20"))%22"
        let page = try await send("GET", "/api/v1/runs?project=\(place)&q=\(filter)", nil)
        let runs = page["runs"] as? [[String: Any]]
        guard let id = runs?.first?["id"] as? String else {
            throw Failure(description: "\(project) has no run \(name)")
        }
        return id
    }
}
