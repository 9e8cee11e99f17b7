import TestSupport
import Testing

extension PageTests {
    /// Marked runs in the address: named one by one, or, where they are many, by a kept view.
    @Suite
    struct RunsSelections {
        private let page = "/runs/?project=planted%20sweep"

        @Test
        func `a long selection is kept under an id that any browser can open`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open(page)
            #expect(try await mark(to: 11).contains("sel="))
            try await browser.wait("it is kept", "return \(Self.isKept)")
            let address = try await browser.address()
            #expect(!address.contains("sel="))
            try await site.open("/")
            try await browser.open(address)
            try await browser.wait("the runs are marked", "return \(Self.marked) === 12")
            let button = try await browser.text("#compare")
            #expect(button == "Compare the first 8 of 12")
            // It is another selection from here on, and a view of the page is none.
            #expect(try await mark(to: 11, from: 11).contains("sel="))
            #expect(try await browser.run("return \(Self.marked)").number == 11)
            let views = try await browser.run(
                "return fetch('/api/v1/views?project=planted%20sweep&page=runs')"
                    + ".then(answer => answer.json()).then(({views}) => views"
                    + ".filter(view => view.query.includes('sel=')).length)"
            )
            #expect(views.number == 0)
            try await browser.wait("it is kept too", "return \(Self.isKept)")
            try await site.expectQuiet("a long selection")
        }

        @Test
        func `a short selection stays readable`() async throws {
            let site = try Site.current
            try await site.open(page)
            try await mark(to: 7)
            try await Task.sleep(for: .seconds(1.5))
            let address = try await site.browser.address()
            #expect(address.contains("sel=") && !address.contains("selection="))
            #expect(try await site.browser.text("#compare") == "Compare 8 runs")
            try await site.expectQuiet("a short selection")
        }

        @Test
        func `a selection that the server does not keep stays in the address`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open(page)
            try await browser.run(
                """
                const send = window.fetch;
                window.refusals = 0;
                window.fetch = (address, options) => {
                  if (options?.method !== 'POST' || !String(address).includes('views'))
                    return send(address, options);
                  window.refusals += 1;
                  return Promise.resolve(new Response('{}', {status: 409}));
                };
                return 1;
                """
            )
            try await mark(to: 9)
            try await browser.wait("it was asked to", "return window.refusals > 0")
            try await Task.sleep(for: .milliseconds(300))
            let address = try await browser.address()
            #expect(address.contains("sel=") && !address.contains("selection="))
            try await site.open(page)
            try await site.expectQuiet("a selection refused")
        }

        private static let isKept = "/[?&]selection=[0-9a-f]{32}/.test(location.search)"
        private static let marked =
            "[...document.querySelectorAll('tr[data-id] input')].filter(box => box.checked).length"

        /// Marks a row, then with the shift key all rows to another; or the one row alone. Answers
        /// the query of the address at that moment.
        @discardableResult
        private func mark(to last: Int, from first: Int = 0) async throws -> String {
            try await Site.current.browser.run(
                """
                const boxes = [...document.querySelectorAll('tr[data-id] input')];
                boxes[\(first)].click();
                if (\(last) > \(first)) boxes[\(last)].dispatchEvent(
                  new MouseEvent('click', {bubbles: true, shiftKey: true}));
                return location.search;
                """
            ).text
        }
    }
}
