import Calls
import Contacts
import HeapModule
import Organization
import Primitives
import Routing

extension CentreEngine {
    /// What in the state contradicts itself, in words; empty when all is well. Walks everything: for tests and simulation.
    package func contradictions() -> [String] {
        agentContradictions() + contactContradictions() + indexContradictions()
    }

    /// An agent's routing state and the state of the contact in his slot are two sides of one thing.
    private func agentContradictions() -> [String] {
        var found: [String] = []
        var served = 0
        for (agent, member) in routing.agents {
            let contact = member.state.routing.contact
            let agrees =
                switch (member.state.routing, contact.flatMap { contacts[$0]?.state }) {
                case (.offered(let offer, _), .offered(let other, agent)?): offer == other
                case (.handling, .talking(agent, _)?), (.handling, .leftBehind(agent, _)?), (.handling, .dialling(agent, _, _)?): true
                case (.wrapUp, .wrapUp(agent, _)?): true
                case (.consulted(let contact), .talking?) where calls[contact]?.supervision(by: agent) == nil:
                    (calls[contact]?.consult?.agent ?? contacts[contact]?.colleague) == agent
                case (.consulted(let contact), .talking?), (.consulted(let contact), .leftBehind?):
                    calls[contact]?.supervision(by: agent) != nil
                case (.consulted, .dialling(_, .number, _)?): contact.flatMap { contacts[$0]?.colleague } == agent
                case (.idle, nil): member.state.presence == .ready && member.state.idleSince != nil
                case (.notResponding, nil): true
                case (.notReady, nil): if case .notReady = member.state.presence { true } else { false }
                case (.off, nil): member.state.presence == .off
                default: false
                }
            if let flag = helpFlags[agent], flag.contact != contact { found.append("agent \(agent) wants help with what he has not") }
            if member.isBeside != (seats[agent] != nil) { found.append("agent \(agent) sits beside somebody, and does not") }
            if member.isTrainee != organization.agents[agent]?.isTrainee { found.append("agent \(agent) is a trainee, and is not") }
            if member.isAlone, case .offered = member.state.routing { found.append("the trainee \(agent) is offered a contact, alone") }
            if !agrees { found.append("agent \(agent) is \(member.state.routing), his contact is not") }
            if contact == nil, member.state.next != nil { found.append("agent \(agent) has nothing to do and a plan for after it") }
            served += member.profile.entries.count
        }
        for (guest, seat) in seats {
            guard let member = routing.agents[guest], let host = routing.agents[seat.host] else {
                found.append("\(guest) sits beside \(seat.host), of whom one is not there")
                continue
            }
            if !member.isBeside || seats[seat.host] != nil || seats.count(where: { $0.value.host == seat.host }) != 1 {
                found.append("\(guest) sits beside \(seat.host) and somebody else does, too")
            }
            if member.isTrainee == host.isTrainee { found.append("\(guest) sits beside \(seat.host), and not one of them is a trainee") }
            if member.state.presence == .off || host.state.presence == .off { found.append("\(guest) sits beside \(seat.host) at home") }
        }
        let members = organization.queues.keys.reduce(0) { $0 + routing.members(of: $1).count }
        if members != served { found.append("the queues count \(members) members, the profiles \(served)") }
        return found
    }

    private func contactContradictions() -> [String] {
        var found: [String] = []
        for (id, contact) in contacts {
            if case .writeUp(let agent) = contact.state {
                if writeUps[agent] != id { found.append("contact \(id) is to be written up, its agent does not know") }
            } else if let agent = contact.state.agent, routing.agents[agent]?.state.routing.contact != id {
                found.append("contact \(id) is \(contact.state), its agent has another or none")
            }
            let (waits, hasAgentLeg, isHandled) =
                switch contact.state {
                case .arriving, .toldClosed: (false, false, false)
                case .queued: (true, false, false)
                case .offered, .talking, .dialling: (false, true, true)
                // His phone may ring again.
                case .leftBehind: (false, calls[id]?.agent != nil, true)
                case .wrapUp, .writeUp: (false, false, true)
                case .outside: (false, false, false)
                }
            if (routing.position(of: id) != nil) != waits { found.append("contact \(id) is \(contact.state), the line says otherwise") }
            if (calls[id]?.agent != nil) != hasAgentLeg { found.append("contact \(id) is \(contact.state), its legs say otherwise") }
            if (handlings[id] != nil) != isHandled { found.append("contact \(id) is \(contact.state), its handling says otherwise") }
        }
        return found
    }

    /// Whatever is found by an index is there, and nothing else; whoever waits for the clock has a deadline.
    private func indexContradictions() -> [String] {
        var found: [String] = []
        var legs = 0
        for (id, call) in calls {
            for leg in call.legs {
                legs += 1
                if contactOfLeg[leg] != id { found.append("leg \(leg) does not lead to its contact \(id)") }
            }
        }
        if legs != contactOfLeg.count { found.append("\(contactOfLeg.count) legs are known, \(legs) belong to a call") }
        if calls.count != contacts.count { found.append("\(calls.count) calls for \(contacts.count) contacts") }
        let waiting = organization.queues.keys.reduce(0) { $0 + routing.waiting(in: $1).count }
        let queued = contacts.values.count { $0.state == .queued }
        if waiting != queued { found.append("\(waiting) stand in line, \(queued) are queued") }

        var offers = 0
        let due = Set(deadlines.unordered.map(\.kind))
        for (id, contact) in contacts {
            switch contact.state {
            case .offered(let offer, _):
                offers += 1
                if contactOfOffer[offer] != id { found.append("offer \(offer) does not lead to its contact \(id)") }
                if !due.contains(.offer(offer)) { found.append("offer \(offer) has no deadline") }
            case .wrapUp(_, .some):
                if !due.contains(.wrapUp(id)) { found.append("the wrap-up of \(id) has no deadline") }
            case .leftBehind:
                if !due.contains(.leftBehind(id)) { found.append("the customer of \(id) is left behind for ever") }
            case .talking:
                if calls[id]?.consult?.stage == .ringing, !due.contains(.consult(id)) {
                    found.append("the consult about \(id) rings for ever")
                }
            case .toldClosed: if !due.contains(.toldClosed(id)) { found.append("\(id) hears for ever that we are closed") }
            case .dialling: if !due.contains(.dial(id)) { found.append("the dialling of \(id) goes on for ever") }
            case .outside: if calls[id]?.outside == nil { found.append("contact \(id) is with nobody outside") }
            case .arriving, .queued, .wrapUp(_, nil), .writeUp: break
            }
            for supervision in calls[id]?.supervisions ?? [] {
                switch contact.state {
                case .talking, .leftBehind: break
                default: found.append("contact \(id) is \(contact.state), and is supervised")
                }
                if routing.agents[supervision.supervisor]?.state.routing != .consulted(id) {
                    found.append("\(supervision.supervisor) supervises \(id) and does something else")
                }
                if !supervision.isAnswered, !due.contains(.supervision(supervision.leg)) {
                    found.append("the phone of a supervisor of \(id) rings for ever")
                }
            }
            if let outside = calls[id]?.outside, !outside.isAnswered, !due.contains(.outside(id)) {
                found.append("the number to which \(id) was sent rings for ever")
            }
        }
        for (agent, id) in writeUps where contacts[id]?.state != .writeUp(agent) {
            found.append("agent \(agent) has \(id) to write up, which is not")
        }
        if offers != contactOfOffer.count { found.append("\(contactOfOffer.count) offers are known, \(offers) ring") }
        return found
    }
}
