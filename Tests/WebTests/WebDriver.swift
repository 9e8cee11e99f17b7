import Client
import Foundation
import Synchronization
import TestSupport

/// A browser driven through chromedriver over plain HTTP: one driver process, one session.
actor WebDriver {
    struct Failure: Error, CustomStringConvertible {
        let description: String

        /// Whether the page may be in another state a moment later.
        fileprivate var mayPass: Bool {
            [
                "stale element reference", "no such element", "element click intercepted",
                "element not interactable",
            ].contains { description.hasPrefix($0) }
        }
    }

    private let process: Process
    private let session: String

    /// Starts the driver on a free port and opens a headless browser of 1440 × 900.
    init() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.driverPath)
        process.arguments = ["--port=0", "--log-level=WARNING"]
        let port = try await Self.start(process)
        let base = "http://127.0.0.1:\(port)"
        let body = try JSONSerialization.data(withJSONObject: ["capabilities": capabilities])
        let answer = try Self.value(try await Self.exchange("POST", "\(base)/session", body))
        guard let id = (answer as? [String: Any])?["sessionId"] as? String else {
            process.terminate()
            throw Failure(
                description: "the driver opened no session"
            )
        }
        self.process = process
        session = "\(base)/session/\(id)"
        try await setViewport(width: 1440, height: 900)
    }

    static let driverPath = "/usr/bin/chromedriver"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: driverPath) }

    func close() async {
        do {
            _ = try await Self.exchange("DELETE", session, nil)
        } catch {
            // The browser is gone already; ending the driver ends what is left.
        }
        // At once: tests block SIGTERM in what they start, and waiting would hold a thread.
        kill(process.processIdentifier, SIGKILL)
    }

    // MARK: Pages

    /// Opens an address and waits until the page says that its first answer is there.
    func open(_ address: String) async throws {
        try await post("url", ["url": address])
        try await wait("the page is ready", "return document.body.dataset.ready === '1'")
    }

    /// Leaves the page for an empty one.
    func leave() async throws { try await post("url", ["url": "about:blank"]) }

    /// Forgets all that was fetched, as a browser that was never here.
    func forgetCache() async throws { try await command("Network.clearBrowserCache", [:]) }

    func back() async throws { try await post("back", [:]) }
    func forward() async throws { try await post("forward", [:]) }

    /// Runs a script in the page; `return` gives its answer.
    @discardableResult
    func run(_ script: String) async throws -> JSONAnswer {
        JSONAnswer(try await post("execute/sync", ["script": script, "args": [String]()]))
    }

    /// Runs a condition again and again until it is true.
    func wait(_ what: String, seconds: Double = 90, _ condition: String) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if try await run(condition).bool { return }
            try await Task.sleep(for: .milliseconds(40))
        }
        let page = try await run("return document.body.innerText.slice(0, 800)").text
        throw Failure(description: "waited \(seconds) s until \(what); the page says: \(page)")
    }

    func click(_ selector: String) async throws {
        try await onElement(selector) { try await self.post("element/\($0)/click", [:]) }
    }

    func type(_ text: String, into selector: String) async throws {
        try await onElement(selector) {
            try await self.post("element/\($0)/value", ["text": text])
        }
    }

    func clear(_ selector: String) async throws {
        try await onElement(selector) { try await self.post("element/\($0)/clear", [:]) }
    }

    func text(_ selector: String) async throws -> String {
        try await onElement(selector) { try await self.read("element/\($0)/text") } as? String ?? ""
    }

    /// Moves the mouse there, as a hand would.
    func movePointer(x: Double, y: Double) async throws {
        let move: [String: Any] = ["type": "mouseMoved", "x": x, "y": y]
        try await command("Input.dispatchMouseEvent", move)
    }

    /// The name that a screen reader would say.
    func label(_ selector: String) async throws -> String {
        let path = "computedlabel"
        return try await onElement(selector) { try await self.read("element/\($0)/\(path)") }
            as? String ?? ""
    }

    func address() async throws -> String {
        try await read("url") as? String ?? ""
    }

    // MARK: Circumstances

    func setViewport(width: Int, height: Int) async throws {
        try await command(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500]
        )
    }

    func setDark(_ isDark: Bool) async throws {
        let feature = ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]
        try await command("Emulation.setEmulatedMedia", ["features": [feature]])
    }

    /// Runs a script in every page before the page's own, until it is withdrawn; answers its name.
    func inject(_ script: String) async throws -> String {
        let call: [String: Any] = [
            "cmd": "Page.addScriptToEvaluateOnNewDocument", "params": ["source": script],
        ]
        let answer = try await post("goog/cdp/execute", call) as? [String: Any]
        return answer?["identifier"] as? String ?? ""
    }

    func withdraw(_ name: String) async throws {
        try await command("Page.removeScriptToEvaluateOnNewDocument", ["identifier": name])
    }

    /// Everything the browser complained about since the last call.
    func complaints() async throws -> [String] {
        let answer = try await post("se/log", ["type": "browser"]) as? [[String: Any]] ?? []
        return answer.compactMap { $0["message"] as? String }
    }

    /// A picture of the page as a PNG.
    func screenshot() async throws -> Data? {
        let answer = try await read("screenshot") as? String
        return answer.flatMap { Data(base64Encoded: $0) }
    }

    // MARK: Wire

    /// Acts on an element once it can be acted on. Pages draw their parts anew at any time: an
    /// element may go between being found and being touched, or lie under one that is leaving.
    @discardableResult
    private func onElement(
        _ selector: String,
        _ action: (String) async throws -> Any?
    ) async throws -> Any? {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do {
                return try await action(try await find(selector))
            } catch let failure as Failure where failure.mayPass && .now < deadline {
                try await Task.sleep(for: .milliseconds(40))
            }
        }
    }

    private func find(_ selector: String) async throws -> String {
        let query = ["using": "css selector", "value": selector]
        let answer = try await post("element", query) as? [String: String]
        guard let id = answer?.values.first else {
            throw Failure(description: "no element matches \(selector)")
        }
        return id
    }

    private func command(_ name: String, _ parameters: [String: Any]) async throws {
        try await post("goog/cdp/execute", ["cmd": name, "params": parameters])
    }

    @discardableResult
    private func post(_ path: String, _ body: [String: Any]) async throws -> Any? {
        let data = try JSONSerialization.data(withJSONObject: body)
        return try Self.value(try await Self.exchange("POST", "\(session)/\(path)", data))
    }

    private func read(_ path: String) async throws -> Any? {
        try Self.value(try await Self.exchange("GET", "\(session)/\(path)", nil))
    }

    /// One exchange with the driver. Not by URLSession, which refuses headers without a space
    /// after the colon. JSON stays on the caller's side: it cannot cross tasks.
    private static func exchange(
        _ method: String,
        _ address: String,
        _ body: Data?
    ) async throws -> Data {
        let request = WireRequest(
            method: method,
            url: address,
            headers: ["Content-Type": "application/json"],
            body: body.map { .bytes(Array($0)) } ?? .none
        )
        return Data(try await CurlTransport().send(request).body)
    }

    /// The member `value` of an answer; an error of the driver is thrown.
    private static func value(_ data: Data) throws -> Any? {
        let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let value = answer?["value"]
        if let error = value as? [String: Any], let name = error["error"] as? String {
            throw Failure(description: "\(name): \(error["message"] as? String ?? "no reason")")
        }
        return value
    }

    private static func start(_ process: Process) async throws -> Int {
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        let said = Mutex("")
        let (ports, found) = AsyncStream<Int>.makeStream()
        try process.run()
        PipeReader.read(pipe) { piece in
            guard let piece else { return found.finish() }
            let text = said.withLock { text in
                text += piece
                return text
            }
            guard let match = text.firstMatch(of: /successfully on port ([0-9]+)\./) else { return }
            found.yield(Int(match.1) ?? 0)
            found.finish()
        }
        for await port in ports { return port }
        throw Failure(description: "chromedriver ended without a port")
    }
}

/// Built anew at each start: a dictionary of mixed values is not shared between tasks.
private var capabilities: [String: Any] {
    let arguments = [
        "--headless=new", "--no-sandbox", "--enable-unsafe-swiftshader", "--hide-scrollbars",
        "--force-device-scale-factor=1", "--window-size=1440,900", "--disable-dev-shm-usage",
    ]
    let wanted: [String: Any] = [
        "browserName": "chrome",
        "goog:loggingPrefs": ["browser": "ALL"],
        "goog:chromeOptions": ["args": arguments],
    ]
    return ["alwaysMatch": wanted]
}
