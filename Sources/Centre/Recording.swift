import Calls
import Contacts
import Organization
import Primitives
import Routing

/// What is recorded of a talk with a customer. A recording begins with the first talk and goes on over hold, transfer and waiting until the
/// customer is gone, or is with a number outside.
extension CentreEngine {
    func recordingRule(of contact: Contact) -> RecordingRule { organization.projects[contact.project]?.recording ?? .standard }

    // MARK: What agents ask for

    /// The agent wants his talk recorded, or not any more; where the project leaves it to him.
    mutating func recordingWanted(
        _ isWanted: Bool, of id: ContactID, by agent: AgentID, at now: Timestamp, using random: inout Random
    ) throws(Refusal) {
        let call = try callInTalk(id, of: agent)
        guard let contact = contacts[id], contact.colleague == nil, recordingRule(of: contact).calls == .onDemand else { throw .staleState }
        guard (call.recording != nil) != isWanted else { return }
        if isWanted { record(contact, call, with: agent, at: now, using: &random) } else { endRecording(of: id, at: now) }
    }

    /// The agent wants a part of the talk kept out of the recording, and from those who listen in; or no longer.
    mutating func privacyWanted(_ isWanted: Bool, in id: ContactID, by agent: AgentID, at now: Timestamp) throws(Refusal) {
        let call = try callInTalk(id, of: agent)
        guard call.isPrivate != isWanted else { return }
        guard let contact = contacts[id], contact.colleague == nil, !isWanted || recordingRule(of: contact).mayPause else {
            throw .staleState
        }
        emit(.recording(id, isWanted ? .paused(agent) : .resumed(agent)), at: now)
        direct(.keepPrivate(call.customer, isWanted))
        guard call.supervisions.contains(where: \.isAnswered) else { return }
        // First the two are a bridge again, then who listened in hears music; and afterwards the room is as it was.
        if isWanted { arrangeUnsupervised(id) }
        arrangeSupervisors(of: id)
    }

    // MARK: Beginning and ending

    /// After what a step has decided: talks that have begun are recorded, and their customers told.
    mutating func settleRecordings(at now: Timestamp, using random: inout Random) {
        for entry in step.entries {
            switch entry.event {
            case .offerEnded(_, let id, let agent, .answered), .dialEnded(let id, let agent, .answered), .agentReturned(let id, let agent):
                guard let contact = contacts[id], let call = calls[id], contact.colleague == nil, case .talking = contact.state else {
                    break
                }
                if call.recording == nil, recordingRule(of: contact).takes(id) {
                    record(contact, call, with: agent, at: now, using: &random)
                } else if call.recording != nil {
                    announce(contact, at: now)
                }
            default: break
            }
        }
    }

    private mutating func record(_ contact: Contact, _ call: Call, with agent: AgentID, at now: Timestamp, using random: inout Random) {
        let recording = RecordingID(at: now, using: &random)
        emit(.recording(contact.id, .started(recording, agent)), at: now)
        direct(.record(call.customer, recording))
        announce(contact, at: now)
    }

    /// Nothing takes the recording that was asked for; the talk goes on without.
    mutating func recordingRefused(_ recording: RecordingID, of leg: LegID, at now: Timestamp) {
        guard let id = contactOfLeg[leg], calls[id]?.recording == recording else { return }
        emit(.recording(id, .refused(recording)), at: now)
    }

    mutating func endRecording(of id: ContactID, at now: Timestamp) {
        guard let call = calls[id], let recording = call.recording else { return }
        emit(.recording(id, .ended(recording)), at: now)
        direct(.stopRecording(call.customer))
    }

    /// What ends with an event that is about to happen: a pause with the talk, a recording with the customer's call.
    mutating func endRecordings(before event: Event, at now: Timestamp) {
        switch event {
        case .talkEnded(let id, _, _), .contactTransferred(let id, _, _), .contactTakenOver(let id, _, _):
            endPrivacy(of: id, at: now)
        case .wrapUpStarted(let id, _, _), .writeUpStarted(let id, _), .sentOutside(let id, _, _, _), .contactClosed(let id, _):
            endPrivacy(of: id, at: now)
            endRecording(of: id, at: now)
        default: break
        }
    }

    private mutating func endPrivacy(of id: ContactID, at now: Timestamp) {
        guard let call = calls[id], let agent = call.privateBy else { return }
        emit(.recording(id, .resumed(agent)), at: now)
        direct(.keepPrivate(call.customer, false))
    }

    /// The recordings of before are over; those whose talks go on get another part.
    mutating func restartRecordings(_ recorded: [ContactID], at now: Timestamp, using random: inout Random) {
        for id in recorded {
            guard let contact = contacts[id], let call = calls[id] else { continue }
            if call.isPrivate { direct(.keepPrivate(call.customer, true)) }
            guard let old = call.recording else { continue }
            emit(.recording(id, .ended(old)), at: now)
            direct(.stopRecording(call.customer))
            if case .talking(let agent, _) = contact.state, let going = calls[id] {
                record(contact, going, with: agent, at: now, using: &random)
            }
        }
    }

    // MARK: Telling the customer

    private mutating func announce(_ contact: Contact, at now: Timestamp) {
        guard let call = calls[contact.id], let agent = call.agent, recordingRule(of: contact).announces, !call.wasTold else { return }
        emit(.recording(contact.id, .announced(until: now + Self.promptMax)), at: now)
        direct(.play(call.customer, .recorded(contact.language)))
        direct(.play(agent, .recorded(contact.language)))
    }

    /// The customer has heard it, or nobody tells of its end: now they talk.
    mutating func announcementEnded(in id: ContactID, isWhole: Bool, at now: Timestamp) {
        guard calls[id]?.announcedUntil != nil else { return }
        emit(.recording(id, .told(isWhole: isWhole)), at: now)
        if case .talking = contacts[id]?.state { arrange(id) }
    }

    // MARK: Applying

    static func apply(_ step: RecordingStep, to call: inout Call, at now: Timestamp) {
        switch step {
        case .announced(let until): call.announcedUntil = until
        case .told(let isWhole):
            call.announcedUntil = nil
            call.wasTold = call.wasTold || isWhole
        case .started(let recording, _): call.recording = recording
        case .paused(let agent):
            call.privateBy = agent
            call.privateSince = now
        case .resumed:
            call.privateBy = nil
            call.privateSince = nil
        case .ended, .refused: call.recording = nil
        }
    }
}
