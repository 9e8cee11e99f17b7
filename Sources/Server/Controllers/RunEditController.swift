import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runs
import Storage

/// One run: made, found, changed, kept alive, resumed.
struct RunEditController: Sendable {
    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.createRun, use: create)
        router.on(Endpoints.findRun) { _, context in
            let run = try await dependencies.lookup.run(context.decodedParameter("id"))
            return try await dependencies.message(of: run)
        }
        router.on(Endpoints.patchRun, use: patch)
        router.on(Endpoints.heartbeat) { _, context in
            let id = try dependencies.lookup.runID(context.decodedParameter("id"), field: "id")
            let status = try await store.runs.heartbeat(id, now: dependencies.now())
            return HeartbeatMessage(status: status)
        }
        router.on(Endpoints.resumeRun, use: resume)
        router.on(Endpoints.runLife) { _, context in
            try await life(of: dependencies.lookup.run(context.decodedParameter("id")))
        }
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<RunMessage> {
        let body = try await request.decode(as: NewRunMessage.self, context: context)
        let now = dependencies.now()
        try RunRules.check(body)
        let project = try await dependencies.lookup.projectMakingIt(body.project, now: now)
        if let parent = body.parent, try await store.runs.find(id: parent) == nil {
            throw APIError(.notFound, "There is no run \(parent.hex).", field: "parent")
        }
        let new = Self.run(body, in: project, now: now)
        do {
            let run = try await store.runs.create(new, now: now)
            return EditedResponse(
                status: .created,
                response: try await dependencies.message(of: run)
            )
        } catch StorageError.conflict(let constraint, let message) {
            guard body.id != nil, let run = try await store.runs.find(id: new.id),
                run.projectID == project.id, run.deletedAt == nil
            else { throw StorageError.conflict(constraint: constraint, message: message) }
            return EditedResponse(status: .ok, response: try await dependencies.message(of: run))
        }
    }

    private static func run(_ body: NewRunMessage, in project: Project, now: Int64) -> NewRun {
        var generator = SystemRandomNumberGenerator()
        let random = (generator.next(), generator.next())
        var tags = body.tags ?? [:]
        if let note = body.note, !note.isEmpty { tags[MLflowTag.note] = note }
        if let parent = body.parent { tags[MLflowTag.parent] = parent.hex }
        return NewRun(
            id: body.id ?? RunID(UUID(timeOrdered: now, random: random)),
            projectID: project.id,
            name: body.name,
            parentID: body.parent ?? tags[MLflowTag.parent].flatMap { RunID(hex: $0) },
            groupName: body.group.flatMap { $0.isEmpty ? nil : $0 },
            startTime: body.startTime ?? now,
            params: body.params ?? [:],
            tags: tags
        )
    }

    private func patch(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> RunMessage {
        let run = try await dependencies.lookup.run(context.decodedParameter("id"))
        let body = try await request.decode(as: RunPatch.self, context: context)
        let now = dependencies.now()
        try RunRules.check(body)
        let update = try await update(body, of: run, now: now)
        let changed = try await store.runs.update(run.id, update, now: now)
        return try await dependencies.message(of: changed)
    }

    private func update(
        _ body: RunPatch,
        of run: Run,
        now: Int64
    ) async throws -> RunUpdate {
        let ends = body.status?.hasEnded ?? false
        var update = RunUpdate(
            status: body.status,
            endTime: body.endTime,
            endTimeIfNone: ends ? now : nil,
            name: body.name,
            tags: body.tags ?? [:],
            params: body.params ?? [:]
        )
        if let group = body.group { update.group = group.isEmpty ? .clear : .set(group) }
        if let note = body.note { update.tags[MLflowTag.note] = .some(note.isEmpty ? nil : note) }
        if let text = body.parent, text.isEmpty {
            update.parent = .clear
            update.tags[MLflowTag.parent] = .some(nil)
        } else if let text = body.parent {
            let parent = try dependencies.lookup.runID(text, field: "parent")
            guard parent != run.id, try await store.runs.find(id: parent) != nil else {
                throw APIError(
                    .invalid,
                    "parent must be the id of another run; it was \(text.prefix(80)).",
                    field: "parent"
                )
            }
            update.parent = .set(parent)
            update.tags[MLflowTag.parent] = parent.hex
        }
        return update
    }

    private func resume(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> RunMessage {
        let run = try await dependencies.lookup.run(context.decodedParameter("id"))
        let bytes = try await request.body.collect(upTo: 10_000)
        let body =
            bytes.readableBytes == 0
            ? ResumeMessage()
            : try context.requestDecoder.decode(
                ResumeMessage.self,
                from: Data(bytes.readableBytesView)
            )
        guard run.status.hasEnded else {
            throw APIError(
                .conflict,
                "The run is \(run.status.rawValue), so there is nothing to resume.",
                hint: "End it first, or just go on logging."
            )
        }
        let update = RunUpdate(status: .running, fromStep: body.fromStep)
        let resumed = try await store.runs.update(run.id, update, now: dependencies.now())
        return try await dependencies.message(of: resumed)
    }

    private func life(of run: Run) async throws -> RunLifeMessage {
        let resumptions = try await store.runs.resumptions(of: run.id)
        let changes = try await store.runs.paramChanges(of: run.id, limit: Limits.runPageCount)
        var attempts: [AttemptMessage] = []
        var start = (at: run.startTime, step: Int64?.none)
        for next in resumptions {
            attempts.append(
                AttemptMessage(
                    startedAt: start.at,
                    endedAt: next.endBefore,
                    status: next.statusBefore,
                    fromStep: start.step
                )
            )
            start = (next.startedAt, next.fromStep)
        }
        attempts.append(
            AttemptMessage(
                startedAt: start.at,
                endedAt: run.endTime,
                status: run.status,
                fromStep: start.step
            )
        )
        return RunLifeMessage(
            attempts: attempts,
            paramChanges: changes.map {
                ParamChangeMessage(key: $0.key, old: $0.old, changedAt: $0.changedAt)
            }
        )
    }
}

extension AppDependencies {
    func message(of run: Run) async throws -> RunMessage {
        viewer(try await lookup.resolver(run.projectID)).message(run)
    }
}

extension HeartbeatMessage: ResponseEncodable {}
extension RunLifeMessage: ResponseEncodable {}
