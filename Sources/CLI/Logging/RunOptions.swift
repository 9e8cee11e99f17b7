import ArgumentParser
import Client
import Foundation
import Runs
import API

/// Which run is meant: one that exists, or one that is made once.
struct RunOptions: ParsableArguments {
    @Option(help: "Id of a run, or with --project the name of one that exists.")
    var run: String?

    @Option(help: "Project of the run.")
    var project: String?

    @Option(help: "Name of the run, which is made the first time.")
    var name: String?

    @Option(help: "KEY=VALUE; repeat for more.")
    var param: [String] = []

    @Option(help: "KEY=VALUE; repeat for more.")
    var tag: [String] = []

    struct Opened {
        var spool: RunSpool
        var target: SpoolTarget
        /// The params and tags are part of its making.
        var isNew: Bool
    }

    /// Opens the run's records in the spool, without asking any server.
    func open(_ folder: SpoolFolder, server: String) throws(Failure) -> Opened {
        if let run {
            guard name == nil else { throw .usage("Give --run or --name, not both.") }
            return try Self.open(folder, run: run, project: project, server: server)
        }
        guard let project, let name else {
            throw .usage("Give --run ID, or --project P and --name N.")
        }
        let message = NewRunMessage(
            project: project,
            name: name,
            params: try Self.pairs(param, "--param"),
            tags: try Self.pairs(tag, "--tag")
        )
        let made = try spooling { () throws(SpoolError) in
            try folder.make(message, server: server, time: currentMicroseconds())
        }
        let target = SpoolTarget(server: server, run: made.id, project: project, name: name)
        return Opened(spool: made.spool, target: target, isNew: made.isNew)
    }

    /// A run that exists, by its id or by its name in a project.
    static func open(
        _ folder: SpoolFolder,
        run: String,
        project: String?,
        server: String
    ) throws(Failure) -> Opened {
        let id = RunID(hex: run)?.hex
        guard id != nil || project != nil else {
            throw .usage("A run is 32 hexadecimal digits, or a name together with --project.")
        }
        let target = SpoolTarget(
            server: server,
            run: id,
            project: project,
            name: id == nil ? run : nil
        )
        let spool = try spooling { () throws(SpoolError) in try folder.open(target) }
        return Opened(spool: spool, target: target, isNew: false)
    }

    /// The change of params, tags and status, unless there is none.
    func patch(_ opened: Opened, status: RunStatus? = nil) throws(Failure) -> SpoolRecord? {
        var patch = RunPatch(status: status)
        if !opened.isNew {
            let params = try Self.pairs(param, "--param")
            let tags = try Self.pairs(tag, "--tag")
            if !params.isEmpty { patch.params = params }
            if !tags.isEmpty { patch.tags = tags.mapValues { $0 } }
        }
        return patch == RunPatch() ? nil : try Self.record(patch)
    }

    /// The record of a change; one of status ends the run now.
    static func record(_ patch: RunPatch) throws(Failure) -> SpoolRecord {
        let now = currentMicroseconds()
        var patch = patch
        if patch.status != nil { patch.endTime = now }
        let header = SpoolRecord.Header(time: now, isFinished: patch.status == nil ? nil : true)
        do {
            return SpoolRecord(.patch, header, body: [UInt8](try WireJSON.encoder().encode(patch)))
        } catch {
            throw .data("The change cannot be written as JSON: \(error).")
        }
    }

    static func pairs(_ texts: [String], _ option: String) throws(Failure) -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw .usage("\(option) takes KEY=VALUE; it was \"\(text)\".")
            }
            pairs[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return pairs
    }
}
