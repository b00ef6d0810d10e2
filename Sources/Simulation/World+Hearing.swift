import Calls
import Centre
import Contacts
import Primitives

/// Who should hear whom in a talk, said once more without the engine's words for it.
extension World {
    /// In a talk: each hears those whom the call's state lets him hear, and nobody else.
    func hearsRight(in call: Call) -> Bool {
        if !call.apart.isEmpty, engine.contacts[ContactID(sameAs: call.customer)]?.colleague != nil {
            return [call.customer, call.agent].compactMap(\.self).allSatisfy { hears($0) == .sound(.music) }
        }
        // Whom the announcement keeps apart hear it.
        if call.announcedUntil != nil { return true }
        guard let agent = call.agent else { return false }
        let (talk, rest) = expectation(of: call, agent)
        for (leg, heard) in rest where hears(leg) != heard { return false }
        let answered = call.supervisions.filter(\.isAnswered)
        if call.isPrivate, !answered.allSatisfy({ hears($0.leg) == .sound(.music) }) { return false }
        let supervisors = call.isPrivate ? [] : answered
        // Alone with his supervisors he hears those who speak to him.
        let isAlone = call.consult == nil && call.isHeld && !call.heldBy.contains(.connection) && !supervisors.isEmpty
        for leg in talk + supervisors.map(\.leg) + (isAlone ? [agent] : []) where hears(leg) != heard(by: leg, of: talk, call, agent) {
            return false
        }
        return true
    }

    /// Those with whom the agent talks, with him; and what all others hear.
    private func expectation(of call: Call, _ agent: LegID) -> (talk: [LegID], rest: [(LegID, OutsideLeg.Hearing)]) {
        let music = (call.customer, OutsideLeg.Hearing.sound(.music))
        guard let consult = call.consult else {
            return call.isHeld ? ([], [music]) : ([call.customer, agent], [])
        }
        if let line = consult.secondLine {
            let first: (talk: [LegID], rest: [(LegID, OutsideLeg.Hearing)]) =
                call.isHeld ? ([], [music]) : ([call.customer, agent], [])
            switch consult.stage {
            case .ringing: return (first.talk, first.rest + [(line, .sound(.ringBack))])
            case .customer: return (first.talk, first.rest + [(consult.leg, .sound(.music))])
            case .colleague where call.isHeld: return ([line, consult.leg], first.rest)
            // Two talks at once: the phone makes them one.
            case .colleague, .conference:
                return (first.talk, first.rest + [(line, .parties([consult.leg])), (consult.leg, .parties([line]))])
            }
        }
        switch consult.stage {
        case .ringing: return ([], [music, (agent, .sound(.ringBack))])
        case .conference where call.heldBy.contains(.connection): return ([call.customer, consult.leg], [])
        case .colleague,
            .conference where call.isHeld:
            return ([agent, consult.leg], [music])
        case .customer:
            let others: [(LegID, OutsideLeg.Hearing)] = [(consult.leg, .sound(.music))]
            return call.isHeld ? ([], others + [music]) : ([call.customer, agent], others)
        case .conference: return ([call.customer, agent, consult.leg], [])
        }
    }

    /// What one of the talk hears, or a supervisor beside it.
    private func heard(by leg: LegID, of talk: [LegID], _ call: Call, _ agent: LegID) -> OutsideLeg.Hearing {
        let isSupervisor = call.supervisions.contains { $0.leg == leg }
        let secondLine = call.consult?.secondLine
        let isJoinedByPhone = secondLine != nil && call.consult?.stage == .conference
        let ear = secondLine.flatMap { call.consult?.stage == .colleague ? $0 : nil } ?? agent
        if talk.isEmpty, isSupervisor {
            if call.consult?.stage == .ringing, secondLine == nil { return .sound(.ringBack) }
            if call.heldBy.contains(.connection) { return .sound(.music) }
        }
        var heard = Set((talk.isEmpty ? [agent] : talk).filter { $0 != leg && !(call.isMuted && $0 == agent) })
        for other in call.supervisions where !call.isPrivate && other.isAnswered && other.isMicrophoneOpen && other.leg != leg {
            switch other.mode {
            case .monitor: break
            case .whisper: if leg == ear, !isJoinedByPhone { heard.insert(other.leg) }
            case .barge: heard.insert(other.leg)
            }
        }
        return heard.isEmpty ? .nothing : .parties(heard)
    }

    private func hears(_ leg: LegID) -> OutsideLeg.Hearing { legs[leg]?.hears ?? .nothing }
}
