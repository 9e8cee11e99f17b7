import TestSupport
import Testing

extension PageTests {
    /// Modules without a page of their own: Markdown, paired lines, completion, sections.
    @Suite
    struct PureModules {
        @Test(arguments: [
            ("a **b** *c* `d`", "<p>a <strong>b</strong> <em>c</em> <code>d</code></p>"),
            ("# One", "<h2>One</h2>"),
            ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
            ("[x](javascript:alert(1))", "<p>x</p>"),
            ("[x](data:text/html,1)", "<p>x</p>"),
            ("[x](//elsewhere.example)", "<p>x</p>"),
            ("snake_case and 2*3*4", "<p>snake_case and 2*3*4</p>"),
            ("- a\n- b\n  - c", "<ul><li><p>a</p></li><li><p>b</p><ul><li>c</li></ul></li></ul>"),
            ("2. a\n3. b", "<ol><li>a</li><li>b</li></ol>"),
            ("> a\n> b", "<blockquote><p>a\nb</p></blockquote>"),
            ("***", "<hr>"),
            ("![Kept](figure:00ff)", "<i>Kept figure:00ff</i>"),
            ("**", "<p>**</p>"), ("", ""),
        ])
        func `Markdown becomes elements and never more`(text: String, expected: String)
            async throws
        {
            let literal = try Self.literal(text)
            let made = try await run(
                "Promise.all([import('/lib/markdown.js'), import('/lib/dom.js')])"
                    + ".then(([{markdown}, {h}]) => h('div', {}, markdown(\(literal), {figure:"
                    + " (caption, source) => h('i', {}, `${caption} ${source}`)})).innerHTML)"
            )
            #expect(made == expected)
        }

        @Test
        func `deep quotes and lists end`() async throws {
            let made = try await run(
                "import('/lib/markdown.js').then(({markdown}) =>"
                    + " String(markdown('> '.repeat(5000) + 'x').length))"
            )
            #expect(made == "1")
        }

        @Test(arguments: [
            ("valueAt([0, 10], [1, 3], 5)", "2"),
            ("valueAt([0, 10], [1, 3], 11)", "null"),
            ("valueAt([], [], 1)", "null"),
            ("valueAt([5, 5], [1, 2], 5)", "1"),
            (
                "clearFrom({x: [1, 2, 3], low: [-1, 1, 2], high: [1, 2, 3]})",
                #"{"sign":1,"from":2}"#
            ),
            ("clearFrom({x: [1, 2], low: [-1, -1], high: [1, 1]})", "null"),
            ("difference({x: [1, 2, 9], y: [5, 5, 5]}, {x: [0, 4], y: [0, 4]}).y", "[4,3]"),
            ("finiteLine({x: [1, 2, 3], last: [1, NaN, 3]}).x", "[1,3]"),
            ("band({x: [1, 2, 3], y: [2, 2, 2]}).high", "[2,2,2]"),
        ])
        func `differences are taken at the same place`(call: String, expected: String)
            async throws
        {
            let made = try await run(
                "import('/compare/paired.js').then(({valueAt, clearFrom, difference, finiteLine,"
                    + " band}) => JSON.stringify(\(call)))"
            )
            #expect(made == expected)
        }

        /// The band of the mean of white noise must hold its true mean about nine times in ten.
        @Test
        func `the band of a difference covers what it promises`() async throws {
            let made = try await run(
                """
                import('/compare/paired.js').then(({band}) => {
                  let seed = 7, inside = 0, all = 0;
                  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
                  const noise = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(6.283185307 * next());
                  for (let trial = 0; trial < 200; trial += 1) {
                    const y = Array.from({length: 200}, noise);
                    const {low, high} = band({x: y.map((_, index) => index), y});
                    for (const at of [50, 100, 150]) {
                      all += 1;
                      if (low[at] < 0 && high[at] > 0) inside += 1;
                    }
                  }
                  return String(inside / all);
                })
                """
            )
            let share = try #require(Double(made))
            #expect((0.82...0.97).contains(share))
        }

        /// The panels compute from what they have drawn, the figure on the server: one statistic.
        @Test
        func `the band of the pages is that of the figure`() async throws {
            let made = try await run(
                """
                (async () => {
                  const {band} = await import('/compare/paired.js');
                  const api = '/api/v1/', project = 'project=planted%20sweep';
                  // The best two: the runs began together, and one that diverged has few points.
                  const {runs} = await (
                    await fetch(`${api}runs?${project}&limit=2&sort=roles.loss`)).json();
                  const text = await (await fetch(`${api}figures/paired-delta?${project}&format=csv`
                    + `&runs=${runs.map((run) => run.id)}`)).text();
                  const rows = text.trim().split('\\n').slice(1).map((row) => row.split(',').map(Number));
                  const [x, y, ...told] = [0, 1, 2, 3, 4].map((at) => rows.map((row) => row[at]));
                  const own = band({x, y});
                  const apart = [own.mean, own.low, own.high].flatMap((values, at) =>
                    values.map((value, index) => Math.abs(value - told[at][index])));
                  return `${rows.length >= 8} ${Math.max(...apart) < 1e-9}`;
                })()
                """
            )
            #expect(made == "true true")
        }

        @Test(arguments: [
            ("lo", "loss"), ("status = f", "finished|failed"), ("lr < 3 ", "and|or"),
            ("lr ", "=|!=|<|<=|>|>=|~"), ("not (lo", "loss"), ("lr < 3 and tra", #""train/x""#),
            (#""tra"#, #""train/x""#), ("lr < 3 and nothing", ""),
        ])
        func `a query is completed where the cursor is`(before: String, expected: String)
            async throws
        {
            let literal = try Self.literal(before)
            let made = try await run(
                "import('/components/completion.js').then(({complete}) => (complete(\(literal), {"
                    + "names: () => ['loss', 'lr', 'train/x'].map(name => ({name, hint: ''})),"
                    + " values: () => ['finished', 'failed']})?.items ?? [])"
                    + ".map(item => item.text).join('|'))"
            )
            #expect(made == expected)
        }

        /// Forty runs whose loss follows `a`, while `b` is drawn by lot and `c` is `a` by another
        /// name.
        @Test
        func `the hyperparameter that orders the losses is found`() async throws {
            let made = try await run(
                """
                import('/runs/importance.js').then(({importance, ranksOf}) => {
                  let seed = 5;
                  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
                  const rows = Array.from({length: 40}, (_, index) => ({
                    loss: index === 39 ? NaN : 2 + (index % 4) + 0.01 * next(),
                    params: {a: String(index % 4), b: String(Math.floor(3 * next())),
                      c: 'x' + index % 4, name: 'run ' + index},
                  }));
                  const found = Object.fromEntries(importance(rows).map(item => [item.key, item]));
                  return JSON.stringify([found.a.share > 0.9, found.a.also, found.b.share < 0.15,
                    found.name.share, importance(rows.slice(0, 7)), ranksOf([3, 1, 3])]);
                })
                """
            )
            #expect(made == #"[true,["c"],true,0,[],[2.5,1,2.5]]"#)
        }

        /// Forty runs in the order of their losses: a rate drawn for each is a reason; the number
        /// of the job, a name and a word that two runs share are not.
        @Test
        func `what only tells runs apart is no reason`() async throws {
            let made = try await run(
                """
                import('/runs/importance.js').then(({importance}) => {
                  const rows = Array.from({length: 40}, (_, index) => ({loss: 2 + index, params: {
                    job: String(7000 + index), name: 'run ' + index, pair: 'p' + (index >> 1),
                    rate: String(0.001 + index / 1e4), third: 't' + Math.floor(index / 3.1),
                  }}));
                  return importance(rows).filter(({share}) => share > 0).map(({key}) => key).join();
                })
                """
            )
            #expect(made == "third,rate")
        }

        @Test
        func `metrics are put in sections by what they are about`() async throws {
            let made = try await run(
                "import('/run/metric-sections.js').then(({sectionsOf}) => sectionsOf(['system/gpu',"
                    + " 'train/loss', 'lr', 'eval/loss', 'val_loss/web', 'val_loss/code',"
                    + " 'val_loss/books']).map(part => `${part.id}:${part.metrics.length}`).join())"
            )
            #expect(made == "training:2,evaluation:1,domains:3,system:1")
        }

        private func run(_ script: String) async throws -> String {
            let site = try Site.current
            if try await site.browser.address().hasPrefix(site.server.url) == false {
                try await site.open("/")
            }
            return try await site.browser.run("return \(script)").text
        }

        /// A text as a string of the page's language.
        private static func literal(_ text: String) throws -> String {
            let plain = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\"\(plain.replacing("\n", with: "\\n"))\""
        }
    }
}
