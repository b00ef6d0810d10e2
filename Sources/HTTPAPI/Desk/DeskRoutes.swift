import Centre
import Contacts
import Hummingbird
import Operation
import Organization
import Primitives
import Routing
import Storage

/// What an agent does at the desk.
struct DeskRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let feed: LiveFeed
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        let access = Route.Access.may(.handleContacts, atLeast: .own)
        return [
            .read("/api/desk", "The agent's desk as it is now.", access: access, audit: .inTheLog, answers: DeskWire.self) { call in
                let (caller, agent) = try call.agent()
                guard let desk = await feed.desk(of: agent, in: caller.language) else { throw Problem(.notFound) }
                return desk
            },
            .command(
                .put, "/api/desk/presence", "Sets the agent ready, not ready or off; while he has a contact, for afterwards.",
                access: access, audit: .inTheLog, takes: PresenceWish.self
            ) { call, wish in
                let (_, agent) = try call.agent()
                return try await perform(.presenceWanted(agent, wish.checked(names.current)), for: call)
            },
            .command(
                .post, "/api/desk/offers/{offer}/decline", "Sends an offered contact back to its queue.", access: access,
                audit: .inTheLog,
                takes: Nothing.self, problems: [.notFound, .staleState]
            ) { call, _ in
                let (_, agent) = try call.agent()
                return try await perform(.offerDeclined(agent, call.id("offer")), for: call)
            },
            .command(
                .put, "/api/desk/contacts/{contact}/draft", "Keeps what the agent has typed so far.", access: access,
                audit: .nothing(because: "it becomes the note of a contact, whose completion stands in the log"),
                takes: DraftChange.self, problems: [.notFound, .staleState]
            ) { call, draft in
                try await save(draft, of: call.id("contact"), for: call)
            },
            .command(
                .post, "/api/desk/contacts/{contact}/complete", "Says what came of the contact and ends the wrap-up.", access: access,
                audit: .inTheLog,
                takes: Completion.self, problems: [.notFound, .staleState]
            ) { call, completion in
                let (_, agent) = try call.agent()
                let contact: ContactID = try call.id("contact")
                let disposition = try completion.checked()
                let note = completion.note ?? ""
                return try await perform(
                    .contactCompleted(agent, contact, disposition), for: call, filings: note.isEmpty ? [] : [.note(contact, note)])
            },
        ]
    }

    private func perform(_ input: Input, for call: Call, filings: [Filing] = []) async throws -> PositionWire {
        let user = try call.signedIn().account.user.id
        return PositionWire(position: try await centre.perform(input, by: user, key: call.commandKey(), filings: filings).number)
    }

    /// A draft is no event: it is kept with its contact as long as that is this agent's.
    private func save(_ draft: DraftChange, of contact: ContactID, for call: Call) async throws -> PositionWire {
        let (_, agent) = try call.agent()
        let disposition = try draft.checked()
        let position = try await centre.read { engine throws(Problem) -> LogPosition in
            guard let project = engine.contacts[contact]?.project, engine.contacts[contact]?.state.agent == agent else {
                throw Problem(.staleState)
            }
            if let disposition, !engine.organization.isLeaf(disposition, of: project) {
                throw Problem.invalid("disposition", .notAllowed)
            }
            return engine.position
        }
        await feed.keepDraft(of: contact, disposition: disposition, note: draft.note)
        do {
            try await store.saveDraft(contact, agent: agent, disposition: disposition, note: draft.note, at: now())
            // Once more, for who read the older one meanwhile.
            await feed.keepDraft(of: contact, disposition: disposition, note: draft.note)
            await feed.showBeside(agent)
        } catch {
            await feed.forgetCaller(of: contact)
            throw error
        }
        return PositionWire(position: position.number)
    }
}
