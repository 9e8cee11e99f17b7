import Foundation
import Synchronization

/// How far long work is: a bar that redraws itself on a terminal, now and then a line elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var drawn = ""
        var lastPercent = -1
        var lastTime = Date.distantPast
    }

    private let title: String
    private let isTerminal: Bool
    private let began = Date()
    private let state = Mutex(State())

    init(_ title: String, isTerminal: Bool = Output.isTerminal) {
        self.title = title
        self.isTerminal = isTerminal
    }

    /// - Parameter share: 0 to 1; nil when nobody knows.
    func show(_ share: Double?) {
        state.withLock { state in
            let now = Date()
            if isTerminal {
                let text = Self.text(title, share, seconds: Int(now.timeIntervalSince(began)))
                guard text != state.drawn else { return }
                state.drawn = text
                Output.error("\r\u{1B}[K" + text)
            } else if let share {
                let percent = Int(min(1, max(0, share)) * 100)
                guard percent >= state.lastPercent + 10, now.timeIntervalSince(state.lastTime) > 2
                else { return }
                (state.lastPercent, state.lastTime) = (percent, now)
                guard now.timeIntervalSince(began) > 1 else { return }
                Output.message("\(title): \(percent) %")
            }
        }
    }

    /// Takes the bar away.
    func end() {
        state.withLock { state in
            if isTerminal, !state.drawn.isEmpty { Output.error("\r\u{1B}[K") }
            state.drawn = ""
        }
    }

    private static func text(_ title: String, _ share: Double?, seconds: Int) -> String {
        guard let share else { return "\(title) … \(seconds) s" }
        let width = 30
        let filled = Int(min(1, max(0, share)) * Double(width))
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        return "\(title) \(bar) \(Int(min(1, max(0, share)) * 100)) %"
    }
}
