import API
import Client
import TestSupport
import Testing

extension PageTests {
    /// Scaling, critical batch, fits and forecasts on projects of known laws.
    @Suite
    struct Laws {
        private let sizes = "project=planted%20sizes"
        private let batches = "project=planted%20batches"
        private let curves = "project=planted%20curves"

        @Test(arguments: [
            PageCase(dark: false, width: 1440), PageCase(dark: true, width: 390),
        ])
        func `pages of laws answer without complaint`(view: PageCase) async throws {
            let site = try Site.current
            try await site.browser.setDark(view.dark)
            try await site.browser.setViewport(width: view.width, height: 900)
            for path in [
                "/scaling/?\(sizes)&flops=1e21",
                "/critical-batch/?\(batches)&parameters=300M&wastePercent=20",
                "/fits/?\(sizes)", "/forecasts/?\(curves)",
            ] {
                try await site.open(path)
                try await site.browser.run(
                    "document.querySelector('il-figure')?.scrollIntoView(); return 1"
                )
                try await site.waitForFigures()
                try await site.expectNoFailedFigure(path)
                try await site.expectQuiet("\(path) \(view)")
            }
            try await site.browser.setDark(false)
            try await site.browser.setViewport(width: 1440, height: 900)
        }

        @Test(arguments: ["scaling", "critical-batch", "forecasts", "fits"])
        func `a project without runs says what the page needs`(page: String) async throws {
            let site = try Site.current
            try await site.open("/\(page)/?project=Default")
            let text = try await site.browser.text("main")
            #expect(
                ["Cannot answer yet", "Nothing is running", "No fit yet"].contains {
                    text.contains($0)
                }
            )
            // The list of fits holds what the other pages tried in vain.
            #expect(text.contains("MLFLOW_TRACKING_URI=") || page == "fits")
            try await site.expectQuiet(page)
        }

        @Test
        func `a budget leads to a size and tokens, and the address keeps it`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/scaling/?\(sizes)")
            #expect(try await browser.text("#parameters").contains("alpha"))
            let earlier = try await browser.run(
                "return document.querySelector('#answer .value')?.innerText ?? ''"
            ).text
            try await browser.type("1e21", into: "input[name=flops]")
            try await browser.click("main form button")
            // The budget stands there at once, its numbers when the server has answered.
            try await browser.wait(
                "the answer is there",
                "return document.querySelector('#answer').textContent.includes('1.00e21 FLOPs')"
                    + " && document.querySelector('#answer .value').innerText !== '\(earlier)'"
            )
            let answer = try await browser.text("#answer")
            #expect(answer.contains("90 %"))
            let value = try await browser.run(
                "return document.querySelector('#answer .value').innerText"
            ).text
            let address = try await browser.address()
            #expect(address.contains("flops=1e%2B21") || address.contains("flops=1e+21"))
            try await browser.open(address)
            try await browser.wait(
                "the same answer is there",
                "return document.querySelector('#answer .value')?.innerText === '\(value)'"
            )
            try await browser.wait(
                "the budget is marked",
                "return document.querySelector('#loss-over-compute').spec?.data"
                    + ".some(trace => trace.meta.role === 'optimum')"
            )
            try await site.expectQuiet("a budget")
        }

        @Test(arguments: [
            ("scaling/?project=isoflop&law=isoflop&flops=1e21", "isoflop-profiles"),
            ("scaling/?project=planted%20sizes&law=stack", "stack-weights"),
            (
                "critical-batch/?project=gradient-noise-scale&law=gradient-noise-scale",
                "noise-scale"
            ),
        ])
        func `a law with a figure of its own is drawn on its page`(page: String, kind: String)
            async throws
        {
            let site = try Site.current
            try await site.open("/" + page)
            try await site.waitForFigures()
            try await site.expectNoFailedFigure(page)
            let label = try await site.browser.label("#" + kind)
            #expect(label.count > 40, "\(page): \(label)")
            try await site.expectQuiet(page)
        }

        @Test(arguments: [
            ("transfer-check", ["rate-over-width", "transfer-by-group"]),
            ("model-selection", ["model-selection"]),
        ])
        func `a law without a page is drawn beside its fit`(law: String, kinds: [String])
            async throws
        {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/fits/?project=" + law)
            try await browser.run(
                "document.querySelector('select[name=law]').value = '\(law)'; return 1"
            )
            try await browser.click("#fit-now")
            for kind in kinds {
                try await browser.wait(
                    "\(kind) is drawn",
                    "return !!document.querySelector('#\(kind)[data-drawn]')"
                )
            }
            try await site.expectNoFailedFigure(law)
            try await site.expectQuiet(law)
        }

        @Test
        func `another law is fitted and drawn when it is chosen`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/scaling/?\(sizes)")
            let laws = try await browser.run(
                "return [...document.querySelectorAll('select[name=law] option')].map(o => o.value)"
            )
            #expect(laws.texts.contains("chinchilla"))
            let last = try #require(laws.texts.last)
            try await browser.run(
                "const law = document.querySelector('select[name=law]'); law.value = '\(last)';"
                    + " law.dispatchEvent(new Event('change')); return 1"
            )
            try await browser.wait(
                "the law is shown or refused in words",
                "return location.search.includes('law=\(last)') || '\(last)' === 'chinchilla'"
            )
            try await browser.wait(
                "its card is there",
                "return !!document.querySelector('#law-card')"
            )
            try await site.expectQuiet("another law")
        }

        @Test
        func `a fit shows residuals, ladder and the runs left out`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/scaling/?\(sizes)&law=chinchilla")
            // Other tests fit other laws of the same project.
            let client = Client(address: try ServerAddress(site.server.url), token: nil)
            let fits = try await client.fits(of: Seed.sizes, law: "chinchilla").value.fits
            let fit = try #require(fits.first { $0.status == .finished })
            try await site.open("/fits/?\(sizes)&fit=\(fit.id)")
            #expect(try await browser.text("#fits").contains("finished"))
            #expect(try await browser.text("#diagnostics").contains("starts"))
            #expect(try await browser.text("#scores").contains("this law, group left out"))
            #expect(try await browser.text("#left-out").contains("1 run left out"))
            try await browser.run("window.scrollTo(0, document.body.scrollHeight); return 1")
            try await site.waitForFigures(atLeast: 3)
            try await site.expectNoFailedFigure("fits")
            let label = try await browser.label("#extrapolation-ladder")
            #expect(label.contains("smallest runs"))
            try await site.expectQuiet("one fit")
        }

        @Test
        func `a second fit appears while the page is open, with what changed`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/scaling/?\(sizes)")
            try await site.open("/fits/?\(sizes)")
            try await browser.run(
                "const law = document.querySelector('select[name=law]'); law.value = 'chinchilla';"
                    + " return 1"
            )
            let before = try await browser.run(
                "return document.querySelectorAll('#fits tbody tr').length"
            )
            try await browser.click("#fit-now")
            try await browser.wait(
                "the new fit is finished",
                "const rows = [...document.querySelectorAll('#fits tbody tr')];"
                    + " return rows.length > \(Int(before.number ?? 0))"
                    + " && rows[0].dataset.status === 'finished'"
                    + " && document.querySelector('#difference')?.textContent.includes('alpha')"
            )
            try await site.expectQuiet("a second fit")
        }

        @Test
        func `running jobs are forecast and the hopeless one may be stopped`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/forecasts/?\(curves)")
            try await browser.wait(
                "the jobs are there",
                "return document.querySelectorAll('#jobs tbody tr').length === 3"
            )
            let advice = try await browser.run(
                "return [...document.querySelectorAll('#jobs tbody tr')]"
                    + ".filter(row => row.textContent.includes('may be stopped'))"
                    + ".map(row => row.querySelector('button').textContent)"
            )
            #expect(advice.texts.contains("bad") && !advice.texts.contains("good"))
            try await browser.run(
                "[...document.querySelectorAll('#jobs button')]"
                    + ".find(button => button.textContent === 'good').click(); return 1"
            )
            try await browser.wait(
                "its figure is drawn",
                "return document.querySelector('#forecast')?.spec?.layout.meta.summary"
                    + ".startsWith('good is expected')"
            )
            #expect(try await browser.address().contains("run="))
            try await site.expectQuiet("forecasts")
        }

        @Test
        func `the risk of ending the best run is chosen and says what it saves`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/forecasts/?\(curves)&risk=20")
            try await browser.wait(
                "the choice is there",
                "return !!document.querySelector('#stop-words')"
            )
            let chosen =
                "return [...document.querySelectorAll('#stop-value ~ div button')]"
                + ".find(button => button.getAttribute('aria-pressed') === 'true').dataset.value"
            #expect(try await browser.run(chosen).text == "20")
            try await browser.click("#stop-value ~ div button")
            #expect(try await browser.address().contains("risk=0.5"))
            let mark = try await browser.run(
                "return document.querySelector('#stop-value').spec.layout.shapes.at(-1).x0"
            )
            #expect(mark.number == 0.5)
            #expect(try await browser.text("#stop-words").contains("of the steps saved"))
            try await site.expectQuiet("a risk")
        }
    }
}
