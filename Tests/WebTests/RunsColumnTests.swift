import TestSupport
import Testing

extension PageTests {
    /// Columns that stay at the left, and tables that say in each row where they come from.
    @Suite
    struct RunsColumns {
        private let page = "/runs/?project=planted%20sweep&cols=params.lr,metrics.loss"

        private static let heads =
            "[...document.querySelectorAll('.runs-table th')].slice(1, 4)"
            + ".map(head => head.textContent.replace(/[ ↑↓]/g, '')).join('|')"

        @Test
        func `a column that is kept at the left comes first and does not scroll away`()
            async throws
        {
            let site = try Site.current
            let browser = site.browser
            try await site.show(PageCase(dark: false, width: 1440))
            try await site.open("\(page)&left=lr")
            #expect(try await browser.run("return \(Self.heads)").text == "Run|LR|State")
            // Beside the name, however far the table is scrolled.
            try await browser.wait(
                "its place",
                """
                const table = document.querySelector('.runs-table');
                table.style.width = '420px';
                table.scrollLeft = 150;
                const [, name, kept, next] = [...table.querySelectorAll('tr[data-id] td')]
                  .map(cell => cell.getBoundingClientRect());
                return table.scrollLeft > 0 && Math.abs(kept.left - name.right) < 2
                  && next.left < kept.right;
                """
            )
            try await browser.run(
                """
                const list = document.querySelector('#left-columns');
                list.closest('.picker').open = true;
                list.open = true;
                return 1;
                """
            )
            try await browser.wait(
                "the columns to choose from",
                "return !!document.querySelector('#left-columns input[value=tokens]')"
            )
            try await browser.click("#left-columns input[value=tokens]")
            #expect(try await browser.run("return \(Self.heads)").text == "Run|LR|tokens")
            #expect(try await browser.address().contains("left=lr,tokens"))
            try await browser.click("#left-columns input[value=lr]")
            #expect(try await browser.run("return \(Self.heads)").text == "Run|tokens|State")
            try await site.expectQuiet("columns at the left")
        }

        @Test
        func `runs that count no tokens are shown over steps`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/runs/?project=planted%20curves")
            try await browser.wait(
                "curves",
                "return document.querySelector('.panels il-figure')?.spec?.data.length > 0"
            )
            let axis = try await browser.run(
                "return document.querySelector('.panel-bar [aria-pressed=true]').textContent"
            )
            #expect(axis.text == "step")
            // Nor has the table columns that no run has a value for.
            let heads = try await browser.run(
                "return [...document.querySelectorAll('.runs-table th')]"
                    + ".map(head => head.textContent.replace(/[ ↑↓]/g, ''))"
            ).texts
            #expect(heads.contains("LR") && heads.contains("loss"), "\(heads)")
            #expect(Set(heads).isDisjoint(with: ["tokens", "batch", "N"]), "\(heads)")
            try await site.expectQuiet("runs without tokens")
        }

        @Test
        func `marking a run moves no row`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.show(PageCase(dark: false, width: 1440))
            try await site.open(page)
            let top = "document.querySelector('tr[data-id]').getBoundingClientRect().top"
            let before = try await browser.run("return \(top)").number
            try await browser.click("tr[data-id] [data-part=select]")
            try await browser.wait("what can be done", "return !!document.querySelector('#act')")
            #expect(try await browser.run("return \(top)").number == before)
            // What can be done lies over the table, not above it.
            let isOver = try await browser.run(
                """
                const [bar, table] = ['#selection', '.runs-table']
                  .map(name => document.querySelector(name).getBoundingClientRect());
                return bar.top > table.top && bar.bottom <= table.bottom;
                """
            )
            #expect(isOver.bool)
            try await site.expectQuiet("a marked run")
        }

        @Test(arguments: [
            (#"'a,b\r\n1,2\r\n', {fit: 'f'}"#, #"a,b,fit\r\n1,2,f\r\n"#),
            (
                #"'a\n"x\n""y"\nz', {fit: 'f', day: '1, 2'}"#,
                #"a,fit,day\n"x\n""y",f,"1, 2"\nz,f,"1, 2"\n"#
            ),
        ])
        func `saved tables say in each row where they come from`(call: String, expected: String)
            async throws
        {
            let site = try Site.current
            try await site.open(page)
            let made = try await site.browser.run(
                "return import('/components/stamped-csv.js')"
                    + ".then(({withColumns}) => JSON.stringify(withColumns(\(call))))"
            )
            let literal = expected.replacing("\"", with: "\\\"")
            #expect(made.text == "\"\(literal)\"")
        }
    }
}
