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
            desk, at: position, card: cards.contact, writeUpCard: cards.writeUp, mirrorCard: cards.mirror,
            headset: announcements.headset(of: agent),
            messages: unread(by: agent), quotas: quotaWires(of: agent, in: language), names: names.current, language: language, now: now())
    }

    /// Reads the desks of these agents and sends each to its readers; with `only`, to that reader alone.
    func sendDesks(of agents: Set<AgentID>, only: Int? = nil) async {
        let watched = agents.filter { openDesks[$0] != nil }.sorted()
        guard !watched.isEmpty else { return }
        let (found, position) = await centre.read { engine in
            (watched.map { engine.desk(of: $0) }, engine.position)
        }
        for desk in found {
            guard let desk else { continue }
            let cards = await cards(of: desk)
            guard let open = openDesks[desk.agent.id] else { continue }
            // A new reader sees the lines as all others of this desk do, and hears with them how they stand now.
            if only == nil || open.desk == nil { _ = open.take(quotaWires(of: desk.agent.id, in: .english)) }
            open.take(desk, at: position, keepingLines: only != nil)
            if open.position == position {
                send(open, cards, only: only)
            } else if let newer = open.desk {
                // Something newer was read meanwhile; a new reader gets that, unless all have got something newer still.
                let (position, cards) = (open.position, await self.cards(of: newer))
                if open.position == position { send(open, cards, only: only) }
            }
        }
    }

    private func send(_ open: OpenDesk, _ cards: Cards, only: Int?) {
        guard let desk = open.desk else { return }
        var written: [Language: ByteBuffer] = [:]
        for reader in open.readers where (only ?? reader.id) == reader.id && reader.deskPosition <= open.position {
            let language = reader.caller.language
            let bytes =
                written[language]
                ?? ServerSentEvent.bytes(
                    "desk", id: open.position.number,
                    DeskWire(
                        desk, at: open.position, card: cards.contact, writeUpCard: cards.writeUp, mirrorCard: cards.mirror,
                        headset: announcements.headset(of: desk.agent.id), messages: unread(by: desk.agent.id),
                        quotas: quotaWires(of: desk.agent.id, in: language),
                        names: names.current, language: language, now: now()))
            written[language] = bytes
            reader.deskPosition = open.position
            reader.stream.send(bytes)
        }
    }

    func quotaWires(of agent: AgentID, in language: Language) -> [QuotaWire] {
        let names = names.current
        return names.quotas.isEmpty ? [] : quotas.wires(for: agent, at: now(), names: names, language: language)
    }

    // MARK: Who is calling

    private typealias Cards = (contact: CallerCard?, writeUp: CallerCard?, mirror: CallerCard?)

    private func cards(of desk: Desk) async -> Cards {
        (await card(of: desk.contact), await card(of: desk.writeUp), await card(of: desk.mirror?.contact))
    }

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

    /// Who sits beside the agent sees what he types.
    func showBeside(_ agent: AgentID) async {
        if let guest = guests[agent] { await sendDesks(of: [guest]) }
    }

    /// What is kept of the caller is not what is stored; the next desk reads it again.
    func forgetCaller(of contact: ContactID) {
        callers[contact] = nil
        callersVersion += 1
    }
}
