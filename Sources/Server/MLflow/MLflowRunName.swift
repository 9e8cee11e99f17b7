/// Names for runs that come without one: adjective-noun-number, at most 20 characters.
package enum MLflowRunName {
    package static func random(using generator: inout some RandomNumberGenerator) -> String {
        let adjective = adjectives.randomElement(using: &generator) ?? "new"
        let noun = nouns.randomElement(using: &generator) ?? "run"
        return "\(adjective)-\(noun)-\(Int.random(in: 0...999, using: &generator))"
    }

    private static let adjectives = [
        "amber", "brisk", "calm", "clear", "deft", "eager", "early", "fair", "fleet", "fresh",
        "gentle", "glad", "grand", "hardy", "keen", "kind", "light", "lively", "lucid", "mellow",
        "neat", "noble", "patient", "quick", "quiet", "rapid", "sharp", "silent", "sleek", "smooth",
        "steady", "swift", "tidy", "upbeat", "vivid", "warm", "wise", "witty",
    ]
    private static let nouns = [
        "alder", "auk", "badger", "bear", "beech", "bison", "cedar", "crane", "crow", "deer",
        "dove", "eagle", "elm", "falcon", "fern", "finch", "fox", "gull", "hare", "heron", "ibis",
        "kite", "lark", "lynx", "maple", "marten", "mole", "moose", "newt", "oak", "otter", "owl",
        "perch", "pine", "robin", "seal", "stork", "swan", "trout", "vole", "whale", "wren",
    ]
}
