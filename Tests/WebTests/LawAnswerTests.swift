import TestSupport
import Testing

extension PageTests {
    /// What the pages of laws say first, and how their numbers are written.
    @Suite
    struct LawAnswers {
        private let page = "/critical-batch/?project=planted%20batches"

        @Test
        func `the answer comes before what is to be known of it and says no number twice`()
            async throws
        {
            let site = try Site.current
            let browser = site.browser
            try await site.show(PageCase(dark: false, width: 1440))
            try await site.open(page)
            try await browser.wait(
                "the figures",
                "return !!document.querySelector('#steps-to-target')"
            )
            let isFirst = try await browser.run(
                """
                const numbers = document.querySelector('#answer .answer');
                const others = ['#answer .dial', '#cautions', '#fit-strip', '#steps-to-target']
                  .map(name => document.querySelector(name)).filter(Boolean);
                const follows = Node.DOCUMENT_POSITION_FOLLOWING;
                return others.length >= 3
                  && others.every(one => numbers.compareDocumentPosition(one) & follows);
                """
            )
            #expect(isFirst.bool)
            let values = try await browser.run(
                "return [...document.querySelectorAll('#answer .value')]"
                    + ".map(one => one.textContent)"
            ).texts
            #expect(values.count >= 5 && Set(values).count == values.count, "\(values)")
            // A unit is written smaller than its number.
            #expect(
                try await browser.run(
                    "return !!document.querySelector('#answer .value small')"
                ).bool
            )
            try await site.expectQuiet("an answer of a law")
        }

        @Test
        func `an answer can be taken as a sentence`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open(page)
            try await browser.run(
                """
                window.copied = [];
                navigator.clipboard.writeText = async (text) => copied.push(text);
                [...document.querySelectorAll('#answer .actions button')]
                  .find(button => button.textContent === 'Copy sentence').click();
                return 1;
                """
            )
            try await browser.wait("the sentence", "return copied.length === 1")
            let sentence = try await browser.run("return copied[0]").text
            #expect(sentence.contains("waste at most 20 %"), "\(sentence)")
        }

        @Test
        func `a pure number has no unit on its axis, nor where it is read`() async throws {
            let site = try Site.current
            let browser = site.browser
            try await site.open("/lr-batch/?project=planted%20sweep")
            let drawn = "document.querySelector('#surface .js-plotly-plot')?._fullLayout"
            try await browser.wait("the surface", "return !!\(drawn)?.xaxis")
            let titles = try await browser.run(
                "return [\(drawn).xaxis, \(drawn).yaxis].map(axis => axis.title.text)"
            ).texts
            #expect(titles == ["peak learning rate", "batch (tokens per step)"])
            let read = try await browser.run(
                """
                return import('/components/figure-data.js').then(({withoutEmptyUnit}) =>
                  ['share (1)', 'loss (its unit)', 'tokens (1)', 'size (parameters)']
                    .map(withoutEmptyUnit));
                """
            ).texts
            #expect(read == ["share", "loss", "tokens", "size (parameters)"])
            try await site.expectQuiet("axes")
        }
    }
}
