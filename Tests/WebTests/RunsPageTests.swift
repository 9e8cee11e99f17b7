import Foundation
import TestSupport
import Testing

extension PageTests {
    /// The Runs page: its table, its address and its live stream.
    @Suite
    struct Runs {
        private let page = "/runs/?project=planted%20sweep"

        @Test
        func `names of runs are text and diverged runs are marked`() async throws {
            let site = try Site.current
            try await site.open("\(page)&q=status%20%3D%20finished&sort=-roles.peakLearningRate")
            let first = try await site.browser.text("tbody tr[data-id]")
            #expect(first.contains("<img src=x onerror=alert(1)>"))
            #expect(first.contains("diverged"))
            try await site.expectQuiet("hostile name")
        }

        @Test
        func `filter, order and scales survive in the address`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open(page)
            try await browser.type("peakLearningRate < 3e-3", into: "#query")
            try await browser.wait(
                "the filter is in the address",
                "return location.search.includes('q=') && summary().startsWith('72 runs');"
                    + "function summary() { return document.querySelector('#summary').textContent }"
            )
            try await browser.click("th button")
            try await browser.click("il-segmented[aria-label='x axis'] button[data-value=step]")
            try await browser.wait("both are in the address", "return /sort=name/.test(location)")
            try await browser.wait(
                "the rows are in order",
                "const names = [...document.querySelectorAll('tbody tr[data-id]')].map(name);"
                    + "return names.length > 1 && names.every((n, i) => !i || names[i - 1] <= n);"
                    + "function name(row) { return row.querySelector('[data-part=open]').textContent }"
            )
            let address = try await browser.address()
            let rows = try await self.rows()
            try await site.open("/")
            try await browser.open(address)
            #expect(try await self.rows() == rows)
            let pressed = try await browser.text(
                "il-segmented[aria-label='x axis'] [aria-pressed=true]"
            )
            #expect(pressed == "step")
            try await site.expectQuiet("restored page")
        }

        @Test
        func `an opened run is an entry of the history`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open(page)
            try await browser.click("tbody [data-part=open]")
            try await browser.wait("details", "return !!document.querySelector('#run-details')")
            try await browser.back()
            try await browser.wait("no details", "return !document.querySelector('#run-details')")
            try await browser.forward()
            try await browser.wait("details", "return !!document.querySelector('#run-details')")
        }

        @Test
        func `a wrong filter is explained under the query line`() async throws {
            let site = try Site.current
            try await site.open(page)
            try await site.browser.type("lr <", into: "#query")
            try await site.browser.wait(
                "the complaint is shown",
                "return !document.querySelector('#query-complaint').hidden"
            )
        }

        @Test
        func `live points keep zoom, focus and typed text`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let run = try await seed.startRun(project: "live", name: "first")
            try await seed.log(run: run, steps: 0..<40)
            try await site.open("/runs/?project=live&x=step")
            try await site.waitForFigures()
            try await browser.run(
                "Plotly.relayout(document.querySelector('il-figure .plot'),"
                    + " {'xaxis.range': [5, 25]});"
                    + " document.querySelector('#query').focus(); return 1"
            )
            try await browser.wait("the zoom is kept", "return location.search.includes('from=5')")
            let before = try await drawnPoints()
            try await seed.log(run: run, steps: 40..<60)
            try await browser.wait("the end of the line moved", "return \(last) === 59")
            let range = try await browser.run(
                "return document.querySelector('il-figure .plot').layout.xaxis.range.join()"
            )
            #expect(range.text == "5,25")
            #expect(try await drawnPoints() > before)
            let focus = try await browser.run("return document.activeElement.id")
            #expect(focus.text == "query")
            try await site.expectQuiet("live page")
        }

        @Test
        func `a new run is announced and shown when asked for`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let first = try await seed.startRun(project: "announced", name: "first")
            try await seed.log(run: first, steps: 0..<5)
            try await site.open("/runs/?project=announced&x=step")
            let second = try await seed.startRun(name: "second", beside: first)
            try await seed.log(run: second, steps: 0..<5)
            let count = "document.querySelectorAll('tr[data-id]').length"
            try await browser.wait(
                "it is announced",
                "return !!document.querySelector('#newcomers')"
            )
            #expect(try await browser.run("return \(count)").number == 1)
            try await browser.click("#newcomers")
            try await browser.wait("both are listed", "return \(count) === 2")
        }

        @Test
        func `groups are over all their runs and kept in the address`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("\(page)&x=step")
            try await browser.run(
                "const select = document.querySelector('#group-by');"
                    + " select.value = 'params.batchTokens';"
                    + " select.dispatchEvent(new Event('change')); return 1"
            )
            let summary =
                "document.querySelector('.panels il-figure').spec?.layout.meta.summary ?? ''"
            try await browser.wait(
                "the panels are grouped",
                "return (\(summary)).includes('131072.0 (30 runs)')"
            )
            try await browser.open(try await browser.address())
            try await browser.wait(
                "they still are",
                "return (\(summary)).includes('131072.0 (30 runs)')"
            )
            try await site.expectQuiet("groups")
        }

        @Test
        func `a pinned run is subtracted from the others`() async throws {
            let site = try Site.current
            let browser = site.browser
            let run = try await browserRun()
            try await site.open("\(page)&x=step&pin=\(run)")
            try await browser.wait(
                "the difference is drawn",
                "return document.querySelector('#minus-base')?.spec?.layout.meta.summary"
                    + ".includes('minus')"
            )
            try await site.expectQuiet("difference to the pinned run")
        }

        @Test
        func `a view that is saved comes back with its filter`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("\(page)&q=peakLearningRate%20%3C%203e-3&x=step")
            try await browser.click("#save-view")
            try await browser.type("slow ones", into: "input[name=view-name]")
            try await browser.click(".view-form button")
            try await browser.wait(
                "it is listed",
                "return document.querySelector('#views a')?.textContent === 'slow ones'"
            )
            try await site.open(page)
            try await browser.wait("it is offered", "return !!document.querySelector('#views a')")
            try await browser.click("#views a")
            try await browser.wait(
                "its filter holds",
                "return document.querySelector('#summary')?.textContent.startsWith('72 runs')"
                    + " && document.querySelector('#query').value === 'peakLearningRate < 3e-3'"
            )
            try await site.expectQuiet("saved view")
        }

        /// The first run of the table.
        private func browserRun() async throws -> String {
            let site = try Site.current
            try await site.open(page)
            return try await site.browser.run(
                "return document.querySelector('tbody tr[data-id]').dataset.id"
            ).text
        }

        private let last = "document.querySelector('il-figure .plot').data.at(-1).x.at(-1)"

        private func drawnPoints() async throws -> Double {
            let script = "return document.querySelector('il-figure .plot').data.at(-1).x.length"
            return try await Site.current.browser.run(script).number ?? 0
        }

        private func rows() async throws -> [String] {
            try await Site.current.browser.run(
                "return [...document.querySelectorAll('tbody tr[data-id]')].slice(0, 20)"
                    + ".map(row => row.textContent)"
            ).texts
        }
    }
}
