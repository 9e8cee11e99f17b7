package import Runs

/// What happens to a field that may be empty.
package enum FieldChange<Value: Sendable & Hashable>: Sendable, Hashable {
    case keep, clear
    case set(Value)

    var isKept: Bool { self == .keep }

    var value: Value? {
        if case .set(let value) = self { value } else { nil }
    }
}

/// What may change of a run; nil and `keep` leave a field as it is.
package struct RunUpdate: Sendable {
    /// `running` on a run that had ended begins a new attempt and takes its end away.
    package var status: RunStatus?
    package var endTime: Int64?
    /// The end of a run that has none yet.
    package var endTimeIfNone: Int64?
    package var name: String?
    package var parent: FieldChange<RunID>
    package var group: FieldChange<String>
    /// A nil value removes the tag; one that is not there is no error.
    package var tags: [String: String?]
    /// Corrections: what stood before is kept beside.
    package var params: [String: String]
    /// First step of the attempt that begins.
    package var fromStep: Int64?

    package init(
        status: RunStatus? = nil,
        endTime: Int64? = nil,
        endTimeIfNone: Int64? = nil,
        name: String? = nil,
        parent: FieldChange<RunID> = .keep,
        group: FieldChange<String> = .keep,
        tags: [String: String?] = [:],
        params: [String: String] = [:],
        fromStep: Int64? = nil
    ) {
        self.status = status
        self.endTime = endTime
        self.endTimeIfNone = endTimeIfNone
        self.name = name
        self.parent = parent
        self.group = group
        self.tags = tags
        self.params = params
        self.fromStep = fromStep
    }
}
