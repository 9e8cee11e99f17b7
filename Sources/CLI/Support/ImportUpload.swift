import API
import Client

/// Sends a file to be imported, waits, and tells what became of it.
struct ImportUpload {
    let options: ServerOptions
    let project: String

    /// - Parameter title: what is being sent, for the line of progress.
    func run(
        query: [(name: String, value: String)],
        body: WireRequest.Body,
        title: String
    ) async throws(Failure) {
        let client = try options.client()
        let answer = try await load(client, query, body, title)
        if options.json { Output.answer(answer.body) }
        ImportSummary.tell(answer.value, project: project, isJSON: options.json)
        if let error = answer.value.error {
            // What the server found wrong once it read the file is the file's fault.
            guard error.code == .invalid else { throw .client(.refused(error)) }
            throw .data(error.message, hint: error.hint)
        }
        let state = answer.value
        guard state.inserted + state.unchanged > 0 || state.rejectedCount == 0 else {
            throw .data("All \(state.rejectedCount) rows were rejected; nothing was loaded.")
        }
    }

    private func load(
        _ client: Client,
        _ query: [(name: String, value: String)],
        _ body: WireRequest.Body,
        _ title: String
    ) async throws(Failure) -> Answer<ImportMessage> {
        let size = ImportFile.byteCount(body)
        let upload = ProgressLine("Sending \(title)")
        var answer = try await calling { () throws(ClientError) in
            try await client.startImport(query: query, body: body) { sent in
                upload.show(size > 0 ? Double(sent) / Double(size) : nil)
            }
        }
        upload.end()
        let progress = ProgressLine("Importing")
        defer { progress.end() }
        var delay = 0.05
        while answer.value.status == .queued || answer.value.status == .running {
            progress.show(answer.value.progress)
            await client.wait(seconds: delay)
            delay = min(1, delay * 1.5)
            let id = answer.value.id
            answer = try await calling { () throws(ClientError) in try await client.importState(id)
            }
        }
        return answer
    }
}
