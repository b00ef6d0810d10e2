import Calls
import Centre
import Contacts
import Foundation
import Organization
import Primitives
import Routing

/// Events to and from the JSON text of the log. Not for several threads at once.
struct EventCodec {
    let encoder = JSONEncoder()
    let decoder = JSONDecoder()
    let upcasters: Upcasters

    init(upcasters: Upcasters = .all) {
        self.upcasters = upcasters
        // One event has one text: the hash chain runs over it.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    func payload(of event: Event) throws -> String {
        switch event {
        case .defined(let definition): try payload(of: definition)
        case .setUpApplied(let changes): try text(Payload.SetUpApplied(changes: changes))
        case .contactOpened(let contact, let leg):
            try text(
                Payload.ContactOpened(
                    project: contact.project.description, channel: contact.channel.rawValue, entryPoint: contact.entryPoint.description,
                    language: contact.language.rawValue, queue: contact.queue.description, priority: Int(contact.priority.level),
                    openedAt: contact.openedAt.microseconds, leg: leg.description))
        case .contactQueued(_, let queue): try text(Payload.ContactQueued(queue: queue.description))
        case .offerMade(let offering):
            try text(
                Payload.OfferMade(
                    offer: offering.offer.description, leg: offering.leg.description, deadline: offering.deadline.microseconds,
                    explanation: Payload.Explained(offering.explanation)))
        case .offerEnded(let offer, _, _, let result):
            try text(Payload.OfferEnded(offer: offer.description, result: result.rawValue))
        case .holdStarted, .holdEnded: try text(Payload.Empty())
        case .talkEnded(_, _, let party): try text(Payload.TalkEnded(by: party.rawValue))
        case .wrapUpStarted(_, _, let until): try text(Payload.WrapUpStarted(until: until?.microseconds))
        case .contactDisposed(_, _, let disposition): try text(Payload.ContactDisposed(disposition: disposition.description))
        case .contactClosed(_, let outcome):
            try text(Payload.ContactClosed(outcome: outcome.words.outcome, detail: outcome.words.detail))
        case .presenceChanged(_, let presence):
            try text(Payload.PresenceChanged(presence: presence.words.presence, reason: presence.words.reason?.description))
        case .presencePlanned(_, let presence):
            try text(Payload.PresencePlanned(presence: presence?.words.presence, reason: presence?.words.reason?.description))
        case .agentStoppedResponding(_, let offer): try text(Payload.AgentStoppedResponding(offer: offer.description))
        case .phoneReachabilityChanged(_, let reachable): try text(Payload.PhoneReachabilityChanged(reachable: reachable))
        }
    }

    private func payload(of definition: Definition) throws -> String {
        switch definition {
        case .project(let project):
            try text(
                Payload.ProjectDefined(
                    project: project.id.description, timeZone: project.time.zoneName, language: project.language.rawValue))
        case .queue(let queue):
            try text(
                Payload.QueueDefined(
                    queue: queue.id.description, project: queue.project.description, ringTimeout: queue.ringTimeout.microseconds,
                    wrapUp: queue.wrapUp.words.rule, wrapUpLimit: queue.wrapUp.words.limit?.microseconds,
                    serviceLevelTarget: queue.serviceLevelTarget.microseconds, shortAbandon: queue.shortAbandon.microseconds,
                    waitingMax: queue.waitingMax))
        case .entryPoint(let entry):
            try text(
                Payload.EntryPointDefined(
                    entryPoint: entry.id.description, project: entry.project.description, queue: entry.queue.description,
                    priority: Int(entry.priority.level), language: entry.language.rawValue))
        case .disposition(let disposition):
            try text(
                Payload.DispositionDefined(
                    disposition: disposition.id.description, project: disposition.project.description,
                    parent: disposition.parent?.description, meanings: disposition.meanings.rawValue))
        case .agent(let agent):
            try text(
                Payload.AgentDefined(
                    team: agent.team?.description, phone: agent.phone?.description,
                    profile: agent.profile.entries.map {
                        .init(queue: $0.queue.description, priority: $0.priority, delay: $0.delay.microseconds)
                    }))
        }
    }

    private func text(_ payload: some Encodable) throws -> String {
        String(decoding: try encoder.encode(payload), as: UTF8.self)
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
