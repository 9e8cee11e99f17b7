import TestSupport
import Testing

extension PageTests {
    /// What holds on every page: parts fail alone, keys reach everything, colours can be read.
    @Suite
    struct Manners {
        private let sweep = "project=planted%20sweep"

        @Test(arguments: [
            Part(
                path: "/runs/?project=planted%20sweep",
                call: "series",
                stays: "tbody tr[data-id]"
            ),
            Part(
                path: "/runs/?project=planted%20sweep",
                call: "metrics",
                stays: ".panels il-figure"
            ),
            Part(
                path: "/lr-batch/?project=planted%20sweep&parameters=6e7&tokens=1e9",
                call: "figures/lr-batch-surface",
                stays: ".answer .value"
            ),
            Part(
                path: "/lr-batch/?project=planted%20sweep&parameters=6e7&tokens=1e9",
                call: "figures",
                stays: ".answer .value"
            ),
            Part(
                path: "/scaling/?project=planted%20sizes&law=chinchilla&flops=1e21",
                call: "figures",
                stays: ".answer .value"
            ),
            Part(path: "/settings/?project=planted%20sweep", call: "trash", stays: "#roles table"),
        ])
        func `a part that fails leaves the rest and can be asked again`(part: Part) async throws {
            let site = try Site.current
            let browser = site.browser
            let script = try await browser.inject(part.script)
            do {
                try await site.open(part.path)
                try await browser.wait(
                    "\(part.stays) stays",
                    "return !!document.querySelector('\(part.stays)')"
                )
                // Without the list of metrics the runs' own are drawn, and nothing is missing.
                if part.call != "metrics" {
                    try await browser.wait(
                        "the failure is told with its request and a button",
                        "const text = document.querySelector('main').textContent;"
                            + " return text.includes('a planted failure') && text.includes('r1')"
                            + " && text.includes('Try again')"
                    )
                    try await browser.run("window.isFailing = false; return 1")
                    try await browser.run(
                        "[...document.querySelectorAll('main button')]"
                            + ".filter(button => button.textContent === 'Try again')"
                            + ".forEach(button => button.click()); return 1"
                    )
                    try await browser.wait(
                        "it is answered at last",
                        "return !document.querySelector('main').textContent"
                            + ".includes('a planted failure')"
                    )
                }
                try await site.expectQuiet("\(part)")
            } catch {
                try await browser.withdraw(script)
                throw error
            }
            try await browser.withdraw(script)
        }

        @Test
        func `a silent stream is said, and the table stays`() async throws {
            let site = try Site.current
            let browser = site.browser
            // The page's clock runs ahead, so that forty seconds of silence pass at once.
            let script = try await browser.inject(
                """
                const now = Date.now;
                let ahead = 0;
                Date.now = () => now() + ahead;
                window.fallSilent = () => {
                  window.EventSource = class extends EventTarget { close() {} };
                  ahead = 60_000;
                };
                """
            )
            do {
                try await site.open("/runs/?\(sweep)")
                try await browser.wait("it is live", state("live"))
                try await browser.run("fallSilent(); return 1")
                try await browser.wait("it is not", state("lost"))
                let rows = "document.querySelectorAll('tbody tr[data-id]').length"
                #expect(try await browser.run("return \(rows)").number ?? 0 > 10)
                #expect(try await browser.text(".live").contains("not live · last"))
            } catch {
                try await browser.withdraw(script)
                throw error
            }
            try await browser.withdraw(script)
        }

        @Test
        func `menus close with Escape and give the focus back`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/runs/?\(sweep)")
            let open = "document.querySelectorAll('details:is(.picker, .menu)[open]').length"
            try await browser.wait("menus", "return !!document.querySelector('.picker summary')")
            try await browser.click(".picker summary")
            try await browser.wait("one is open", "return \(open) === 1")
            try await browser.type("\u{E00C}", into: ".picker[open] input")
            try await browser.wait(
                "none is, and its name has the focus",
                "return \(open) === 0 && document.activeElement.matches('.picker > summary')"
            )
            try await browser.click(".picker summary")
            try await browser.click("#query")
            try await browser.wait("a click elsewhere closes it", "return \(open) === 0")
        }

        @Test
        func `headings begin with the page and skip no level at its head`() async throws {
            let site = try Site.current
            let browser = site.browser
            for path in [
                "/", "/runs/?\(sweep)", "/lr-batch/?\(sweep)", "/recommend/?\(sweep)",
                "/data-check/?\(sweep)", "/settings/?\(sweep)", "/report/?\(sweep)",
            ] {
                try await site.open(path)
                let levels = try await browser.run(
                    "return [...document.querySelectorAll('h1, h2, h3, h4')]"
                        + ".filter(item => item.checkVisibility()).slice(0, 2)"
                        + ".map(item => item.tagName)"
                ).texts
                #expect(levels.first == "H1", "\(path): \(levels)")
                #expect(levels.count < 2 || levels[1] <= "H2", "\(path): \(levels)")
                try await browser.run("document.activeElement.blur(); return 1")
                let skip = try await browser.run(
                    "return document.querySelector('a.skip')?.getAttribute('href')"
                )
                #expect(skip.text == "#main", "\(path)")
            }
        }

        @Test(arguments: [false, true])
        func `texts and marks stand out from what is behind them`(dark: Bool) async throws {
            let site = try Site.current
            let browser = site.browser
            try await browser.setDark(dark)
            try await site.open("/")
            let weak = try await browser.run(
                """
                const canvas = document.createElement('canvas').getContext(
                  '2d', {willReadFrequently: true});
                const probe = document.body.appendChild(document.createElement('i'));
                const light = (name) => {
                  probe.style.color = `var(--${name})`;
                  canvas.fillStyle = getComputedStyle(probe).color;
                  canvas.fillRect(0, 0, 1, 1);
                  const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
                    const value = part / 255;
                    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
                  });
                  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05)
                  / (Math.min(light(a), light(b)) + 0.05);
                const pairs = [];
                for (const ground of ['ground', 'panel', 'selected']) {
                  for (const text of ['ink', 'dim', 'accent', 'ok', 'warn', 'bad']) {
                    pairs.push([text, ground, 4.5]);
                  }
                }
                pairs.push(['on-accent', 'accent', 4.5], ['control', 'ground', 3]);
                for (const index of '01234567') pairs.push([`series-${index}`, 'panel', 3]);
                const found = pairs.filter(([a, b, least]) => !(ratio(a, b) >= least));
                probe.remove();
                return found.map(([a, b]) => `${a} on ${b}: ${ratio(a, b).toFixed(2)}`);
                """
            )
            #expect(weak.texts.isEmpty)
            try await browser.setDark(false)
        }

        private func state(_ name: String) -> String {
            "return document.querySelector('.live')?.dataset.state === '\(name)'"
        }
    }
}

/// A page, one of its calls that is made to fail, and what must be there all the same.
struct Part: Sendable, CustomTestStringConvertible {
    var path: String
    var call: String
    var stays: String

    var testDescription: String { "\(call) of \(path)" }

    /// Fails the call while `isFailing`; the browser itself has nothing to report.
    var script: String {
        """
        window.isFailing = true;
        const real = window.fetch;
        window.fetch = (address, options) => {
          const isMeant = new URL(address, location.href).pathname.endsWith('/api/v1/\(call)');
          if (!window.isFailing || !isMeant) return real(address, options);
          return Promise.resolve(new Response(JSON.stringify(
            {code: 'internal', message: 'a planted failure', requestID: 'r1'}), {status: 500}));
        };
        """
    }
}
