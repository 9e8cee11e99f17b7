/// How mixtures and results stand in a file or in two. What is nil is taken from the preset, else
/// found out.
package struct MixtureImportOptions: Sendable, Hashable {
    /// Bytes of the first of two tables, which holds the mixtures; the rest is the table of
    /// results. nil: one table holds both.
    package var mixtureBytes: Int?
    /// The column that says which rows of two tables belong together.
    package var join: String?
    /// Columns that begin so are shares, and what follows is the domain's name.
    package var sharePrefix: String?
    /// Columns that begin or end so are results; with neither, all other columns of numbers are.
    package var metricPrefix: String?
    package var metricSuffix: String?
    package var metricUnit: String?
    /// The results are better when greater.
    package var isHigherBetter: Bool
    /// The domains of a log's paths, in the order of the shares there.
    package var domains: [String]
    /// Parameters by the size's name in a log's paths.
    package var parameterCounts: [String: Double]
    package var tokensPerStep: Double?

    package init(
        mixtureBytes: Int? = nil,
        join: String? = nil,
        sharePrefix: String? = nil,
        metricPrefix: String? = nil,
        metricSuffix: String? = nil,
        metricUnit: String? = nil,
        isHigherBetter: Bool = false,
        domains: [String] = [],
        parameterCounts: [String: Double] = [:],
        tokensPerStep: Double? = nil
    ) {
        self.mixtureBytes = mixtureBytes
        self.join = join
        self.sharePrefix = sharePrefix
        self.metricPrefix = metricPrefix
        self.metricSuffix = metricSuffix
        self.metricUnit = metricUnit
        self.isHigherBetter = isHigherBetter
        self.domains = domains
        self.parameterCounts = parameterCounts
        self.tokensPerStep = tokensPerStep
    }

    func completed(by preset: MixtureImportOptions) -> MixtureImportOptions {
        var options = self
        options.join = join ?? preset.join
        options.sharePrefix = sharePrefix ?? preset.sharePrefix
        options.metricPrefix = metricPrefix ?? preset.metricPrefix
        options.metricSuffix = metricSuffix ?? preset.metricSuffix
        options.metricUnit = metricUnit ?? preset.metricUnit
        options.isHigherBetter = isHigherBetter || preset.isHigherBetter
        return options
    }

    /// What runs of these files carry beside their params.
    var tags: [String: String] {
        var tags: [String: String] = [:]
        if let metricUnit { tags["isoloss.metricUnit"] = metricUnit }
        if isHigherBetter { tags["isoloss.metricDirection"] = "higher" }
        return tags
    }
}
