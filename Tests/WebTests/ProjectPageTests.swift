import Foundation
import TestSupport
import Testing

extension PageTests {
    /// Pages about a project as a whole: a fit, its data, its settings, what was concluded.
    @Suite
    struct ProjectPages {
        @Test(arguments: [
            PageCase(dark: false, width: 1440), PageCase(dark: true, width: 390),
        ])
        func `the page of a fit says which runs it used and why not the others`(view: PageCase)
            async throws
        {
            let site = try Site.current
            let browser = site.browser
            let id = try await fit("chinchilla", of: Seed.sizes)
            try await site.show(view)
            try await site.open("/fit/?id=\(id)")
            try await browser.wait(
                "the fit is there",
                "return document.querySelectorAll('#used tbody tr').length === 20"
            )
            #expect(try await browser.text("#parameters").contains("alpha"))
            let left = try await browser.run(
                "return document.querySelector('#left-out').textContent"
            )
            #expect(left.text.contains("<img src=x onerror=alert(1)>"), "\(left.text)")
            try await site.waitForFigures()
            try await site.expectNoFailedFigure("fit")
            try await site.expectQuiet("fit \(view)")
            try await site.expectNamedControls("fit")
            try await site.show(PageCase(dark: false, width: 1440))
        }

        @Test
        func `the data check finds the run that blew up`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/data-check/?project=planted%20sweep")
            let answer = try await browser.text("#answer")
            #expect(answer.contains("of 121 runs"), "\(answer)")
            #expect(try await browser.text("#checks").contains("<img src=x onerror=alert(1)>"))
            #expect(try await browser.text("#completeness").contains("peakLearningRate"))
            try await site.expectQuiet("data check")
            try await site.expectNamedControls("data check")
        }

        @Test
        func `a role that is set is read from then on`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let runs = (1...3).map {
                Seed.line(
                    "odd \($0)",
                    ["bs": Double(8 * $0)],
                    "{\"steps\":[1],\"values\":[3.5]}"
                )
            }
            try await seed.importLines(runs, to: "odd names")
            try await site.open("/settings/?project=odd%20names")
            try await browser.wait(
                "the roles are there",
                "return !!document.querySelector('input[name=batchTokens]')"
            )
            try await browser.type("bs*2048", into: "input[name=batchTokens]")
            try await browser.click("#roles button[type=submit]")
            try await browser.wait(
                "it is mapped",
                "return document.querySelector('input[name=batchTokens]')?.closest('tr')"
                    + ".textContent.includes('your mapping')"
            )
            let row = try await browser.run(
                "return document.querySelector('input[name=batchTokens]').closest('tr').textContent"
            )
            #expect(row.text.contains("3 have it"))
            try await site.expectQuiet("settings")
            try await site.expectNamedControls("settings")
        }

        @Test
        func `a deleted run comes back from the trash`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let id = try await seed.startRun(project: "thrown away", name: "the lost one")
            _ = try await seed.send("DELETE", "/api/v1/runs/\(id)", nil)
            try await site.show(PageCase(dark: true, width: 390))
            try await site.open("/settings/?project=thrown%20away&job=api")
            try await browser.wait(
                "it is listed",
                "return document.querySelector('#trash').textContent.includes('the lost one')"
            )
            try await browser.click("#trash tbody button")
            try await browser.wait(
                "it is gone from there",
                "return document.querySelector('#trash').textContent.includes('Nothing is in it')"
            )
            let run = try await seed.send("GET", "/api/v1/runs/\(id)", nil)
            #expect(run["name"] as? String == "the lost one")
            #expect(try await browser.text("#intake").contains("api/v1/points"))
            try await site.expectQuiet("trash")
            try await site.show(PageCase(dark: false, width: 1440))
        }

        @Test
        func `a report shows frozen and live figures and survives a reload`() async throws {
            let site = try Site.current
            let browser = site.browser
            let id = try await fit("chinchilla", of: Seed.sizes)
            let frozen = try await freeze("residual-board", fit: id)
            try await site.open("/report/?project=planted%20sizes")
            try await browser.click("#new-report")
            try await browser.wait("the editor", "return !!document.querySelector('#report-text')")
            try await browser.clear("#report-title")
            try await browser.type("What we saw", into: "#report-title")
            try await browser.type(
                "## First\n\nBoth <b>agree</b> **well**.\n\n![Kept](figure:\(frozen))\n\n"
                    + "![Now](live:extrapolation-ladder?law=chinchilla)\n",
                into: "#report-text"
            )
            try await browser.click("#save")
            try await browser.click("#done")
            try await browser.wait("it is shown", "return !!document.querySelector('#edit')")
            try await browser.open(try await browser.address())
            #expect(try await browser.text("article h1") == "What we saw")
            #expect(try await browser.text("article .report-body p") == "Both <b>agree</b> well.")
            try await site.waitForFigures(atLeast: 1)
            try await site.expectNoFailedFigure("report")
            try await site.expectQuiet("report")
            try await site.expectNamedControls("report")
            try await browser.run(
                "window.print = () => { window.printed = document.documentElement.dataset.theme"
                    + " === 'light' && [...document.querySelectorAll('article il-figure')]"
                    + ".every(figure => figure.dataset.drawn) }; return 1"
            )
            try await browser.click("#print")
            try await browser.wait("all figures are on paper", "return window.printed === true")
            try await site.open("/figure/?id=\(frozen)&now=1")
            try await site.waitForFigures(atLeast: 1)
            try await site.expectQuiet("frozen figure")
        }

        /// A finished fit of a law: one that there is, else a new one.
        private func fit(_ law: String, of project: String) async throws -> String {
            let seed = Seed(url: try Site.current.server.url)
            let place = project.replacing(" ", with: "%20")
            let known = try await seed.send("GET", "/api/v1/fits?project=\(place)&law=\(law)", nil)
            let finished = (known["fits"] as? [[String: Any]] ?? []).first {
                $0["status"] as? String == "finished" && $0["where"] == nil
            }
            if let id = finished?["id"] as? String { return id }
            let body = try JSONSerialization.data(
                withJSONObject: ["project": project, "law": law, "options": ["drawCount": 50]]
            )
            let job = try await seed.send("POST", "/api/v1/fits", body)
            let id = job["id"] as? String ?? ""
            for _ in 0..<900 {
                let state = try await seed.send("GET", "/api/v1/fits/\(id)", nil)
                if state["status"] as? String == "finished" { return id }
                try await Task.sleep(for: .milliseconds(50))
            }
            throw Seed.Failure(description: "the fit of \(law) did not end within 45 s")
        }

        private func freeze(_ kind: String, fit: String) async throws -> String {
            let seed = Seed(url: try Site.current.server.url)
            let body = try JSONSerialization.data(
                withJSONObject: [
                    "project": Seed.sizes, "title": "Kept", "kind": kind,
                    "parameters": ["fit": fit],
                ]
            )
            let answer = try await seed.send("POST", "/api/v1/frozen-figures", body)
            return answer["id"] as? String ?? ""
        }
    }
}
