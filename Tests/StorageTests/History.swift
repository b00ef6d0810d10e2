import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

@testable import Operation

/// A centre that lives through random inputs, and what it hands to the log meanwhile; the same for the same seed.
struct History {
    private(set) var engine = CentreEngine()
    private(set) var now: Timestamp
    private(set) var batches: [LogBatch] = []
    /// What nobody may find in the log.
    private(set) var secrets: [String] = []
    private var random: Random

    let setUp: SetUp
    let user: UserID

    var entries: [LogEntry] { batches.flatMap(\.entries) }

    init(seed: UInt64, agents: Int = 8, start: Timestamp = Timestamp(microseconds: 1_800_000_000_000_000)) {
        random = Random(seed: seed)
        now = start
        setUp = Samples.setUp(agents: agents, using: &random)
        user = setUp.users[0].user.id
        secrets = setUp.users.flatMap { [$0.login, $0.name] } + setUp.phones.map(\.user) + setUp.entryPoints.map(\.number)
        submit(.setUp(setUp.definitions), by: .user(user), [.setUp(setUp)])
        for agent in setUp.agents { submit(.presenceWanted(agent.id, .ready)) }
        // One learns, and another sits beside him.
        guard let trainee = setUp.agents.last, let mentor = setUp.agents.dropLast().last else { return }
        submit(.signOffWanted(trainee.id, isSignedOff: false))
        submit(.seatWanted(mentor.id, beside: trainee.id))
    }

    mutating func live(steps: Int) {
        for _ in 0..<steps {
            let (input, filings) = nextInput()
            submit(input, filings)
        }
    }

    /// One step of the test's own.
    mutating func take(_ input: Input, by actor: Actor) { submit(input, by: actor) }

    /// One step, given to the engine, and to another that should do the same.
    mutating func liveBeside(_ other: inout CentreEngine) -> (own: StepResult?, other: StepResult?) {
        let (input, filings) = nextInput()
        var chance = random
        let theirs = try? other.step(input, at: now, using: &chance)
        let ours = submit(input, filings)
        return (ours, theirs)
    }

    @discardableResult
    private mutating func submit(_ input: Input, by actor: Actor = .system, _ filings: [Filing] = []) -> StepResult? {
        guard let result = try? engine.step(input, by: actor, at: now, using: &random) else { return nil }
        if !result.entries.isEmpty { batches.append(LogBatch(entries: result.entries, filings: filings, through: engine.position)) }
        return result
    }

    private mutating func nextInput() -> (Input, [Filing]) {
        now = now + .milliseconds(Int64(random.next() % 9000))
        let contacts = engine.contacts.values.sorted { $0.id < $1.id }
        let agent = setUp.agents[Int(random.next() % UInt64(setUp.agents.count))]
        let contact = contacts.isEmpty ? nil : contacts[Int(random.next() % UInt64(contacts.count))]
        switch random.next() % 26 {
        case 0...3: return call()
        case 25:
            let other = setUp.agents[Int(random.next() % UInt64(setUp.agents.count))].id
            let trainee = engine.routing.agents.filter(\.value.isTrainee).keys.min() ?? other
            let wishes: [Input] = [
                .signOffWanted(trainee, isSignedOff: random.chance(0.1)), .seatWanted(agent.id, beside: trainee),
                .seatWanted(agent.id, beside: trainee), .seatWanted(trainee, beside: agent.id),
                random.chance(0.3) ? .seatEndWanted(other) : .presenceWanted(other, .ready),
            ]
            return (wishes[Int(random.next() % UInt64(wishes.count))], [])
        case 22, 23:
            guard let contact else { return (.timePassed, []) }
            let supervisor = engine.calls[contact.id]?.supervisions.last?.supervisor ?? agent.id
            let mode = SupervisionMode.allCases[Int(random.next() % 3)]
            let wishes: [Input] = [
                .supervisionWanted(supervisor, contact.id, mode), .supervisionWanted(agent.id, contact.id, mode),
                .microphoneWanted(supervisor, contact.id, random.chance(0.7)), .supervisionEndWanted(supervisor, contact.id),
                .takeOverWanted(supervisor, contact.id),
            ]
            return (wishes[Int(random.next() % UInt64(wishes.count))], [])
        case 24:
            let supervised = contacts.compactMap { engine.calls[$0.id]?.supervisions.last?.leg }
            if let leg = supervised.last, random.chance(0.7) { return (random.chance(0.8) ? .legAnswered(leg) : .legEnded(leg), []) }
            return (random.chance(0.6) ? .helpWanted(agent.id, random.chance(0.7)) : .agentFreed(agent.id), [])
        case 20:
            if random.chance(0.5) { return dial(agent) }
            let colleague = setUp.agents[Int(random.next() % UInt64(setUp.agents.count))].id
            return (.colleagueDialWanted(agent.id, ContactID(at: now, using: &random), to: colleague), [])
        case 21:
            let called = contacts.compactMap { contact -> LegID? in
                let call = engine.calls[contact.id]
                if case .dialling(_, .number, _) = contact.state { return call?.customer }
                return call?.outside?.leg ?? call?.consult?.leg
            }
            guard let leg = called.last else { return (.timePassed, []) }
            let news: [Input] = [.legAnswered(leg), .legAnswered(leg), .legRefused(leg, .noAnswer), .legEnded(leg)]
            return (news[Int(random.next() % 4)], [])
        case 4...6:
            let ringing = contacts.compactMap { engine.calls[$0.id]?.consult?.leg ?? engine.calls[$0.id]?.agent }
            return (ringing.last.map { .legAnswered($0) } ?? .timePassed, [])
        case 7: return (contact.flatMap { engine.calls[$0.id]?.agent }.map { .legRefused($0, .declined) } ?? .timePassed, [])
        case 8: return (contact.flatMap { engine.calls[$0.id]?.customer }.map { .legEnded($0) } ?? .timePassed, [])
        case 9: return (contact.flatMap { engine.calls[$0.id]?.agent }.map { .legEnded($0) } ?? .timePassed, [])
        case 10: return (.presenceWanted(agent.id, presence()), [])
        case 11: return (.presenceWanted(agent.id, .ready), [])
        case 12:
            if random.chance(0.5) { return (.headsetConnected(agent.id, random.chance(0.7)), []) }
            return (agent.phone.map { .phoneReachable($0, random.chance(0.7)) } ?? .timePassed, [])
        case 13: return complete(contact)
        case 14:
            if case .offered(let offer, let agent) = contact?.state { return (.offerDeclined(agent, offer), []) }
            return random.chance(0.05) ? (restart(), []) : (.timePassed, [])
        case 15: return (contact.flatMap { engine.calls[$0.id]?.agent }.map { .legHeld($0, random.chance(0.5)) } ?? .timePassed, [])
        case 16:
            let legs = contact.flatMap { engine.calls[$0.id] }.map { [$0.customer, $0.agent].compactMap(\.self) } ?? []
            return (legs.last.map { .legLost($0, random.chance(0.5) ? .vanished : .restart) } ?? .timePassed, [])
        case 17, 18:
            guard let contact, let agent = contact.state.agent else { return (.timePassed, []) }
            let reason = DismissalReason.allCases[Int(random.next() % UInt64(DismissalReason.allCases.count))]
            let colleague = setUp.agents[Int(random.next() % UInt64(setUp.agents.count))].id
            let queue = setUp.queues[Int(random.next() % UInt64(setUp.queues.count))].queue.id
            let wishes: [Input] =
                [
                    .dismissalWanted(agent, contact.id, reason), .warningGiven(agent, contact.id), .phoneWanted(agent, contact.id),
                    .consultWanted(agent, contact.id, with: colleague),
                    .consultDialledByPhone(agent, contact.id, with: .colleague(colleague), on: LegID(at: now, using: &random)),
                    .queueConsultWanted(agent, contact.id, queue),
                    .consultChangeWanted(agent, contact.id, .conference),
                    .consultEndWanted(agent, contact.id, isTransfer: random.chance(0.6)),
                    .transferWanted(agent, contact.id, to: .agent(colleague)),
                    .transferWanted(agent, contact.id, to: .queue(queue)),
                    .handOverWanted(agent, contact.id), .holdWanted(agent, contact.id, random.chance(0.5)),
                    .muteWanted(agent, contact.id, random.chance(0.5)), .privacyWanted(agent, contact.id, random.chance(0.5)),
                    .answerWanted(agent, contact.id), .declineWanted(agent, contact.id),
                ] + interruptions(of: contact)
            let wish = Int(random.next() % UInt64(wishes.count + 2))
            if wish < wishes.count { return (wishes[wish], []) }
            let leg = LegID(at: now, using: &random)
            let number = "+9955\(10_000_000 + random.next() % 50)"
            secrets.append(number)
            let input: Input =
                wish == wishes.count
                ? .outsideTransferWanted(agent, contact.id, leg) : .outsideConsultWanted(agent, contact.id, leg)
            return (input, [.outside(contact.id, leg, number: number)])
        default:
            if let contact, let agent = contact.state.agent, random.chance(0.5) {
                var facts = VoiceFacts(
                    contact: contact.id, agent: agent, project: contact.project, queue: contact.queue, since: now, measured: .seconds(60),
                    talkOver: random.chance(0.5) ? .seconds(3) : .zero, deadAir: random.chance(0.5) ? .seconds(8) : .zero)
                if random.chance(0.5) { facts.customer.raised = .seconds(5) }
                return (.voiceMeasured(facts), [])
            }
            return random.chance(0.2) ? (changedAgent(agent), []) : (.timePassed, [])
        }
    }

    private func interruptions(of contact: Contact) -> [Input] {
        engine.calls[contact.id]?.agent.map { [.legInterrupted($0), .legResumed($0)] } ?? []
    }

    private mutating func restart() -> Input {
        let legs = engine.calls.values.flatMap { [$0.customer, $0.agent].compactMap(\.self) }.sorted()
        return .restarted(legs.filter { _ in random.chance(0.7) })
    }

    private mutating func call() -> (Input, [Filing]) {
        let leg = LegID(at: now, using: &random)
        let entry = setUp.entryPoints[Int(random.next() % UInt64(setUp.entryPoints.count))]
        let number = "+9955\(10_000_000 + random.next() % 50)"
        secrets.append(number)
        let caller = random.chance(0.1) ? nil : number
        return (.callArrived(leg, entry.entryPoint.id), [.caller(ContactID(sameAs: leg), number: caller, dialled: entry.number)])
    }

    private mutating func dial(_ agent: Agent) -> (Input, [Filing]) {
        let contact = ContactID(at: now, using: &random)
        let number = "+9955\(10_000_000 + random.next() % 50)"
        secrets.append(number)
        let queue = setUp.queues[Int(random.next() % UInt64(setUp.queues.count))].queue.id
        let byPhone = random.chance(0.3)
        let input: Input =
            byPhone ? .dialledByPhone(agent.id, contact, queue, LegID(at: now, using: &random)) : .dialWanted(agent.id, contact, queue)
        return (input, [.caller(contact, number: number, dialled: "+995322550000")])
    }

    private mutating func complete(_ contact: Contact?) -> (Input, [Filing]) {
        guard let contact, let agent = contact.state.agent else { return (.timePassed, []) }
        switch contact.state {
        case .wrapUp, .writeUp: break
        case .arriving, .toldClosed, .dialling, .queued, .offered, .talking, .leftBehind, .outside: return (.timePassed, [])
        }
        let leaf = setUp.dispositions.last { $0.disposition.project == contact.project }
        let note = "wants the technician on \(random.next() % 1000)th street, დღეს"
        secrets.append(note)
        return (.contactCompleted(agent, contact.id, leaf?.disposition.id), [.note(contact.id, note)])
    }

    private mutating func presence() -> Presence {
        switch random.next() % 3 {
        case 0: .off
        case 1: .notReady(setUp.reasons[0].id)
        default: .notReady(nil)
        }
    }

    private mutating func changedAgent(_ agent: Agent) -> Input {
        let queues = setUp.queues.filter { _ in random.chance(0.7) }
        let phone = random.chance(0.2) ? nil : agent.phone
        let entries = queues.map {
            RoutingProfile.Entry(queue: $0.queue.id, priority: UInt8(1 + random.next() % 3), delay: .seconds(Int64(random.next() % 3 * 20)))
        }
        return .setUp([.agent(Agent(id: agent.id, team: agent.team, phone: phone, profile: RoutingProfile(entries)))])
    }
}
