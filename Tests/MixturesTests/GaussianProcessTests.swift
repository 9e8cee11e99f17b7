import Foundation
import Mixtures
import TestSupport
import Testing

struct GaussianProcessTests {
    private struct GoldenProcess: Decodable {
        var lengthScale: [Double]
        var signalVariance: Double
        var noiseVariance: Double
        var mixtures: [[Double]]
        var losses: [Double]
        var query: [[Double]]
        var mean: [Double]
        var latentSd: [Double]
        var leaveOneOutMean: [Double]
        var leaveOneOutSd: [Double]
        var negativeLogMarginalLikelihoodStandardised: Double
    }

    @Test(.needsPublicData(Golden.file))
    func `Posterior and left-out predictions are those of an independent implementation`() throws {
        let golden = try Golden.entry("gaussianProcess", as: GoldenProcess.self)
        let runs = zip(golden.mixtures, golden.losses).map {
            MixtureData.Run(id: UUID(), name: "run", proportions: $0, loss: $1)
        }
        let kernel = GaussianKernel(
            lengths: golden.lengthScale,
            signal: golden.signalVariance,
            noise: golden.noiseVariance
        )
        let data = MixtureData(domains: ["a", "b", "c"], runs: runs)
        let process = try FittedGaussianProcess(data, kernel: kernel)
        for (index, mixture) in golden.query.enumerated() {
            #expect(abs(process.loss(at: mixture) - golden.mean[index]) < 1e-6)
            let deviation = try #require(process.deviation(at: mixture)) / process.widening
            #expect(abs(deviation - golden.latentSd[index]) < 1e-6)
        }
        for (index, found) in process.leaveOneOut().enumerated() {
            #expect(abs(found.mean - golden.leaveOneOutMean[index]) < 1e-6)
            #expect(abs(found.deviation - golden.leaveOneOutSd[index]) < 1e-6)
        }
        let likelihood = golden.negativeLogMarginalLikelihoodStandardised
        #expect(abs(process.negativeLogLikelihood - likelihood) < 1e-6)
    }

    private let truth = PlantedSwarm.effectiveData

    @Test func `A smooth truth is learnt, and the gradient is that of the values`() throws {
        let data = PlantedSwarm.runs(90, domains: 4, noise: 0.002) { truth.loss(at: $0) }
        let test = PlantedSwarm.runs(60, domains: 4, seed: 8) { truth.loss(at: $0) }
        let fit = try GaussianProcessMixture.fit(data, MixtureFitRequest(), startingFrom: nil)
        let line = try RidgeMixture.fit(data, MixtureFitRequest(), startingFrom: nil)
        #expect(PlantedSwarm.error(fit, test) < 0.3 * PlantedSwarm.error(line, test))
        let mixture = [0.4, 0.3, 0.2, 0.1]
        let gradient = try #require(fit.gradient(at: mixture))
        for domain in mixture.indices {
            var (above, below) = (mixture, mixture)
            above[domain] += 1e-5
            below[domain] -= 1e-5
            let slope = (fit.loss(at: above) - fit.loss(at: below)) / 2e-5
            #expect(abs(gradient[domain] - slope) < 1e-5)
        }
    }

    @Test func `Intervals of new runs hold about as often as they promise`() throws {
        let data = PlantedSwarm.runs(100, domains: 4, noise: 0.01) { truth.loss(at: $0) }
        let test = PlantedSwarm.runs(300, domains: 4, noise: 0.01, seed: 9) { truth.loss(at: $0) }
        let fit = try GaussianProcessMixture.fit(data, MixtureFitRequest(), startingFrom: nil)
        let held = test.runs.count {
            abs(fit.loss(at: $0.proportions) - $0.loss)
                < 1.645 * fit.predictiveDeviation(at: $0.proportions)
        }
        #expect((0.83...0.97).contains(Double(held) / 300))
    }

    @Test func `A stored process answers as the one that was stored`() throws {
        let data = PlantedSwarm.runs(30, domains: 3, noise: 0.01) { 3 - $0[0] * $0[1] }
        for law in [AnyGaussian.roots, .logarithms] {
            let fit = try law.fit(data)
            let stored = try JSONEncoder().encode(fit)
            let again = try JSONDecoder().decode(FittedGaussianProcess.self, from: stored)
            for run in data.runs {
                #expect(again.loss(at: run.proportions) == fit.loss(at: run.proportions))
                #expect(again.deviation(at: run.proportions) == fit.deviation(at: run.proportions))
            }
        }
    }

    @Test func `Repeated runs, a domain that never varies and few runs are survived`() throws {
        let good = PlantedSwarm.runs(12, domains: 3, noise: 0.01) { 3 - $0[0] }
        for law in [AnyGaussian.roots, .logarithms] {
            let twins = good.selecting([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
            #expect(try law.fit(twins).loss(at: [0.2, 0.3, 0.5]).isFinite)
            var constant = good
            for index in constant.runs.indices {
                let first = constant.runs[index].proportions[0]
                constant.runs[index].proportions = [first, 1 - first, 0]
            }
            #expect(try law.fit(constant).loss(at: [0, 0, 1]).isFinite)
            #expect(throws: MixtureError.self) { _ = try law.fit(good.selecting([1])) }
        }
    }

    enum AnyGaussian {
        case roots
        case logarithms

        func fit(_ data: MixtureData) throws -> FittedGaussianProcess {
            let request = MixtureFitRequest()
            return switch self {
            case .roots: try GaussianProcessMixture.fit(data, request, startingFrom: nil)
            case .logarithms: try LogGaussianProcess.fit(data, request, startingFrom: nil)
            }
        }
    }
}
