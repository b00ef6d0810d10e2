import Calls
import Centre
import Contacts
import Crypto
import Hummingbird
import Operation
import Organization
import Primitives
import Routing
import Storage

/// What a supervisor does from the floor: listen, whisper, join, take over; direct agents; tell them something. And how an agent asks him
/// to come.
struct SupervisionRoutes: Sendable {
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let feed: LiveFeed
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            talk(
                "supervise",
                "Puts the supervisor beside the agent who talks, or lets him be heard by others; the microphone is closed then.",
                takes: SupervisionWish.self, problems: [.agentBusy, .notSignedOn, .phoneUnreachable, .tooMany]
            ) { .supervisionWanted($0, $1, try $2.checked()) },
            talk("supervise/microphone", "Opens or closes the supervisor's microphone.", takes: MicrophoneWish.self) {
                .microphoneWanted($0, $1, $2.open)
            },
            talk("supervise/end", "Takes the supervisor out of the talk.", takes: Nothing.self) { agent, contact, _ in
                .supervisionEndWanted(agent, contact)
            },
            talk(
                "take-over", "Lets the supervisor go on with the customer; who talked with him until now is free.", takes: Nothing.self,
                problems: [.agentBusy, .notSignedOn, .phoneUnreachable, .tooMany]
            ) { agent, contact, _ in .takeOverWanted(agent, contact) },
            agent(
                "presence", "Sets an agent ready, not ready or off; while he has a contact, for afterwards.", takes: DirectedPresence.self
            ) {
                .presenceWanted($0, try $1.wish.checked(names.current))
            },
            agent("free", "Sets an agent free who is stuck in his wrap-up or does not respond.", takes: Nothing.self) { agent, _ in
                .agentFreed(agent)
            },
            seat, seatEnd, signOff, seatLeft, seats, logOut, message, read, help,
        ]
    }

    // MARK: Talks

    private func talk<Body: WireInput>(
        _ deed: String, _ summary: String, takes: Body.Type, problems: [Problem.Code] = [],
        _ input: @escaping @Sendable (AgentID, ContactID, Body) throws -> Input
    ) -> Route {
        .command(
            .post, "/api/floor/contacts/{contact}/\(deed)", summary, access: .may(.superviseCalls, atLeast: .team), audit: .inTheLog,
            takes: takes, problems: [.notFound, .staleState, .agentNeeded] + problems
        ) { call, body in
            let caller = try call.signedIn()
            let contact: ContactID = try call.id("contact")
            let found = await centre.read { engine in engine.contacts[contact].map { ($0.project, $0.state.agent) } }
            guard let (project, agent) = found else { throw Problem(.notFound) }
            let place = Place(project: project, team: agent.flatMap { names.current.team(of: $0) })
            guard caller.account.user.may(.superviseCalls, at: place) else { throw Problem(.notFound) }
            guard let supervisor = caller.account.user.agent else { throw Problem(.agentNeeded) }
            return try await perform(input(supervisor, contact, body), for: call)
        }
    }

    // MARK: Agents

    private func agent<Body: WireInput>(
        _ deed: String, _ summary: String, takes: Body.Type, _ input: @escaping @Sendable (AgentID, Body) throws -> Input
    ) -> Route {
        .command(
            .post, "/api/floor/agents/{agent}/\(deed)", summary, access: .may(.directAgents, atLeast: .team), audit: .inTheLog,
            takes: takes, problems: [.notFound, .staleState]
        ) { call, body in
            try await perform(input(directed(call), body), for: call)
        }
    }

    /// The agent of the path, if the caller's reach has him.
    func directed(_ call: Call) throws -> AgentID {
        let agent: AgentID = try call.id("agent")
        guard try reached(by: call.signedIn()).contains(agent) else { throw Problem(.notFound) }
        return agent
    }

    func reached(by caller: Caller) -> Set<AgentID> {
        FloorReach(caller, of: .directAgents).map { FloorSight($0, names.current).agents } ?? []
    }

    /// He is off, at once or after his contact, and whoever uses his sessions has to sign in again.
    private var logOut: Route {
        .command(
            .post, "/api/floor/agents/{agent}/log-out", "Signs an agent off, and out of his browsers.",
            access: .may(.directAgents, atLeast: .team), audit: .inTheLog, takes: Nothing.self, problems: [.notFound]
        ) { call, _ in
            let agent = try directed(call)
            let position = try await perform(.presenceWanted(agent, .off), for: call)
            for user in names.current.users(of: agent) {
                try await store.closeSessions(of: user)
                await feed.end(sessionsOf: user)
            }
            return position
        }
    }

    // MARK: Messages

    private var message: Route {
        .command(
            .post, "/api/floor/messages", "Tells an agent, a team or all of a project something; it stays until it is read, a day at most.",
            access: .may(.directAgents, atLeast: .team), audit: .inTheLog, takes: MessageWish.self, problems: [.notFound]
        ) { call, wish in
            let caller = try call.signedIn()
            let (agents, project) = try receivers(of: wish.checked(), from: caller)
            let user = caller.account.user.id
            let key = try call.commandKey()
            // The same command is the same message.
            let message = Message(id: Self.id(of: key), sender: user, text: wish.text, at: now(), agents: agents)
            let term = Audit.Term("agents", String(agents.count)).map { [$0] } ?? []
            let position = try await centre.perform(
                .audited(Audit(.sent, .message, of: project, question: term)), by: user, key: key, filings: [.message(message)])
            await feed.take(message)
            return PositionWire(position: position.number)
        }
    }

    private static func id(of key: CommandKey) -> MessageID {
        let digest = Array(SHA256.hash(data: Array("\(key.user) \(key.key)".utf8)))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return MessageID(high: word(digest.prefix(8)), low: word(digest.dropFirst(8).prefix(8)))
    }

    private func receivers(of receiver: MessageWish.Receiver, from caller: Caller) throws -> ([AgentID], ProjectID?) {
        let names = names.current
        let reached = reached(by: caller)
        let (agents, project): ([AgentID], ProjectID?) =
            switch receiver {
            case .agent(let agent): ([agent], nil)
            case .team(let team): (names.allAgents.filter { names.team(of: $0) == team }, nil)
            case .project(let project):
                (names.allAgents.filter { names.projects(of: $0).contains(project) }, project)
            }
        let found = agents.filter(reached.contains)
        guard !found.isEmpty, found.count <= Message.agentsMax else { throw Problem(.notFound) }
        return (found, project)
    }

    private var read: Route {
        .command(
            .post, "/api/desk/messages/{id}/read", "Puts a message away.", access: .may(.handleContacts, atLeast: .own),
            audit: .nothing(because: "his own message"), takes: Nothing.self
        ) { call, _ in
            let (_, agent) = try call.agent()
            let message: MessageID = try call.id("id")
            try await store.messageRead(message, by: agent)
            await feed.messageRead(message, by: agent)
            return PositionWire(position: await centre.read(\.position).number)
        }
    }

    // MARK: Help

    private var help: Route {
        .command(
            .post, "/api/desk/help", "Asks for a supervisor, or does not any more; while the agent has a contact.",
            access: .may(.handleContacts, atLeast: .own), audit: .inTheLog, takes: HelpWish.self, problems: [.staleState]
        ) { call, wish in
            let (_, agent) = try call.agent()
            return try await perform(.helpWanted(agent, wish.wanted), for: call)
        }
    }

    func perform(_ input: Input, for call: Call) async throws -> PositionWire {
        let user = try call.signedIn().account.user.id
        return PositionWire(position: try await centre.perform(input, by: user, key: call.commandKey()).number)
    }
}
