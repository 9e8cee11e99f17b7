import TestSupport
import Testing

extension PageTests {
    /// Pure functions of the pages, run in the browser that runs them for users.
    @Suite
    struct Modules {
        @Test(arguments: [
            ("si(524288)", "0.52M"), ("si(2e10)", "20B"), ("si(430e6)", "430M"),
            ("si(4096)", "4096"), ("si(2000)", "2k"), ("si(18960)", "19k"),
            ("si(1e21)", "1000E"), ("si(0)", "0"), ("si('NaN')", "NaN"), ("si(null)", "–"),
            ("rate(0.0017)", "1.70e-3"), ("rate('Infinity')", "Infinity"),
            ("rate(1.4e12)", "1.40e12"),
            ("loss(2.41234)", "2.412"),
            ("loss(1e308)", "1.000e308"), ("loss('-Infinity')", "−∞"),
            ("percent(0.0644)", "0.064 %"), ("measure(1 / 3)", "0.3333"),
            ("measure(2e5)", "2.000e5"), ("measure('NaN')", "NaN"), ("measure(0)", "0"),
            ("signed(-0.0034)", "−0.0034"), ("times(Math.log(2))", "2.0×"),
            ("times(Math.log(126044))", "130,000×"), ("times(Math.log(1000))", "1,000×"),
            ("plural(1, 'run')", "1 run"), ("count(10000)", "10,000"), ("count(999)", "999"),
            ("count(-1234567.25)", "-1,234,567.25"), ("count(null)", "0"), ("count(NaN)", "NaN"),
            ("plain('a<b')", "a<b"), ("String(parseNumber('430M'))", "430000000"),
            ("String(parseNumber('1.5e9'))", "1500000000"), ("String(parseNumber('0x10'))", "null"),
            ("String(parseNumber('-3'))", "null"), ("String(parseNumber('1e999'))", "null"),
            ("String(parseNumber(''))", "null"), ("duration(90)", "2 min"), ("ago(0)", "–"),
            ("String(logTicks(1, 1000, si, [1]).ticktext)", "1,10,100,1k"),
            ("String(logTicks(2, 9, si, [1]).ticktext)", "1,1.2,1.5,2,2.5,3,4,5,6,8"),
            ("logTicks(1e-3, 1.4e-3, rate).ticktext[1]", "1.20e-3"),
        ])
        func `numbers are written and read as people do`(call: String, expected: String)
            async throws
        {
            let site = try Site.current
            if try await site.browser.address().hasPrefix(site.server.url) == false {
                try await site.open("/")
            }
            let answer = try await site.browser.run(
                "return import('/lib/format.js').then(({si, rate, loss, percent, signed, times,"
                    + " plural, plain, measure, parseNumber, duration, ago, logTicks, count}) =>"
                    + " \(call))"
            )
            #expect(answer.text == expected)
        }

        @Test(arguments: [
            ("bdata", "[1.5,-2]"), ("list", "[1,null,3]"),
        ])
        func `columns of figures are read in both forms`(form: String, expected: String)
            async throws
        {
            let site = try Site.current
            try await site.open("/")
            let column =
                form == "bdata"
                ? "{dtype: 'f8', bdata: btoa(String.fromCharCode("
                    + "0,0,0,0,0,0,248,63,0,0,0,0,0,0,0,192))}"
                : "[1, null, 3]"
            let answer = try await site.browser.run(
                "return import('/components/figure-data.js')"
                    + ".then(m => JSON.stringify(m.column(\(column))))"
            )
            #expect(answer.text == expected)
        }
    }
}
