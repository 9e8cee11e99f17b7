import API
import Runs

/// What the native API asks of a run's fields before they are stored.
enum RunRules {
    static func check(_ body: NewRunMessage) throws(ValidationError) {
        try check(name: body.name)
        try check(body.params ?? [:], field: "params", limit: Limits.paramValueCharacters)
        try check(body.tags ?? [:], field: "tags", limit: Limits.tagValueCharacters)
        try check(group: body.group)
        try check(note: body.note)
        guard (body.startTime ?? 0) >= 0 else {
            throw ValidationError(
                field: "startTime",
                rule: "microseconds since 1970",
                given: "\(body.startTime ?? 0)"
            )
        }
    }

    static func check(_ body: RunPatch) throws(ValidationError) {
        if let name = body.name { try check(name: name) }
        try check(body.params ?? [:], field: "params", limit: Limits.paramValueCharacters)
        let tags = (body.tags ?? [:]).mapValues { $0 ?? "" }
        try check(tags, field: "tags", limit: Limits.tagValueCharacters)
        try check(group: body.group)
        try check(note: body.note)
    }

    static func check(name: String) throws(ValidationError) {
        try check(text: name, field: "name", limit: Limits.runNameCharacters)
    }

    static func check(group: String?) throws(ValidationError) {
        guard let group else { return }
        try check(text: group, field: "group", limit: Limits.keyCharacters)
        guard group.unicodeScalars.allSatisfy({ !$0.properties.isControl }) else {
            throw ValidationError(field: "group", rule: "printable characters", given: group)
        }
    }

    static func check(note: String?) throws(ValidationError) {
        guard let note else { return }
        try check(text: note, field: "note", limit: Limits.tagValueCharacters)
    }

    static func check(
        _ pairs: [String: String],
        field: String,
        limit: Int
    ) throws(ValidationError) {
        guard pairs.count <= Limits.batchEntityCount else {
            throw ValidationError(
                field: field,
                rule: "at most \(Limits.batchEntityCount) entries",
                given: "\(pairs.count)"
            )
        }
        for (key, value) in pairs {
            let isPrintable = key.unicodeScalars.allSatisfy { !$0.properties.isControl }
            guard (1...Limits.keyCharacters).contains(key.unicodeScalars.count), isPrintable else {
                throw ValidationError(
                    field: "\(field) key",
                    rule: "1 to \(Limits.keyCharacters) printable characters",
                    given: key
                )
            }
            try check(text: value, field: "\(field).\(key)", limit: limit)
        }
    }

    private static func check(
        text: String,
        field: String,
        limit: Int
    ) throws(ValidationError) {
        guard text.unicodeScalars.count <= limit, !text.unicodeScalars.contains("\0") else {
            throw ValidationError(
                field: field,
                rule: "at most \(limit) characters, none of them U+0000",
                given: "\(text.unicodeScalars.count) characters"
            )
        }
    }
}
