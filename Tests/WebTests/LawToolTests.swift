import TestSupport
import Testing

extension PageTests {
    /// What the pages of laws share, and what is worked out in the browser: safe zones, compute.
    @Suite
    struct LawTools {
        private let sweep = "project=planted%20sweep&parameters=6e7&tokens=1e9"

        /// Loss above the best in per cent: 100 times the square of ln x plus that of ln y.
        private static let bowl =
            "const axis = Array.from({length: 41}, (_, index) => Math.exp((index - 20) / 10));"
            + "const bowl = {x: axis, y: axis, z: axis.map(y => axis.map(x =>"
            + " 100 * (Math.log(x) ** 2 + Math.log(y) ** 2)))};"

        @Test(arguments: [
            // Circles in ln: within 9 % both ends lie at exp(±0.3).
            ("safeZone(bowl, 9).rate.high.toFixed(2)", "1.35"),
            ("safeZone(bowl, 9).batch.low.toFixed(2)", "0.74"),
            ("safeZone(bowl, 9).rateAlone.high.toFixed(2)", "1.35"),
            ("safeZone(bowl, 9).isCut", "false"),
            ("safeZone(bowl, 500).isCut", "true"),
            ("safeZone(bowl, -1)", "null"),
            (
                "zoneInWords(safeZone(bowl, 9), 9).startsWith('LR 7.4e-1 – 1.3e+0 and batch')",
                "true"
            ),
        ])
        func `a safe zone is read from the surface`(call: String, expected: String) async throws {
            let made = try await run(
                "import('/lr-batch/safe-zone.js').then(({safeZone, zoneInWords}) => { \(Self.bowl)"
                    + " return String(\(call)); })"
            )
            #expect(made == expected)
        }

        @Test(arguments: [
            // L = N^-0.5: a loss 10 % higher takes 1.1^4 of the compute.
            ("{E: 0, A: 1, B: 0, alpha: 0.5, beta: 0.5}", "10", "46.41"),
            ("{E: 0, A: 1, B: 0, alpha: 0.5, beta: 0.5}", "0", "0.00"),
            // Most of the loss is irreducible: no compute brings 10 % back.
            ("{E: 1, A: 0.01, B: 0, alpha: 0.5, beta: 0.5}", "10", "Infinity"),
        ])
        func `a loss is told in compute`(law: String, percent: String, expected: String)
            async throws
        {
            let made = try await run(
                "import('/components/loss-law.js').then(({computeWorth}) =>"
                    + " computeWorth(\(law), {parameters: 1, tokens: 1})(\(percent)).toFixed(2))"
            )
            #expect(made == expected)
        }

        @Test
        func `an axis in compute changes numbers, title and hover`() async throws {
            let made = try await run(
                "import('/lr-batch/view.js').then(({axisInCompute, niceStep}) => {"
                    + " const spec = axisInCompute({data: [{x: [1, 2], y: [0, null],"
                    + " hovertemplate: '+%{x:.3f} %'}], layout: {xaxis: {range: [-1, 4]}}},"
                    + " 'x', value => 10 * value);"
                    + " return JSON.stringify([spec.data[0].x, spec.data[0].hovertemplate,"
                    + " spec.layout.xaxis.range, niceStep(0.3), niceStep(20)]); })"
            )
            #expect(made == #"[[10,20],"%{x:.3g} % more compute",[-10,40],0.5,20]"#)
        }

        @Test
        func `a stamp names project, fit and day`() async throws {
            let made = try await run(
                "import('/components/stamp.js').then(({stamp, stampedName}) => ["
                    + "stamp({fitID: '0123ABCD-EF00', project: 'a b', at: 0}),"
                    + " stampedName('One, two!', {layout: {meta: {provenance: {fitID: 'ff00'}}}})"
                    + ".replace(/\\d{4}-\\d\\d-\\d\\d$/, 'DAY')].join('; '))"
            )
            #expect(
                made == "Isoloss · project a b · fit 0123ABCD · 1970-01-01; one-two-fit-ff00-DAY"
            )
        }

        @Test
        func `the tolerance moves the outline and the words without a request`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/lr-batch/?\(sweep)")
            try await browser.wait(
                "the zone is said",
                "return /stay within 0.1 %/.test(document.querySelector('#zone')?.textContent)"
            )
            try await browser.wait(
                "everything is loaded",
                "return document.querySelectorAll('#next-best tbody tr').length === 3"
            )
            let asked = try await browser.run(
                "const count = performance.getEntriesByType('resource').length;"
                    + " const slider = document.querySelector('#tolerance'); slider.value = '0';"
                    + " slider.dispatchEvent(new Event('input'));"
                    + " return performance.getEntriesByType('resource').length - count"
            )
            #expect(asked.number == 0)
            #expect(try await browser.text("#zone").contains("stay within 1 %"))
            #expect(try await browser.text("#answer").contains("within +1 %"))
            #expect(try await browser.address().contains("tolerance=1"))
            let outline = try await browser.run(
                "return document.querySelector('#surface').spec.data"
                    + ".find(trace => trace.meta.role === 'plateau').contours.value"
            )
            #expect(outline.number == 1)
            try await site.expectQuiet("tolerance")
        }

        @Test
        func `a key hides the cloud, and an address cuts the surface at a batch`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/lr-batch/?\(sweep)&slice=131072")
            let cloud =
                "document.querySelector('#surface').spec?.data.find("
                + "trace => trace.meta.role === 'cloud')"
            try await browser.wait("the cloud is there", "return \(cloud)?.visible === true")
            try await browser.wait(
                "the slice is at its batch",
                "return document.querySelector('#lr-slice')?.spec && performance"
                    + ".getEntriesByType('resource').some(entry =>"
                    + " entry.name.includes('batchTokens=131072'))"
            )
            try await browser.run(
                "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'o', bubbles: true}));"
                    + " return 1"
            )
            #expect(try await browser.run("return \(cloud).visible").bool == false)
            #expect(try await browser.address().contains("cloud=0"))
            try await site.expectQuiet("a cloud")
        }

        @Test
        func `a fit that runs have overtaken says how many`() async throws {
            let made = try await run(
                "import('/components/fit-strip.js').then(({fitStrip}) => fitStrip({id: 'ab12cd34ef',"
                    + " finishedAt: Date.now() * 1000, runs: 124, staleRuns: 9, fit: {leftOut: ["
                    + "{runName: 'a', reason: 'no loss'}], leftOutCount: 9}},"
                    + " {project: 'p', onRefit: () => {}}).textContent)"
            )
            #expect(made.hasPrefix("fitted just now124 runs (9 left out: why)fit ab12cd34"))
            #expect(made.contains("9 runs newer, refit"))
        }

        @Test
        func `the list of fits opens with which laws can be trusted`() async throws {
            let site = try Site.current
            try await site.open("/scaling/?project=planted%20sizes&law=chinchilla")
            try await site.open("/fits/?project=planted%20sizes")
            let answer = try await site.browser.text("section.answer")
            #expect(answer.contains("Better than naive rules"))
            #expect(answer.contains("best naive rule"))
            try await site.expectQuiet("which laws can be trusted")
        }

        @Test
        func `a number opens what stands behind it`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/lr-batch/?\(sweep)")
            try await browser.wait(
                "the answer opens what stands behind it",
                """
                window.proof = document.querySelector('.proof:popover-open')?.innerText ?? '';
                if (!proof) document.querySelector('#answer button.value')?.click();
                return proof.includes('method');
                """
            )
            let proof = try await browser.run("return proof").text
            #expect(proof.contains("90 %") && proof.contains("runs") && proof.contains("method"))
            #expect(proof.contains("why?"))
            try await site.expectQuiet("a proof")
        }

        @Test(arguments: [
            "lr-batch/?project=planted%20sweep", "scaling/?project=planted%20sizes&flops=1e21",
            "recommend/?project=planted%20sweep&parameters=6e7&tokens=1e9",
            "mixtures/?project=planted%20swarm&target=loss",
        ])
        func `every page of a law says where its numbers come from`(page: String) async throws {
            let site = try Site.current
            try await site.open("/" + page)
            try await site.browser.wait(
                "the strip is there",
                "return !!document.querySelector('#fit-strip')"
            )
            let strip = try await site.browser.run(
                "return document.querySelector('#fit-strip').innerText"
            ).text
            for word in ["fitted", "run", "fit ", "refit", "JSON", "Python"] {
                #expect(strip.contains(word), "\(page): \(strip)")
            }
            try await site.expectQuiet(page)
        }

        @Test
        func `the page of budgets opens with an answer that follows the slider`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/scaling/?project=planted%20sizes&law=chinchilla")
            try await browser.wait(
                "an answer before any question",
                "return !!document.querySelector('#answer button.value')"
            )
            let before = try await browser.run(
                "return document.querySelector('#answer .value').innerText"
            ).text
            try await browser.wait(
                "the dial is there",
                "return !!document.querySelector('#dial-flops')"
            )
            try await browser.run(
                "const dial = document.querySelector('#dial-flops'); dial.focus();"
                    + " dial.value = '24'; dial.dispatchEvent(new Event('input')); return 1"
            )
            try await browser.wait(
                "the answer follows",
                "return document.querySelector('#answer').textContent.includes('1.00e24 FLOPs')"
            )
            try await browser.wait(
                "the numbers follow",
                "return document.querySelector('#answer .value').innerText !== '\(before)'"
            )
            #expect(try await !browser.address().contains("flops="))
            try await browser.run(
                "document.querySelector('#dial-flops').dispatchEvent(new Event('change')); return 1"
            )
            try await browser.wait(
                "the budget is marked",
                "return document.querySelector('#loss-over-compute').spec?.data"
                    + ".some(trace => trace.meta.role === 'optimum')"
            )
            #expect(try await browser.address().contains("flops=1e%2B24"))
            let focus = try await browser.run("return document.activeElement.id")
            #expect(focus.text == "dial-flops")
            try await site.expectQuiet("a dial")
        }

        @Test
        func `runs left out are listed with their reasons`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/scaling/?project=planted%20sizes&flops=1e21")
            try await browser.wait(
                "the strip is there",
                "return !!document.querySelector('#left-out-why')"
            )
            try await browser.click("#left-out-why")
            try await browser.wait(
                "the reasons are there",
                "return !!document.querySelector('dialog[open]')"
            )
            let reasons = try await browser.text("dialog[open]")
            #expect(reasons.contains("1 run left out"))
            try await browser.click("dialog[open] form button")
            try await site.expectQuiet("left out")
        }

        private func run(_ script: String) async throws -> String {
            let site = try Site.current
            if try await site.browser.address().hasPrefix(site.server.url) == false {
                try await site.open("/")
            }
            return try await site.browser.run("return \(script)").text
        }
    }
}
