import TestSupport
import Testing

extension PageTests {
    /// The table of ten thousand runs. Times are printed, since they are the machine's; what makes
    /// them is asserted: few rows at once, and runs that are asked for when they are scrolled to.
    @Suite
    struct RunsAtScale {
        private static let count = 10_000
        private static let mostRows = 120
        private static let project = "project=ten%20thousand"
        private static let page = "/runs/?\(project)&x=step"

        @Test
        func `the first rows wait for no more runs than the screen holds`() async throws {
            let site = try Site.current
            try await plant(site)
            let browser = site.browser
            let script = try await browser.inject(Self.probe)
            do {
                try await site.open(Self.page)
                try await browser.wait("the table has begun", "return window.scale?.first > 0")
                try await browser.wait("the first screen is drawn", "return \(Self.isDrawn)")
            } catch {
                try await browser.withdraw(script)
                throw error
            }
            try await browser.withdraw(script)
            let before = try await browser.run(
                "return \(Self.lists).filter(([from]) => from < scale.first)"
                    + ".map(([, size]) => size)"
            ).texts.compactMap(Int.init)
            #expect(before.count == 1 && before[0] <= 100, "asked before the first row: \(before)")
            let sizes = try await browser.run("return \(Self.lists).map(([, size]) => size)")
            #expect(sizes.texts.compactMap(Int.init).allSatisfy { $0 <= 500 })
            let first = try await browser.run("return Math.round(scale.first)").text
            let busy = try await longTasks()
            print("10,000 runs: first row \(first) ms; \(busy)")
            try await site.expectQuiet("ten thousand runs")
        }

        @Test
        func `all runs can be scrolled through, a screen of rows at a time`() async throws {
            let site = try Site.current
            try await plant(site)
            let browser = site.browser
            try await openWatched()
            let begun = ContinuousClock.now
            // To the end again and again: each time more runs come.
            try await browser.run(
                """
                window.walk = setInterval(() => {
                  const table = document.querySelector('.runs-table');
                  table.scrollTop = table.scrollHeight;
                  scale.rows = Math.max(scale.rows, \(Self.rows));
                  if (document.querySelector('#summary').textContent.startsWith('10,000 runs '))
                    clearInterval(walk);
                }, 30);
                return 1;
                """
            )
            try await browser.wait("all are there", Self.summaryBegins("10,000 runs "))
            let lasted = ContinuousClock.now - begun
            for (place, name) in [("scrollHeight", "9999"), ("scrollHeight / 2", "5000")] {
                // Again and again: the table may be laid out anew after the last runs came.
                try await browser.wait(
                    "run \(name) is in sight",
                    "const table = document.querySelector('.runs-table');"
                        + " table.scrollTop = table.\(place); return \(Self.isInSight(name))"
                )
                #expect(try await rowCount() < Self.mostRows)
            }
            let most = Int(try await browser.run("return scale.rows").number ?? 0)
            #expect(most > 10 && most < Self.mostRows, "\(most) rows at once")
            let busy = try await longTasks()
            print("10,000 runs: scrolled through in \(lasted); \(busy)")
            try await site.expectQuiet("ten thousand runs scrolled")
        }

        @Test
        func `ten thousand runs are sorted, filtered, coloured and grouped`() async throws {
            let site = try Site.current
            try await plant(site)
            let browser = site.browser
            try await openWatched()
            try await browser.run(
                "[...document.querySelectorAll('.runs-table th button')]"
                    + ".find(button => button.textContent.startsWith('loss')).click(); return 1"
            )
            try await browser.wait(
                "the worst is first",
                "return \(Self.firstName) === 'scale 9999'"
            )
            try await longTasks(of: "sort")
            try await choose("params.learning_rate", in: "#color-by")
            try await browser.wait("the legend", "return \(Self.legend) === 5")
            try await longTasks(of: "colour")
            try await choose("params.width", in: "#group-by")
            try await browser.wait("a line a group", "return \(Self.groups) === 4")
            try await longTasks(of: "group")
            try await choose("", in: "#group-by")
            try await browser.wait("a line a run", "return \(Self.lines) === 10")
            try await longTasks(of: "ungroup")
            try await browser.type("block = 7", into: "#query")
            try await browser.wait("few are left", Self.summaryBegins("100 runs "))
            #expect(try await browser.run("return \(Self.firstName)").text == "scale 799")
            try await longTasks(of: "filter")
            #expect(try await rowCount() < Self.mostRows)
            try await site.expectQuiet("ten thousand runs in order")
        }

        @Test
        func `a selection that no address could name stays on the page`() async throws {
            let site = try Site.current
            try await plant(site)
            let browser = site.browser
            try await openWatched()
            try await browser.wait("many are there", Self.summaryBegins("600 runs"))
            try await browser.run("\(Self.boxes)[0].click(); return 1")
            try await browser.wait(
                "run 400 is marked",
                "document.querySelector('.runs-table').scrollTop = 400 * 28;"
                    + " const box = document.querySelector("
                    + "'tr[data-id] [aria-label=\"Select scale 400\"]');"
                    + " box?.dispatchEvent(new MouseEvent('click', {shiftKey: true, bubbles: true,"
                    + " cancelable: true})); return Boolean(box)"
            )
            #expect(try await browser.text("#compare") == "Compare the first 8 of 401")
            #expect(try await browser.text("#selection").contains("not in the link"))
            try await longTasks(of: "selecting 401")
            try await Task.sleep(for: .seconds(1.5))
            let address = try await browser.address()
            #expect(!address.contains("sel=") && !address.contains("selection="))
            // It outlives a change of the view that is taken back.
            try await choose("params.width", in: "#color-by")
            try await browser.wait("it is said", "return location.search.includes('color')")
            try await browser.run(
                "document.body.dispatchEvent(new KeyboardEvent('keydown',"
                    + " {key: 'u', bubbles: true})); return 1"
            )
            try await browser.wait("taken back", "return !location.search.includes('color')")
            #expect(try await browser.text("#compare") == "Compare the first 8 of 401")
            try await site.expectQuiet("many marked runs")
        }

        private static let rows = "document.querySelectorAll('.runs-table tr[data-id]').length"
        private static let boxes = "document.querySelectorAll('[data-part=select]')"
        private static let firstName =
            "document.querySelector('tr[data-id] [data-part=open]')?.textContent"
        private static let legend = "document.querySelectorAll('#legend .group-key').length"
        private static let traces =
            "(document.querySelector('.panels il-figure')?.spec?.data ?? [])"
            + ".filter(line => line.hoverinfo === 'none')"
        private static let lines = "\(traces).filter(line => line.meta.run).length"
        private static let groups = "\(traces).filter(line => !line.meta.run).length"
        private static let isDrawn =
            "document.querySelectorAll('.panels il-figure[data-drawn]').length >= 1"
        /// [when it was asked for, how many] of each list of runs.
        private static let lists =
            "performance.getEntriesByType('resource').filter(entry =>"
            + " new URL(entry.name).pathname.endsWith('/api/v1/runs')).map(entry =>"
            + " [entry.startTime, Number(new URL(entry.name).searchParams.get('limit') ?? 1e9)])"

        private static func summaryBegins(_ words: String) -> String {
            "return document.querySelector('#summary').textContent.startsWith('\(words)')"
        }

        private static func isInSight(_ name: String) -> String {
            """
            (() => {
              const view = document.querySelector('.runs-table').getBoundingClientRect();
              const row = document.querySelector('[aria-label="Select scale \(name)"]');
              const {top, bottom} = row?.getBoundingClientRect() ?? {top: 1e9, bottom: -1e9};
              return top >= view.top && bottom <= view.bottom + 1;
            })()
            """
        }

        /// When the first row is there, and the tasks that kept the page from answering.
        private static let probe = """
            window.scale = {first: 0, tasks: [], rows: 0};
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) scale.tasks.push(entry.duration);
            }).observe({type: 'longtask'});
            new MutationObserver(() => {
              if (!scale.first && document.querySelector('tr[data-id]'))
                scale.first = performance.now();
            }).observe(document, {childList: true, subtree: true});
            """

        private func openWatched() async throws {
            let site = try Site.current
            try await site.open(Self.page)
            try await site.waitForFigures()
            try await site.browser.run("\(Self.probe) return 1")
        }

        private func rowCount() async throws -> Int {
            Int(try await Site.current.browser.run("return \(Self.rows)").number ?? 0)
        }

        /// Says how long the page was busy, and begins anew.
        private func longTasks() async throws -> String {
            let longest = try await Site.current.browser.run(
                "const tasks = scale.tasks.splice(0);"
                    + " return [tasks.length, Math.round(Math.max(0, ...tasks))]"
            ).texts
            try #require(longest.count == 2)
            return "\(longest[0]) tasks over 50 ms, longest \(longest[1]) ms"
        }

        private func longTasks(of action: String) async throws {
            let busy = try await longTasks()
            print("10,000 runs: \(action), \(busy)")
        }

        private func choose(_ value: String, in select: String) async throws {
            try await Site.current.browser.run(
                "const select = document.querySelector('\(select)'); select.value = '\(value)';"
                    + " select.dispatchEvent(new Event('change')); return 1"
            )
        }

        /// 10,000 runs of three points, the loss in the order of the names: 2.5 MB of lines.
        private func plant(_ site: Site) async throws {
            let seed = Seed(url: site.server.url)
            let there = try? await seed.send("GET", "/api/v1/runs?\(Self.project)&limit=1", nil)
            if there != nil { return }
            let lines = (0..<Self.count).map { Self.line($0) }
            let begun = ContinuousClock.now
            try await seed.importLines(lines, to: "ten thousand")
            // A page that opens is told what changed in the last seconds.
            try await Task.sleep(for: .seconds(4))
            let size = lines.reduce(0) { $0 + $1.utf8.count }
            print("10,000 runs: \(size) bytes imported in \(ContinuousClock.now - begun)")
        }

        private static func line(_ index: Int) -> String {
            let rates = [1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2]
            let params: [String: Double] = [
                "learning_rate": rates[index % 5], "width": Double(64 << (index / 5 % 4)),
                "block": Double(index / 100),
            ]
            let loss = 2 + Double(index) / 10_000
            let values = [loss + 2, loss + 1, loss]
            return Seed.line(
                "scale \(index)",
                params,
                "{\"steps\":[10,20,30],\"values\":\(values)}"
            )
        }
    }
}
