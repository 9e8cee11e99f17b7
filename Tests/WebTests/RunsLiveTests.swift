import Foundation
import TestSupport
import Testing

extension PageTests {
    /// New points in many panels at once.
    @Suite
    struct RunsLive {
        private static let metrics = ["loss", "val_loss", "grad_norm", "speed"]

        @Test
        func `panels that follow the stream are drawn one a frame and stay zoomed`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let run = try await seed.startRun(project: "live panels", name: "first")
            try await log(run, steps: 0..<60, seed)
            try await site.open("/runs/?project=live%20panels&x=step&from=10&to=40")
            try await site.waitForFigures(atLeast: Self.metrics.count)
            try await browser.run(
                """
                window.watched = {frame: 0, draws: [], panels: new Set()};
                const tick = () => { watched.frame += 1; requestAnimationFrame(tick); };
                tick();
                const kind = customElements.get('il-figure').prototype;
                const draw = kind.draw;
                kind.draw = function () {
                  watched.draws.push(watched.frame);
                  watched.panels.add(this);
                  return draw.call(this);
                };
                return 1;
                """
            )
            try await log(run, steps: 60..<70, seed)
            try await log(run, steps: 70..<80, seed)
            try await browser.wait(
                "all panels have followed",
                "return [...document.querySelectorAll('.panels il-figure')].length"
                    + " >= \(Self.metrics.count) && [...document.querySelectorAll("
                    + "'.panels il-figure')].every(figure => figure.spec.data.some(line =>"
                    + " line.x.at(-1) === 79)) && watched.panels.size >= \(Self.metrics.count)"
            )
            let frames = try await browser.run(
                "return watched.draws.length - new Set(watched.draws).size"
            )
            #expect(frames.number == 0, "two panels were drawn in one frame")
            let ranges = try await browser.run(
                "return [...document.querySelectorAll('.panels il-figure .plot')]"
                    + ".map(plot => plot.layout.xaxis.range.join())"
            )
            #expect(Set(ranges.texts) == ["10,40"])
            #expect(try await browser.address().contains("from=10&to=40"))
            let chips = try await browser.run(
                "return [...document.querySelectorAll('.panels .chip')]"
                    + ".filter(chip => !chip.hidden && chip.textContent === 'new data').length"
            )
            #expect(chips.number == Double(Self.metrics.count))
            try await site.expectQuiet("live panels")
        }

        @Test
        func `the run at the pointer is bold in all panels, also when they are drawn anew`()
            async throws
        {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let run = try await seed.startRun(project: "bold panels", name: "first")
            try await log(run, steps: 0..<30, seed)
            try await site.open("/runs/?project=bold%20panels&x=step")
            try await site.waitForFigures(atLeast: Self.metrics.count)
            try await browser.run(
                "const figure = document.querySelector('.panels il-figure');"
                    + " const data = figure.spec.data.find(line => line.meta?.run);"
                    + " figure.dispatchEvent(new CustomEvent('il-hover',"
                    + " {detail: {x: data.x[5], data}})); return 1"
            )
            let bold = "document.querySelectorAll('.panels .bold path').length"
            #expect(try await browser.run("return \(bold)").number == Double(Self.metrics.count))
            let before = try await browser.run(Self.lengths).texts
            try await log(run, steps: 30..<60, seed)
            try await browser.wait(
                "the bold lines have followed",
                "const now = (() => { \(Self.lengths) })(); const before = \(before);"
                    + " return now.length === before.length"
                    + " && now.every((line, place) => line !== before[place])"
            )
            try await browser.run(
                "document.querySelector('.panels il-figure').dispatchEvent("
                    + "new CustomEvent('il-hover', {detail: null})); return 1"
            )
            #expect(try await browser.run("return \(bold)").number == 0)
            try await site.expectQuiet("bold lines")
        }

        /// The shapes of the bold lines.
        private static let lengths =
            "return [...document.querySelectorAll('.panels .bold path')]"
            + ".map(line => line.getAttribute('d'))"

        private func log(_ run: String, steps: Range<Int>, _ seed: Seed) async throws {
            let metrics = Dictionary(
                uniqueKeysWithValues: Self.metrics.map { name in
                    (name, steps.map { 2 + 1 / Double($0 + 1) })
                }
            )
            let points: [String: Any] = [
                "run": run, "steps": Array(steps), "metrics": metrics,
            ]
            _ = try await seed.send("POST", "/api/v1/points", seed.json(["runs": [points]]))
        }
    }
}
