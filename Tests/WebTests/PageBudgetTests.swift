import TestSupport
import Testing

extension PageTests {
    /// How soon pages answer. Times are printed, since they are the machine's; what makes them is
    /// asserted: few modules, and none that is asked for twice.
    @Suite
    struct Budgets {
        /// Modules that may stand between the address and the first table or answer.
        private static let moduleLimit = 24

        struct Page: Sendable, CustomTestStringConvertible {
            var path: String
            /// What is there once the page has answered.
            var answer: String
            var testDescription: String { path }
        }

        @Test(arguments: [
            Page(path: "/", answer: "main .card"),
            Page(path: "/runs/?project=planted%20sweep", answer: "main [role=row] a, tbody tr"),
            Page(
                path: "/lr-batch/?project=planted%20sweep&parameters=6e7&tokens=1e9",
                answer: "main .answer, main .number"
            ),
            Page(path: "/scaling/?project=planted%20sizes", answer: "main .answer, main .number"),
            Page(
                path: "/recommend/?project=planted%20sweep&parameters=6e7&tokens=1e9",
                answer: "main .knobs"
            ),
        ])
        func `a page stands on few modules and asks for none of them twice`(page: Page)
            async throws
        {
            let site = try Site.current
            let browser = site.browser
            let script = try await browser.inject(Self.probe(page.answer))
            let visits: [Visit]
            do {
                try await browser.forgetCache()
                visits = [
                    try await visit(page, site), try await visit(page, site),
                    try await visit(page, site),
                ]
            } catch {
                try await browser.withdraw(script)
                throw error
            }
            try await browser.withdraw(script)
            let (cold, warm) = (visits[0], visits[2])
            print(
                "budget \(page.path): answer \(cold.answer) ms cold, \(warm.answer) warm; figure"
                    + " \(cold.figure) cold, \(warm.figure) warm; \(cold.modules) modules"
            )
            #expect(cold.modules > 4 && cold.modules <= Self.moduleLimit)
            #expect(visits[1].fetched == 0 && warm.fetched == 0, "modules are kept")
        }

        private struct Visit {
            var answer: Int
            var figure: Int
            var modules: Int
            var fetched: Int
        }

        private func visit(_ page: Page, _ site: Site) async throws -> Visit {
            try await site.browser.leave()
            try await site.open(page.path)
            try await site.browser.wait(
                "\(page.path) has answered",
                "return window.pageTimes?.answer > 0"
                    + " && (pageTimes.figure > 0 || !document.querySelector('il-figure'))"
            )
            let times = try await site.browser.run(
                """
                const modules = performance.getEntriesByType('resource')
                  .filter((entry) => /\\/assets\\/.*\\.js$/.test(entry.name));
                const before = modules.filter((entry) => entry.startTime < pageTimes.answer);
                return [pageTimes.answer, pageTimes.figure ?? 0, before.length,
                  modules.filter((entry) => entry.transferSize > 0).length].map(Math.round);
                """
            ).texts
            let whole = times.compactMap(Int.init)
            try #require(whole.count == 4)
            return Visit(answer: whole[0], figure: whole[1], modules: whole[2], fetched: whole[3])
        }

        private static func probe(_ answer: String) -> String {
            """
            (() => {
              const times = (window.pageTimes = {});
              const look = () => {
                if (!times.answer && document.querySelector('\(answer)'))
                  times.answer = performance.now();
                if (!times.figure && document.querySelector('il-figure[data-drawn]'))
                  times.figure = performance.now();
              };
              // What the page asks for after its answer must not count as asked for before it.
              new MutationObserver(look).observe(document, {
                childList: true, subtree: true, attributeFilter: ['data-drawn'],
              });
            })();
            """
        }
    }
}
