import Calls
import Centre
import Contacts
import Organization
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

    /// Somebody dials on his phone, which is on the line until it is told otherwise.
    mutating func dialByPhone(_ index: Int) {
        guard let leg = lift(index) else { return }
        let contact = ContactID(at: now, using: &random)
        send(.dialledByPhone(agents[index].agent.id, contact, random.oneOf(scenario.queues).id, leg), on: leg)
    }

    /// Somebody whose phone holds the customer calls by its second line whom he wants to ask; then he talks with one or the other, or has
    /// the phone join them, and hands over, or hangs up.
    mutating func consultByPhone(_ index: Int, about contact: ContactID, with colleague: AgentID?) {
        guard let call = engine.calls[contact], let customersLine = call.agent, agents[index].legs.contains(customersLine),
            let line = lift(index)
        else { return }
        let agent = agents[index].agent.id
        let party: DialledParty = colleague.map { .colleague($0) } ?? .number(LegID(at: now, using: &random))
        send(.consultDialledByPhone(agent, contact, with: party, on: line), on: line)
        var moment = Duration.zero
        for _ in 0..<random.between(0, 4) {
            moment += random.around(.seconds(10), spread: 1)
            put(.hold(random.chance(0.5) ? line : customersLine, random.chance(0.5)), after: moment)
        }
        moment += random.around(.seconds(10), spread: 1)
        switch random.fraction() {
        case ..<0.4: put(.agent(index, .endConsult(contact, isTransfer: true)), after: moment)
        case ..<0.7: put(.talkEnds(line), after: moment)
        case ..<0.8: put(.agent(index, .endConsult(contact, isTransfer: false)), after: moment)
        default: break
        }
    }

    /// A line that his phone opens; nil if it has none left.
    mutating func lift(_ index: Int) -> LegID? {
        guard agents[index].agent.phone != nil, agents[index].isPhoneReachable, agents[index].legs.count < SimulatedAgent.linesMax else {
            return nil
        }
        let leg = LegID(at: now, using: &random)
        legs[leg] = OutsideLeg(.agent(index))
        agents[index].legs.append(leg)
        return leg
    }

    mutating func calledAnswers(_ leg: LegID) {
        guard legs[leg] != nil else { return }
        legs[leg]?.isUp = true
        send(.legAnswered(leg), on: leg)
    }
}
