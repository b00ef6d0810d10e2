import Calls
import Contacts
import Primitives

/// Who hears whom in a talk, as the state of its call says.
extension CentreEngine {
    /// What is to be heard: lines that hear a sound, and lines that hear each other.
    private enum Hearing {
        case sound(LegID, Sound)
        case talk([LegID])
    }

    mutating func arrange(_ id: ContactID) {
        // Whom the announcement keeps apart are put through when it is over.
        guard let call = calls[id], let agent = call.agent, call.announcedUntil == nil else { return }
        let hearings = hearings(in: id, call, agent)
        let isSupervised = !call.isPrivate && call.supervisions.contains(where: \.isAnswered)
        let attended = isSupervised ? attendedTalk(in: call, agent, hearings) : nil
        for (index, hearing) in hearings.enumerated() {
            switch hearing {
            case .sound(let leg, let sound): direct(.play(leg, sound))
            case .talk(let legs) where index == attended: supervise(legs, of: call, agent)
            case .talk(let legs): join(legs, of: call)
            }
        }
        if call.isPrivate { keepSupervisorsOut(of: call) } else if attended == nil { arrangeApart(call, agent, hearings) }
    }

    /// The same where only what supervisors hear has changed, or who hears them: the customer's music plays on.
    mutating func arrangeSupervisors(of id: ContactID) {
        guard let call = calls[id], call.supervisions.contains(where: \.isAnswered) else { return }
        guard case .talking = contacts[id]?.state, let agent = call.agent, !call.isPrivate else {
            return keepSupervisorsOut(of: call)
        }
        guard call.announcedUntil == nil else { return }
        let hearings = hearings(in: id, call, agent)
        guard let attended = attendedTalk(in: call, agent, hearings), case .talk(let legs) = hearings[attended] else {
            return arrangeApart(call, agent, hearings)
        }
        supervise(legs, of: call, agent)
    }

    /// The last supervisor has left the talk: it is as if there never was one.
    mutating func arrangeUnsupervised(_ id: ContactID) {
        guard let call = calls[id], let agent = call.agent, call.announcedUntil == nil, case .talking = contacts[id]?.state else { return }
        let hearings = hearings(in: id, call, agent)
        if let attended = attendedTalk(in: call, agent, hearings), case .talk(let legs) = hearings[attended] { join(legs, of: call) }
    }

    private func hearings(in id: ContactID, _ call: Call, _ agent: LegID) -> [Hearing] {
        let secondLine = hearingsOfSecondLine(in: call)
        if !secondLine.isEmpty { return secondLine + hearingsOfTalk(in: id, call, agent) }
        switch (call.consult?.stage, call.consult?.leg) {
        case (.ringing?, _): return [.sound(call.customer, .music), .sound(agent, .ringBack)]
        case (.conference?, let leg?) where call.heldBy.contains(.connection): return [.talk([call.customer, leg])]
        case (.colleague?, let leg?),
            (.conference?, let leg?) where call.isHeld:
            return [.sound(call.customer, .music), .talk([agent, leg])]
        case (.conference?, let leg?): return [.talk([call.customer, agent, leg])]
        case (.customer?, let leg?): return [.sound(leg, .music)] + hearingsOfTalk(in: id, call, agent)
        case (_, nil), (nil, _): return hearingsOfTalk(in: id, call, agent)
        }
    }

    private func hearingsOfTalk(in id: ContactID, _ call: Call, _ agent: LegID) -> [Hearing] {
        guard call.isHeld else { return [.talk([call.customer, agent])] }
        // Of two agents either may be the one who is cut off.
        let isBetweenAgents = contacts[id]?.colleague != nil
        return [.sound(call.customer, .music)]
            + (isBetweenAgents && call.heldBy.contains(.connection) ? [.sound(agent, .music)] : [])
    }

    /// Who hears whom on the second line; nothing if there is none.
    private func hearingsOfSecondLine(in call: Call) -> [Hearing] {
        guard let consult = call.consult, let line = consult.secondLine else { return [] }
        return switch consult.stage {
        case .ringing: [.sound(line, .ringBack)]
        case .colleague, .conference: [.talk([line, consult.leg])]
        case .customer: [.sound(consult.leg, .music)]
        }
    }

    private mutating func join(_ legs: [LegID], of call: Call) {
        let muted = call.isMuted ? call.agent : nil
        if legs.count == 2, !legs.contains(where: { $0 == muted }) { return direct(.bridge(legs[0], legs[1])) }
        direct(.confer(legs.map { Voice($0, heardBy: $0 == muted ? .nobody : .everyone) }))
    }

    // MARK: Supervisors

    /// Which of the talks supervisors hear: that with whom the agent is.
    private func attendedTalk(in call: Call, _ agent: LegID, _ hearings: [Hearing]) -> Int? {
        let ear = ear(of: agent, in: call)
        func isTalk(_ hearing: Hearing, of leg: LegID) -> Bool { if case .talk(let legs) = hearing { legs.contains(leg) } else { false } }
        return hearings.firstIndex { isTalk($0, of: ear) }
            // The agent is cut off, and the two others go on.
            ?? (call.heldBy.contains(.connection) ? hearings.firstIndex { isTalk($0, of: call.customer) } : nil)
    }

    /// The line on which the agent hears; of two, that on which he talks.
    private func ear(of agent: LegID, in call: Call) -> LegID {
        guard let consult = call.consult, let line = consult.secondLine, consult.stage == .colleague else { return agent }
        return line
    }

    private mutating func supervise(_ legs: [LegID], of call: Call, _ agent: LegID) {
        let muted = call.isMuted ? agent : nil
        let talkers = legs.map { Voice($0, heardBy: $0 == muted ? .nobody : .everyone) }
        let ear = ear(of: agent, in: call)
        // A phone that joins its two lines sends to each what it hears on the other.
        let isJoinedByPhone = call.consult.map { $0.secondLine != nil && $0.stage == .conference } ?? false
        let supervisors = call.supervisions.filter(\.isAnswered).map { supervision in
            let heardBy: Audience =
                switch supervision.mode {
                case .monitor: .nobody
                case .whisper: isJoinedByPhone ? .nobody : .only([ear])
                case .barge: .everyone
                }
            return Voice(supervision.leg, heardBy: supervision.isMicrophoneOpen ? heardBy : .nobody)
        }
        direct(.confer(talkers + supervisors))
    }

    private mutating func keepSupervisorsOut(of call: Call) {
        for supervision in call.supervisions where supervision.isAnswered { direct(.play(supervision.leg, .music)) }
    }

    /// The agent talks with nobody: his supervisors are alone with him, hear what he hears, or wait with his customer until he is back.
    private mutating func arrangeApart(_ call: Call, _ agent: LegID, _ hearings: [Hearing]) {
        let supervisors = call.supervisions.filter(\.isAnswered)
        guard !supervisors.isEmpty else { return }
        for case .sound(agent, let sound) in hearings {
            for supervision in supervisors { direct(.play(supervision.leg, sound)) }
            return
        }
        if call.heldBy.contains(.connection) {
            for supervision in supervisors { direct(.play(supervision.leg, .music)) }
        } else {
            supervise([agent], of: call, agent)
        }
    }
}
