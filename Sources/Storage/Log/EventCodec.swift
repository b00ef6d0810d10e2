import Calls
import Centre
import Contacts
import Foundation
import Organization
import Primitives
import Routing

/// Events to and from the JSON text of the log. Not for several threads at once.
struct EventCodec {
    let decoder = JSONDecoder()
    let upcasters: Upcasters

    init(upcasters: Upcasters = .all) {
        self.upcasters = upcasters
    }

    func payload(of event: Event) -> String {
        switch event {
        case .defined(let definition): payload(of: definition)
        case .setUpApplied(let changes): text(Payload.SetUpApplied(changes: changes))
        case .audited(let audit): text(Payload.Audited(audit))
        case .contactOpened(let contact, let leg):
            text(
                Payload.ContactOpened(
                    project: contact.project.description, channel: contact.channel.rawValue, direction: contact.direction.rawValue,
                    entryPoint: contact.entryPoint?.description, language: contact.language.rawValue, queue: contact.queue.description,
                    priority: Int(contact.priority.level),
                    openedAt: contact.openedAt.microseconds, leg: leg.description))
        case .dialStarted(_, _, let leg, let until):
            text(Payload.DialStarted(leg: leg.description, until: until.microseconds))
        case .numberCalled(_, _, let until): text(Payload.NumberCalled(until: until.microseconds))
        case .dialEnded(_, _, let result): text(Payload.DialEnded(result: result.rawValue))
        case .numberRefused(_, _, let project, let reason, let rule):
            text(Payload.NumberRefused(project: project.description, reason: reason.rawValue, rule: rule))
        case .colleagueDialled(_, _, let colleague, let leg, let until):
            text(Payload.ColleagueDialled(leg: leg.description, to: colleague.description, until: until.microseconds))
        case .colleagueCalled(_, _, let until): text(Payload.NumberCalled(until: until.microseconds))
        case .contactQueued(_, let queue): text(Payload.ContactQueued(queue: queue.description))
        case .offerMade(let offering):
            text(
                Payload.OfferMade(
                    offer: offering.offer.description, leg: offering.leg.description, deadline: offering.deadline.microseconds,
                    explanation: Payload.Explained(offering.explanation)))
        case .offerEnded(let offer, _, _, let result):
            text(Payload.OfferEnded(offer: offer.description, result: result.rawValue))
        case .holdStarted(_, _, let side), .holdEnded(_, _, let side): text(Payload.Hold(by: side.rawValue))
        case .muteChanged(_, _, let isMuted): text(Payload.MuteChanged(muted: isMuted))
        case .consultStarted(_, _, let agent, let leg, let until, let why):
            text(
                Payload.ConsultStarted(
                    by: agent.description, explanation: why.map { Payload.Explained($0) }, leg: leg.description, until: until.microseconds))
        case .secondLineOpened(_, _, let leg): text(Payload.SecondLineOpened(leg: leg.description))
        case .consultArranged(_, _, let stage): text(Payload.ConsultArranged(stage: stage.rawValue))
        case .supervisionStarted(_, _, let agent, let leg, let mode, let until):
            text(
                Payload.SupervisionStarted(leg: leg.description, mode: mode.rawValue, of: agent.description, until: until.microseconds))
        case .supervisionArranged(_, _, let mode, let isMicrophoneOpen):
            text(Payload.SupervisionArranged(microphoneOpen: isMicrophoneOpen, mode: mode.rawValue))
        case .supervisionEnded(_, _, let leg): text(Payload.SecondLineOpened(leg: leg.description))
        case .contactTakenOver(_, _, let supervisor): text(Payload.ContactTakenOver(by: supervisor.description))
        case .helpRequested, .helpWithdrawn: text(Payload.Empty())
        case .agentReturned, .customerWarned, .consultEnded, .outsideAnswered, .agentReleased, .colleagueLeft:
            text(Payload.Empty())
        case .consultRefused(_, let result), .outsideRefused(_, let result): text(Payload.DialEnded(result: result.rawValue))
        case .sentOutside(_, _, let leg, let until): text(Payload.DialStarted(leg: leg.description, until: until.microseconds))
        case .outsideEnded(_, let party): text(Payload.TalkEnded(by: party.rawValue))
        case .talkEnded(_, _, let party): text(Payload.TalkEnded(by: party.rawValue))
        case .agentHungUp(_, _, let until): text(Payload.AgentHungUp(until: until.microseconds))
        case .phoneRungAgain(_, _, let leg, let until):
            text(Payload.PhoneRungAgain(leg: leg.description, until: until.microseconds))
        case .customerDismissed(_, _, let reason): text(Payload.CustomerDismissed(reason: reason.rawValue))
        case .contactTransferred(_, _, let target): text(Payload.ContactTransferred(target))
        case .toldClosed(_, let until): text(Payload.ToldClosed(until: until.microseconds))
        case .wrapUpRequested(_, _, let isWanted): text(Payload.WrapUpRequested(wanted: isWanted))
        case .writeUpStarted: text(Payload.Empty())
        case .wrapUpStarted(_, _, let until): text(Payload.WrapUpStarted(until: until?.microseconds))
        case .contactDisposed(_, _, let disposition): text(Payload.ContactDisposed(disposition: disposition.description))
        case .contactClosed(_, let outcome):
            text(Payload.ContactClosed(outcome: outcome.words.outcome, detail: outcome.words.detail))
        case .recording(_, let step): payload(of: step)
        case .recordingFated(let recording, _, let project, let fate):
            text(Payload.RecordingFated(recording: recording.description, project: project.description, reason: fate.reason?.rawValue))
        case .keepingChanged(let isKept): text(Payload.KeepingChanged(kept: isKept))
        case .voiceMeasured(let facts): text(Payload.VoiceMeasured(facts))
        case .documentPublished(let document, let project, let version):
            text(Payload.DocumentPublished(document: document.description, project: project.description, version: version))
        case .documentRetired(let document, let project):
            text(Payload.DocumentRetired(document: document.description, project: project.description))
        case .formSubmitted(_, _, let form, let version): text(Payload.FormSubmitted(form: form.description, version: version))
        case .contactIdentified(_, let customer, _): text(Payload.ContactIdentified(customer: customer.description))
        case .presenceChanged(_, let presence):
            text(Payload.PresenceChanged(presence: presence.words.presence, reason: presence.words.reason?.description))
        case .presencePlanned(_, let presence):
            text(Payload.PresencePlanned(presence: presence?.words.presence, reason: presence?.words.reason?.description))
        case .agentStoppedResponding(_, let offer): text(Payload.AgentStoppedResponding(offer: offer?.description))
        case .phoneReachabilityChanged(_, let reachable): text(Payload.PhoneReachabilityChanged(reachable: reachable))
        case .headsetChanged(_, let isConnected): text(Payload.HeadsetChanged(connected: isConnected))
        case .seatTaken(_, let host), .seatLeft(_, let host): text(Payload.Seat(beside: host.description))
        case .signOffChanged(_, let isSignedOff): text(Payload.SignOffChanged(signedOff: isSignedOff))
        }
    }

    private func payload(of step: RecordingStep) -> String {
        switch step {
        case .announced(let until): text(Payload.ToldClosed(until: until.microseconds))
        case .told(let isWhole): text(Payload.RecordingTold(whole: isWhole))
        case .started(let recording, _), .ended(let recording), .refused(let recording):
            text(Payload.RecordingNamed(recording: recording.description))
        case .paused, .resumed: text(Payload.Empty())
        }
    }

    private func payload(of definition: Definition) -> String {
        switch definition {
        case .project(let project):
            text(
                Payload.ProjectDefined(
                    project: project.id.description, timeZone: project.time.zoneName, language: project.language.rawValue,
                    hours: project.hours?.description, recording: project.recording.description))
        case .queue(let queue):
            text(
                Payload.QueueDefined(
                    queue: queue.id.description, project: queue.project.description, ringTimeout: queue.ringTimeout.microseconds,
                    wrapUp: queue.wrapUp.words.rule, wrapUpLimit: queue.wrapUp.words.limit?.microseconds,
                    serviceLevelTarget: queue.serviceLevelTarget.microseconds, shortAbandon: queue.shortAbandon.microseconds,
                    waitingMax: queue.waitingMax, reasonTimeout: queue.reasonTimeout.microseconds,
                    escalation: queue.escalation?.description, escalationAgent: queue.escalationAgent?.description))
        case .entryPoint(let entry):
            text(
                Payload.EntryPointDefined(
                    entryPoint: entry.id.description, project: entry.project.description, queue: entry.queue.description,
                    priority: Int(entry.priority.level), language: entry.language.rawValue, hours: entry.hours?.description))
        case .disposition(let disposition):
            text(
                Payload.DispositionDefined(
                    disposition: disposition.id.description, project: disposition.project.description,
                    parent: disposition.parent?.description, meanings: disposition.meanings.rawValue))
        case .agent(let agent):
            text(
                Payload.AgentDefined(
                    team: agent.team?.description, phone: agent.phone?.description,
                    profile: agent.profile.entries.map {
                        .init(queue: $0.queue.description, priority: $0.priority, delay: $0.delay.microseconds)
                    }, trainee: agent.isTrainee ? true : nil))
        case .retired(.project(let id)): text(Payload.Retired(thing: "project", id: id.description))
        case .retired(.queue(let id)): text(Payload.Retired(thing: "queue", id: id.description))
        case .retired(.entryPoint(let id)): text(Payload.Retired(thing: "entryPoint", id: id.description))
        case .retired(.disposition(let id)): text(Payload.Retired(thing: "disposition", id: id.description))
        case .retired(.agent(let id)): text(Payload.Retired(thing: "agent", id: id.description))
        }
    }

    private func text(_ payload: some PayloadText) -> String { JSONText.object(payload) }
}

extension Payload.Audited {
    fileprivate init(_ audit: Audit) {
        let subject = audit.subject.words
        self.init(
            action: audit.action.rawValue, project: audit.project?.description, question: audit.question.map(\.text), subject: subject.kind,
            subjectID: subject.id)
    }
}

extension Payload.ContactTransferred {
    fileprivate init(_ target: TransferTarget) {
        switch target {
        case .queue(let queue): self.queue = queue.description
        case .agent(let agent): to = agent.description
        }
    }
}

extension Payload.Explained {
    fileprivate init(_ explanation: Explanation) {
        rule = explanation.rule.rawValue
        version = explanation.version
        queue = explanation.queue.description
        priority = explanation.priority
        waited = explanation.waited.microseconds
        idleSince = explanation.idleSince.microseconds
        free = explanation.free
        considered = explanation.considered.map { Candidate(agent: $0.agent.description, idleSince: $0.idleSince.microseconds) }
        excluded = explanation.excluded.map {
            Excluded(reason: $0.reason.rawValue, count: $0.count, agents: $0.agents.map(\.description))
        }
    }
}

extension RecordingFate {
    var reason: ErasureReason? { if case .erased(let reason) = self { reason } else { nil } }
}
