import Testing

/// A checker that finds nothing proves nothing: each rule is shown a bad sample and a good one.
@Suite struct `The tidy checker` {
    private func messages(_ path: String, _ text: String) -> [String] {
        TidyChecker.findings(in: [SourceFile(path: path, text: text)]).map(\.description)
    }

    @Test(arguments: [
        ("Sources/Runs/A.swift", "let now = Date()", "Date()"),
        ("Sources/ScalingLaws/A.swift", "let x = [1].shuffled()", "shuffled()"),
        ("Sources/API/A.swift", "FileManager.default.remove()", "FileManager"),
        ("Sources/Server/A.swift", "let p: UnsafeRawPointer", "UnsafeRawPointer"),
        ("Sources/CLI/A.swift", "import CCurl", "import CCurl"),
        ("Sources/Server/A.swift", "run(\"SELECT 1\")", "SELECT"),
        ("Sources/Server/A.swift", "run(\"\"\"\n  INSERT INTO t\n  \"\"\")", "INSERT INTO"),
        ("Sources/CLI/A.swift", "let plotly = 1", "plotly"),
        ("web/runs/page.js", "Plotly.newPlot()", "plotly"),
        ("Sources/Server/Controllers/A.swift", "let key = \"run_uuid\"", "run_uuid"),
        ("Sources/Runs/A.swift", "// TODO later", "TODO"),
        ("scripts/x", "cd /home/me/isoloss", "/home/"),
        ("docs/a.md", "pip install --index-url https://a.example/simple", "--index-url"),
        ("Sources/Server/A.swift", "let a = try! b()", "try!"),
        ("Sources/Storage/Placeholder.swift", "", "placeholder"),
        ("Sources/Server/A.swift", "final class A: @unchecked Sendable {}", "@unchecked"),
    ])
    func `catches a bad sample`(path: String, text: String, word: String) {
        let found = messages(path, text)
        #expect(found.count == 1 && found.allSatisfy { $0.contains(word) }, "\(found)")
    }

    @Test(arguments: [
        ("Sources/Server/A.swift", "let now = Date()"),
        ("Sources/Runs/A.swift", "/// Never calls Date(); the clock is an argument."),
        ("Sources/Runs/A.swift", "let text = \"Date()\""),
        ("Sources/Runs/A.swift", "let updated = lastUpdate()"),
        ("Sources/Postgres/A.swift", "let p: UnsafeRawPointer"),
        ("Sources/Storage/A.swift", "run(\"SELECT 1\")"),
        ("Sources/Server/MLflow/A.swift", "let key = \"run_uuid\""),
        ("Sources/Server/A.swift", "// Guarded by the lock.\nclass A: @unchecked Sendable {}"),
    ])
    func `lets a good sample pass`(path: String, text: String) {
        #expect(messages(path, text) == [])
    }

    @Test func `catches long files, long lines and long functions`() {
        let long = String(repeating: "let a = 1\n", count: 401)
        #expect(messages("Sources/Runs/A.swift", long).count == 1)
        #expect(messages("web/a.css", String(repeating: "a{}\n", count: 151)).count == 1)
        #expect(messages("Sources/Runs/A.swift", String(repeating: "x", count: 101)).count == 1)
        let body = String(repeating: "    work()\n", count: 60)
        let found = messages("Sources/Runs/A.swift", "func tooLong() {\n\(body)}\n")
        #expect(found == ["Sources/Runs/A.swift:1: tooLong has 62 lines; 60 are the limit"])
        let short = String(repeating: "    work()\n", count: 58)
        #expect(messages("Sources/Runs/A.swift", "func fits() {\n\(short)}\n") == [])
    }

    @Test func `tells code, literals and comments apart`() {
        let text = SwiftText(#"let a = "b \(c("d")) e" // f"# + "\n" + ##"let g = #"h\"i"#"##)
        #expect(text.code.filter { !$0.isWhitespace } == ##"leta="\(c(""))"letg=#""#"##)
        #expect(text.literals.filter { !$0.isWhitespace } == #"bdeh\"i"#)
        #expect(text.comments.filter { !$0.isWhitespace } == "//f")
    }
}
