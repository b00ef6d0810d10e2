import Centre
import Contacts
import Glibc
import HTTPAPI
import MediaServer
import NIOCore
import NIOPosix
import Operation
import Organization
import Primitives
import Routing
import SIP
import ServiceLifecycle
import Storage
import Synchronization

/// The server's side of a demo: tells the keeper what happens and carries out what he wants of it, in the names of the colleagues whom he
/// plays. When the keeper is gone the server goes, too.
///
/// Make it first, give it to the server, then run it beside the server.
package final class DemoStage: Service, Sendable {
    private let link: DemoLink
    private let orders: AsyncStream<DemoOrder>
    private let seat: String?
    private let told = Mutex(Told())

    /// What screens are told of the demo.
    private struct Told {
        var traffic = DemoTraffic(factor: DemoTraffic.factors.lowerBound, callsAMinute: 0)
        var pull: PlugPull?
        var server: CentreServer?
        var colleagues: [AgentID: UserID] = [:]
        var newcomers: Set<AgentID> = []
        /// Whose first packet has come.
        var heard: Set<ID<MediaSession>> = []
        var free: (colleagues: Int, newcomers: Int)?
    }

    /// Parties whose sound has come, before those who are gone are forgotten.
    private static let heardMax = 4096

    /// - Parameters:
    ///   - descriptor: the end of the line to the keeper.
    ///   - seat: the login of the agent whose seat is left to the newcomer.
    package init(keptBy descriptor: Int32, seat: String?) async throws {
        let (orders, sender) = AsyncStream.makeStream(of: DemoOrder.self)
        self.orders = orders
        self.seat = seat
        link = try await DemoLink.open(
            descriptor, on: MultiThreadedEventLoopGroup.singleton.any(),
            onLine: { line in if let order = DemoOrder(line: line) { sender.yield(order) } },
            // As if somebody had pulled the plug: whatever must last is on the disk.
            onEnd: { _exit(1) }
        ).get()
    }

    /// What the screens may ask.
    package var port: DemoPort {
        DemoPort(
            traffic: { [self] in told.withLock { $0.traffic } }, changeTraffic: { [self] in change(to: $0) },
            pullPlug: { [self] in
                if told.withLock({ $0.pull?.isOver ?? true }) == false { return false }
                tell(.plugWanted)
                return true
            }, pull: { [self] in told.withLock { $0.pull } })
    }

    /// Tells the keeper who plays, and that the server answers.
    package func begin(_ server: CentreServer, port: Int) async throws {
        let setUp = try await server.store.setUp()
        let fixed = Dictionary(
            setUp.phones.compactMap { phone in if case .fixed(let address) = phone.access { (phone.id, (phone.user, address)) } else { nil }
            },
            uniquingKeysWith: { first, _ in first })
        var colleagues: [AgentID: UserID] = [:]
        for agent in setUp.agents {
            guard let user = setUp.users.first(where: { $0.user.agent == agent.id }), user.login != seat,
                let (name, address) = agent.phone.flatMap({ fixed[$0] })
            else { continue }
            colleagues[agent.id] = user.user.id
            tell(.colleague(agent.id, at: address, user: name))
        }
        told.withLock { told in
            told.server = server
            told.colleagues = colleagues
            told.newcomers = Set(setUp.agents.map(\.id)).subtracting(colleagues.keys)
        }
        for address in setUp.trunks.flatMap(\.addresses).prefix(1) { tell(.trunk(address)) }
        for entry in setUp.entryPoints { tell(.entryPoint(entry.number)) }
        for project in setUp.projects { tell(.project(project.project.id, key: project.key)) }
        let parents = Set(setUp.dispositions.compactMap(\.disposition.parent))
        for disposition in setUp.dispositions where !parents.contains(disposition.disposition.id) {
            tell(.disposition(disposition.disposition.id, of: disposition.disposition.project))
        }
        for reason in setUp.reasons { tell(.reason(reason.id)) }
        tell(.serving(port: port))
        // What the last server was told is gone with it.
        let (states, projects) = await server.centre.read { engine in
            (
                engine.routing.agents.sorted { $0.key < $1.key }.map { ($0.key, $0.value.state.routing) },
                engine.contacts.mapValues(\.project)
            )
        }
        for (agent, state) in states where colleagues[agent] != nil {
            switch state {
            case .off, .notReady, .notResponding: tell(.away(agent))
            case .wrapUp(let contact): if let project = projects[contact] { tell(.wrapUp(contact, agent, of: project)) }
            case .idle, .offered, .handling, .consulted: break
            }
        }
        await server.centre.read { self.tellFree($0) }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            for await order in orders {
                guard let server = told.withLock({ $0.server }) else { continue }
                await carryOut(order, on: server)
            }
        }
    }

    /// Hears what has become durable; called on the centre's executor.
    func observe(_ entries: [LogEntry]) {
        let (server, colleagues) = told.withLock { ($0.server, $0.colleagues) }
        guard let server else { return }
        for entry in entries {
            switch entry.event {
            case .offerEnded(_, let contact, let agent, .answered):
                if let caller = server.calls.callerNumber(of: contact) {
                    tell(.answered(caller: caller, byColleague: colleagues[agent] != nil))
                }
            case .wrapUpStarted(let contact, let agent, _), .writeUpStarted(let contact, let agent):
                guard colleagues[agent] != nil else { break }
                let project = server.centre.assumeIsolated { centre in centre.read { $0.contacts[contact]?.project } }
                if let project { tell(.wrapUp(contact, agent, of: project)) }
            case .agentStoppedResponding(let agent, _) where colleagues[agent] != nil: tell(.away(agent))
            default: break
            }
        }
        server.centre.assumeIsolated { centre in centre.read { self.tellFree($0) } }
        guard told.withLock({ $0.heard.count > Self.heardMax }) else { return }
        let there = server.calls.sessions
        told.withLock { $0.heard.formIntersection(there) }
    }

    /// Hears of each party's first packet; called on a thread of the media.
    func heard(_ session: ID<MediaSession>) { told.withLock { _ = $0.heard.insert(session) } }

    private func tell(_ report: DemoReport) { link.send(report.line) }

    private func tellFree(_ engine: CentreEngine) {
        let free = told.withLock { told -> (colleagues: Int, newcomers: Int)? in
            func free(_ agents: some Sequence<AgentID>) -> Int {
                agents.count { engine.routing.agents[$0]?.state.routing == .idle }
            }
            let now = (colleagues: free(told.colleagues.keys), newcomers: free(told.newcomers))
            if let before = told.free, before == now { return nil }
            told.free = now
            return now
        }
        if let free { tell(.free(colleagues: free.colleagues, newcomers: free.newcomers)) }
    }

    private func change(to factor: Int) {
        // Shown at once; what it means in calls a minute the keeper says.
        told.withLock { told in
            told.traffic.callsAMinute = told.traffic.callsAMinute / max(1, told.traffic.factor) * factor
            told.traffic.factor = factor
        }
        tell(.trafficWanted(factor))
    }

    // MARK: What the keeper wants

    private func carryOut(_ order: DemoOrder, on server: CentreServer) async {
        switch order {
        case .presence(let agent, let presence): await apply(.presenceWanted(agent, presence), by: agent, on: server)
        case .complete(let contact, let agent, let disposition, let note):
            await apply(
                .contactCompleted(agent, contact, disposition), by: agent, on: server, filings: note.isEmpty ? [] : [.note(contact, note)])
        case .count(let contacts): await count(contacts, on: server)
        case .traffic(let traffic): told.withLock { $0.traffic = traffic }
        case .pull(let pull): told.withLock { $0.pull = pull }
        }
    }

    private func apply(_ input: Input, by agent: AgentID, on server: CentreServer, filings: [Filing] = []) async {
        guard let user = told.withLock({ $0.colleagues[agent] }) else { return }
        // Refused if the state has moved on meanwhile, as for any person who comes too late.
        try? await server.centre.apply(input, by: user, filings: filings)
    }

    private func count(_ contacts: [ContactID], on server: CentreServer) async {
        let heard = told.withLock { $0.heard }
        let (open, position) = await server.centre.read { engine in (engine.openContacts, engine.position) }
        // Only what a crash cannot take back has been promised to anybody. While nothing can be stored, that is what there is.
        try? await server.centre.durable(through: position)
        let calls = server.calls
        let told = try? await calls.loop.submit {
            open.map { contact in
                var contact = contact
                let sessions = calls.sessions(of: contact.id)
                contact.isHeard = contact.stage == .talking && sessions.count > 1 && sessions.allSatisfy(heard.contains)
                contact.isPages = calls.lines[ID(sameAs: contact.id)]?.way == .page
                return contact
            }
        }.get()
        for contact in told ?? [] { tell(.open(contact)) }
        let ids = Set(open.map(\.id))
        for contact in contacts where !ids.contains(contact) {
            let row = try? await server.store.contact(contact)
            tell(.closed(contact, isLost: row?.endedBy == .system || row?.outcome.map(\.isLoss) ?? true))
        }
        tell(.counted)
    }
}

extension CentreEngine {
    /// Those with a customer.
    fileprivate var openContacts: [OpenContact] {
        contacts.values.filter { $0.direction != .internal }.sorted { $0.id < $1.id }.map { contact in
            let stage: OpenContact.Stage =
                switch contact.state {
                case .arriving, .queued: .waiting
                case .offered: .ringing
                case .talking: .talking
                case .wrapUp, .writeUp: handlings[contact.id]?.endedBy == .system ? .cut : .wrapUp
                case .toldClosed, .dialling, .leftBehind, .outside: .other
                }
            return OpenContact(id: contact.id, stage: stage, queue: contact.queue, place: routing.position(of: contact.id) ?? 0)
        }
    }
}

extension CallControl {
    /// The media of all who are in the contact's call.
    fileprivate func sessions(of contact: ContactID) -> [ID<MediaSession>] {
        lines.filter { $0.value.contact == contact }.keys.map { session(of: $0) }
    }

    /// The media of all calls, and of the headsets that are in none.
    fileprivate var sessions: Set<ID<MediaSession>> {
        Set(lines.keys.map { session(of: $0) }).union(headsets.values.map(\.session))
    }
}

extension ContactOutcome {
    /// Whether the server is to blame.
    fileprivate var isLoss: Bool {
        switch self {
        case .failed, .lostInRestart, .notReached(.lostInRestart): true
        case .handled, .abandoned, .refused, .closed, .notReached, .internal: false
        }
    }
}
