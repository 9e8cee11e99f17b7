import API
import Foundation
import Importers
import Logging
import Runs
import ScalingLaws
import ServiceLifecycle
import Storage

/// What the demo does once its server listens: loads the recorded sweeps through the ordinary
/// importer, fits, prints what to set, and, when asked to, checks that everything answers and ends.
struct DemoSession: Service {
    static let project = "tiny-lm"
    static let mixtureProject = "tiny-lm-mixtures"
    static let batchProject = "tiny-lm-batches"
    /// The recordings in `examples/tiny-lm/logs`, each a project of its own.
    static let sweeps = [
        (project: project, file: "sweep.jsonl.gz"),
        (project: mixtureProject, file: "mixtures.jsonl.gz"),
        (project: batchProject, file: "batches.jsonl.gz"),
    ]
    /// Loss on held-out files; the sweep's `loss` is that of the last training steps.
    static let lossMetric = "val_loss"

    let dependencies: AppDependencies
    /// The port, as soon as the server listens.
    let port: AsyncStream<Int>
    let isOnce: Bool

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var iterator = port.makeAsyncIterator()
            guard let port = await iterator.next() else { return }
            let origin = "http://\(dependencies.configuration.host):\(port)"
            try await load()
            let (record, fit, target) = try await show()
            let calls = DemoCalls(origin: origin, token: dependencies.configuration.token)
            try await DemoReport(calls: calls, project: Self.project, fit: fit, target: target)
                .writeOnce()
            printAddresses(origin, target)
            if isOnce {
                let check = DemoCheck(
                    calls: calls,
                    project: Self.project,
                    fitID: record.id.hex,
                    target: target
                )
                say("\nChecked \(try await check.run()) addresses: all answer.")
            } else {
                say("\nServing until Ctrl-C.")
                try await Task.sleep(for: .seconds(1_000_000_000))
            }
        }
    }

    private func load() async throws {
        let folder = URL(fileURLWithPath: dependencies.configuration.examplesDirectory)
            .appendingPathComponent("tiny-lm/logs")
        for sweep in Self.sweeps {
            let path = folder.appendingPathComponent(sweep.file)
            guard let data = try? Data(contentsOf: path) else {
                throw ConfigurationError.folderMissing(
                    what: "the sample sweep",
                    path: path.path,
                    key: "ISOLOSS_EXAMPLES_DIR"
                )
            }
            let result = try await importFile([UInt8](data), sweep.file, into: sweep.project)
            say(
                "Project \(sweep.project): \(result.inserted) recorded runs loaded from \(path.path)"
                    + (result.unchanged > 0 ? ", \(result.unchanged) were there already." : ".")
            )
        }
    }

    private func importFile(
        _ bytes: [UInt8],
        _ name: String,
        into project: String
    ) async throws -> ImportMessage {
        let job = ImportJob(
            id: UUID().hex,
            project: project,
            bytes: bytes,
            format: "jsonl",
            options: ImportOptions(
                map: [.loss: try Expression(parsing: Self.lossMetric)],
                parameterConvention: "nonEmbedding",
                importTime: dependencies.now()
            )
        )
        var message = try dependencies.imports.enqueue(job)
        while message.status == .queued || message.status == .running {
            try await Task.sleep(for: .milliseconds(20))
            message = dependencies.imports.find(job.id) ?? message
        }
        if let error = message.error { throw error }
        if let first = message.rejected.first {
            let reason = "\(name), line \(first.line): \(first.reason)"
            throw APIError(.invalid, "The sample sweep is damaged: \(reason)")
        }
        return message
    }

    /// Prints the answers for a size inside the sweep and two beyond it; returns the fit and the
    /// target that the pages are opened at.
    private func show() async throws -> (FitRecord, StepLawFit, Target) {
        let service = FitService(dependencies: dependencies)
        let project = try await dependencies.lookup.project(Self.project)
        var record = try await service.current(project.id, .stepLaw)
        if try await service.staleRunCount(record) > 0 {
            record = try await service.wait(
                for: try await dependencies.fits.enqueue(
                    project: project.id,
                    law: .stepLaw,
                    where: nil,
                    seed: FitService.defaultSeed
                )
            )
        }
        let fit = try service.stepLaw(record)
        let targets = Self.targets(fit)
        let answers = try targets.map { try fit.recommend($0) }
        say(
            "\nLearning rate and batch fitted on \(fit.runCount) runs in \(fit.cells.count) cells "
                + "(loss above the best of a left-out cell: "
                + String(format: "%.3f", fit.crossValidation.interpolated.mean) + " %):\n"
        )
        say(DemoText.table(answers))
        return (record, fit, targets[1])
    }

    /// The pivot of the sweep, twice its largest cell, and eight times that size.
    static func targets(_ fit: StepLawFit) -> [Target] {
        let largest = fit.cells.max {
            $0.parameterCount * $0.tokenCount < $1.parameterCount * $1.tokenCount
        }
        let size = largest?.parameterCount ?? fit.pivot.parameterCount
        let tokens = largest?.tokenCount ?? fit.pivot.tokenCount
        return [
            Target(parameterCount: fit.pivot.parameterCount, tokenCount: fit.pivot.tokenCount),
            Target(parameterCount: 2 * size, tokenCount: 2 * tokens),
            Target(parameterCount: 8 * size, tokenCount: 8 * tokens),
        ]
    }

    private func printAddresses(_ origin: String, _ target: Target) {
        let size = NumberText.text(target.parameterCount.rounded())
        let tokens = NumberText.text(target.tokenCount.rounded())
        let question = "project=\(Self.project)&parameters=\(size)&tokens=\(tokens)"
        say(
            """

            Runs and curves    \(origin)/runs/?project=\(Self.project)
            Best mixture       \(origin)/mixtures/?project=\(Self.mixtureProject)&target=val_loss
            Critical batch     \(origin)/critical-batch/?project=\(Self.batchProject)
            Rate and batch     \(origin)/lr-batch/?\(question)
            Your own run       \(origin)/recommend/?\(question)
            A report           \(origin)/report/?project=\(Self.project)
            From a job         MLFLOW_TRACKING_URI=\(origin) python train.py
            """
        )
    }
}
