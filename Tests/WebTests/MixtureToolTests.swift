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
