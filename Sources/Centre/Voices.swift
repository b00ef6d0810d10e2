import Calls
import Contacts
import Organization
import Primitives

/// A talk whose voices are measured: an agent's with a customer, from its beginning until somebody else has him, or nobody.
package struct MeasuredTalk: Hashable, Sendable {
    package var contact: ContactID
    package var agent: AgentID
    package var project: ProjectID
    package var queue: QueueID
    /// The customer's line.
    package var customer: LegID
    /// The two hear each other now, and what they say may be listened to.
    package var isTogether: Bool
}

extension CentreEngine {
    /// The talk of a contact as it is now; nil: no agent has its customer.
    package func measuredTalk(of id: ContactID) -> MeasuredTalk? {
        guard let contact = contacts[id], let call = calls[id], contact.colleague == nil else { return nil }
        let (agent, isTalking): (AgentID, Bool)
        switch contact.state {
        case .talking(let talker, _): (agent, isTalking) = (talker, true)
        case .leftBehind(let leaver, _): (agent, isTalking) = (leaver, false)
        case .arriving, .toldClosed, .dialling, .queued, .offered, .wrapUp, .writeUp, .outside: return nil
        }
        let isWithCustomer =
            switch call.consult?.stage {
            case nil, .customer, .conference: true
            case .ringing, .colleague: false
            }
        return MeasuredTalk(
            contact: id, agent: agent, project: contact.project, queue: contact.queue, customer: call.customer,
            isTogether: isTalking && isWithCustomer && !call.isHeld && !call.isPrivate && call.announcedUntil == nil)
    }
}
