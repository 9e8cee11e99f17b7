import Foundation
import TestSupport
import Testing

extension PageTests {
    /// Ten things that people come for, by the way of somebody who has read nothing: from the first
    /// page, through what is on the screen.
    @Suite
    struct Newcomers {
        @Test
        func `the best run says how far ahead it is and what goes with it`() async throws {
            let browser = try Site.current.browser
            try await ask("which run is best", of: Seed.project)
            try await browser.wait("the best run", "return !!document.querySelector('#best a')")
            let best = try await browser.text("#best")
            let first = try await browser.text("tbody tr[data-id] [data-part=open]")
            #expect(best.contains(first), "\(best)")
            #expect(best.contains("to the next") && best.contains("Why: "), "\(best)")
            #expect(best.contains("nonEmbeddingParameterCount"), "\(best)")
            try await browser.click("#what-matters")
            try await browser.wait("all keys", "return !!document.querySelector('.shares .share')")
            try await Site.current.expectQuiet("the best run")
        }

        @Test
        func `a rate for 7B on 2T tokens is called a guess beside its rivals`() async throws {
            let browser = try Site.current.browser
            try await ask("what do i set", of: Seed.project)
            try await browser.type("7B", into: "input[name=parameters]")
            try await browser.type("2T", into: "input[name=tokens]")
            try await browser.click("main form button")
            try await browser.wait(
                "the warning",
                "return document.querySelector('#cautions')?.textContent.includes('Far outside')"
            )
            let caution = try await browser.text("#cautions")
            #expect(caution.contains("1,000× in tokens"), "\(caution)")
            #expect(caution.contains("Published laws say rates from"), "\(caution)")
            #expect(try await browser.text("#knob-confidence").contains("outside data"))
            #expect(try await count("#rivals tbody tr") > 5)
            try await Site.current.expectQuiet("far outside the data")
        }

        @Test
        func `a running job is worth finishing or not`() async throws {
            let browser = try Site.current.browser
            try await ask("worth finishing", of: Seed.curves)
            try await browser.wait("the jobs", "return !!document.querySelector('#jobs tbody tr')")
            let rows = try await texts("#jobs tbody tr")
            #expect(rows.contains { $0.hasPrefix("bad") && $0.contains("may be stopped") })
            #expect(rows.contains { $0.hasPrefix("good") && $0.contains("go on") })
        }

        @Test
        func `what changed between the best two runs is a click away`() async throws {
            let browser = try Site.current.browser
            try await ask("which run is best", of: Seed.project)
            try await browser.wait("two runs", "return !!document.querySelector('#compare-two')")
            try await browser.click("#compare-two")
            try await browser.wait(
                "the keys that differ",
                "return location.pathname === '/compare/'"
                    + " && document.querySelectorAll('#differences tbody tr').length > 0"
            )
            let rows = try await texts("#differences tbody tr")
            #expect(rows.count <= 4, "two runs of one sweep differ in what was swept: \(rows)")
        }

        @Test
        func `the best mixture is said in words with how sure it is`() async throws {
            let browser = try Site.current.browser
            try await ask("which mixture", of: Seed.swarm)
            try await browser.wait(
                "the mixture",
                "return document.querySelector('#answer, .answer')?.textContent.includes('web ')"
            )
            let answer = try await browser.text(".answer")
            let words = answer.firstMatch(of: /web ([0-9]+) %/)
            #expect(words.flatMap { Int($0.1) } ?? 0 > 40, "\(answer)")
            #expect(answer.contains(/90 %: .*web [0-9]+ – [0-9]+ %/), "\(answer)")
        }

        @Test
        func `a shared link shows the same to somebody else`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/runs/?project=planted%20sweep&q=batchTokens%20%3D%2065536")
            try await browser.click("il-segmented[aria-label='x axis'] button[data-value=step]")
            try await browser.click("tbody tr[data-id] .swatch")
            try await lendClipboard()
            try await browser.click("#share")
            try await browser.wait("the link", "return copied.length === 1")
            let link = try await browser.run("return copied[0]").text
            let seen = "#summary, il-segmented [aria-pressed=true], tbody [data-part=open]"
            let before = try await texts(seen)
            try await browser.run("localStorage.clear(); sessionStorage.clear(); return 1")
            try await site.open("/")
            try await browser.open(link)
            #expect(try await texts(seen) == before)
            #expect(
                try await browser.run("return document.querySelector('#query').value").text
                    == "batchTokens = 65536"
            )
        }

        @Test
        func `a figure goes into a notebook by lines to copy`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/lr-batch/?project=planted%20sweep&parameters=6e7&tokens=1e9")
            try await site.waitForFigures()
            try await lendClipboard()
            try await browser.click(".figure-card details.menu summary")
            try await browser.wait(
                "the menu",
                "return document.querySelectorAll('details.menu[open] button').length > 3"
            )
            try await press("Copy Python", in: "details.menu[open] button")
            try await browser.wait("the lines", "return copied.length === 1")
            let lines = try await browser.run("return copied[0]").text
            let address = lines.firstMatch(of: /urlopen\("([^"]+)"\)/).map { String($0.1) } ?? ""
            #expect(lines.contains("plotly.io.from_json"), "\(lines)")
            let summary = try await browser.run(
                "return fetch('\(address)').then(answer => answer.json())"
                    + ".then(({data, layout}) => data.length ? layout.meta.summary : '')"
            )
            #expect(summary.text.contains("best LR"), "\(summary.text)")
        }

        @Test
        func `why a fit left a run out stands behind the count`() async throws {
            let browser = try Site.current.browser
            try await Site.current.open("/scaling/?project=planted%20sizes&law=chinchilla")
            try await browser.wait(
                "the count of runs left out",
                "return !!document.querySelector('#left-out-why')"
            )
            try await browser.click("#left-out-why")
            try await browser.wait(
                "the reasons are there",
                "return !!document.querySelector('dialog[open]')"
            )
            let words = try await browser.run(
                "return document.querySelector('dialog[open]').textContent"
            )
            #expect(words.text.contains("<img src=x onerror=alert(1)>"), "\(words.text)")
            #expect(words.text.contains("tokenCount"), "\(words.text)")
            try await browser.run("document.querySelector('dialog[open]').close(); return 1")
        }

        @Test
        func `a metric under an odd name becomes the loss`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let run = try await seed.startRun(project: "odd metric", name: "odd")
            let metric =
                ["key": "train/xent", "value": 2.5, "step": 1, "timestamp": 1_700_000_000_000]
                as [String: Any]
            let points = try seed.json(["run_id": run, "metrics": [metric]])
            _ = try await seed.send("POST", "/api/2.0/mlflow/runs/log-batch", points)
            let end = try seed.json(["status": "finished"])
            _ = try await seed.send("PATCH", "/api/v1/runs/\(run)", end)
            try await site.open("/runs/?project=odd%20metric")
            try await browser.wait("it is asked", "return !!document.querySelector('#no-loss')")
            try await browser.click("#no-loss button")
            try await browser.wait("roles", "return !!document.querySelector('input[name=loss]')")
            // A mistake is told at its field, which keeps the focus.
            try await browser.type("xent *", into: "input[name=loss]")
            try await browser.click("#roles button[type=submit]")
            try await browser.wait(
                "the mistake",
                "return document.querySelector('#role-loss').textContent.includes('found the end')"
                    + " && document.activeElement.name === 'loss'"
            )
            _ = try await browser.complaints()
            try await browser.clear("input[name=loss]")
            // A slash in a logged name is no division.
            try await browser.type("train/xent", into: "input[name=loss]")
            try await browser.click("#roles button[type=submit]")
            try await browser.wait("saved", "return !!document.querySelector('#roles-saved')")
            try await browser.wait(
                "the run is best now",
                "return document.querySelector('#best')?.textContent.includes('2.500')"
            )
            try await site.expectQuiet("odd metric")
        }

        @Test
        func `a project that is not there yet waits for its first run`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/")
            try await browser.click("#connect")
            try await browser.wait("a name", "return !!document.querySelector('#project-name')")
            try await browser.clear("#project-name")
            try await browser.type("my new job", into: "#project-name")
            let lines = try await browser.text("#intake")
            #expect(lines.contains("MLFLOW_EXPERIMENT_NAME='my new job'"), "\(lines)")
            #expect(lines.contains("mlflow.set_experiment(\"my new job\")"), "\(lines)")
            try await browser.click("#appears-at")
            try await browser.wait(
                "it waits",
                "return document.querySelector('main')?.textContent.includes('There is no project')"
            )
            let seed = Seed(url: site.server.url)
            let run = try await seed.startRun(project: "my new job", name: "the first")
            try await seed.log(run: run, steps: 0..<20)
            try await browser.wait(
                "the run shows by itself",
                "return document.querySelector('tbody tr[data-id]')?.textContent"
                    + ".includes('the first')"
            )
            // The address was asked for before there was anything at it.
            _ = try await browser.complaints()
        }

        /// From the first page by the link on the card of a project that asks this.
        private func ask(_ question: String, of project: String) async throws {
            let site = try Site.current
            try await site.open("/")
            try await site.browser.run(
                """
                const card = [...document.querySelectorAll('.project-card')]
                  .find(item => item.querySelector('h2').textContent === '\(project)');
                [...card.querySelectorAll('.questions a')]
                  .find(link => link.textContent.toLowerCase().includes('\(question)')).click();
                return 1
                """
            )
            try await site.browser.wait(
                "the page of the question",
                "return location.pathname !== '/' && document.body.dataset.ready === '1'"
            )
        }

        /// Takes what the page copies into `copied`.
        private func lendClipboard() async throws {
            try await Site.current.browser.run(
                "window.copied = [];"
                    + " navigator.clipboard.writeText = async (text) => copied.push(text); return 1"
            )
        }

        private func press(_ label: String, in buttons: String) async throws {
            try await Site.current.browser.run(
                "[...document.querySelectorAll('\(buttons)')]"
                    + ".find(button => button.textContent === '\(label)').click(); return 1"
            )
        }

        private func texts(_ selector: String) async throws -> [String] {
            try await Site.current.browser.run(
                "return [...document.querySelectorAll(\"\(selector)\")]"
                    + ".map(item => item.textContent)"
            ).texts
        }

        private func count(_ selector: String) async throws -> Int {
            try await texts(selector).count
        }
    }
}
