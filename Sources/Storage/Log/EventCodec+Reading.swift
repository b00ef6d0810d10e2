import Calls
import Centre
import Contacts
import Foundation
import Organization
import Primitives
import Routing

extension EventCodec {
    /// The event that a row of the log holds.
    /// - Throws: `StorageError.unreadable` if no version of this program can have written it.
    func event(kind: String, version: Int, payload: String, contact: ContactID?, agent: AgentID?) throws -> Event {
        do {
            guard let kind = EventKind(rawValue: kind) else { throw Unreadable("a kind that is known") }
            let payload = try upcasters.current(Data(payload.utf8), of: kind, version: version)
            return try event(of: kind, payload, Envelope(contact: contact, agent: agent))
        } catch let error as Unreadable {
            throw StorageError.unreadable("event \(kind) version \(version): expected \(error.wanted)")
        } catch let error as DecodingError {
            throw StorageError.unreadable("event \(kind) version \(version): \(error)")
        }
    }

    private struct Envelope {
        let contact: ContactID?
        let agent: AgentID?

        func theContact() throws -> ContactID { try contact.wanted("a contact in the envelope") }
        func theAgent() throws -> AgentID { try agent.wanted("an agent in the envelope") }
    }

    private func event(of kind: EventKind, _ payload: Data, _ envelope: Envelope) throws -> Event {
        switch kind {
        case .projectDefined: return .defined(.project(try project(read(payload))))
        case .queueDefined: return .defined(.queue(try queue(read(payload))))
        case .entryPointDefined: return .defined(.entryPoint(try entryPoint(read(payload))))
        case .dispositionDefined: return .defined(.disposition(try disposition(read(payload))))
        case .agentDefined: return .defined(.agent(try agent(read(payload), envelope)))
        case .retired: return .defined(.retired(try retirement(read(payload))))
        case .setUpApplied:
            let read: Payload.SetUpApplied = try read(payload)
            return .setUpApplied(changes: read.changes)
        case .audited:
            let read: Payload.Audited = try read(payload)
            return .audited(try read.audit())
        case .contactOpened: return try opened(read(payload), envelope)
        case .dialStarted:
            let read: Payload.DialStarted = try read(payload)
            return .dialStarted(
                try envelope.theContact(), try envelope.theAgent(), leg: try id(read.leg), until: Timestamp(microseconds: read.until))
        case .numberCalled:
            let read: Payload.NumberCalled = try read(payload)
            return .numberCalled(try envelope.theContact(), try envelope.theAgent(), until: Timestamp(microseconds: read.until))
        case .dialEnded:
            let read: Payload.DialEnded = try read(payload)
            return .dialEnded(try envelope.theContact(), try envelope.theAgent(), try choice(read.result))
        case .numberRefused:
            let read: Payload.NumberRefused = try read(payload)
            return .numberRefused(
                envelope.contact, try envelope.theAgent(), try id(read.project), try choice(read.reason), rule: read.rule)
        case .colleagueDialled:
            let read: Payload.ColleagueDialled = try read(payload)
            return .colleagueDialled(
                try envelope.theContact(), try envelope.theAgent(), to: try id(read.to), leg: try id(read.leg),
                until: Timestamp(microseconds: read.until))
        case .colleagueCalled:
            let read: Payload.NumberCalled = try read(payload)
            return .colleagueCalled(try envelope.theContact(), try envelope.theAgent(), until: Timestamp(microseconds: read.until))
        case .colleagueLeft: return .colleagueLeft(try envelope.theContact(), try envelope.theAgent())
        case .contactQueued:
            let read: Payload.ContactQueued = try read(payload)
            return .contactQueued(try envelope.theContact(), try id(read.queue))
        case .offerMade:
            let read: Payload.OfferMade = try read(payload)
            return .offerMade(
                Event.Offering(
                    offer: try id(read.offer), contact: try envelope.theContact(), agent: try envelope.theAgent(), leg: try id(read.leg),
                    deadline: Timestamp(microseconds: read.deadline), explanation: try read.explanation.explanation()))
        case .offerEnded:
            let read: Payload.OfferEnded = try read(payload)
            return .offerEnded(try id(read.offer), try envelope.theContact(), try envelope.theAgent(), try choice(read.result))
        case .holdStarted:
            let read: Payload.Hold = try read(payload)
            return .holdStarted(try envelope.theContact(), try envelope.theAgent(), by: try choice(read.by))
        case .holdEnded:
            let read: Payload.Hold = try read(payload)
            return .holdEnded(try envelope.theContact(), try envelope.theAgent(), by: try choice(read.by))
        case .muteChanged:
            let read: Payload.MuteChanged = try read(payload)
            return .muteChanged(try envelope.theContact(), try envelope.theAgent(), isMuted: read.muted)
        case .talkEnded:
            let read: Payload.TalkEnded = try read(payload)
            return .talkEnded(try envelope.theContact(), try envelope.theAgent(), by: try choice(read.by))
        case .agentHungUp:
            let read: Payload.AgentHungUp = try read(payload)
            return .agentHungUp(try envelope.theContact(), try envelope.theAgent(), until: Timestamp(microseconds: read.until))
        case .phoneRungAgain:
            let read: Payload.PhoneRungAgain = try read(payload)
            return .phoneRungAgain(
                try envelope.theContact(), try envelope.theAgent(), leg: try id(read.leg), until: Timestamp(microseconds: read.until))
        case .consultStarted:
            let read: Payload.ConsultStarted = try read(payload)
            return .consultStarted(
                try envelope.theContact(), envelope.agent, by: try id(read.by), leg: try id(read.leg),
                until: Timestamp(microseconds: read.until), why: try read.explanation?.explanation())
        case .secondLineOpened:
            let read: Payload.SecondLineOpened = try read(payload)
            return .secondLineOpened(try envelope.theContact(), try envelope.theAgent(), leg: try id(read.leg))
        case .consultArranged:
            let read: Payload.ConsultArranged = try read(payload)
            return .consultArranged(try envelope.theContact(), envelope.agent, try choice(read.stage))
        case .consultRefused:
            let read: Payload.DialEnded = try read(payload)
            return .consultRefused(try envelope.theContact(), try choice(read.result))
        case .consultEnded: return .consultEnded(try envelope.theContact(), envelope.agent)
        case .supervisionStarted:
            let read: Payload.SupervisionStarted = try read(payload)
            return .supervisionStarted(
                try envelope.theContact(), try envelope.theAgent(), of: try id(read.of), leg: try id(read.leg), try choice(read.mode),
                until: Timestamp(microseconds: read.until))
        case .supervisionArranged:
            let read: Payload.SupervisionArranged = try read(payload)
            return .supervisionArranged(
                try envelope.theContact(), try envelope.theAgent(), try choice(read.mode), isMicrophoneOpen: read.microphoneOpen)
        case .supervisionEnded:
            let read: Payload.SecondLineOpened = try read(payload)
            return .supervisionEnded(try envelope.theContact(), try envelope.theAgent(), leg: try id(read.leg))
        case .contactTakenOver:
            let read: Payload.ContactTakenOver = try read(payload)
            return .contactTakenOver(try envelope.theContact(), from: try envelope.theAgent(), by: try id(read.by))
        case .helpRequested: return .helpRequested(try envelope.theContact(), try envelope.theAgent())
        case .helpWithdrawn: return .helpWithdrawn(try envelope.theContact(), try envelope.theAgent())
        case .sentOutside:
            let read: Payload.DialStarted = try read(payload)
            return .sentOutside(
                try envelope.theContact(), try envelope.theAgent(), leg: try id(read.leg), until: Timestamp(microseconds: read.until))
        case .outsideAnswered: return .outsideAnswered(try envelope.theContact())
        case .outsideRefused:
            let read: Payload.DialEnded = try read(payload)
            return .outsideRefused(try envelope.theContact(), try choice(read.result))
        case .outsideEnded:
            let read: Payload.TalkEnded = try read(payload)
            return .outsideEnded(try envelope.theContact(), by: try choice(read.by))
        case .agentReleased: return .agentReleased(try envelope.theContact(), try envelope.theAgent())
        case .agentReturned: return .agentReturned(try envelope.theContact(), try envelope.theAgent())
        case .customerWarned: return .customerWarned(try envelope.theContact(), try envelope.theAgent())
        case .customerDismissed:
            let read: Payload.CustomerDismissed = try read(payload)
            return .customerDismissed(try envelope.theContact(), try envelope.theAgent(), try choice(read.reason))
        case .contactTransferred:
            let read: Payload.ContactTransferred = try read(payload)
            return .contactTransferred(try envelope.theContact(), try envelope.theAgent(), to: try read.target())
        case .toldClosed:
            let read: Payload.ToldClosed = try read(payload)
            return .toldClosed(try envelope.theContact(), until: Timestamp(microseconds: read.until))
        case .wrapUpRequested:
            let read: Payload.WrapUpRequested = try read(payload)
            return .wrapUpRequested(try envelope.theContact(), try envelope.theAgent(), isWanted: read.wanted)
        case .writeUpStarted: return .writeUpStarted(try envelope.theContact(), try envelope.theAgent())
        case .wrapUpStarted:
            let read: Payload.WrapUpStarted = try read(payload)
            let until = read.until.map { Timestamp(microseconds: $0) }
            return .wrapUpStarted(try envelope.theContact(), try envelope.theAgent(), until: until)
        case .contactDisposed:
            let read: Payload.ContactDisposed = try read(payload)
            return .contactDisposed(try envelope.theContact(), try envelope.theAgent(), try id(read.disposition))
        case .contactClosed:
            let read: Payload.ContactClosed = try read(payload)
            return .contactClosed(try envelope.theContact(), try ContactOutcome(read.outcome, detail: read.detail).wanted("an outcome"))
        case .recordingAnnounced:
            let read: Payload.ToldClosed = try read(payload)
            return .recording(try envelope.theContact(), .announced(until: Timestamp(microseconds: read.until)))
        case .recordingTold:
            let read: Payload.RecordingTold = try read(payload)
            return .recording(try envelope.theContact(), .told(isWhole: read.whole))
        case .recordingStarted:
            let read: Payload.RecordingNamed = try read(payload)
            return .recording(try envelope.theContact(), .started(try id(read.recording), try envelope.theAgent()))
        case .recordingPaused: return .recording(try envelope.theContact(), .paused(try envelope.theAgent()))
        case .recordingResumed: return .recording(try envelope.theContact(), .resumed(try envelope.theAgent()))
        case .recordingEnded:
            let read: Payload.RecordingNamed = try read(payload)
            return .recording(try envelope.theContact(), .ended(try id(read.recording)))
        case .recordingRefused:
            let read: Payload.RecordingNamed = try read(payload)
            return .recording(try envelope.theContact(), .refused(try id(read.recording)))
        case .recordingHeld, .recordingReleased, .recordingErased:
            let read: Payload.RecordingFated = try read(payload)
            let fate: RecordingFate =
                switch kind {
                case .recordingHeld: .held
                case .recordingReleased: .released
                default: .erased(try choice(read.reason.wanted("a reason")))
                }
            return .recordingFated(try id(read.recording), try envelope.theContact(), try id(read.project), fate)
        case .keepingChanged:
            let read: Payload.KeepingChanged = try read(payload)
            return .keepingChanged(isKept: read.kept)
        case .voiceMeasured:
            let read: Payload.VoiceMeasured = try read(payload)
            return .voiceMeasured(
                read.facts(
                    of: try envelope.theContact(), try envelope.theAgent(), project: try id(read.project), queue: try id(read.queue)))
        case .documentPublished:
            let read: Payload.DocumentPublished = try read(payload)
            return .documentPublished(try id(read.document), try id(read.project), version: read.version)
        case .documentRetired:
            let read: Payload.DocumentRetired = try read(payload)
            return .documentRetired(try id(read.document), try id(read.project))
        case .formSubmitted:
            let read: Payload.FormSubmitted = try read(payload)
            return .formSubmitted(try envelope.theContact(), try envelope.theAgent(), form: try id(read.form), version: read.version)
        case .contactIdentified:
            let read: Payload.ContactIdentified = try read(payload)
            return .contactIdentified(try envelope.theContact(), try id(read.customer), by: envelope.agent)
        case .presenceChanged:
            let read: Payload.PresenceChanged = try read(payload)
            return .presenceChanged(try envelope.theAgent(), try presence(read.presence, read.reason))
        case .presencePlanned:
            let read: Payload.PresencePlanned = try read(payload)
            return .presencePlanned(try envelope.theAgent(), try read.presence.map { try presence($0, read.reason) })
        case .agentStoppedResponding:
            let read: Payload.AgentStoppedResponding = try read(payload)
            return .agentStoppedResponding(try envelope.theAgent(), try read.offer.map { try id($0) })
        case .phoneReachabilityChanged:
            let read: Payload.PhoneReachabilityChanged = try read(payload)
            return .phoneReachabilityChanged(try envelope.theAgent(), reachable: read.reachable)
        case .seatTaken:
            let read: Payload.Seat = try read(payload)
            return .seatTaken(try envelope.theAgent(), beside: try id(read.beside))
        case .seatLeft:
            let read: Payload.Seat = try read(payload)
            return .seatLeft(try envelope.theAgent(), beside: try id(read.beside))
        case .signOffChanged:
            let read: Payload.SignOffChanged = try read(payload)
            return .signOffChanged(try envelope.theAgent(), isSignedOff: read.signedOff)
        case .headsetChanged:
            let read: Payload.HeadsetChanged = try read(payload)
            return .headsetChanged(try envelope.theAgent(), isConnected: read.connected)
        }
    }

    // MARK: Definitions

    private func project(_ read: Payload.ProjectDefined) throws -> Project {
        let time = try CivilTime(zone: read.timeZone).wanted("a time zone that this system knows, not \(read.timeZone)")
        let hours = try read.hours.map { try OpeningHours($0).wanted("opening hours") }
        return Project(
            id: try id(read.project), time: time, language: try choice(read.language), hours: hours,
            recording: try read.recording.map { try RecordingRule($0).wanted("what is recorded") } ?? .standard)
    }

    private func queue(_ read: Payload.QueueDefined) throws -> Queue {
        let wrapUp = WrapUpRule(read.wrapUp, limit: read.wrapUpLimit.map { .microseconds($0) })
        return Queue(
            id: try id(read.queue), project: try id(read.project), ringTimeout: .microseconds(read.ringTimeout),
            wrapUp: try wrapUp.wanted("a wrap-up rule"), serviceLevelTarget: .microseconds(read.serviceLevelTarget),
            shortAbandon: .microseconds(read.shortAbandon), waitingMax: read.waitingMax,
            reasonTimeout: .microseconds(read.reasonTimeout), escalation: try read.escalation.map { try id($0) },
            escalationAgent: try read.escalationAgent.map { try id($0) })
    }

    private func entryPoint(_ read: Payload.EntryPointDefined) throws -> EntryPoint {
        EntryPoint(
            id: try id(read.entryPoint), project: try id(read.project), queue: try id(read.queue),
            priority: try ContactPriority(read.priority).wanted("a priority"), language: try choice(read.language),
            hours: try read.hours.map { try EntryPoint.Hours($0).wanted("opening hours") })
    }

    private func disposition(_ read: Payload.DispositionDefined) throws -> Disposition {
        Disposition(
            id: try id(read.disposition), project: try id(read.project), parent: try read.parent.map { try id($0) },
            meanings: .init(rawValue: read.meanings))
    }

    private func agent(_ read: Payload.AgentDefined, _ envelope: Envelope) throws -> Agent {
        let entries = try read.profile.map {
            RoutingProfile.Entry(queue: try id($0.queue), priority: $0.priority, delay: .microseconds($0.delay))
        }
        return Agent(
            id: try envelope.theAgent(), team: try read.team.map { try id($0) }, phone: try read.phone.map { try id($0) },
            profile: RoutingProfile(entries), isTrainee: read.trainee ?? false)
    }

    private func retirement(_ read: Payload.Retired) throws -> Retirement {
        switch read.thing {
        case "project": return .project(try id(read.id))
        case "queue": return .queue(try id(read.id))
        case "entryPoint": return .entryPoint(try id(read.id))
        case "disposition": return .disposition(try id(read.id))
        case "agent": return .agent(try id(read.id))
        default: return try Retirement?.none.wanted("something that can be retired, not \(read.thing)")
        }
    }

    // MARK: Contacts

    private func opened(_ read: Payload.ContactOpened, _ envelope: Envelope) throws -> Event {
        .contactOpened(
            Contact(
                id: try envelope.theContact(), project: try id(read.project), channel: try choice(read.channel),
                direction: try choice(read.direction), entryPoint: try read.entryPoint.map { try id($0) },
                language: try choice(read.language), queue: try id(read.queue),
                priority: try ContactPriority(read.priority).wanted("a priority"), openedAt: Timestamp(microseconds: read.openedAt)),
            leg: try id(read.leg))
    }

    private func read<Read: Decodable>(_ payload: Data) throws -> Read { try decoder.decode(Read.self, from: payload) }

    private func presence(_ presence: String, _ reason: String?) throws -> Presence {
        try Presence(presence, reason: try reason.map { try id($0) }).wanted("a presence, not \(presence)")
    }
}

extension Payload.Audited {
    fileprivate func audit() throws -> Audit {
        Audit(
            try choice(action), try Audit.Subject(subject, id: subjectID).wanted("a subject"), of: try project.map { try id($0) },
            question: try question.map { try Audit.Term(parsing: $0).wanted("a term of a question") })
    }
}

extension Payload.ContactTransferred {
    fileprivate func target() throws -> TransferTarget {
        if let to { return .agent(try id(to)) }
        return .queue(try id(try queue.wanted("a queue or an agent")))
    }
}

extension Payload.Explained {
    fileprivate func explanation() throws -> Explanation {
        Explanation(
            rule: try choice(rule), version: version, queue: try id(queue), priority: priority, waited: .microseconds(waited),
            idleSince: Timestamp(microseconds: idleSince), free: free,
            considered: try considered.map {
                Explanation.Candidate(agent: try id($0.agent), idleSince: Timestamp(microseconds: $0.idleSince))
            },
            excluded: try excluded.map {
                Explanation.Excluded(reason: try choice($0.reason), count: $0.count, agents: try $0.agents.map { try id($0) })
            })
    }
}

/// What a payload lacks.
struct Unreadable: Error {
    let wanted: String

    init(_ wanted: String) {
        self.wanted = wanted
    }
}

extension Optional {
    fileprivate func wanted(_ description: @autoclosure () -> String) throws -> Wrapped {
        guard let self else { throw Unreadable(description()) }
        return self
    }
}

private func id<Tag>(_ text: String) throws -> ID<Tag> { try ID(text).wanted("an id, not \(text)") }

private func choice<Choice: RawRepresentable<String>>(_ text: String) throws -> Choice {
    try Choice(rawValue: text).wanted("a \(Choice.self), not \(text)")
}
