import Calls
import Calls
import Contacts
import Primitives
import Routing

/// Something that is due at a moment, if its reason still stands then.
struct Deadline: Comparable, Sendable {
    let at: Timestamp
    let kind: Kind

    enum Kind: Hashable, Sendable {
        case offer(OfferID)
        case wrapUp(ContactID)
        /// Agents with a delay in their profile count for this contact from now on.
        case help(ContactID)
        /// The agent has said nothing of the customer whom he left behind.
        case leftBehind(ContactID)
        /// The colleague who is to be asked has not answered.
        case consult(ContactID)
        /// The agent's headset has been cut off for so long.
        case interruption(ContactID)
        /// The agent's phone, or the number that he dialled, has not been answered.
        case dial(ContactID)
        /// The number to which the customer was sent has not been answered.
        case outside(ContactID)
        /// Nobody has told the end of what the customer hears.
        case toldClosed(ContactID)
        /// Nobody has told the end of the words that the talk is recorded.
        case announcement(ContactID)
        /// The supervisor's phone has not been answered.
        case supervision(LegID)
    }

    static func < (left: Self, right: Self) -> Bool {
        left.at != right.at ? left.at < right.at : left.kind.rank < right.kind.rank
    }
}

extension Deadline.Kind {
    /// Decides between deadlines of the same moment, so that chance never does.
    fileprivate var rank: (UInt8, UInt64, UInt64) {
        switch self {
        case .offer(let id): (0, id.high, id.low)
        case .wrapUp(let id): (1, id.high, id.low)
        case .help(let id): (2, id.high, id.low)
        case .leftBehind(let id): (3, id.high, id.low)
        case .consult(let id): (4, id.high, id.low)
        case .interruption(let id): (5, id.high, id.low)
        case .dial(let id): (6, id.high, id.low)
        case .outside(let id): (7, id.high, id.low)
        case .toldClosed(let id): (8, id.high, id.low)
        case .announcement(let id): (9, id.high, id.low)
        case .supervision(let id): (10, id.high, id.low)
        }
    }
}

extension CentreEngine {
    /// Whether what was due then still is: not what was put off since. An engine that is restored knows of deadlines that passed before,
    /// and must not take them for those that replaced them.
    func stands(_ due: Deadline) -> Bool {
        switch due.kind {
        case .offer, .help: return true
        case .wrapUp(let id):
            if case .wrapUp(_, due.at?) = contacts[id]?.state { return true }
        case .leftBehind(let id):
            if case .leftBehind(_, due.at) = contacts[id]?.state { return true }
        case .toldClosed(let id): return contacts[id]?.state == .toldClosed(until: due.at)
        case .dial(let id):
            if case .dialling(_, _, due.at) = contacts[id]?.state { return true }
        case .announcement(let id): return calls[id]?.announcedUntil == due.at
        case .consult(let id): return calls[id]?.consult?.deadline == due.at
        case .outside(let id): return calls[id]?.outside?.deadline == due.at
        case .supervision(let leg): return supervision(on: leg)?.1.deadline == due.at
        case .interruption(let id): return calls[id]?.interruptedUntil == due.at
        }
        return false
    }
}
