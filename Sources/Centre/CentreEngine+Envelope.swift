import Calls
import Contacts
import Organization
import Primitives

/// What an event concerns, where it does not say so itself.
extension CentreEngine {
    func project(of event: Event) -> ProjectID? {
        switch event {
        case .defined(.project(let project)): project.id
        case .defined(.queue(let queue)): queue.project
        case .defined(.entryPoint(let entry)): entry.project
        case .defined(.disposition(let disposition)): disposition.project
        case .defined(.retired(.project(let project))): project
        case .defined(.retired(.queue(let queue))): organization.queues[queue]?.project
        case .defined(.retired(.entryPoint(let entry))): organization.entryPoints[entry]?.project
        case .defined(.retired(.disposition(let disposition))): organization.dispositions[disposition]?.project
        case .contactOpened(let contact, _): contact.project
        case .numberRefused(_, _, let project, _, _): project
        case .recordingFated(_, _, let project, _): project
        case .audited(let audit): audit.project
        case .documentPublished(_, let project, _), .documentRetired(_, let project): project
        // The contact may be closed by then.
        case .voiceMeasured(let facts): facts.project
        default: event.contact.flatMap { contacts[$0]?.project }
        }
    }

    /// A talk between agents is of no queue: it counts in none.
    func queue(of event: Event, about contact: Contact?) -> QueueID? {
        // Or in another queue.
        if case .voiceMeasured(let facts) = event { return facts.queue }
        if let contact { return contact.direction == .internal ? nil : contact.queue }
        return switch event {
        case .defined(.queue(let queue)): queue.id
        case .defined(.retired(.queue(let queue))): queue
        case .contactOpened(let contact, _): contact.direction == .internal ? nil : contact.queue
        default: nil
        }
    }
}
