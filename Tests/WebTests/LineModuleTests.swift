import TestSupport
import Testing

extension PageTests {
    /// What is made of lines and tables before they are drawn or copied.
    @Suite
    struct LineModules {
        @Test(arguments: [
            ("smoothed([0, 1, 2], [1, 1, 1], '5')", "[1,1,1]"),
            ("smoothed([0, 1, 2], [1, null, 3], 'median')", "[1,null,3]"),
            ("smoothed([...Array(41).keys()], Array(41).fill(2).with(20, 9), 'median')[20]", "2"),
            ("smoothed([0, 50, 100], [0, 10, 10], '1').map(Math.round)", "[0,10,10]"),
            ("outliers([one([1, 2, 900])])", "null"),
            ("outliers([one(Array(60).fill(2))])", "null"),
            ("outliers([one(noise), one([...noise, 900])]).count", "1"),
            ("outliers([one(noise), one([...noise, 900, -900])]).count", "2"),
            (
                "outliers([one([...noise, 900])]).range.map(end => end > 0 && end < 3)",
                "[true,true]"
            ),
        ])
        func `lines are smoothed, and far values found`(call: String, expected: String)
            async throws
        {
            let made = try await run(
                "import('/runs/lines.js').then(({smoothed, outliers}) => {"
                    + " const one = (last) => ({last, min: last, max: last});"
                    + " const noise = Array.from({length: 60}, (_, at) => 1 + (at % 7) / 5);"
                    + " return JSON.stringify(\(call)); })"
            )
            #expect(made == expected)
        }

        @Test(arguments: [
            (
                "layout({x: 'step', logx: true}, [[0, 99]]).xaxis.title.text",
                "step (from the first above 0)"
            ),
            ("layout({x: 'step', logx: true}, [[0, 99]]).xaxis.ticktext", "1,2,5,10,20,50"),
            ("layout({x: 'step', logx: true}, [[3, 9000]]).xaxis.ticktext", "1,10,100,1k"),
            ("layout({x: 'tokens', logx: true}, [[2e5, 1e6]]).xaxis.title.text", "tokens"),
            ("layout({x: 'step'}, [[0, 99]]).xaxis.type", "linear"),
            ("layout({x: 'step', logx: true}, []).xaxis.type", "log"),
        ])
        func `a logarithmic axis is marked in whole numbers and says where it begins`(
            call: String,
            expected: String
        ) async throws {
            let made = try await run(
                "import('/runs/curves.js').then(({panelLayout}) => {"
                    + " const layout = (state, ends) => panelLayout(state, false, ends);"
                    + " return String(\(call)); })"
            )
            #expect(made == expected)
        }

        @Test(arguments: [
            ("['32', '1', '4', '2', '4']", "1,2,4,32"), ("[1, 1.01, 2]", "1,2"), ("[5, 5]", "5"),
            ("[...Array(20).keys()]", "0,9.5,19"), ("['b', 'a', 'b']", "a,b"), ("[]", ""),
        ])
        func `an axis of runs is marked at the values of a sweep`(values: String, expected: String)
            async throws
        {
            let made = try await run(
                "import('/components/parcoords.js').then(({scaleOf}) =>"
                    + " scaleOf(\(values)).ticks.map(mark => mark.text).join())"
            )
            #expect(made == expected)
        }

        @Test(arguments: [
            ("['w48-d1-b256', 'w48-d1-b64']", #"["…b256","…b64"]"#),
            ("['lr-1', 'lr-2']", #"["lr-1","lr-2"]"#), ("['w48-d1-b256']", #"["w48-d1-b256"]"#),
            ("['w48-d1', 'w48-d1']", #"["w48-d1","w48-d1"]"#), ("[]", "[]"),
        ])
        func `what all names begin with is left out where they are listed`(
            names: String,
            expected: String
        ) async throws {
            let made = try await run(
                "import('/runs/tip.js').then(({withoutCommonStart}) =>"
                    + " JSON.stringify(withoutCommonStart(\(names))))"
            )
            #expect(made == expected)
        }

        @Test(arguments: [
            ("a = 1 and b < 2", #"["a = 1","b < 2"]"#),
            (
                "a = \"x and y\" AND not (b = 1 and c = 2)",
                #"["a = \"x and y\"","not (b = 1 and c = 2)"]"#
            ),
            ("a = 1 or b = 2 and c = 3", #"["a = 1 or b = 2 and c = 3"]"#), ("", "[]"),
        ])
        func `a filter falls into the clauses that it joins`(filter: String, expected: String)
            async throws
        {
            let literal = filter.replacing("\"", with: "\\\"")
            let made = try await run(
                "import('/runs/nothing.js').then(({clausesOf}) =>"
                    + " JSON.stringify(clausesOf(\"\(literal)\")))"
            )
            #expect(made == expected)
        }

        @Test(arguments: [
            ("legend('params.kind').map(item => [item.label, item.count])", #"[["a",2],["b",1]]"#),
            ("legend('params.width').map(item => item.label)", #"["64","128","not set"]"#),
            ("new Set(legend('params.kind').map(item => item.dash)).size", "2"),
            ("look('params.kind', 0) === look('params.kind', 1)", "true"),
            ("look('params.kind', 0) === look('params.kind', 2)", "false"),
            ("scale('roles.loss').from", #""1""#), ("scale('roles.loss').colors.length", "5"),
        ])
        func `colours say what the runs have`(call: String, expected: String) async throws {
            let made = try await run(
                """
                import('/runs/coloring.js').then(({coloring}) => {
                  const runs = [{params: {kind: 'a', width: '128'}},
                    {params: {kind: 'a', width: '64'}}, {params: {kind: 'b'}}];
                  const legend = (key) => coloring(runs, runs, key).legend;
                  const look = (key, index) => coloring(runs, runs, key).look(runs[index]).color;
                  const many = Array.from({length: 20}, (_, at) => ({roles: {loss: 1 + at}}));
                  const scale = (key) => coloring(many, many, key).legend;
                  return JSON.stringify(\(call));
                })
                """
            )
            #expect(made == expected)
        }

        @Test(arguments: [
            ("csv([['a', '=b'], ['c,d', -1]])", #"a,'=b\n"c,d",-1"#),
            ("markdown([['a', 'b'], ['c|d', 1]])", #"| a | b |\n|---|---|\n| c\\|d | 1 |"#),
        ])
        func `a table becomes text`(call: String, expected: String) async throws {
            let made = try await run(
                "import('/lib/table-text.js').then(({csv, markdown}) => \(call))"
            )
            let text = expected.replacing("\\n", with: "\n").replacing("\\\\", with: "\\")
            #expect(made == text)
        }

        private func run(_ script: String) async throws -> String {
            let site = try Site.current
            if try await site.browser.address().hasPrefix(site.server.url) == false {
                try await site.open("/")
            }
            return try await site.browser.run("return \(script)").text
        }
    }
}
