import Centre
import Glibc
import Contacts
import Logging
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

/// A small centre that lives by itself: customers who call by real SIP, speak and lose patience, and colleagues who
/// answer, wrap up and take breaks, around the seat of whoever tries Callfloor.
///
/// Everything goes through the doors that people use: SIP, and commands to the centre. Bound to its event loop; hence
/// unchecked.
package final class Demo: Service, @unchecked Sendable {
    private let server: CentreServer
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop
    private let clock = ServerClock()
    private let logger: Logger
    private let sipAddress: NetworkAddress
    private let promptsFolder: String?
    private var random = Random(seed: .random(in: 0 ... .max))

    /// What colleagues want, on its way to the centre.
    private let commands: AsyncStream<Command>
    private let sender: AsyncStream<Command>.Continuation
    private var cast = Cast()
    private var customers: SoftPhones?
    private var colleagues: SoftPhones?
    private var calls: [ID<SIPLeg>: Customer] = [:]
    /// Ringing phones of colleagues by their leg there.
    private var talks: Set<ID<SIPLeg>> = []

    /// What agents write of a contact.
    static let notes = [
        "Router restarted together, line is stable again.", "Asked about the price after the first year; sent by e-mail.",
        "Technician on Thursday between 10 and 12, customer will be at home.",
        "Wi-Fi too weak in the back room; explained where to put the box.",
        "Bill explained: one-off fee for the move.", "Will call again when the new box has arrived.",
    ]

    /// Mean time between two calls: a little more than two agents can serve, so that there is always somebody for a third.
    private static let meanBetweenCalls = 20.0
    private static let gapMax = 26.0
    /// More customers at once would only fill the queue of a floor of three.
    private static let customersMax = 9

    private struct Command {
        var input: Input
        var user: UserID
        var filings: [Filing] = []
    }

    private struct Customer {
        var number: String
        var hangsUp: Scheduled<Void>?
    }

    /// Who plays: the colleagues with their users and phones, the numbers that are called, the leaves of the disposition tree.
    private struct Cast {
        var users: [AgentID: UserAccount] = [:]
        var entryPoints: [String] = []
        var dispositions: [DispositionID] = []
        var reasons: [PresenceReasonID] = []
    }

    /// - Parameter seat: the login of the agent whose seat is left to the newcomer.
    package init(_ server: CentreServer, sipAddress: NetworkAddress, promptsFolder: String?, seat: String, logger: Logger) async throws {
        self.server = server
        self.sipAddress = sipAddress
        self.promptsFolder = promptsFolder
        self.logger = logger
        loop = group.next()
        (commands, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(100))
        let setUp = try await server.store.setUp()
        let fixed = Set(setUp.phones.compactMap { phone in if case .fixed = phone.access { phone.id } else { nil } })
        for user in setUp.users where user.login != seat {
            if let agent = setUp.agents.first(where: { $0.id == user.user.agent }), agent.phone.map(fixed.contains) ?? false {
                cast.users[agent.id] = user
            }
        }
        cast.entryPoints = setUp.entryPoints.map(\.number)
        let parents = Set(setUp.dispositions.compactMap(\.disposition.parent))
        cast.dispositions = setUp.dispositions.map(\.disposition.id).filter { !parents.contains($0) }
        cast.reasons = setUp.reasons.map(\.id)
    }

    package func run() async throws {
        let clock = clock
        let phone = NetworkAddress(.v4(0x7F00_0003), port: 5060)
        let customer = NetworkAddress(.v4(0x7F00_0002), port: 5060)
        let colleagues = try await SoftPhones.open(
            at: phone, ports: 20_000...20_399, prompts: promptsFolder, on: loop, clock: { clock.now }, logger: logger,
            onEvent: { [self] in colleague($0, $1) })
        let customers = try await SoftPhones.open(
            at: customer, ports: 20_000...20_399, prompts: promptsFolder, on: loop, clock: { clock.now }, logger: logger,
            onEvent: { [self] in self.customer($0, $1) })
        try await loop.submit { [self] in
            self.colleagues = colleagues
            self.customers = customers
            for agent in cast.users.keys { want(.ready, agent) }
            nextCall(in: 1)
        }.get()
        await cancelWhenGracefulShutdown { [self] in
            for await command in commands {
                // Refused if the state has moved on meanwhile, as for any person who comes too late.
                try? await server.centre.apply(command.input, by: command.user, filings: command.filings)
            }
        }
        try await customers.close()
        try await colleagues.close()
        try await group.shutdownGracefully()
    }

    /// Hears what has become durable; called on the centre's executor.
    package func observe(_ entries: [LogEntry]) {
        for entry in entries {
            switch entry.event {
            case .offerEnded(_, let contact, _, .answered):
                let number = server.calls.callerNumber(of: contact)
                loop.execute { [self] in talkStarted(number) }
            case .wrapUpStarted(let contact, let agent, _), .writeUpStarted(let contact, let agent):
                loop.execute { [self] in complete(contact, by: agent) }
            case .agentStoppedResponding(let agent, _):
                loop.execute { [self] in later(5...20) { self.want(.ready, agent) } }
            default: break
            }
        }
    }

    // MARK: Customers

    private func nextCall(in seconds: Double) {
        loop.scheduleTask(in: .microseconds(Int64(seconds * 1_000_000))) { [self] in
            call()
            // Exponential gaps: calls come by chance, not by the clock; but whoever tries it is not left alone for long.
            nextCall(in: min(Self.gapMax, -Self.meanBetweenCalls * log(1 - random.fraction())))
        }
    }

    private func call() {
        guard calls.count < Self.customersMax, let number = cast.entryPoints.randomElement(using: &random) else { return }
        // Numbers that Ofcom keeps for drama; few enough that people call again.
        let caller = "+4477009000\(String(Int.random(in: 10...59, using: &random)))"
        guard !calls.values.contains(where: { $0.number == caller }) else { return }
        guard let leg = customers?.call(number, at: sipAddress, as: caller, saying: prompt("customer"), now: clock.now) else { return }
        calls[leg] = Customer(number: caller, hangsUp: later(25...110) { self.hangUp(leg) })
    }

    private func customer(_ phones: SoftPhones, _ event: SoftPhones.PhoneEvent) {
        if case .ended(let leg) = event { calls.removeValue(forKey: leg)?.hangsUp?.cancel() }
    }

    /// Somebody talks to the customer: now patience is over and the matter takes its time.
    private func talkStarted(_ number: String?) {
        guard let leg = calls.first(where: { $0.value.number == number })?.key else { return }
        calls[leg]?.hangsUp?.cancel()
        calls[leg]?.hangsUp = later(15...60) { self.hangUp(leg) }
    }

    private func hangUp(_ leg: ID<SIPLeg>) {
        customers?.hangUp(leg)
        calls[leg] = nil
    }

    // MARK: Colleagues

    private func colleague(_ phones: SoftPhones, _ event: SoftPhones.PhoneEvent) {
        switch event {
        case .rings(let leg, _, _):
            // Once in a while nobody is at the phone.
            if random.chance(0.06) { return }
            later(2...6) { phones.answer(leg, saying: self.prompt("agent")) }
        case .answered, .ended: break
        }
    }

    private func complete(_ contact: ContactID, by agent: AgentID) {
        guard cast.users[agent] != nil else { return }
        later(5...20) { [self] in
            guard let disposition = cast.dispositions.randomElement(using: &random) else { return }
            let note = Self.notes.randomElement(using: &random).map { Filing.note(contact, $0) }
            perform(.contactCompleted(agent, contact, disposition), for: agent, filings: note.map { [$0] } ?? [])
            if random.chance(0.08), let reason = cast.reasons.randomElement(using: &random) {
                want(.notReady(reason), agent)
                later(20...60) { self.want(.ready, agent) }
            }
        }
    }

    private func want(_ presence: Presence, _ agent: AgentID) {
        perform(.presenceWanted(agent, presence), for: agent)
    }

    private func perform(_ input: Input, for agent: AgentID, filings: [Filing] = []) {
        guard let user = cast.users[agent]?.user.id else { return }
        sender.yield(Command(input: input, user: user, filings: filings))
    }

    @discardableResult
    private func later(_ seconds: ClosedRange<Int>, _ act: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        let delay = TimeAmount.milliseconds(
            Int64.random(in: Int64(seconds.lowerBound) * 1000...Int64(seconds.upperBound) * 1000, using: &random))
        return loop.scheduleTask(in: delay, act)
    }

    private func prompt(_ role: String) -> PromptName {
        PromptName("\(role)\(Int.random(in: 1...3, using: &random)).en")
    }
}
