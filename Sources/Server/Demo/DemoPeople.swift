import Contacts
import Glibc
import HTTPAPI
import Logging
import MediaServer
import NIOCore
import Organization
import Primitives
import Routing
import SIP

/// The people of a small centre that lives by itself: customers who call by real SIP, speak and lose patience, and colleagues who answer,
/// wrap up and take breaks, around the seat of whoever tries Callfloor.
///
/// Everything goes through the doors that people use: SIP, and the commands of the desk. They live in another process than the server, so
/// they are still there when it is not. Bound to its event loop; hence unchecked.
final class DemoPeople: @unchecked Sendable {
    private let loop: any EventLoop
    private let clock = ServerClock()
    private let logger: Logger
    private let server: NetworkAddress
    private let prompts: String?
    private let order: (DemoOrder) -> Void
    private var random = Random(seed: .random(in: 0 ... .max))

    private var cast = Cast()
    private var customers: SoftPhones?
    private var colleagues: [NetworkAddress: SoftPhones] = [:]
    private var calls: [ID<SIPLeg>: Customer] = [:]
    /// Who will be back by himself.
    private var returning: Set<AgentID> = []
    private var completing: Set<ContactID> = []
    private var free = (colleagues: 0, newcomers: 0)
    /// Someone whom nobody plays has been free for this.
    private var courtesy: Scheduled<Void>?
    private var nextCall: Scheduled<Void>?
    /// While it is gone nobody hangs up: it could not hear that, and would count who has left among those whom it has lost.
    var isServerThere = true
    private(set) var traffic = DemoTraffic(factor: DemoTraffic.factors.lowerBound, callsAMinute: callsAMinute)

    /// What agents write of a contact, by the key of its project.
    static let notes = [
        "home-internet": [
            "Router restarted together, line is stable again.", "Asked about the price after the first year; sent by e-mail.",
            "Technician on Thursday between 10 and 12, customer will be at home.",
            "Wi-Fi too weak in the back room; explained where to put the box.",
            "Bill explained: one-off fee for the move.", "Will call again when the new box has arrived.",
        ],
        "bank-loans": [
            "Wants to compare with his own bank first; figures sent.", "Pay slips of the last three months are still missing.",
            "Two instalments put at the end; new plan sent by post.", "Paying back early in spring; exact sum sent.",
        ],
        "taxi": [
            "Waits at the side entrance.", "With a pushchair and two suitcases.", "Umbrella found, lies at the office.",
            "Comes back at six, same address.",
        ],
        "it-desk": [
            "Code app had the wrong time; works now.", "Printer 214: new toner put in.", "VPN only by gateway 2; told the second line.",
            "Laptop wanted for the new colleague in March.",
        ],
    ]

    /// Four fifths of what the colleagues of the demo's set-up can take: somebody is nearly always busy, hardly anybody waits.
    private static let callsAMinute = 7
    /// More at once would have no port, and nobody to talk with.
    private static let customersMax = 150
    /// Whoever sits down and is ready is called within half a minute, however many colleagues are free before him.
    private static let courtesyAfter = TimeAmount.seconds(8)
    private static let callsAtOnce = 8
    private static let courtesyCallsMax = 20

    private struct Customer {
        var number: String
        var hangsUp: Scheduled<Void>?
    }

    /// Who plays: the colleagues by the users of their phones, where customers call from and to, what can come of it.
    private struct Cast {
        var trunk: IPAddress?
        var numbers: [String] = []
        var colleagues: [String: AgentID] = [:]
        var phones: Set<NetworkAddress> = []
        var projects: [ProjectID: String] = [:]
        var dispositions: [ProjectID: [DispositionID]] = [:]
        var reasons: [PresenceReasonID] = []
    }

    /// - Parameters:
    ///   - server: where its SIP listens.
    ///   - order: hands something to the server as it runs now.
    init(on loop: any EventLoop, server: NetworkAddress, prompts: String?, logger: Logger, order: @escaping (DemoOrder) -> Void) {
        self.loop = loop
        self.server = server
        self.prompts = prompts
        self.logger = logger
        self.order = order
    }

    /// The server tells who plays.
    func hear(_ report: DemoReport) {
        loop.preconditionInEventLoop()
        switch report {
        case .trunk(let address): cast.trunk = address
        case .entryPoint(let number): if !cast.numbers.contains(number) { cast.numbers.append(number) }
        case .project(let id, let key): cast.projects[id] = key
        case .disposition(let id, let project):
            if cast.dispositions[project]?.contains(id) != true { cast.dispositions[project, default: []].append(id) }
        case .reason(let id): if !cast.reasons.contains(id) { cast.reasons.append(id) }
        case .colleague(let agent, let address, let user):
            cast.colleagues[user] = agent
            cast.phones.insert(address)
        case .serving: order(.traffic(traffic))
        case .answered(let caller, let byColleague): talkStarted(caller, byColleague ? 25...110 : 50...150)
        case .wrapUp(let contact, let agent, let project): complete(contact, of: project, by: agent)
        case .away(let agent): comeBack(agent, in: customers == nil ? 0...5 : 3...20)
        case .free(let colleagues, let newcomers): isFree(colleagues, newcomers)
        case .trafficWanted(let factor): change(to: factor)
        case .open, .closed, .counted, .plugWanted: break
        }
    }

    /// They take their places; once all who play are known.
    func begin() async throws {
        let clock = clock
        let (trunk, phones) = try await loop.submit { [self] in (cast.trunk, cast.phones.sorted { "\($0)" < "\($1)" }) }.get()
        for address in phones {
            let phone = try await SoftPhones.open(
                at: address, prompts: prompts, on: loop, clock: { clock.now }, logger: logger, onEvent: { [self] in colleague($0, $1) })
            try await loop.submit { [self] in colleagues[address] = phone }.get()
        }
        guard let trunk else { return }
        let phone = try await SoftPhones.open(
            at: NetworkAddress(trunk, port: Self.trunkPort), prompts: prompts, on: loop, clock: { clock.now }, logger: logger,
            onEvent: { [self] in customer($0, $1) })
        try await loop.submit { [self] in
            customers = phone
            // The day has begun before the newcomer comes.
            for second in 0..<Self.callsAtOnce { loop.scheduleTask(in: .seconds(Int64(second))) { [self] in call() } }
            callAgain(in: Double(Self.callsAtOnce))
        }.get()
    }

    private static let trunkPort: UInt16 = 5060

    /// Everybody hangs up, and nobody calls any more.
    func leave() {
        loop.preconditionInEventLoop()
        nextCall?.cancel()
        courtesy?.cancel()
        isServerThere = true
        for leg in calls.keys.sorted() { hangUp(leg) }
    }

    func close() async throws {
        let all = try await loop.submit { [self] in colleagues.values.map(\.self) + (customers.map { [$0] } ?? []) }.get()
        for phones in all { try await phones.close() }
    }

    // MARK: Customers

    private func callAgain(in seconds: Double) {
        nextCall?.cancel()
        nextCall = loop.scheduleTask(in: .microseconds(Int64(seconds * 1_000_000))) { [self] in
            call()
            // Exponential gaps: calls come by chance, not by the clock.
            callAgain(in: -60 / Double(traffic.callsAMinute) * log(1 - random.fraction()))
        }
    }

    private func change(to factor: Int) {
        traffic = DemoTraffic(factor: factor, callsAMinute: Self.callsAMinute * factor)
        order(.traffic(traffic))
        if customers != nil { callAgain(in: -60 / Double(traffic.callsAMinute) * log(1 - random.fraction())) }
    }

    private func call() {
        guard calls.count < Self.customersMax, let number = cast.numbers.randomElement(using: &random) else { return }
        // Numbers that Ofcom keeps for drama; few enough that people call again.
        let caller = "+447700900\(Int.random(in: 100...399, using: &random))"
        guard !calls.values.contains(where: { $0.number == caller }) else { return }
        guard let leg = customers?.call(number, at: server, as: caller, saying: prompt("customer"), now: clock.now) else { return }
        calls[leg] = Customer(number: caller, hangsUp: later(25...110) { self.hangUp(leg) })
    }

    private func isFree(_ colleagues: Int, _ newcomers: Int) {
        free = (colleagues, newcomers)
        if newcomers == 0 {
            courtesy?.cancel()
            courtesy = nil
        } else if courtesy == nil {
            courtesy = loop.scheduleTask(in: Self.courtesyAfter) { [self] in
                courtesy = nil
                // Whoever has been free for longer is called first.
                for turn in 0..<min(free.colleagues + 1, Self.courtesyCallsMax) {
                    loop.scheduleTask(in: .milliseconds(Int64(turn) * 150)) { [self] in if free.newcomers > 0 { call() } }
                }
                isFree(free.colleagues, free.newcomers)
            }
        }
    }

    private func customer(_ phones: SoftPhones, _ event: SoftPhones.PhoneEvent) {
        if case .ended(let leg) = event { calls.removeValue(forKey: leg)?.hangsUp?.cancel() }
    }

    /// Somebody talks to the customer: now patience is over and the matter takes its time.
    private func talkStarted(_ number: String, _ seconds: ClosedRange<Int>) {
        guard let leg = calls.first(where: { $0.value.number == number })?.key else { return }
        calls[leg]?.hangsUp?.cancel()
        calls[leg]?.hangsUp = later(seconds) { self.hangUp(leg) }
    }

    private func hangUp(_ leg: ID<SIPLeg>) {
        guard isServerThere else {
            calls[leg]?.hangsUp = later(2...6) { self.hangUp(leg) }
            return
        }
        customers?.hangUp(leg)
        calls.removeValue(forKey: leg)?.hangsUp?.cancel()
    }

    // MARK: Colleagues

    private func colleague(_ phones: SoftPhones, _ event: SoftPhones.PhoneEvent) {
        switch event {
        case .rings(let leg, let user, _):
            // Once in a while nobody is at the phone.
            if random.chance(0.04) { return }
            let pace = cast.colleagues[user].map(Self.pace) ?? 1
            later(2...5, pace) { phones.answer(leg, saying: self.prompt("agent")) }
        case .answered, .ended: break
        }
    }

    /// Some are quick and some are slow, always the same ones.
    private static func pace(of agent: AgentID) -> Double { 0.7 + Double(agent.low % 8) / 10 }

    private func complete(_ contact: ContactID, of project: ProjectID, by agent: AgentID) {
        guard completing.insert(contact).inserted else { return }
        later(5...22, Self.pace(of: agent)) { [self] in
            completing.remove(contact)
            guard let disposition = cast.dispositions[project]?.randomElement(using: &random) else { return }
            let notes = cast.projects[project].flatMap { Self.notes[$0] } ?? []
            let note = random.chance(0.6) ? notes.randomElement(using: &random) ?? "" : ""
            if random.chance(0.06), let reason = cast.reasons.randomElement(using: &random) {
                order(.presence(agent, .notReady(reason)))
                comeBack(agent, in: 30...120)
            }
            order(.complete(contact, agent, disposition, note: note))
        }
    }

    private func comeBack(_ agent: AgentID, in seconds: ClosedRange<Int>) {
        guard returning.insert(agent).inserted else { return }
        later(seconds) { [self] in
            returning.remove(agent)
            order(.presence(agent, .ready))
        }
    }

    @discardableResult
    private func later(_ seconds: ClosedRange<Int>, _ pace: Double = 1, _ act: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        let milliseconds = Int64.random(in: Int64(seconds.lowerBound) * 1000...Int64(seconds.upperBound) * 1000, using: &random)
        return loop.scheduleTask(in: .milliseconds(Int64(Double(milliseconds) * pace)), act)
    }

    private func prompt(_ role: String) -> PromptName {
        PromptName("\(role)\(Int.random(in: 1...3, using: &random)).en")
    }
}
