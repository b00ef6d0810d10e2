import Centre
import Contacts
import Logging
import NIOCore
import Operation
import Organization
import Primitives
import Storage

/// Desks: one agent's state and contact, whole every time.
extension LiveFeed {
    /// The desk as it is now; nil if there is no such agent.
    func desk(of agent: AgentID, in language: Language) async -> DeskWire? {
        let (desk, position) = await centre.read { engine in (engine.desk(of: agent), engine.position) }
        guard let desk else { return nil }
        let cards = await cards(of: desk)
        return DeskWire(
            desk, at: position, card: cards.contact, writeUpCard: cards.writeUp, headset: announcements.headset(of: agent),
            quotas: quotaWires(of: agent, in: language), names: names.current, language: language, now: now())
    }

    /// Reads the desks of these agents and sends each to its readers; with `only`, to that reader alone.
    func sendDesks(of agents: Set<AgentID>, only: Int? = nil) async {
        let watched = agents.filter { deskReaders[$0] != nil }.sorted()
        guard !watched.isEmpty else { return }
        let (found, position) = await centre.read { engine in
            (watched.map { engine.desk(of: $0) }, engine.position)
        }
        for desk in found {
            guard let desk else { continue }
            let cards = await cards(of: desk)
            guard deskReaders[desk.agent.id] != nil else { continue }
            // Something newer was read meanwhile; a new reader gets that.
            if let last = desks[desk.agent.id], last.position > position {
                send(last.desk, at: last.position, await self.cards(of: last.desk), only: only)
            } else {
                desks[desk.agent.id] = (desk, position)
                send(desk, at: position, cards, only: only)
            }
        }
    }

    /// Sends anew the desks on which a line stands otherwise than it was last shown.
    func sendLines(_ rows: FloorRows) async {
        let lines = Dictionary(rows.queues.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        for agent in desks.keys.sorted() {
            guard let (last, position) = desks[agent], position <= rows.position else { continue }
            var desk = last
            var isChanged = false
            for index in desk.queues.indices {
                let shown = desk.queues[index]
                guard let line = lines[shown.id] else { continue }
                isChanged = isChanged || shown.waiting != line.waiting || shown.oldestSince != line.oldestSince
                desk.queues[index] = line
            }
            let quotas = quotaWires(of: agent, in: .english)
            isChanged = isChanged || shownQuotas[agent] ?? [] != quotas
            guard isChanged else { continue }
            let cards = await cards(of: desk)
            guard desks[agent]?.position == position else { continue }
            // The position stays that of the agent's own state: a desk must not claim to know of a command it has not read.
            desks[agent] = (desk, position)
            send(desk, at: position, cards, only: nil)
        }
    }

    private func send(_ desk: Desk, at position: LogPosition, _ cards: Cards, only: Int?) {
        shownQuotas[desk.agent.id] = quotaWires(of: desk.agent.id, in: .english)
        var written: [Language: ByteBuffer] = [:]
        for reader in deskReaders[desk.agent.id] ?? [] where (only ?? reader.id) == reader.id && reader.deskPosition <= position {
            let language = reader.caller.language
            let bytes =
                written[language]
                ?? ServerSentEvent.bytes(
                    "desk", id: position.number,
                    DeskWire(
                        desk, at: position, card: cards.contact, writeUpCard: cards.writeUp,
                        headset: announcements.headset(of: desk.agent.id), quotas: quotaWires(of: desk.agent.id, in: language),
                        names: names.current, language: language, now: now()))
            written[language] = bytes
            reader.deskPosition = position
            reader.stream.send(bytes)
        }
    }

    private func quotaWires(of agent: AgentID, in language: Language) -> [QuotaWire] {
        let names = names.current
        return names.quotas.isEmpty ? [] : quotas.wires(for: agent, at: now(), names: names, language: language)
    }

    // MARK: Who is calling

    private typealias Cards = (contact: CallerCard?, writeUp: CallerCard?)

    private func cards(of desk: Desk) async -> Cards { (await card(of: desk.contact), await card(of: desk.writeUp)) }

    /// What is known of the contact's caller; read once for each contact.
    private func card(of desk: DeskContact?) async -> CallerCard? {
        guard let contact = desk?.contact else { return nil }
        if let known = callers[contact.id] { return known }
        do {
            var version = callersVersion
            var (card, isStored) = try await readCard(of: contact)
            if version != callersVersion {
                version = callersVersion
                (card, isStored) = try await readCard(of: contact)
            }
            // The engine is ahead of the tables: what is not stored yet is read again next time.
            guard isStored, version == callersVersion else { return card }
            if callers.count >= Limits.callersMax { callers.removeAll() }
            callers[contact.id] = card
            return card
        } catch {
            logger.error("a caller cannot be read", metadata: ["contact": "\(contact.id)", "error": "\(error)"])
            return nil
        }
    }

    private func readCard(of contact: Contact) async throws -> (card: CallerCard, isStored: Bool) {
        guard let caller = try await store.caller(of: contact.id) else { return (CallerCard(), false) }
        var card = CallerCard(number: caller.number, dialled: caller.dialled)
        if let number = caller.number {
            // Of other projects nobody learns, also not who called them.
            card.earlier = try await store.earlierContacts(
                of: number, before: contact.id, in: [contact.project], limit: Limits.earlierMax)
        }
        card.outside = try await store.numbersOutside(of: contact.id)
        card.draft = try await store.draft(of: contact.id)
        return (card, true)
    }

    /// The agent has typed: from here on every desk shows this draft, also those under way to him while it is stored.
    func keepDraft(of contact: ContactID, disposition: DispositionID?, note: String) {
        callers[contact]?.draft = (disposition, note)
        callersVersion += 1
    }

    /// What is kept of the caller is not what is stored; the next desk reads it again.
    func forgetCaller(of contact: ContactID) {
        callers[contact] = nil
        callersVersion += 1
    }
}
