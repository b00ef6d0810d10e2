import Calls
import Centre
import Contacts
import Organization
import Primitives

/// What a media server would measure of the day's talks.
extension World {
    /// A talk begins with the answer and ends when nobody, or somebody else, has the customer; what was heard is told soon after.
    mutating func hearVoices(_ event: Event) {
        switch event {
        case .offerEnded(_, let id, let agent, .answered), .dialEnded(let id, let agent, .answered):
            guard let contact = engine.contacts[id], contact.colleague == nil else { return }
            heardTalks[id] = VoiceFacts(
                contact: id, agent: agent, project: contact.project, queue: contact.queue, since: now, measured: .zero)
        case .talkEnded(let id, _, _), .contactTransferred(let id, _, _), .contactTakenOver(let id, _, _), .sentOutside(let id, _, _, _),
            .contactQueued(let id, _), .contactClosed(let id, _):
            guard let talk = heardTalks.removeValue(forKey: id), now - talk.since >= .seconds(1) else { return }
            put(
                .input(.voiceMeasured(voices(in: talk)), by: .network, leg: nil), after: .milliseconds(Int64(1000 * voiceRandom.fraction()))
            )
        default: break
        }
    }

    private mutating func voices(in talk: VoiceFacts) -> VoiceFacts {
        let length = now - talk.since
        var facts = talk
        facts.measured = whole(length)
        facts.customer = side(speaking: length * (0.3 + 0.2 * voiceRandom.fraction()))
        facts.agentSide = side(speaking: length * (0.2 + 0.3 * voiceRandom.fraction()))
        if voiceRandom.chance(0.6) {
            facts.talkOvers = 1 + Int(voiceRandom.next() % 4)
            facts.talkOver = whole(length * (0.06 * voiceRandom.fraction()))
        }
        if voiceRandom.chance(0.3), length > .seconds(8) {
            facts.deadAirLongest = min(length, whole(.seconds(4) + length * (0.05 * voiceRandom.fraction())))
            facts.deadAir = facts.deadAirLongest
        }
        return facts
    }

    private mutating func side(speaking span: Duration) -> VoiceFacts.Side {
        var side = VoiceFacts.Side()
        side.spoken = whole(span)
        side.level = -20 - Int(voiceRandom.next() % 14)
        if voiceRandom.chance(0.9) { side.noise = -48 - Int(voiceRandom.next() % 20) }
        if voiceRandom.chance(0.04), span > .seconds(10) {
            side.raised = whole(.seconds(2) + span * (0.3 * voiceRandom.fraction()))
            side.rise = 9 + Int(voiceRandom.next() % 6)
        }
        if voiceRandom.chance(0.03) {
            side.echo = 12 + Int(voiceRandom.next() % 24)
            side.echoDelay = .milliseconds(20 * (2 + Int64(voiceRandom.next() % 15)))
        }
        return side
    }

    /// As it is measured: in frames of 20 ms.
    private func whole(_ span: Duration) -> Duration { .milliseconds(20 * Int64(span / .milliseconds(20))) }
}
