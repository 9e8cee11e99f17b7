import API
import ArgumentParser
import Client
import Runs

struct RolesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles",
        abstract: "Shows or sets what a project's names mean to the laws.",
        discussion: """
            Without --set and --unset it shows where each role comes from. For example:
              isoloss roles --project P --set batchSequences=batch_size --set 'loss="val/loss"'
            """
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project.")
    var project: String

    @Option(help: "ROLE=EXPRESSION over params and metrics; repeat for more roles.")
    var set: [String] = []

    @Option(help: "ROLE to find automatically again; repeat for more roles.")
    var unset: [String] = []

    @Option(help: "Which parameters parameterCount counts: total, nonEmbedding or active.")
    var parameterConvention: String?

    func run() async throws {
        try await reporting { () throws(Failure) in
            let client = try options.client()
            let assignments = try set.map { text throws(Failure) in try RoleAssignment(text) }
            let removed = try unset.map { text throws(Failure) in
                guard let role = Role(rawValue: text) else {
                    throw Failure.usage("--unset: there is no role \"\(text)\".")
                }
                return role
            }
            var answer = try await calling { () throws(ClientError) in
                try await client.roles(of: project)
            }
            if !set.isEmpty || !unset.isEmpty || parameterConvention != nil {
                let mapping = Self.mapping(
                    answer.value,
                    setting: assignments,
                    removing: removed,
                    convention: parameterConvention
                )
                answer = try await calling { () throws(ClientError) in
                    try await client.setRoles(of: project, to: mapping)
                }
            }
            if options.json { return Output.answer(answer.body) }
            Output.answer(Self.table(answer.value))
        }
    }

    /// The project's formulas after the change; those found automatically are not among them.
    static func mapping(
        _ known: RolesMessage,
        setting assignments: [RoleAssignment],
        removing removed: [Role],
        convention: String?
    ) -> RoleMapping {
        var mapping = RoleMapping(
            parameterConvention: convention ?? known.parameterConvention
        )
        for role in known.roles where role.kind == .mapped {
            mapping.expressions[role.role] = role.expression
        }
        for role in removed { mapping.expressions[role] = nil }
        for assignment in assignments {
            mapping.expressions[assignment.role] = assignment.expression
        }
        return mapping
    }

    static func table(_ message: RolesMessage) -> String {
        var table = Table([
            ("role", .left), ("unit", .left), ("from", .left), ("how", .left), ("runs", .right),
            ("missing", .right),
        ])
        for role in message.roles {
            table.add([
                role.role.rawValue, role.unit, role.expression ?? "–", role.kind?.rawValue ?? "–",
                String(role.resolvedRuns), String(role.missingRuns),
            ])
        }
        let convention = message.parameterConvention ?? "unspecified"
        var lines = [table.text, "parameterCount counts: \(convention)"]
        for role in message.roles where role.resolvedRuns == 0 {
            guard let reason = role.reason else { continue }
            lines.append("\(role.role.rawValue): \(reason)")
        }
        return lines.joined(separator: "\n")
    }
}
