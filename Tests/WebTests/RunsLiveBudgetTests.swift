import Foundation
import TestSupport
import Testing

extension PageTests {
    /// Fifty running runs in nine panels. Times are printed, since they are the machine's; what
    /// makes them is asserted: one panel a frame, seldom under a moving pointer, few points a line,
    /// and nothing that is off the screen.
    @Suite
    struct RunsLiveBudgets {
        private static let metrics = ["loss"] + (1...8).map { "measure\($0)" }
        private static let runCount = 50
        private static let firstSteps = 500
        private static let roundSeconds = 8
        private static let mostPoints = 600

        @Test
        func `fifty live runs in nine panels leave the page to its user`() async throws {
            let site = try Site.current
            let browser = site.browser
            let seed = Seed(url: site.server.url)
            let runs = try await startRuns(seed)
            try await browser.setViewport(width: 1440, height: 700)
            try await site.open(
                "/runs/?project=live%20budget&x=step&metrics=\(Self.metrics.joined(separator: ","))"
                    + "&show=\(runs.joined(separator: ","))"
            )
            try await site.waitForFigures(atLeast: 3)
            try await browser.run(Self.watch)
            var step = Self.firstSteps
            for _ in 0..<Self.roundSeconds {
                try await log(runs, steps: step..<step + 1, seed)
                step += 1
                try await Task.sleep(for: .seconds(1))
            }
            try await report("at rest")
            try await browser.run("watched.isHovering = true; return 1")
            step = try await logWhileHovering(runs, from: step, seed)
            try await browser.run("watched.isHovering = false; return 1")
            try await browser.movePointer(x: 5, y: 5)
            try await browser.wait(
                "what is on the screen has followed",
                "const shown = \(Self.onScreen); return shown.length >= 3"
                    + " && shown.every(figure => figure.spec.data[0].x.at(-1) === \(step - 1))"
            )
            try await report("under the pointer")
            try await expectLittleDrawn()
            // What is scrolled to is as new as what was looked at.
            try await browser.run("\(Self.lowest).scrollIntoView(); return 1")
            try await browser.wait(
                "the lowest panel has followed",
                "return \(Self.lowest).querySelector('.plot').data?.[0].x.at(-1) === \(step - 1)"
            )
            try await site.expectQuiet("fifty live runs")
            try await browser.setViewport(width: 1440, height: 900)
        }

        private func expectLittleDrawn() async throws {
            let browser = try Site.current.browser
            let together = try await browser.run("return watched.together").number
            #expect(together == 0, "two panels were drawn in one frame")
            #expect(try await browser.run("return watched.away").number == 0, "off the screen")
            let waiting = try await browser.run(
                "return [...document.querySelectorAll('.panels il-figure')]"
                    + ".filter(figure => figure.isFollowing && !figure.dataset.drawn).length"
            )
            #expect((waiting.number ?? 0) >= 1, "some panels are far below the screen")
            let points = try await browser.run(
                "return \(Self.onScreen).flatMap(figure =>"
                    + " figure.querySelector('.plot').data.map(line => line.x.length))"
            ).texts.compactMap(Int.init)
            #expect(points.count >= 3 * Self.runCount)
            #expect(points.allSatisfy { $0 > 50 && $0 <= Self.mostPoints })
            // After each drawing under the pointer comes much more time in which nothing is drawn.
            let busiest = try await browser.run(
                "const slices = watched.slices.filter(slice => slice.isHovering);"
                    + " return Math.max(0, ...slices.slice(1).map((slice, index) =>"
                    + " slices[index].lasted / (slice.begun - slices[index].begun)))"
            ).number
            #expect((busiest ?? 1) < 0.2, "the pointer waited for more than one panel")
            #expect((try await browser.run("return watched.hovers").number ?? 0) > 0)
        }

        /// Once a second a step of all runs, while the pointer goes over the first panel.
        private func logWhileHovering(_ runs: [String], from first: Int, _ seed: Seed) async throws
            -> Int
        {
            let browser = try Site.current.browser
            let place = try await browser.run(
                "const box = document.querySelector('.panels il-figure .nsewdrag')"
                    + ".getBoundingClientRect(); return [box.x, box.y, box.width, box.height]"
            ).texts.compactMap(Double.init)
            try #require(place.count == 4)
            var step = first
            let begun = ContinuousClock.now
            var moves = 0.0
            while ContinuousClock.now < begun + .seconds(Self.roundSeconds) {
                if ContinuousClock.now > begun + .seconds(step - first) {
                    try await log(runs, steps: step..<step + 1, seed)
                    step += 1
                }
                let across = (moves / 60).truncatingRemainder(dividingBy: 1)
                try await browser.movePointer(
                    x: place[0] + place[2] * across,
                    y: place[1] + place[3] * 0.75
                )
                moves += 1
                try await Task.sleep(for: .milliseconds(40))
            }
            return step
        }

        /// Prints what was drawn since the last time, and forgets its times.
        private func report(_ circumstance: String) async throws {
            let numbers = try await Site.current.browser.run(
                """
                const share = (list, part) =>
                  list.toSorted((a, b) => a - b)[Math.floor(part * (list.length - 1))] ?? 0;
                const slices = watched.slices.map((slice) => slice.lasted);
                const frames = watched.frames.splice(0);
                return [slices.length, share(slices, 0.5), share(slices, 1), share(frames, 0.5),
                  share(frames, 0.95), share(frames, 1), watched.hovers,
                  (performance.memory?.usedJSHeapSize ?? 0) / 1e6].map(Math.round);
                """
            ).texts
            try #require(numbers.count == 8)
            print(
                "live budget \(circumstance): \(numbers[0]) slices, median \(numbers[1]) ms,"
                    + " longest \(numbers[2]); frames median \(numbers[3]) ms,"
                    + " p95 \(numbers[4]), longest \(numbers[5]); \(numbers[6]) places hovered;"
                    + " heap \(numbers[7]) MB"
            )
        }

        private static let lowest = "[...document.querySelectorAll('.panels il-figure')].at(-1)"
        private static let onScreen =
            "[...document.querySelectorAll('.panels il-figure')].filter(figure =>"
            + " figure.getBoundingClientRect().top < innerHeight)"

        /// Notes each drawing of a panel, with its frame; under the pointer also all frames.
        private static let watch = """
            window.watched = {frame: 0, slices: [], frames: [], hovers: 0, together: 0, away: 0};
            const first = document.querySelector('.panels il-figure');
            first.addEventListener('il-hover', ({detail}) => { watched.hovers += detail ? 1 : 0; });
            let before = 0;
            const tick = (now) => {
              watched.frame += 1;
              if (watched.isHovering) {
                if (before) watched.frames.push(now - before);
                // The driver's moves may come late; a hand that moves does not.
                first.dispatchEvent(new PointerEvent('pointermove'));
              }
              before = watched.isHovering ? now : 0;
              requestAnimationFrame(tick);
            };
            requestAnimationFrame(tick);
            const kind = customElements.get('il-figure').prototype;
            const draw = kind.draw;
            let last = -1;
            kind.draw = async function () {
              if (watched.frame === last) watched.together += 1;
              last = watched.frame;
              const {top, bottom} = this.getBoundingClientRect();
              if (top > innerHeight + 200 || bottom < -200) watched.away += 1;
              const slice = {begun: performance.now(), isHovering: watched.isHovering};
              await draw.call(this);
              slice.lasted = performance.now() - slice.begun;
              watched.slices.push(slice);
            };
            return 1;
            """

        private func startRuns(_ seed: Seed) async throws -> [String] {
            var runs: [String] = []
            for index in 0..<Self.runCount {
                let made = try await seed.send(
                    "POST",
                    "/api/v1/runs",
                    seed.json(["project": "live budget", "name": "job \(index)"])
                )
                let run = try #require(made["id"] as? String)
                try await log([run], steps: 0..<Self.firstSteps, seed)
                runs.append(run)
            }
            return runs
        }

        private func log(_ runs: [String], steps: Range<Int>, _ seed: Seed) async throws {
            var points: [[String: Any]] = []
            for (index, run) in runs.enumerated() {
                let values = steps.map { 2 + Double(index) / 100 + 1 / Double($0 + 1).squareRoot() }
                let metrics = Dictionary(uniqueKeysWithValues: Self.metrics.map { ($0, values) })
                points.append(["run": run, "steps": Array(steps), "metrics": metrics])
            }
            _ = try await seed.send("POST", "/api/v1/points", seed.json(["runs": points]))
        }
    }
}
