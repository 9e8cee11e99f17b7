import TestSupport
import Testing

extension PageTests {
    /// What the page of mixtures offers beside the optimum: constraints of single domains, figures
    /// of several targets, plans, and rules under way.
    @Suite
    struct MixtureTools {
        private let swarm = "project=planted%20swarm&target=loss"

        @Test
        func `a bound of one domain and a sum of two are edited, kept and named`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/mixtures/?\(swarm)")
            try await browser.wait("the bars are there", "return !!document.querySelector('#bars')")
            try await browser.run(
                "document.querySelectorAll('#constraints details').forEach(d => d.open = true);"
                    + " return 1"
            )
            try await browser.type("0.4", into: "input[aria-label='Greatest share of web']")
            try await browser.click("#constraints details:nth-of-type(2) button")
            try await browser.run(
                """
                const select = document.querySelector('#constraints .group select');
                for (const option of select.options) option.selected = option.value !== 'other';
                return 1
                """
            )
            try await browser.type("0.8", into: "input[aria-label='Greatest sum']")
            try await browser.click("#constraints > button")
            try await browser.wait(
                "the bound and the sum bind",
                "const text = document.querySelector('#binding')?.textContent ?? '';"
                    + " return text.includes('web') && text.includes('code')"
            )
            let address = try await browser.address()
            #expect(address.contains("bounds=") && address.contains("groups="))
            try await browser.open(address)
            try await browser.wait(
                "the address keeps them",
                "return !!document.querySelector('#binding')"
                    + " && document.querySelector('#constraints .group select')"
                    + ".selectedOptions.length === 2"
            )
            try await site.expectQuiet("bounds and sums")
        }

        @Test(arguments: [
            ("redistribute({a: 0.5, b: 0.3, c: 0.2}, 'a', 0.75)", "0.75,0.15,0.1"),
            ("redistribute({a: 1, b: 0, c: 0}, 'a', 0.5)", "0.5,0.25,0.25"),
            ("readMix('a:1,b:3', ['a', 'b', 'c'])", "0.25,0.75,0"),
            ("readMix('d/e:x:2', ['d/e:x', 'b'])", "1,0"),
            ("readMix('a:-1,b:much', ['a', 'b']) ?? {}", ""),
            ("readMix(writeMix({a: 0.2, b: 0.8}), ['a', 'b'])", "0.2,0.8"),
        ])
        func `shares by hand sum to one`(call: String, expected: String) async throws {
            let site = try Site.current
            if try await !site.browser.address().hasPrefix(site.server.url) {
                try await site.open("/")
            }
            let made = try await site.browser.run(
                "return import('/mixtures/lab.js').then(({redistribute, readMix, writeMix}) =>"
                    + " Object.values(\(call)).map(value => Number(value.toFixed(6))).join(','))"
            )
            #expect(made.text == expected)
        }

        @Test
        func `a share that is drawn is predicted at once and kept in the address`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/mixtures/?\(swarm)")
            try await browser.wait(
                "the best mixture is predicted",
                "return document.querySelector('#lab footer')?.textContent.includes('predicted')"
            )
            try await browser.run(
                "window.best = document.querySelector('#lab footer').textContent;"
                    + " const share = document.querySelector('#lab input'); share.value = '0.95';"
                    + " share.dispatchEvent(new Event('input'));"
                    + " share.dispatchEvent(new Event('change')); return 1"
            )
            try await browser.wait(
                "the prediction follows",
                "const text = document.querySelector('#lab footer').textContent;"
                    + " return text.includes('predicted') && text !== window.best"
            )
            #expect(try await browser.address().contains("mix="))
            #expect(try await browser.text("#lab").contains("95.0 %"))
            try await browser.open(try await browser.address())
            try await browser.wait(
                "the address keeps it",
                "return document.querySelector('#lab')?.textContent.includes('95.0 %')"
            )
            try await site.expectQuiet("a mixture by hand")
        }

        @Test
        func `the certainty of every share is drawn`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/mixtures/?\(swarm)")
            try await browser.wait(
                "the shares are drawn",
                "document.querySelector('#mixture-certainty')?.scrollIntoView();"
                    + " return !!document.querySelector('#mixture-certainty[data-drawn]')"
            )
            #expect(try await browser.label("#mixture-certainty").contains("web"))
            let reach = try await browser.run(
                "const best = document.querySelector('#mixture-certainty').spec.data[0];"
                    + " return best.error_y.array.every(above => above >= 0)"
                    + " && best.error_y.arrayminus.every(below => below >= 0)"
            )
            #expect(reach.bool)
            try await site.expectQuiet("certainty")
        }

        @Test
        func `a target that is kept low holds the optimum`() async throws {
            let site = try Site.current
            let browser = site.browser
            let kept = "%5B%7B%22target%22%3A%22loss%2Fcode%22%2C%22limit%22%3A%221.9%22%7D%5D"
            try await site.open("/mixtures/?\(swarm)&ceilings=\(kept)")
            try await browser.wait(
                "the ceiling binds",
                "return document.querySelector('#binding')?.textContent"
                    + ".includes('loss/code at most 1.9')"
            )
            try await site.expectQuiet("a ceiling")
        }

        @Test
        func `domains that move as one keep their proportions`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open(
                "/mixtures/?\(swarm)&frozen=%5B%5B%22web%22%2C%22other%22%5D%5D"
            )
            try await browser.wait("the bars are there", "return !!document.querySelector('#bars')")
            let chosen = try await browser.run(
                "return document.querySelector('#constraints .frozen select').selectedOptions.length"
            )
            #expect(chosen.number == 2)
            let shares = try await browser.run(
                "return [...document.querySelectorAll('#shares tbody tr')]"
                    + ".map(row => [...row.cells].slice(0, 2).map(cell => cell.textContent).join(' '))"
            )
            // Left alone, the best mixture has hardly any of the weak domain.
            let other = try #require(shares.texts.first { $0.hasPrefix("other") })
            #expect((Double(other.split(separator: " ")[1]) ?? 0) > 5, "\(shares.texts)")
            try await site.expectQuiet("domains that move as one")
        }

        @Test
        func `a number that is none is told beside the form`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/mixtures/?\(swarm)")
            try await browser.wait(
                "the form is there",
                "return !!document.querySelector('#constraints')"
            )
            try await browser.type("much", into: "input[name=greatest]")
            try await browser.click("#constraints > button")
            let complaint = try await browser.text("#constraint-complaint")
            #expect(complaint.contains("much is no number"))
        }

        @Test(arguments: [
            PageCase(dark: false, width: 1440), PageCase(dark: true, width: 390),
        ])
        func `triangle, worth and trade-off are drawn for two targets`(view: PageCase) async throws
        {
            let site = try Site.current
            let browser = site.browser
            try await browser.setDark(view.dark)
            try await browser.setViewport(width: view.width, height: 900)
            try await site.open("/mixtures/?\(swarm)&against=loss%2Fcode")
            for figure in ["mixture-ternary", "mixture-worth", "mixture-tradeoff"] {
                try await browser.wait(
                    "\(figure) is there",
                    "document.querySelector('#\(figure)')?.scrollIntoView();"
                        + " return !!document.querySelector('#\(figure)[data-drawn]')"
                )
            }
            let worth = try await browser.label("#mixture-worth")
            #expect(worth.contains("each of 3 domains"))
            #expect(try await browser.text("#explore").contains("giving up"))
            try await site.expectNoFailedFigure("figures of two targets")
            try await site.expectQuiet("figures of two targets \(view)")
            try await browser.setDark(false)
            try await browser.setViewport(width: 1440, height: 900)
        }

        @Test
        func `next runs keep to the bounds and are saved as files`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/mixtures/?\(swarm)&greatest=0.5")
            try await browser.wait("the bars are there", "return !!document.querySelector('#bars')")
            try await browser.click("#plans form button")
            try await browser.wait(
                "the plan is there",
                "return document.querySelectorAll('#planned tbody tr').length === 4"
            )
            let shares = try await browser.run(
                "return [...document.querySelectorAll('#planned td:nth-child(2)')].flatMap("
                    + "cell => cell.textContent.match(/[\\d.]+(?= %)/g))"
            )
            #expect(shares.texts.allSatisfy { (Double($0) ?? 100) <= 50.05 }, "\(shares.texts)")
            try await browser.run(
                """
                window.saved = [];
                URL.createObjectURL = (blob) => { blob.arrayBuffer().then((bytes) =>
                  saved.push(new TextDecoder('latin1').decode(bytes))); return 'data:,' };
                HTMLAnchorElement.prototype.click = function () { };
                for (const button of document.querySelectorAll('#plan-files button')) button.click();
                return 1
                """
            )
            try await browser.wait("four files are saved", "return window.saved.length === 4")
            let files = try await browser.run("return window.saved.map(text => text.slice(0, 300))")
            #expect(files.texts.contains { $0.hasPrefix("{") })
            #expect(files.texts.contains { $0.hasPrefix("method: effective-data") })
            #expect(files.texts.contains { $0.hasPrefix("index,code,other,web") })
            #expect(files.texts.contains { $0.contains("ustar") })
            try await site.expectQuiet("plans")
        }

        @Test
        func `a rule under way is listed with its weights and its trace`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await Seed(url: site.server.url).plantOnlineMixture()
            try await site.open("/mixtures/?\(swarm)")
            try await browser.wait(
                "the rule is listed",
                "return document.querySelectorAll('#online-list tbody tr').length === 1"
            )
            #expect(try await browser.text("#online-list").contains("online-data-mixing"))
            try await browser.click("#online-list tbody button")
            try await browser.wait(
                "its trace is drawn",
                "document.querySelector('#online-trace')?.scrollIntoView();"
                    + " return !!document.querySelector('#online-trace[data-drawn]')"
            )
            try await site.expectQuiet("online mixtures")
        }
    }
}
