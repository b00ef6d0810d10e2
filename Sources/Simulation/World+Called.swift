import Calls
import Centre
import Primitives

/// Those whom agents call.
extension World {
    /// The network brings the call to somebody, or not.
    mutating func callNumber(_ leg: LegID) {
        legs[leg] = OutsideLeg(.called)
        let reaction = random.around(.seconds(8), spread: 1)
        switch random.fraction() {
        case ..<0.6: put(.calledAnswers(leg), after: reaction)
        case ..<0.75: put(.calledRefuses(leg, random.oneOf(LegRefusal.allCases)), after: reaction)
        // At the very moment at which it has rung long enough.
        case ..<0.8: put(.calledAnswers(leg), after: CentreEngine.dialRingMax - random.between(.zero, .milliseconds(100)))
        default: break
        }
    }

    mutating func calledAnswers(_ leg: LegID) {
        guard legs[leg] != nil else { return }
        legs[leg]?.isUp = true
        send(.legAnswered(leg), on: leg)
    }
}
