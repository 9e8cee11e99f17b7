/// Values that follow from other values: a batch in tokens from one in sequences, and the like.
struct RoleDerivations {
    let run: Run
    /// Roles the user mapped; they are never replaced.
    let blocked: Set<Role>

    /// In this order, because later ones use earlier ones.
    func apply(to result: inout ResolvedRoles) {
        deriveBatchSequences(&result)
        derive(.batchTokens, .batchSequences, "*", .sequenceLength, &result)
        deriveTokensFromSamples(&result)
        derive(.tokenCount, .batchTokens, "*", .stepCount, &result)
        derive(.batchTokens, .tokenCount, "/", .stepCount, &result)
        derive(.batchSequences, .batchTokens, "/", .sequenceLength, &result)
        deriveTokensFromCompute(&result)
        derivePeakFromSeries(&result)
    }

    /// What would give the role a value, as a sentence.
    func reason(_ role: Role, in result: ResolvedRoles) -> String {
        if role == .batchTokens || role == .batchSequences, let parts = knownDeviceParts {
            return
                "\(parts.known.joined(separator: ", ")) \(parts.known.count == 1 ? "is" : "are") "
                + "logged, but \(parts.absent.joined(separator: ", ")) is not; log it, or map "
                + "batchTokens."
        }
        if role == .batchTokens, result.values[.batchSequences] != nil {
            return "The batch is known in sequences; log sequenceLength, or map batchTokens."
        }
        if role == .batchTokens || role == .batchSequences, run.number("batch_size") != nil {
            return "batch_size may count sequences per device or per step; map \(role.rawValue), "
                + "for example batchSequences=batch_size."
        }
        let names = (RoleAliases.names[role] ?? []).prefix(5).joined(separator: ", ")
        return "None of \(names) … is logged as a positive number; log one of them, or map "
            + "\(role.rawValue)."
    }

    private func derive(
        _ role: Role,
        _ left: Role,
        _ symbol: String,
        _ right: Role,
        _ result: inout ResolvedRoles
    ) {
        guard isOpen(role, result), let first = result.values[left],
            let second = result.values[right]
        else { return }
        let value = symbol == "*" ? first * second : first / second
        guard value.isFinite, value > 0 else { return }
        result.set(role, value, "\(left.rawValue)\(symbol)\(right.rawValue)", .derived)
    }

    private func isOpen(_ role: Role, _ result: ResolvedRoles) -> Bool {
        result.values[role] == nil && !blocked.contains(role)
    }

    /// Hugging Face: per device × accumulation × devices. nanoGPT, known by its `block_size`: its
    /// accumulation already counts every process.
    private func deriveBatchSequences(_ result: inout ResolvedRoles) {
        guard isOpen(.batchSequences, result), result.values[.batchTokens] == nil else { return }
        let devices = ["world_size", "n_devices", "num_devices"].first { run.number($0) != nil }
        if let devices, let product = product(of: Self.deviceParts.dropLast() + [devices]) {
            result.set(.batchSequences, product.value, product.text, .derived)
        } else if run.number("block_size") != nil,
            let product = product(of: ["batch_size", "gradient_accumulation_steps"])
        {
            result.set(.batchSequences, product.value, product.text, .derived)
        }
    }

    private static let deviceParts = [
        "per_device_train_batch_size", "gradient_accumulation_steps", "world_size",
    ]

    private var knownDeviceParts: (known: [String], absent: [String])? {
        guard run.number(Self.deviceParts[0]) != nil else { return nil }
        let known = Self.deviceParts.filter { run.number($0) != nil }
        let absent = Self.deviceParts.filter { run.number($0) == nil }
        return absent.isEmpty ? nil : (known, absent)
    }

    /// Megatron trains for a number of samples.
    private func deriveTokensFromSamples(_ result: inout ResolvedRoles) {
        guard isOpen(.tokenCount, result), let length = result.values[.sequenceLength],
            let samples = run.number("train_samples"), samples > 0, samples.isFinite
        else { return }
        result.set(.tokenCount, samples * length, "train_samples*sequenceLength", .derived)
    }

    /// C = 6·N·D, where a table gives compute instead of tokens.
    private func deriveTokensFromCompute(_ result: inout ResolvedRoles) {
        guard isOpen(.tokenCount, result), let flops = result.values[.computeFLOPs],
            let size = result.values[.parameterCount]
        else { return }
        let tokens = flops / (6 * size)
        guard tokens.isFinite, tokens > 0 else { return }
        result.set(.tokenCount, tokens, "computeFLOPs/(6*parameterCount)", .derived)
    }

    /// Series whose greatest value is the peak of a schedule.
    static let rateSeries = [
        "learning_rate", "lr", "train/learning_rate", "train/lr", "lr-AdamW",
    ]
    /// Every name asked for beside the aliases.
    static let names: Set<String> = Set(
        deviceParts + ["world_size", "n_devices", "num_devices", "block_size", "batch_size"]
            + ["train_samples"]
    )

    /// The greatest logged rate of a finished run is the peak of its schedule.
    private func derivePeakFromSeries(_ result: inout ResolvedRoles) {
        guard isOpen(.peakLearningRate, result), run.status == .finished else { return }
        for name in Self.rateSeries {
            guard let peak = run.metrics[name]?.maximum, peak > 0 else { continue }
            result.set(.peakLearningRate, peak, "greatest \(name)", .derived)
            return
        }
    }

    private func product(of names: [String]) -> (value: Double, text: String)? {
        var value = 1.0
        for name in names {
            guard let factor = run.number(name), factor > 0, factor.isFinite else { return nil }
            value *= factor
        }
        return (value, names.joined(separator: "*"))
    }
}
