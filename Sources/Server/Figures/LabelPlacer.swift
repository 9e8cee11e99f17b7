import Foundation

/// Chooses on which side of its point each label stands: labels of near points stay readable.
///
/// Works in shares of a logarithmic plot with the usual size of our figures: a character is about a
/// hundredth of the width, a line of text a thirtieth of the height.
struct LabelPlacer {
    private struct Box {
        var left: Double
        var right: Double
        var bottom: Double
        var top: Double

        func overlaps(_ other: Box) -> Bool {
            left < other.right && other.left < right && bottom < other.top && other.bottom < top
        }
    }

    private static let characterWidth = 0.0095
    private static let lineHeight = 0.036
    private static let marker = 0.012

    private let x: ClosedRange<Double>
    private let y: ClosedRange<Double>
    private var taken: [Box] = []

    init(x: ClosedRange<Double>, y: ClosedRange<Double>) {
        self.x = x
        self.y = y
    }

    /// Keeps labels away from a point that has none.
    mutating func reserve(x: Double, y: Double) {
        taken.append(markerBox(share(x, self.x), share(y, self.y)))
    }

    /// The `textposition` of a label.
    mutating func place(_ text: String, x: Double, y: Double) -> String {
        let centre = (x: share(x, self.x), y: share(y, self.y))
        taken.append(markerBox(centre.x, centre.y))
        let sides = ["middle right", "middle left", "top center", "bottom center"]
        let boxes = sides.map { box($0, text, centre.x, centre.y) }
        let others = taken.dropLast()
        let free = boxes.firstIndex { box in
            box.left >= 0 && box.right <= 1 && !others.contains { $0.overlaps(box) }
        }
        let chosen = free ?? 2
        taken.append(boxes[chosen])
        return sides[chosen]
    }

    private func box(_ side: String, _ text: String, _ x: Double, _ y: Double) -> Box {
        let width = Double(text.count) * Self.characterWidth
        let half = Self.lineHeight / 2
        return switch side {
        case "middle right":
            Box(left: x + Self.marker, right: x + width, bottom: y - half, top: y + half)
        case "middle left":
            Box(left: x - width, right: x - Self.marker, bottom: y - half, top: y + half)
        case "top center":
            Box(left: x - width / 2, right: x + width / 2, bottom: y + half, top: y + 3 * half)
        default:
            Box(left: x - width / 2, right: x + width / 2, bottom: y - 3 * half, top: y - half)
        }
    }

    private func markerBox(_ x: Double, _ y: Double) -> Box {
        Box(
            left: x - Self.marker,
            right: x + Self.marker,
            bottom: y - Self.marker * 1.5,
            top: y + Self.marker * 1.5
        )
    }

    private func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    }
}
