import API
import ArgumentParser
import Client
import Foundation

extension MixtureCommand {
    struct Design: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Chooses mixtures for a first set of runs, ready to launch.",
            discussion: """
                All mixtures are within the bounds, however tight. A JSON file says more than the
                flags: groups, deletions of single domains, replicates of the reference.
                  isoloss mixture design --domains web,code,books --count 24 --minimum 0.01
                  isoloss mixture design --project P --file design.json --format csv
                """
        )

        enum Method: String, ExpressibleByArgument, CaseIterable {
            case spaceFilling = "space-filling"
            case uniform, dirichlet, regmix
            case dOptimal = "d-optimal"
        }

        @OptionGroup var options: ServerOptions

        @Option(help: "Project whose domains count, and from whose runs the design goes on.")
        var project: String?

        @Option(help: "Names of the domains, with commas between.")
        var domains: String?

        @Option(help: "Mixtures wanted.")
        var count = 24

        @Option(help: "How they are chosen.")
        var method = Method.dOptimal

        @Option(help: "Least share of every domain.")
        var minimum: Double?

        @Option(help: "Greatest share of any domain.")
        var maximum: Double?

        @Option(help: "The same mixture again, this often, to learn the noise.")
        var replicates = 0

        @Flag(help: "Also the reference without each domain in turn.")
        var deletions = false

        @Option(help: "Seed of all random draws.")
        var seed: UInt64 = 1

        @Option(help: "JSON file with members of the design; its members win over the flags.")
        var file: String?

        @OptionGroup var output: MixtureOutput

        func validate() throws {
            guard project != nil || domains != nil else {
                throw ValidationError("Give --project or --domains.")
            }
        }

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let body = try body(of: try await bounded(client))
                let bytes = try await calling { () throws(ClientError) in
                    try await client.mixtureDesign(body, format: output.wireFormat(options))
                }
                try output.write(bytes, options)
            }
        }

        /// The domains that --minimum and --maximum hold for; nil where nobody asked.
        private func bounded(_ client: Client) async throws(Failure) -> [String]? {
            if let domains {
                return domains.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            }
            guard let project, minimum != nil || maximum != nil else { return nil }
            let swarm = try await calling { () throws(ClientError) in
                try await client.swarm(of: project)
            }
            return swarm.value.domains.map(\.name)
        }

        private func body(of names: [String]?) throws(Failure) -> AnyJSON {
            var members: [String: AnyJSON] = [:]
            if let file { members = try MixtureFile.members(file) }
            if let project { members["project"] = .string(project) }
            if let names { members["domains"] = .array(names.map { .string($0) }) }
            members["count"] = members["count"] ?? .number(Double(count))
            members["method"] = members["method"] ?? .string(method.rawValue)
            members["seed"] = members["seed"] ?? .number(Double(seed))
            if replicates > 0 { members["replicates"] = .number(Double(replicates)) }
            if deletions { members["hasDeletions"] = .bool(true) }
            guard let names else { return .object(members) }
            for (name, bound) in [("minimum", minimum), ("maximum", maximum)] {
                guard let bound, members[name] == nil else { continue }
                members[name] = .object(
                    Dictionary(
                        names.map { ($0, .number(bound)) },
                        uniquingKeysWith: { first, _ in first }
                    )
                )
            }
            return .object(members)
        }
    }
}

/// How a plan of mixtures is printed.
struct MixtureOutput: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, yaml, csv, regmix }

    @Option(help: "How the plan is printed; regmix writes a file per run into --output.")
    var format = Format.text

    @Option(help: "Folder for the files of --format regmix.")
    var output: String?

    func validate() throws {
        guard (format == .regmix) == (output != nil) else {
            throw ValidationError(
                "--format regmix needs --output FOLDER, which no other format takes."
            )
        }
    }

    func wireFormat(_ options: ServerOptions) -> String {
        options.json || format == .text ? "json" : format.rawValue
    }

    func write(_ bytes: [UInt8], _ options: ServerOptions) throws(Failure) {
        guard !options.json else { return Output.answer(bytes) }
        switch format {
        case .json, .yaml, .csv: Output.answer(bytes)
        case .text:
            let plan: MixturePlanReply = try Self.decoded(bytes)
            Output.answer(MixtureText.text(plan))
        case .regmix: try save(bytes)
        }
    }

    private struct Files: Decodable {
        struct File: Decodable {
            var name: String
            var text: String
        }

        var files: [File]
    }

    private func save(_ bytes: [UInt8]) throws(Failure) {
        let found: Files = try Self.decoded(bytes)
        let folder = URL(filePath: output ?? ".", directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true
            )
            for file in found.files {
                // A name that the server sent never leaves the folder.
                let name = URL(filePath: file.name).lastPathComponent
                try Data(file.text.utf8).write(to: folder.appending(path: name))
            }
        } catch {
            throw .data("\(folder.path()) cannot be written: \(error.localizedDescription)")
        }
        Output.message("\(found.files.count) files written.")
    }

    private static func decoded<Value: Decodable>(_ bytes: [UInt8]) throws(Failure) -> Value {
        do {
            return try WireJSON.decoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw .client(.malformedReply(status: 200, url: "", reason: "\(error)"))
        }
    }
}
