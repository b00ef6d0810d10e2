import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

/// Values of every kind and case, drawn from a seed.
struct Anything {
    private var random: Random

    init(seed: UInt64) {
        random = Random(seed: seed)
    }

    mutating func chance(_ probability: Double) -> Bool { random.chance(probability) }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    mutating func oneOf<Value>(_ values: [Value]) -> Value { values[number(0...(values.count - 1))] }
    mutating func id<Tag>() -> ID<Tag> { ID(high: random.next(), low: random.next()) }
    mutating func optionalID<Tag>() -> ID<Tag>? { chance(0.3) ? nil : id() }
    mutating func duration() -> Duration { .microseconds(number(0...1_000_000_000)) }

    mutating func actor() -> Actor {
        switch number(0...2) {
        case 0: .system
        case 1: .network
        default: .user(id())
        }
    }

    private mutating func voices() -> VoiceFacts {
        var facts = VoiceFacts(
            contact: id(), agent: id(), project: id(), queue: id(), since: Timestamp(microseconds: Int64(number(0...1_000_000))),
            measured: .milliseconds(number(0...100_000)), talkOver: .milliseconds(number(0...9_000)), talkOvers: number(0...9),
            deadAir: .milliseconds(number(0...9_000)), deadAirLongest: .milliseconds(number(0...9_000)))
        facts.customer.level = chance(0.5) ? -number(10...60) : nil
        facts.customer.noise = chance(0.5) ? -number(30...70) : nil
        facts.agentSide.spoken = .milliseconds(number(0...9_000))
        facts.agentSide.raised = .milliseconds(number(0...9_000))
        facts.agentSide.rise = number(0...20)
        if chance(0.5) {
            facts.agentSide.echo = number(3...40)
            facts.agentSide.echoDelay = .milliseconds(number(20...400))
        }
        return facts
    }

    static let inputKinds = 49

    mutating func input(kind: Int) -> Input {
        switch kind {
        case 0: .setUp((0..<number(0...10)).map { definition(kind: $0 % 6) })
        case 1: .callArrived(id(), id())
        case 2: .legEnded(id())
        case 3: .legAnswered(id())
        case 4: .legRefused(id(), oneOf(LegRefusal.allCases))
        case 5: .phoneReachable(id(), chance(0.5))
        case 6: .presenceWanted(id(), presence())
        case 7: .offerDeclined(id(), id())
        case 8: .contactCompleted(id(), id(), optionalID())
        case 9: .timePassed
        case 10: .legHeld(id(), chance(0.5))
        case 11: .legLost(id(), oneOf(LegLoss.allCases))
        case 12: .dismissalWanted(id(), id(), chance(0.3) ? nil : oneOf(DismissalReason.allCases))
        case 13: .warningGiven(id(), id())
        case 14: .phoneWanted(id(), id())
        case 15: .handOverWanted(id(), id())
        case 16: .holdWanted(id(), id(), chance(0.5))
        case 17:
            oneOf([
                .muteWanted(id(), id(), chance(0.5)), .privacyWanted(id(), id(), chance(0.5)), .recordingWanted(id(), id(), chance(0.5)),
                .recordingFated(id(), id(), id(), oneOf([.held, .released, .erased(oneOf(ErasureReason.allCases))])),
                .recordingRefused(id(), id()), .keepingChanged(chance(0.5)), .voiceMeasured(voices()),
                .documentPublished(id(), id(), version: oneOf([1, 40])), .documentRetired(id(), id()),
                .formSubmitted(id(), id(), form: id(), version: oneOf([1, 40])),
                .contactIdentified(id(), id(), by: oneOf([nil, id()])),
            ])
        case 18: .keysWanted(id(), id(), id())
        case 19: .transferWanted(id(), id(), to: oneOf([.queue(id()), .agent(id())]))
        case 20: .consultWanted(id(), id(), with: id())
        case 21: .consultChangeWanted(id(), id(), oneOf(ConsultStage.allCases))
        case 22: .consultEndWanted(id(), id(), isTransfer: chance(0.5))
        case 23: .headsetConnected(id(), chance(0.5))
        case 24: .legInterrupted(id())
        case 25: .legResumed(id())
        case 26: .answerWanted(id(), id())
        case 27: .declineWanted(id(), id())
        case 28: .dialWanted(id(), id(), id())
        case 29: .outsideConsultWanted(id(), id(), id())
        case 30: .outsideTransferWanted(id(), id(), id())
        case 31: .dialledByPhone(id(), id(), id(), id())
        case 32: .consultDialledByPhone(id(), id(), with: oneOf([.colleague(id()), .number(id())]), on: id())
        case 33: .queueConsultWanted(id(), id(), id())
        case 34: .colleagueDialWanted(id(), id(), to: id())
        case 35: .numberRefused(id(), id(), oneOf(DialRefusal.allCases), rule: oneOf([nil, "+44", "!+4490"]))
        case 36: .wrapUpWanted(id(), id(), chance(0.5))
        case 37: .soundEnded(id())
        case 38: .audited(audit())
        case 40: .supervisionWanted(id(), id(), oneOf(SupervisionMode.allCases))
        case 41: .microphoneWanted(id(), id(), chance(0.5))
        case 42: .supervisionEndWanted(id(), id())
        case 43: .takeOverWanted(id(), id())
        case 44: .helpWanted(id(), chance(0.5))
        case 45: .agentFreed(id())
        case 46: .seatWanted(id(), beside: id())
        case 47: .seatEndWanted(id())
        case 48: .signOffWanted(id(), isSignedOff: chance(0.5))
        default: .restarted((0..<number(0...5)).map { _ in id() })
        }
    }

    private mutating func audit() -> Audit {
        let subjects: [Audit.Subject] = [.contact(id()), .contacts, .figures, .setUp, .audit, .log, .message, .account(id())]
        let terms = [Audit.Term("queue", "\(id() as QueueID)"), Audit.Term("number"), Audit.Term("from", "2026-11-16")].compactMap(\.self)
        return Audit(
            oneOf(Audit.Action.allCases), oneOf(subjects), of: optionalID(), question: Array(terms.prefix(number(0...terms.count))))
    }

    private mutating func presence() -> Presence {
        switch number(0...2) {
        case 0: .off
        case 1: .ready
        default: .notReady(optionalID())
        }
    }

    mutating func definition(kind: Int) -> Definition {
        switch kind {
        case 0:
            .project(
                Project(
                    id: id(), time: oneOf([.utc, CivilTime(zone: "Asia/Tbilisi")!]), language: oneOf(Language.allCases), hours: hours()))
        case 1:
            .queue(
                Queue(
                    id: id(), project: id(), ringTimeout: duration(),
                    wrapUp: oneOf([.none, .timed(duration()), .untilDisposed, .optional, .onRequest(duration())]),
                    serviceLevelTarget: duration(), shortAbandon: duration(), waitingMax: number(0...1000),
                    reasonTimeout: duration(), escalation: optionalID(), escalationAgent: optionalID()))
        case 2:
            .entryPoint(
                EntryPoint(
                    id: id(), project: id(), queue: id(), priority: ContactPriority(number(1...99))!, language: oneOf(Language.allCases),
                    hours: oneOf([nil, .always, hours().map { .own($0) }])))
        case 3:
            .disposition(
                Disposition(id: id(), project: id(), parent: optionalID(), meanings: .init(rawValue: UInt16(number(0...65_535)))))
        case 4: .agent(agent())
        default: .retired(retirement())
        }
    }

    mutating func retirement() -> Retirement {
        switch number(0...4) {
        case 0: .project(id())
        case 1: .queue(id())
        case 2: .entryPoint(id())
        case 3: .disposition(id())
        default: .agent(id())
        }
    }

    private mutating func hours() -> OpeningHours? {
        oneOf([
            nil, OpeningHours(week: []), OpeningHours("mon=08:00-12:00,13:30-24:00;sun=22:00-06:00;2026-12-25=;2026-12-24=00:00-12:00"),
        ])
    }

    private mutating func agent() -> Agent {
        let entries = (0..<number(0...5)).map { _ in
            RoutingProfile.Entry(queue: id(), priority: UInt8(number(1...99)), delay: duration())
        }
        return Agent(id: id(), team: optionalID(), phone: optionalID(), profile: RoutingProfile(entries), isTrainee: chance(0.2))
    }

    mutating func directive(kind: Int) -> CallDirective {
        switch kind {
        case 0: .ring(id(), phone: id(), customer: id())
        case 1: .answer(id())
        case 2: .refuse(id(), oneOf([.notInService, .busy]))
        case 3: .end(id())
        case 4: .play(id(), oneOf([.silence, .ringBack, .music, .greeting(oneOf(Language.allCases)), .closed(oneOf(Language.allCases))]))
        case 5: .bridge(id(), id())
        case 6: .confer((0..<number(1...4)).map { _ in Voice(id(), hears: audience(), heardBy: audience()) })
        case 7: .press(id(), id())
        case 9: .call(id(), for: id())
        case 10: .supervise(id(), phone: id(), customer: id())
        case 8: .consult(id(), phone: id(), customer: id(), agent: id())
        default: .recover(id())
        }
    }

    private mutating func audience() -> Audience {
        switch number(0...2) {
        case 0: .everyone
        case 1: .nobody
        default: .only(Set((0..<number(1...3)).map { _ in id() }))
        }
    }

    mutating func refusal() -> Refusal {
        switch number(0...20) {
        case 18: .traineeAlone(id())
        case 19: .traineeNeeded
        case 20: .seatTaken
        case 0: .agentUnknown(id())
        case 1: .contactUnknown(id())
        case 2: .staleState
        case 3: .notALeaf(id())
        case 4: .limit("contacts")
        case 6: .reasonNeeded
        case 7: .warningNeeded
        case 8: .noEscalation
        case 9: .heldAtPhone
        case 10: .targetUnknown
        case 11: .agentNotFree(id())
        case 12: .agentBusy
        case 13: .phoneUnreachable
        case 16: .notSignedOn
        case 14: .nobodyFree(id())
        case 5: .setUp(index: number(0...9), oneOf([.projectUnknown(id()), .queueUnknown(id())]))
        default: .setUp(index: number(0...9), oneOf([.dispositionUnknown(id()), .projectChanged, .inUse(retirement())]))
        }
    }
}
