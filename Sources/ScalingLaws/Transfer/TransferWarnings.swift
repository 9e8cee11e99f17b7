import Foundation

/// Where the rules of a table contradict others or do not reach.
struct TransferWarnings {
    let question: TransferQuestion
    let table: TransferTable

    var all: [String] { horizon + width + depth + timescale + beta }

    private var ratios: TransferTable.Ratios { table.ratios }

    private var horizon: [String] {
        guard ratios.batch != 1 || ratios.tokens != 1,
            question.target.learningRateFactor == nil
        else { return [] }
        return [
            "Batch or tokens change, which rules of width and depth say nothing of: the learning"
                + " rates are for the base's batch and tokens. Give target.learningRateFactor from"
                + " a fitted law of learning rate and batch."
        ]
    }

    private var width: [String] {
        guard ratios.width != 1 else { return [] }
        var warnings: [String] = []
        if question.rule == .standard {
            warnings.append(
                "One learning rate for all widths does not transfer: in one public report the best"
                    + " rate halved with each doubling of width from 128 to 2048, which here would"
                    + " be a factor of \(Self.text(1 / ratios.width))."
            )
        }
        if question.weightDecayRule != .none, question.base.weightDecay != 0 {
            warnings.append(
                "Rules for weight decay contradict each other: of hidden matrices it is multiplied"
                    + " by \(Self.text(ratios.width)) for the width by CompleteP and by a constant"
                    + " timescale under muP, by \(Self.text(ratios.width.squareRoot())) by the"
                    + " layerwise rule. No public data has settled it."
            )
        }
        let target = question.base.width * ratios.width
        if question.weightDecayRule == .robustLayerwise, !(256...2048 ~= target) {
            warnings.append(
                "The layerwise rule was tested for widths of 256 to 2048; the target has"
                    + " \(Self.text(target))."
            )
        }
        return warnings
    }

    private var depth: [String] {
        guard ratios.depth != 1 else { return [] }
        let half = Self.text(1 / ratios.depth.squareRoot())
        let full = Self.text(1 / ratios.depth)
        var warnings = [
            "Rules for depth contradict each other: residual branches are multiplied by \(full)"
                + " by CompleteP with alpha = 1 and by \(half) by depth-muP (alpha = 0.5);"
                + " experiments up to 1.5e9 parameters favour alpha = 1."
        ]
        if question.rule != .completep {
            warnings.append(
                "The rule \(question.rule.rawValue) has no factor for depth: learning rates and"
                    + " residual branches are those of the base. CompleteP has one."
            )
        }
        let target = question.base.depth * ratios.depth
        if question.rule == .completep, !(2...128 ~= target) {
            warnings.append(
                "CompleteP was tested for 2 to 128 layers; the target has \(Self.text(target))."
            )
        }
        return warnings
    }

    private var timescale: [String] {
        var warnings: [String] = []
        if question.weightDecayRule == .robustLayerwise, question.base.weightDecay ?? 1 > 0 {
            warnings.append(
                "The layerwise rule decays no vectors, embeddings among them: their weight decay"
                    + " is 0, at the base as well."
            )
        }
        guard let tau = table.global.first(where: { $0.name == "hiddenTimescale" }),
            let factor = tau.factor, abs(log(factor)) > 0.01,
            question.weightDecayRule != .powerLines
        else { return warnings }
        warnings.append(
            "The timescale of hidden matrices, tau = B/(LR*lambda*D), moves by a factor of"
                + " \(Self.text(factor)); weightDecayRule constantTimescale would keep it."
        )
        return warnings
    }

    private var beta: [String] {
        guard let beta2 = table.global.first(where: { $0.name == "beta2" }),
            let target = beta2.target, target < 0.5
        else { return [] }
        return [
            "beta2 falls to \(Self.text(target)), a memory of less than a step: the half-life rule"
                + " was tested for smaller batches, not for batches this much larger."
        ]
    }

    static func text(_ value: Double) -> String {
        String(format: "%.4g", value)
    }
}
