import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

/// One agent's desk: his state and the contact in his slot.
package struct Desk: Hashable, Sendable {
    package var agent: Agent
    package var state: AgentState
    package var contact: DeskContact?
    /// What he may still say something of, while he is free or the next one rings.
    package var writeUp: DeskContact?
    /// What a colleague asks him about.
    package var consulted: DeskConsult?
    /// His call to a colleague, or a colleague's to him.
    package var internalCall: InternalCall?
    /// Beside whom he is.
    package var supervising: DeskSupervision?
    package var isTrainee = false
    /// Who sits beside him, or beside whom he sits.
    package var seat: FloorSeat?
    /// What the one does beside whom he sits.
    package var mirror: DeskMirror?
    /// Since when he has wanted help.
    package var helpSince: Timestamp?
    /// The queues he serves, in the order of his profile.
    package var queues: [FloorQueue]
}

/// A colleague's contact about which an agent is asked.
package struct DeskConsult: Hashable, Sendable {
    package var contact: Contact
    package var by: AgentID
    package var stage: ConsultStage
}

/// The desk of another, for who sits beside him.
package struct DeskMirror: Hashable, Sendable {
    package var agent: AgentID
    package var state: AgentState
    /// Nil also where the contact is of a project for which who sits beside him does not work.
    package var contact: DeskContact?
}

/// A talk in which an agent is beside another.
package struct DeskSupervision: Hashable, Sendable {
    package var contact: ContactID
    package var agent: AgentID
    package var supervision: Supervision
    /// The agent keeps a part between himself and the customer: whoever supervises is kept out meanwhile.
    package var isKeptOut: Bool
}

/// A call between two agents, as one of them sees it.
package struct InternalCall: Hashable, Sendable {
    package var contact: ContactID
    package var other: AgentID
    package var isOwn: Bool
    package var state: ContactState
    /// When his phone began to ring, or he to talk.
    package var startedAt: Timestamp
    /// A headset is cut off until then at most: the one who hears music waits.
    package var interruptedUntil: Timestamp?
}

package struct DeskContact: Hashable, Sendable {
    package var contact: Contact
    package var handling: Handling
    /// Its legs, as the engine knows them.
    package var call: Call
    /// Its queue gives time after the talk to those who ask for it: so much.
    package var wrapUpOnRequest: Duration?
    /// What its project records.
    package var recordingRule = RecordingRule.standard
    /// Something takes what is recorded.
    package var keepsRecordings = true
}

extension CentreEngine {
    private func callOfTwo(_ id: ContactID, of agent: AgentID) -> InternalCall? {
        guard let contact = contacts[id], let colleague = contact.colleague, let caller = contact.state.agent, let handling = handlings[id]
        else { return nil }
        return InternalCall(
            contact: id, other: agent == caller ? colleague : caller, isOwn: agent == caller, state: contact.state,
            startedAt: handling.answeredAt ?? handling.startedAt, interruptedUntil: calls[id]?.interruptedUntil)
    }

    /// Whom an agent can call: everybody who is signed on, of whatever project.
    package func colleagues(of agent: AgentID) -> [FloorAgent] {
        let others = routing.agents.keys.filter { $0 != agent && routing.agents[$0]?.state.routing != .off }
        return others.sorted().prefix(TransferTargets.agentsMax).compactMap { floorAgent($0) }
    }

    /// What the desk of `agent` shows; nil if there is no such agent.
    package func desk(of agent: AgentID) -> Desk? {
        guard let settings = organization.agents[agent], let member = routing.agents[agent] else { return nil }
        let contact = member.state.routing.contact.flatMap { deskContact($0, of: agent) }
        let consulted = member.state.routing.contact.flatMap { id -> DeskConsult? in
            guard let contact = contacts[id], let by = contact.state.agent, let consult = calls[id]?.consult, consult.agent == agent else {
                return nil
            }
            return DeskConsult(contact: contact, by: by, stage: consult.stage)
        }
        let internalCall = member.state.routing.contact.flatMap { callOfTwo($0, of: agent) }
        return Desk(
            agent: settings, state: member.state, contact: internalCall == nil ? contact : nil,
            writeUp: writeUps[agent].flatMap { deskContact($0, of: agent) }, consulted: consulted,
            internalCall: internalCall, supervising: supervising(agent, in: member.state.routing.contact), isTrainee: member.isTrainee,
            seat: floorSeat(of: agent), mirror: mirror(for: agent), helpSince: helpFlags[agent]?.since,
            queues: settings.profile.entries.compactMap { floorQueue($0.queue) })
    }

    private func mirror(for guest: AgentID) -> DeskMirror? {
        guard let host = seats[guest]?.host, let member = routing.agents[host], let own = routing.agents[guest] else { return nil }
        var mirror = DeskMirror(agent: host, state: member.state)
        mirror.contact = (member.state.routing.contact ?? writeUps[host]).flatMap { deskContact($0, of: host) }.flatMap {
            serves(own.profile, $0.contact.project) ? $0 : nil
        }
        return mirror
    }

    private func supervising(_ agent: AgentID, in id: ContactID?) -> DeskSupervision? {
        guard let id, let supervised = contacts[id]?.state.agent, let call = calls[id], let supervision = call.supervision(by: agent) else {
            return nil
        }
        return DeskSupervision(contact: id, agent: supervised, supervision: supervision, isKeptOut: call.isPrivate)
    }

    private func deskContact(_ id: ContactID, of agent: AgentID) -> DeskContact? {
        guard let contact = contacts[id], contact.state.agent == agent, let handling = handlings[id], let call = calls[id] else {
            return nil
        }
        var desk = DeskContact(contact: contact, handling: handling, call: call)
        desk.keepsRecordings = keepsRecordings == true
        desk.recordingRule = organization.projects[contact.project]?.recording ?? .standard
        if case .onRequest(let limit) = organization.queues[contact.queue]?.wrapUp { desk.wrapUpOnRequest = limit }
        return desk
    }
}
