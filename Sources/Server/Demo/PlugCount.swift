import Contacts
import HTTPAPI
import Organization
import Primitives

/// A contact that is open, as far as pulling the plug is concerned.
struct OpenContact: Hashable, Sendable {
    var id: ContactID
    var stage: Stage
    var queue: QueueID
    /// Its number in line, from 1; 0 while it stands in none.
    var place = 0
    /// Both sides of its talk are heard by the server as it runs now.
    var isHeard = false
    /// Its customer calls from the demo's page.
    var isPages = false

    enum Stage: String, Sendable, Hashable, CaseIterable {
        case waiting, ringing, talking, wrapUp
        /// Written up after a talk that the server ended, and neither of the two.
        case cut
        case other
    }
}

/// Compares what was open before the plug was pulled with what is there afterwards. A value: it is told what was seen.
struct PlugCount: Sendable {
    private let number: Int
    private var before: [ContactID: OpenContact] = [:]
    private var after: [ContactID: OpenContact] = [:]
    /// What became of those that are closed: whether the server lost them.
    private var closed: [ContactID: Bool] = [:]
    /// Talks that were heard again, whatever became of them then.
    private var heard: Set<ContactID> = []
    private var milliseconds = 0
    /// Callers who lost their place once have lost it.
    private var overtaken: Set<ContactID> = []

    init(number: Int) {
        self.number = number
    }

    /// The contacts that were open before.
    var contacts: [ContactID] { before.keys.sorted() }

    /// Before the plug is pulled.
    mutating func saw(before contact: OpenContact) { before[contact.id] = contact }

    /// The server answers again, so long after the kill.
    mutating func isBack(after outage: Duration) { milliseconds = Int((outage / .milliseconds(1)).rounded()) }

    /// A new look at what is open now begins.
    mutating func beginLook() { after = [:] }

    mutating func saw(after contact: OpenContact) {
        guard before[contact.id] != nil else { return }
        after[contact.id] = contact
        if contact.isHeard { heard.insert(contact.id) }
    }

    mutating func saw(closed contact: ContactID, isLost: Bool) { closed[contact] = isLost }

    /// What is known by now.
    ///
    /// - Parameter isLast: nobody looks again: what is not heard by now is not.
    mutating func pull(isLast: Bool) -> PlugPull {
        var pull = PlugPull(number: number)
        pull.open = before.count
        pull.milliseconds = milliseconds
        for contact in before.values {
            if isLost(contact) {
                pull.lost += 1
                if contact.isPages { pull.lostPages += 1 }
            } else if hasEnded(contact) {
                pull.ended += 1
            }
        }
        let callers = before.values.filter { $0.stage == .waiting || $0.stage == .ringing }
        pull.waiting = callers.count
        for caller in callers {
            if isOvertaken(caller, among: callers) { overtaken.insert(caller.id) }
            if !overtaken.contains(caller.id), after[caller.id] != nil || closed[caller.id] == false { pull.keptPlace += 1 }
        }
        for talk in before.values where talk.stage == .talking && !hasEnded(talk) {
            pull.talks += 1
            if heard.contains(talk.id) {
                pull.heardAgain += 1
            } else if after[talk.id]?.stage == .talking, !isLast {
                pull.awaited += 1
            }
        }
        pull.isOver = isLast || pull.awaited == 0
        return pull
    }

    /// Whether its customer ended it before it could be seen whether it goes on.
    private func hasEnded(_ contact: OpenContact) -> Bool {
        guard let now = after[contact.id] else { return closed[contact.id] == false && !heard.contains(contact.id) }
        return contact.stage == .talking && now.stage == .wrapUp && !heard.contains(contact.id)
    }

    private func isLost(_ contact: OpenContact) -> Bool {
        guard let now = after[contact.id] else {
            // Of which nobody knows, that is as lost as one that was closed for it.
            return closed[contact.id] ?? true
        }
        return now.stage == .cut && contact.stage != .cut
    }

    /// Whether one who stood behind the caller is before him now.
    private func isOvertaken(_ caller: OpenContact, among callers: [OpenContact]) -> Bool {
        guard let now = after[caller.id], now.stage == .waiting else { return false }
        return callers.contains { other in
            guard other.queue == caller.queue, caller.place < other.place, let later = after[other.id] else { return false }
            return later.stage != .waiting || later.place < now.place
        }
    }
}
