import Client

/// Sends what one call logged, in the moment that a job can spare.
struct SpoolDelivery {
    static let patience = 700
    static let refusal = Failure.data(
        "The server refused what was logged; it was set aside.",
        hint: "`isoloss sync --status` names the folder."
    )

    let options: ServerOptions

    func deliver(_ spool: RunSpool) async throws(Failure) {
        let end = ContinuousClock.now + .milliseconds(Self.patience)
        var report = SpoolSender.Report()
        do throws(SpoolError) {
            report = try await options.sender(callMilliseconds: Self.patience).send(
                spool,
                isPatient: true,
                isOver: { ContinuousClock.now > end }
            )
        } catch {
            // It is kept; whatever hinders sending is for a later call to meet again.
            report.obstacle = error.message
        }
        for reason in report.refusals { Output.message("Refused: \(reason)") }
        Self.tell(spool, obstacle: report.obstacle)
        guard report.refusals.isEmpty else { throw Self.refusal }
    }

    /// Says what waits, when something does.
    static func tell(_ spool: RunSpool, obstacle: String?) {
        guard let obstacle, let waiting = try? spool.waiting(), waiting.records > 0 else { return }
        Output.message(
            "\(waiting.points) points wait in the spool (\(obstacle)); `isoloss sync` sends them."
        )
    }
}
