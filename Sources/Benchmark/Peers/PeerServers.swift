import Foundation

extension MeasuredServer {
    /// MLflow's own server with four workers, on a cluster like ours.
    static func mlflow(
        _ environment: PeerEnvironment,
        commitDelayMilliseconds: Double = 0
    ) async throws -> MeasuredServer {
        try await peer("MLflow", commitDelayMilliseconds) { cluster, port in
            let words = [
                environment.program("python"), "-m", "mlflow", "server", "--backend-store-uri",
                "postgresql+psycopg2://postgres@/isoloss?host=\(cluster.socketFolder)&port=5432",
                "--artifacts-destination", cluster.folder + "/artifacts", "--host", "127.0.0.1",
                "--port", "\(port)", "--workers", "4",
            ]
            return (words, ["MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"])
        }
    }

    /// FastTrackML's server, on a cluster like ours.
    static func fastTrackML(
        _ environment: PeerEnvironment,
        commitDelayMilliseconds: Double = 0
    ) async throws -> MeasuredServer {
        try await peer("FastTrackML", commitDelayMilliseconds) { cluster, port in
            let words = [
                environment.program("fml"), "server", "--listen-address", "127.0.0.1:\(port)",
                "--database-uri",
                "postgres://postgres@/isoloss?host=\(cluster.socketFolder)&port=5432",
                "--default-artifact-root", cluster.folder + "/artifacts",
            ]
            return (words, [:])
        }
    }

    private static func peer(
        _ name: String,
        _ commitDelayMilliseconds: Double,
        _ command: (BenchmarkCluster, Int) -> (words: [String], environment: [String: String])
    ) async throws -> MeasuredServer {
        let cluster = try await BenchmarkCluster.start(
            commitDelayMilliseconds: commitDelayMilliseconds
        )
        do {
            let port = try freePort()
            let (words, environment) = command(cluster, port)
            let process = try ChildProgram(
                words,
                environment: environment,
                log: cluster.folder + "/peer.log"
            )
            let server = MeasuredServer(
                name: name,
                port: port,
                cluster: cluster,
                process: process,
                isIsoloss: false
            )
            try await process.waitUntil("\(name) did not start", seconds: 180) {
                // It makes its tables before it listens.
                (try? server.call(RequestText.get("/health")).status) ?? 0 > 0
            }
            return server
        } catch {
            try await cluster.stop()
            throw error
        }
    }
}
