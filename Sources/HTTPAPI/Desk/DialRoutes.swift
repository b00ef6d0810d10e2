import Calls
import Centre
import Contacts
import Hummingbird
import Operation
import Organization
import Primitives
import Storage

/// An agent calls a number outside, or a colleague.
struct DialRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let numbers: NumberDesk
    let names: NameBook
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            .command(
                .post, "/api/desk/dial",
                "Calls a number, that of an earlier contact, or a free colleague: the agent's phone rings first, then the other.",
                access: .may(.handleContacts, atLeast: .own), audit: .inTheLog, takes: DialWish.self,
                problems: [
                    .notFound, .agentBusy, .agentNotFree, .phoneUnreachable, .noTrunk, .destinationNotAllowed, .callsLimit,
                    .callsPerHourLimit,
                ]
            ) { call, wish in try await dial(wish.checked(), for: call) },
            .read(
                "/api/desk/colleagues", "Whom the agent can call: those who are signed on.", access: .may(.handleContacts, atLeast: .own),
                audit: .nothing(because: "colleagues"),
                answers: ColleaguesWire.self
            ) { call in
                let (_, agent) = try call.agent()
                let colleagues = await centre.read { $0.colleagues(of: agent) }
                return ColleaguesWire(agents: colleagues.map { .init($0, names: names.current) })
            },
        ]
    }

    private func dial(_ colleague: AgentID, for call: Call) async throws -> PositionWire {
        let (caller, agent) = try call.agent()
        var random = Random(seed: .random(in: 0 ... .max))
        let position = try await centre.perform(
            .colleagueDialWanted(agent, ContactID(at: now(), using: &random), to: colleague), by: caller.account.user.id,
            key: call.commandKey())
        return PositionWire(position: position.number)
    }

    private func dial(_ wish: DialWish.Checked, for call: Call) async throws -> PositionWire {
        if case .colleague(let colleague) = wish.target { return try await dial(colleague, for: call) }
        let (caller, agent) = try call.agent()
        let (number, known) = try await target(of: wish, for: caller)
        let chosen = await centre.read { engine -> (queue: QueueID, project: ProjectID)? in
            guard let queue = wish.queue ?? engine.dialQueue(of: agent, for: known) else { return nil }
            return engine.organization.queues[queue].map { (queue, $0.project) }
        }
        guard let chosen, known.map({ $0 == chosen.project }) ?? true else { throw Problem.invalid("queue", .unknown) }
        let key = try call.commandKey()
        var random = Random(seed: .random(in: 0 ... .max))
        let contact = ContactID(at: now(), using: &random)
        let leg = LegID(sameAs: contact)
        let accepted = try await numbers.accept(number, leg, chosen.project, agent)
        do {
            let position = try await centre.perform(
                .dialWanted(agent, contact, chosen.queue), by: caller.account.user.id, key: key,
                filings: [.caller(contact, number: accepted.number.description, dialled: accepted.shown.description)])
            await numbers.settle(leg)
            return PositionWire(position: position.number)
        } catch {
            await numbers.settle(leg)
            throw error
        }
    }

    /// The number as it is written, and the project that an earlier contact was of.
    private func target(of wish: DialWish.Checked, for caller: Caller) async throws -> (number: String, project: ProjectID?) {
        switch wish.target {
        case .colleague: throw Problem.invalid("agent", .notAllowed)
        case .number(let number): return (number, nil)
        case .contact(let id):
            // Of other projects nobody learns, also not that there is such a contact.
            guard let row = try await store.contact(id), caller.account.user.projects.contains(row.project) else {
                throw Problem(.notFound)
            }
            guard let number = row.number else { throw Problem.invalid("contact", .notAllowed) }
            return (number, row.project)
        }
    }
}

/// `POST /api/desk/dial`: a number, an earlier contact whose number it is, or a colleague.
struct DialWish: WireInput {
    var number: String?
    var contact: String?
    var agent: String?
    /// For which queue a number is called; left out: the first that the agent serves.
    var queue: String?

    static let schemaName = "DialWish"
    static let schema = Schema.object([
        .optional("number", .nullable(.string)), .optional("contact", .nullable(.id)), .optional("agent", .nullable(.id)),
        .optional("queue", .nullable(.id)),
    ])

    struct Checked {
        var target: Target
        var queue: QueueID?

        enum Target {
            case number(String)
            case contact(ContactID)
            case colleague(AgentID)
        }
    }

    func checked() throws -> Checked {
        var check = FieldCheck()
        let queue: QueueID? = check.id(self.queue, "queue")
        let contact: ContactID? = check.id(self.contact, "contact")
        let agent: AgentID? = check.id(self.agent, "agent")
        if number == nil, self.contact == nil, self.agent == nil { check.refuse("number", .required) }
        if number != nil, self.contact != nil { check.refuse("contact", .notAllowed) }
        if self.agent != nil, number != nil || self.contact != nil { check.refuse("agent", .notAllowed) }
        if let number { check.text(number, "number", limit: Limits.numberMax) }
        try check.pass()
        if let agent { return Checked(target: .colleague(agent), queue: queue) }
        if let contact { return Checked(target: .contact(contact), queue: queue) }
        return Checked(target: .number(number ?? ""), queue: queue)
    }
}

/// A number that is being called.
struct DialWire: WireType, Hashable {
    var stage: String
    /// When it counts as not answered.
    var until: Int64

    static let schemaName = "Dial"
    static let schema = Schema.object([
        .required("stage", .enumeration(DialStage.allCases.map(\.rawValue))), .required("until", .time),
    ])
}
