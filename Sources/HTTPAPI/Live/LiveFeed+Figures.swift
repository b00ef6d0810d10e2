import Centre
import Contacts
import NIOCore
import Operation
import Organization
import Primitives

/// What may wait a moment, and goes out together: lines on desks, rows of the floor, contacts that have closed. Whatever many readers
/// see alike is written once for all of them, and each gets it in one piece.
extension LiveFeed {
    struct ClosedContact {
        var id: ContactID
        var project: ProjectID
        /// Who had it last.
        var agent: AgentID?
    }

    /// Sends what has changed since the last time.
    func sendFigures() async {
        let voices = announcements.takeVoices()
        dirtyAgents.formUnion(voices)
        guard !dirtyQueues.isEmpty || !dirtyAgents.isEmpty || quotasMoved || !closedContacts.isEmpty else { return }
        let (queues, agents, closed) = (dirtyQueues, dirtyAgents, closedContacts)
        dirtyQueues = []
        dirtyAgents = []
        closedContacts = []
        quotasMoved = false
        guard hasReaders else { return }
        let now = now()
        let rows = await centre.read { FloorRows(of: $0, queues: queues, agents: agents, at: now) }
        writeFloors(rows)
        writeLines(rows)
        writeVoices(of: voices)
        for contact in closed { write(contact) }
        for reader in readers.values { reader.stream.flush() }
    }

    /// Tells each desk the lines that stand otherwise than it showed last.
    private func writeLines(_ rows: FloorRows) {
        /// Desks that are told the same in the same words.
        struct Change: Hashable {
            var lines: [QueueID]
            var quotas: [QuotaWire]?
            var language: Language
        }

        let (now, names) = (now(), names.current)
        let lines = Dictionary(rows.queues.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        var written: [Change: ByteBuffer] = [:]
        for (agent, open) in openDesks {
            let changed = open.take(lines, at: rows.position)
            let isNews = !names.quotas.isEmpty && open.desk != nil && open.take(quotaWires(of: agent, in: .english))
            guard !changed.isEmpty || isNews else { continue }
            for reader in open.readers {
                let language = reader.caller.language
                let change = Change(lines: changed, quotas: isNews ? quotaWires(of: agent, in: language) : nil, language: language)
                let bytes =
                    written[change]
                    ?? ServerSentEvent.bytes(
                        "lines", id: nil,
                        LinesWire(
                            now: now.milliseconds,
                            queues: changed.compactMap { lines[$0] }.map { DeskWire.LineWire($0, names: names, language: language) },
                            quotas: change.quotas))
                written[change] = bytes
                reader.stream.write(bytes)
            }
        }
    }

    private func write(_ contact: ClosedContact) {
        let place = Place(project: contact.project, team: contact.agent.flatMap { names.current.team(of: $0) }, agent: contact.agent)
        let wire = ContactClosedWire(id: contact.id.description, project: contact.project.description)
        let bytes = ServerSentEvent.bytes("contact", id: nil, wire)
        for reader in readers.values where reader.caller.account.user.may(.viewContacts, at: place) { reader.stream.write(bytes) }
    }
}
