import API
import Foundation
import Hummingbird
import Mixtures
import Runs
import Storage

/// Rules that move the sampling weights of running jobs. What a rule knows is in the database, so a
/// job may send each observation to another server.
struct OnlineMixtureController: Sendable {
    let dependencies: AppDependencies
    private var service: OnlineMixtureService {
        OnlineMixtureService(store: dependencies.store, now: dependencies.now)
    }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.onlineRules) { _, _ in OnlineRuleList(rules: onlineRuleCards) }
        router.on(Endpoints.createOnlineMixture, use: create)
        router.on(Endpoints.listOnlineMixtures) { request, _ in
            try await list(QueryParameters(request))
        }
        router.on(Endpoints.findOnlineMixture) { _, context in
            try await service.message(of: service.find(context.decodedParameter("id")))
        }
        router.on(Endpoints.observeOnlineMixture) { request, context in
            try await service.observe(
                context.decodedParameter("id"),
                await request.decode(as: OnlineObservation.self, context: context)
            )
        }
        router.on(Endpoints.replayOnlineMixture, use: replay)
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<OnlineMixtureMessage> {
        let body = try await request.decode(as: NewOnlineMixture.self, context: context)
        let project = try await dependencies.lookup.project(body.project)
        var run: RunID?
        if let text = body.run {
            let found = try await dependencies.lookup.run(text)
            guard found.projectID == project.id else {
                throw APIError(
                    .invalid,
                    "The run \(text.prefix(80)) belongs to another project.",
                    field: "run"
                )
            }
            run = found.id
        }
        let message = try await service.create(body.specification, project: project.id, run: run)
        return EditedResponse(status: .created, response: message)
    }

    private func list(_ query: QueryParameters) async throws -> OnlineMixtureList {
        let project = try await dependencies.lookup.project(query.required("project"))
        let records = try await dependencies.store.onlineMixtures.list(
            projectID: project.id,
            limit: 200
        )
        return OnlineMixtureList(mixtures: try records.map { try service.message(of: $0) })
    }

    private func replay(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> OnlineReplay {
        let body = try await request.decode(as: OnlineReplayBody.self, context: context)
        var observations = body.observations ?? []
        if let run = body.run {
            guard observations.isEmpty else {
                throw APIError(
                    .invalid,
                    "Give a run or observations, not both.",
                    field: "observations"
                )
            }
            let found = try await dependencies.lookup.run(run)
            observations = try await LoggedLosses(store: dependencies.store)
                .observations(found, body)
        }
        guard observations.count <= LoggedLosses.observationLimit else {
            throw APIError(
                .invalid,
                "\(LoggedLosses.observationLimit) observations can be replayed at once; there are "
                    + "\(observations.count).",
                field: "observations"
            )
        }
        let taken = observations
        return try await dependencies.advice.run { () throws(MixtureError) in
            try OnlineReplay(body.specification, taken)
        }
    }
}

struct OnlineRuleList: ResponseEncodable {
    var rules: [OnlineRuleCard]
}

extension OnlineReplay: ResponseEncodable {}

/// Body of `POST /api/v1/online-mixtures`: a rule, and where it belongs.
struct NewOnlineMixture: Decodable {
    /// Name or id.
    var project: String
    /// Id of the run whose series are to hold the trace.
    var run: String?
    var specification: OnlineSpecification

    private enum CodingKeys: String, CodingKey { case project, run }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        project = try members.decode(String.self, forKey: .project)
        run = try members.decodeIfPresent(String.self, forKey: .run)
        specification = try OnlineSpecification(from: decoder)
    }
}

/// Body of `POST /api/v1/online-mixtures/replays`: a rule, and what was measured.
struct OnlineReplayBody: Decodable {
    var specification: OnlineSpecification
    /// Id of a run whose series hold the losses.
    var run: String?
    /// The metric of a domain's loss, `*` standing for the domain; `val_loss/*` when absent.
    var lossMetric: String?
    /// The same of the reference model's losses; nil when there are none.
    var referenceMetric: String?
    var observations: [OnlineObservation]?

    private enum CodingKeys: String, CodingKey {
        case run, lossMetric, referenceMetric, observations
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        run = try members.decodeIfPresent(String.self, forKey: .run)
        lossMetric = try members.decodeIfPresent(String.self, forKey: .lossMetric)
        referenceMetric = try members.decodeIfPresent(String.self, forKey: .referenceMetric)
        observations = try members.decodeIfPresent(
            [OnlineObservation].self,
            forKey: .observations
        )
        specification = try OnlineSpecification(from: decoder)
    }
}
