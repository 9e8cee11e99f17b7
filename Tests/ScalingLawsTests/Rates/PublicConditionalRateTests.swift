import Foundation
import ScalingLaws
import TestSupport
import Testing

/// The slices of the public table, against independently computed fits.
@Suite(.needsPublicData("steplaw/dense_lr_bs_loss.csv"))
struct PublicConditionalRateTests {
    private static let fit = Result {
        var request = PlantedSweep.request(try PublicStepLawTests.read())
        request.options.drawCount = 60
        return try ConditionalLearningRate.fit(request)
    }

    @Test func `the slices are fitted as closely as was computed independently`() throws {
        let fit = try Self.fit.get()
        #expect(fit.residual < 0.175)
        #expect(fit.slices.count > 100)
        #expect(isClose(fit.rate.slope, 0.9, within: 0.1))
    }

    /// Root mean squares in ln LR: 0.175 at sharpness 3 or 4, 0.207 at 1, 0.34 log-linear.
    @Test func `softer knees and power laws miss left-out slices by more`() throws {
        let forms = try Self.fit.get().forms
        func residual(_ id: String) throws -> Double {
            try #require(forms.first { $0.id == id }).residual
        }
        #expect(try residual("saturating") < 0.18)
        #expect(isClose(try residual("sharpness-1"), 0.207, within: 0.01))
        #expect(isClose(try residual("power-law"), 0.34, within: 0.03))
    }

    @Test func `plain scaling costs more on left-out cells`() throws {
        let forms = try Self.fit.get().forms
        let own = try #require(forms.first { $0.id == "saturating" })
        for id in ["linear", "square-root", "no-batch", "power-law", "nearest-slice"] {
            let rival = try #require(forms.first { $0.id == id })
            #expect(own.regret.mean < rival.regret.mean, "\(id)")
        }
    }
}
