import Foundation
import TestSupport
import Testing

extension PageTests {
    /// How runs are looked at: on a phone, in colours, clipped, point by point, by keys.
    @Suite
    struct RunViews {
        private let page = "/runs/?project=planted%20sweep"

        @Test
        func `on a phone runs are cards of three fields that open their page`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.show(PageCase(dark: true, width: 390))
            try await site.open(page)
            let fields = try await browser.run(
                "return [...document.querySelectorAll('tr[data-id]')[3].children]"
                    + ".map(cell => cell.className).join('|')"
            )
            #expect(fields.text == "marks|name|state|number loss|number third")
            let height = try await browser.run(
                "return document.querySelector('tr[data-id]').getBoundingClientRect().height"
            )
            #expect(height.number == 56)
            try await site.expectQuiet("cards")
            try await browser.run("document.querySelector('tr[data-id] td.loss').click(); return 1")
            try await browser.wait(
                "the run's page",
                "return location.pathname === '/run/' && document.body.dataset.ready === '1'"
            )
            try await site.show(PageCase(dark: false, width: 1440))
        }

        @Test
        func `on a phone a button shows the links to all pages`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.show(PageCase(dark: false, width: 390))
            try await site.open(page)
            let shown =
                "return [...document.querySelectorAll('#page-links a')]"
                + ".filter(link => link.checkVisibility()).length"
            #expect(try await browser.run(shown).number == 0)
            try await browser.click(".pages-button")
            #expect((try await browser.run(shown).number ?? 0) >= 10)
            try await site.expectQuiet("links of a phone")
            try await site.show(PageCase(dark: false, width: 1440))
        }

        @Test
        func `the table of runs stands on few modules`() async throws {
            let site = try Site.current
            try await site.open(page)
            let count = try await site.browser.run(
                """
                const seen = new Set();
                const follow = async (address) => {
                  if (seen.has(address)) return;
                  seen.add(address);
                  const text = await (await fetch(address)).text();
                  const found = text.matchAll(/^import\\s[^;]*?"(\\.[^"]+)";/gm);
                  for (const [, path] of found) await follow(new URL(path, address).href);
                };
                return follow(new URL('/runs/runs.js', location.href).href).then(() => seen.size);
                """
            )
            #expect((10...20).contains(Int(count.number ?? 0)))
        }

        @Test
        func `colours follow a value and are kept in the address`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("\(page)&x=step")
            try await choose("params.batchTokens", in: "#color-by")
            let legend =
                "[...document.querySelectorAll('#legend .group-key')].map(key => key.textContent)"
            try await browser.wait("the legend", "return \(legend).length > 1")
            let keys = try await browser.run("return \(legend)").texts
            try await browser.wait("the figure follows", "return \(Self.colors) === \(keys.count)")
            try await browser.open(try await browser.address())
            try await browser.wait("the figure again", "return \(Self.colors) === \(keys.count)")
            #expect(try await browser.run("return \(legend)").texts == keys)
            try await choose("roles.loss", in: "#color-by")
            try await browser.wait("a scale", "return !!document.querySelector('#legend .scale')")
            try await site.expectQuiet("colours by value")
        }

        @Test
        func `values far from all others are out of sight until asked for`() async throws {
            let site = try Site.current
            let browser = site.browser
            let values = (1...60).map { $0 == 30 ? 900 : 3 / Double($0) + 2 }
            let loss = "{\"steps\":\(Array(1...60)),\"values\":\(values)}"
            let line = Seed.line("spiked", ["learning_rate": 1e-3], loss)
            try await Seed(url: site.server.url).importLines([line], to: "spiked")
            try await site.open("/runs/?project=spiked&x=step")
            try await site.waitForFigures()
            let top = "document.querySelector('il-figure .plot')._fullLayout.yaxis.range[1]"
            #expect((try await browser.run("return \(top)").number ?? 0) < 10)
            let chip =
                "[...document.querySelectorAll('.panels .chip')]"
                + ".find(chip => chip.textContent === '1 clipped')"
            try await browser.run("\(chip).click(); return 1")
            try await browser.wait("all is seen", "return \(top) > 900")
            #expect(try await browser.address().contains("clip=0"))
            try await press("u")
            try await browser.wait("it is taken back", "return \(top) < 10 && !!(\(chip))")
            try await site.expectQuiet("clipped panel")
        }

        @Test
        func `values at the pointer are listed in order and kept by a click`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("\(page)&smooth=5")
            try await site.waitForFigures()
            let point =
                "const figure = document.querySelector('.panels il-figure');"
                + " const trace = figure.spec.data.find(one => one.hoverinfo === 'none');"
                + " const detail = {x: trace.x[5], data: trace, customdata: trace.meta.run};"
            try await browser.run(
                "\(point) figure.dispatchEvent(new CustomEvent('il-hover', {detail})); return 1"
            )
            let listed = try await browser.run(
                "return [...document.querySelectorAll('.tip tr')]"
                    + ".map(row => Number(row.children[2].textContent))"
            )
            let values = listed.texts.compactMap(Double.init)
            #expect(values.count > 1 && values == values.sorted())
            let isBold = try await browser.run(
                "return document.querySelectorAll('.tip tr.hovered').length === 1"
                    + " && document.querySelector('.tip tr').children.length === 4"
            )
            #expect(isBold.bool)
            try await browser.run(
                "\(point) figure.dispatchEvent(new CustomEvent('il-click', {detail}));"
                    + " figure.dispatchEvent(new CustomEvent('il-hover', {detail: null})); return 1"
            )
            #expect(try await browser.run("return \(Self.openTips)").number == 1)
            try await browser.run("document.querySelector('.tip.kept button').click(); return 1")
            #expect(try await browser.run("return \(Self.openTips)").number == 0)
        }

        @Test(arguments: [
            ("2", "x=step"), ("3", "x=flops"), ("4", "x=time"), ("5", "x=relative"),
            ("l", "logy=1"), ("L", "logx=1"), ("s", "smooth=1"),
        ])
        func `a key changes the view and u takes it back`(key: String, parameter: String)
            async throws
        {
            let site = try Site.current
            try await site.open(page)
            let before = try await site.browser.address()
            try await press(key)
            #expect(try await site.browser.address().hasSuffix("&\(parameter)"))
            try await press("u")
            #expect(try await site.browser.address() == before)
        }

        @Test
        func `a filter that finds nothing says which clause it is`() async throws {
            let site = try Site.current
            let browser = site.browser
            let filter = "peakLearningRate%20%3C%203e-3%20and%20tokenCount%20%3E%201e15"
            try await site.open("\(page)&q=\(filter)")
            let text = try await browser.text("main")
            #expect(text.contains("No run at all has tokenCount > 1e15."), "\(text)")
            try await browser.run(
                "[...document.querySelectorAll('.banner .chip')]"
                    + ".find(chip => chip.textContent === 'tokenCount > 1e15').click(); return 1"
            )
            try await browser.wait(
                "the rest finds runs",
                "return document.querySelector('#summary').textContent.startsWith('72 runs')"
            )
        }

        @Test
        func `a range of rows is marked with the shift key`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open(page)
            try await browser.run(
                "const boxes = document.querySelectorAll('[data-part=select]');"
                    + " boxes[1].click();"
                    + " boxes[4].dispatchEvent(new MouseEvent('click', {shiftKey: true,"
                    + " bubbles: true, cancelable: true})); return 1"
            )
            let marked = try await browser.run(
                "return document.querySelectorAll('[data-part=select]:checked').length"
            )
            #expect(marked.number == 4)
            #expect(try await browser.text("#compare") == "Compare 4 runs")
        }

        @Test
        func `compared runs stand among all runs`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open(page)
            let ids = try await browser.run(
                "return [...document.querySelectorAll('tr[data-id]')].slice(0, 2)"
                    + ".map(row => row.dataset.id)"
            )
            try await site.open("/compare/?runs=\(ids.texts.joined(separator: ","))")
            let lines = { (look: String) in
                "document.querySelectorAll('#coordinates polyline.\(look)').length"
            }
            try await browser.wait("they are drawn", "return \(lines("own")) === 2")
            #expect(try await browser.run("return \(lines("other"))").number == 0)
            try await browser.run(
                "document.querySelector('#coordinates .chip').click(); return 1"
            )
            try await browser.wait("the others too", "return \(lines("other")) > 100")
            #expect(try await browser.address().contains("others=1"))
            try await site.expectQuiet("compared among all")
        }

        /// How many colours the lines of the first figure have.
        private static let colors =
            "new Set((document.querySelector('.panels il-figure')?.spec?.data ?? [])"
            + ".filter(one => one.hoverinfo === 'none').map(one => one.line.color)).size"

        private static let openTips = "document.querySelectorAll('.tip:not([hidden])').length"

        private func press(_ key: String) async throws {
            try await Site.current.browser.run(
                "document.body.dispatchEvent(new KeyboardEvent('keydown',"
                    + " {key: '\(key)', bubbles: true})); return 1"
            )
        }

        private func choose(_ value: String, in select: String) async throws {
            try await Site.current.browser.run(
                "const select = document.querySelector('\(select)'); select.value = '\(value)';"
                    + " select.dispatchEvent(new Event('change')); return 1"
            )
        }
    }
}
