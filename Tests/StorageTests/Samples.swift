// Long because every event of the log has its sample here.
import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Routing

/// Made-up set-ups and events.
enum Samples {
    static func id<Tag>(_ number: UInt64) -> ID<Tag> {
        ID(high: 0x0197_0000_0000_7000 | number & 0xFFF, low: 0x8000_0000_0000_0000 | number)
    }

    static let moment = Timestamp(microseconds: 1_800_000_000_123_456)

    // MARK: A centre

    static func setUp(agents count: Int, using random: inout Random) -> SetUp {
        let start = moment
        func fresh<Tag>() -> ID<Tag> { ID(at: start, using: &random) }
        var setUp = SetUp()
        let zones = ["Asia/Tbilisi", "Europe/Istanbul"]
        for (index, zone) in zones.enumerated() {
            let project = Project(
                id: fresh(), time: CivilTime(zone: zone) ?? .utc, language: .georgian,
                hours: index == 0
                    ? nil : OpeningHours("mon=00:00-24:00;tue=00:00-24:00;wed=00:00-24:00;thu=00:00-24:00;fri=00:00-24:00;2030-12-25="),
                recording: RecordingRule(calls: .all, announces: index == 0))
            setUp.projects.append(
                NamedProject(
                    project: project, key: "project\(index)", name: Localised([.english: "Project \(index)", .urdu: "منصوبہ"]),
                    numbers: index == 0 ? .init(countryCode: "995", trunkPrefix: "0") : nil,
                    greeting: Localised(index == 0 ? [.english: "Good day", .welsh: "Dydd da"] : [:]),
                    jobDescription: Localised(index == 1 ? [.hindi: "काम"] : [:])))
            for rule in [WrapUpRule.none, .timed(.seconds(45)), .untilDisposed, .optional].dropFirst(index) {
                let helper = setUp.queues.last { $0.queue.project == project.id }?.queue.id
                let queue = Queue(
                    id: fresh(), project: project.id, ringTimeout: .seconds(15), wrapUp: rule, waitingMax: 6, escalation: helper)
                setUp.queues.append(
                    NamedQueue(queue: queue, key: "queue\(setUp.queues.count)", name: Localised([.english: "Queue", .hindi: "क़तार"])))
                setUp.entryPoints.append(
                    NumberedEntryPoint(
                        entryPoint: EntryPoint(id: fresh(), project: project.id, queue: queue.id, priority: .urgent, language: .turkish),
                        number: "+99532255000\(setUp.entryPoints.count)"))
            }
            let branch = Disposition(id: fresh(), project: project.id)
            let leaf = Disposition(id: fresh(), project: project.id, parent: branch.id, meanings: [.reached, .sale])
            setUp.dispositions += [(branch, 0), (leaf, 1)].map {
                NamedDisposition(disposition: $0, key: "disposition \($0.id)", name: Localised([.english: "Bought"]), order: $1)
            }
        }
        setUp.teams = [Named(id: fresh(), key: "east", name: Localised([.english: "East", .welsh: "Dwyrain"]))]
        setUp.reasons = [Named(id: fresh(), key: "break", name: Localised([.english: "Break", .georgian: "შესვენება"]))]
        setUp.trunks = trunks(fresh(), fresh())
        setUp.projects[0].outbound = (try? PhoneNumber(parsing: "+995322550000")).map {
            OutboundRules(
                trunk: setUp.trunks[1].id, callerNumber: $0,
                destinations: Destinations([.init(prefix: "995", isAllowed: true), .init(prefix: "99590", isAllowed: false)]), callsMax: 7,
                callsPerHourMax: 30)
        }
        for index in 0..<count {
            let access: PhoneAccount.Access =
                index % 2 == 0
                ? .registers(md5: "md5 of \(index)", sha256: "sha256 of \(index)")
                : .fixed(NetworkAddress(.v4(0x7F00_0003), port: UInt16(5070 + index)))
            let phone = PhoneAccount(id: fresh(), user: "phone-\(index)", access: access)
            setUp.phones.append(phone)
            let profile = setUp.queues.enumerated().filter { ($0.offset + index) % 3 != 0 }.map { offset, named in
                RoutingProfile.Entry(queue: named.queue.id, priority: UInt8(1 + offset % 2), delay: index % 4 == 3 ? .seconds(30) : .zero)
            }
            let agent = Agent(
                id: fresh(), team: index < count / 2 ? setUp.teams[0].id : nil, phone: phone.id, profile: RoutingProfile(profile))
            setUp.agents.append(agent)
            setUp.users.append(
                UserAccount(
                    user: User(
                        id: fresh(), agent: agent.id, team: agent.team, projects: Set(setUp.projects.map(\.project.id)), role: .agent),
                    login: "login-\(index)", name: "Nino Person-\(index)", language: .georgian, passwordHash: "$scrypt$\(index)"))
        }
        return setUp
    }

    private static func trunks(_ plain: TrunkID, _ whole: TrunkID) -> [TrunkAccount] {
        [
            TrunkAccount(id: plain, key: "provider", addresses: [.v4(0x7F00_0002), .v6(high: 1 << 60, low: 5)]),
            TrunkAccount(
                id: whole, key: "registered", addresses: [],
                server: TrunkAccount.Host("sip.example.com").map { .init(host: $0, port: 5061, transport: .tls) },
                login: .init(
                    user: "442079460100", password: Secret("trunk password"), realmUser: "account-7", registers: false,
                    expires: .seconds(900)),
                callers: .remoteParty,
                presents: .init(header: .assertedIdentity, number: try? PhoneNumber(parsing: "+442079460100"), format: .digits),
                callsPerSecond: 25),
        ]
    }

    // MARK: One event of each kind and look, for the golden files

    static let explanation = Explanation(
        rule: .longestIdle, version: 1, queue: id(3), priority: 2, waited: .milliseconds(4200), idleSince: moment - .seconds(90), free: 2,
        considered: [.init(agent: id(7), idleSince: moment - .seconds(90)), .init(agent: id(8), idleSince: moment - .seconds(60))],
        excluded: [.init(reason: .wrapUp, count: 12, agents: [id(9), id(10)]), .init(reason: .unreachable, count: 1, agents: [id(11)])])

    private static let contact = Contact(
        id: id(1), project: id(2), channel: .phone, entryPoint: id(4), language: .hindi, queue: id(3), priority: .urgent, openedAt: moment)

    private static let terms = [
        Audit.Term("from", "2026-11-16"), Audit.Term("queue", (id(3) as QueueID).description), Audit.Term("number"),
    ].compactMap(\.self)

    /// By the name of their golden file, without the version: the kind, and a word where a kind has several looks.
    static let events: [(name: String, event: Event)] = [
        ("projectDefined", .defined(.project(Project(id: id(2), time: CivilTime(zone: "Asia/Tbilisi") ?? .utc, language: .georgian)))),
        (
            "projectDefined.hours",
            .defined(
                .project(
                    Project(
                        id: id(2), time: CivilTime(zone: "Asia/Tbilisi") ?? .utc, language: .georgian,
                        hours: OpeningHours("mon=08:00-12:00,13:00-24:00;sat=22:00-06:00;2026-12-25="))))
        ),
        (
            "entryPointDefined.always",
            .defined(.entryPoint(EntryPoint(id: id(4), project: id(2), queue: id(3), priority: .urgent, language: .urdu, hours: .always)))
        ),
        ("toldClosed", .toldClosed(id(1), until: moment + .seconds(30))),
        ("contactClosed.closed", .contactClosed(id(1), .closed)),
        ("queueDefined", .defined(.queue(Queue(id: id(3), project: id(2), wrapUp: .timed(.seconds(45)))))),
        ("queueDefined.untilDisposed", .defined(.queue(Queue(id: id(3), project: id(2), wrapUp: .untilDisposed, waitingMax: 7)))),
        ("queueDefined.optional", .defined(.queue(Queue(id: id(3), project: id(2), wrapUp: .optional)))),
        ("queueDefined.onRequest", .defined(.queue(Queue(id: id(3), project: id(2), wrapUp: .onRequest(.seconds(90)))))),
        ("queueDefined.none", .defined(.queue(Queue(id: id(3), project: id(2), wrapUp: .none)))),
        (
            "entryPointDefined",
            .defined(.entryPoint(EntryPoint(id: id(4), project: id(2), queue: id(3), priority: .urgent, language: .urdu)))
        ),
        ("dispositionDefined", .defined(.disposition(Disposition(id: id(5), project: id(2))))),
        (
            "dispositionDefined.leaf",
            .defined(.disposition(Disposition(id: id(6), project: id(2), parent: id(5), meanings: [.reached, .doNotCall])))
        ),
        ("retired", .defined(.retired(.queue(id(1))))), ("retired.project", .defined(.retired(.project(id(2))))),
        ("retired.entryPoint", .defined(.retired(.entryPoint(id(3))))), ("retired.disposition", .defined(.retired(.disposition(id(4))))),
        ("retired.agent", .defined(.retired(.agent(id(5))))),
        (
            "agentDefined",
            .defined(
                .agent(
                    Agent(
                        id: id(7), team: id(12), phone: id(13),
                        profile: RoutingProfile([.init(queue: id(3)), .init(queue: id(14), priority: 3, delay: .seconds(30))]))))
        ),
        ("agentDefined.bare", .defined(.agent(Agent(id: id(7), phone: nil, profile: RoutingProfile([]))))),
        ("setUpApplied", .setUpApplied(changes: 17)),
        ("audited", .audited(Audit(.saw, .contact(id(1)), of: id(2)))),
        ("audited.question", .audited(Audit(.exported, .figures, of: id(2), question: terms))),
        ("audited.account", .audited(Audit(.signInFailed, .account(id(20))))),
        ("contactOpened", .contactOpened(contact, leg: id(15))),
        (
            "contactOpened.outbound",
            .contactOpened(
                Contact(
                    id: id(1), project: id(2), channel: .phone, direction: .outbound, entryPoint: nil, language: .hindi, queue: id(3),
                    priority: .normal, openedAt: moment), leg: id(1))
        ),
        ("dialStarted", .dialStarted(id(1), id(7), leg: id(17), until: moment + .seconds(20))),
        ("numberCalled", .numberCalled(id(1), id(7), until: moment + .seconds(45))),
        ("dialEnded", .dialEnded(id(1), id(7), .noAnswer)),
        (
            "contactOpened.internal",
            .contactOpened(
                Contact(
                    id: id(1), project: id(2), channel: .phone, direction: .internal, entryPoint: nil, language: .hindi, queue: id(3),
                    priority: .normal, openedAt: moment), leg: id(1))
        ),
        ("numberRefused", .numberRefused(id(1), id(7), id(2), .destinationNotAllowed, rule: "!+4490")),
        ("numberRefused.idle", .numberRefused(nil, id(7), id(2), .callsPerHourLimit, rule: nil)),
        ("colleagueDialled", .colleagueDialled(id(1), id(7), to: id(8), leg: id(17), until: moment + .seconds(20))),
        ("colleagueCalled", .colleagueCalled(id(1), id(8), until: moment + .seconds(20))),
        ("colleagueLeft", .colleagueLeft(id(1), id(8))),
        ("contactQueued", .contactQueued(id(1), id(3))),
        (
            "offerMade",
            .offerMade(
                .init(
                    offer: id(16), contact: id(1), agent: id(7), leg: id(17), deadline: moment + .seconds(20), explanation: explanation))
        ),
        ("offerEnded", .offerEnded(id(16), id(1), id(7), .lapsed)),
        ("holdStarted", .holdStarted(id(1), id(7), by: .phone)),
        ("holdStarted.desk", .holdStarted(id(1), id(7), by: .desk)),
        ("holdStarted.connection", .holdStarted(id(1), id(7), by: .connection)),
        ("holdEnded", .holdEnded(id(1), id(7), by: .phone)),
        ("recordingAnnounced", .recording(id(1), .announced(until: moment + .seconds(30)))),
        ("recordingTold", .recording(id(1), .told(isWhole: true))),
        ("recordingStarted", .recording(id(1), .started(id(30), id(7)))),
        ("recordingPaused", .recording(id(1), .paused(id(7)))),
        ("recordingResumed", .recording(id(1), .resumed(id(7)))),
        ("recordingEnded", .recording(id(1), .ended(id(30)))),
        ("recordingRefused", .recording(id(1), .refused(id(30)))),
        ("recordingHeld", .recordingFated(id(30), id(1), id(2), .held)),
        ("recordingReleased", .recordingFated(id(30), id(1), id(2), .released)),
        ("recordingErased", .recordingFated(id(30), id(1), id(2), .erased(.retention))),
        ("keepingChanged", .keepingChanged(isKept: false)),
        ("voiceMeasured", .voiceMeasured(voices)),
        ("documentPublished", .documentPublished(id(40), id(2), version: 3)),
        ("documentRetired", .documentRetired(id(40), id(2))),
        ("formSubmitted", .formSubmitted(id(1), id(7), form: id(41), version: 2)),
        ("contactIdentified", .contactIdentified(id(1), id(42), by: id(7))),
        ("muteChanged", .muteChanged(id(1), id(7), isMuted: true)),
        (
            "queueDefined.escalation",
            .defined(.queue(Queue(id: id(3), project: id(2), reasonTimeout: .seconds(30), escalation: id(14))))
        ),
        (
            "queueDefined.person",
            .defined(.queue(Queue(id: id(3), project: id(2), escalation: id(14), escalationAgent: id(7))))
        ),
        ("agentHungUp", .agentHungUp(id(1), id(7), until: moment + .seconds(20))),
        ("phoneRungAgain", .phoneRungAgain(id(1), id(7), leg: id(17), until: moment + .seconds(20))),
        ("agentReturned", .agentReturned(id(1), id(7))),
        ("customerWarned", .customerWarned(id(1), id(7))),
        ("customerDismissed", .customerDismissed(id(1), id(7), .wrongNumber)),
        ("consultStarted", .consultStarted(id(1), id(8), by: id(7), leg: id(17), until: moment + .seconds(20), why: nil)),
        (
            "consultStarted.queue",
            .consultStarted(id(1), id(8), by: id(7), leg: id(17), until: moment + .seconds(20), why: explanation)
        ),
        ("consultArranged", .consultArranged(id(1), id(8), .conference)),
        ("consultEnded", .consultEnded(id(1), id(8))),
        ("secondLineOpened", .secondLineOpened(id(1), id(7), leg: id(17))),
        (
            "supervisionStarted",
            .supervisionStarted(id(1), id(8), of: id(7), leg: id(17), .whisper, until: moment + .seconds(20))
        ),
        ("supervisionArranged", .supervisionArranged(id(1), id(8), .barge, isMicrophoneOpen: true)),
        ("supervisionEnded", .supervisionEnded(id(1), id(8), leg: id(17))),
        ("contactTakenOver", .contactTakenOver(id(1), from: id(7), by: id(8))),
        ("helpRequested", .helpRequested(id(1), id(7))),
        ("helpWithdrawn", .helpWithdrawn(id(1), id(7))),
        ("seatTaken", .seatTaken(id(7), beside: id(8))),
        ("seatLeft", .seatLeft(id(7), beside: id(8))),
        ("signOffChanged", .signOffChanged(id(7), isSignedOff: true)),
        ("consultStarted.outside", .consultStarted(id(1), nil, by: id(7), leg: id(17), until: moment + .seconds(20), why: nil)),
        ("consultArranged.outside", .consultArranged(id(1), nil, .colleague)),
        ("consultRefused", .consultRefused(id(1), .busy)),
        ("consultEnded.outside", .consultEnded(id(1), nil)),
        ("sentOutside", .sentOutside(id(1), id(7), leg: id(17), until: moment + .seconds(45))),
        ("outsideAnswered", .outsideAnswered(id(1))),
        ("outsideRefused", .outsideRefused(id(1), .noAnswer)),
        ("outsideEnded", .outsideEnded(id(1), by: .outside)),
        ("agentReleased", .agentReleased(id(1), id(7))),
        ("contactTransferred", .contactTransferred(id(1), id(7), to: .queue(id(14)))),
        ("contactTransferred.agent", .contactTransferred(id(1), id(7), to: .agent(id(8)))),
        ("talkEnded", .talkEnded(id(1), id(7), by: .customer)),
        ("wrapUpRequested", .wrapUpRequested(id(1), id(7), isWanted: true)),
        ("writeUpStarted", .writeUpStarted(id(1), id(7))),
        ("wrapUpStarted", .wrapUpStarted(id(1), id(7), until: moment + .seconds(45))),
        ("wrapUpStarted.open", .wrapUpStarted(id(1), id(7), until: nil)),
        ("contactDisposed", .contactDisposed(id(1), id(7), id(6))),
        ("contactClosed", .contactClosed(id(1), .handled)),
        ("contactClosed.abandoned", .contactClosed(id(1), .abandoned(during: .ringing))),
        ("contactClosed.refused", .contactClosed(id(1), .refused(.queueFull))),
        ("contactClosed.notReached", .contactClosed(id(1), .notReached(.busy))),
        ("presenceChanged", .presenceChanged(id(7), .ready)),
        ("presenceChanged.notReady", .presenceChanged(id(7), .notReady(id(18)))),
        ("presencePlanned", .presencePlanned(id(7), .off)),
        ("presencePlanned.takenBack", .presencePlanned(id(7), nil)),
        ("agentStoppedResponding", .agentStoppedResponding(id(7), id(16))),
        ("agentStoppedResponding.dialled", .agentStoppedResponding(id(7), nil)),
        ("phoneReachabilityChanged", .phoneReachabilityChanged(id(7), reachable: false)),
        ("headsetChanged", .headsetChanged(id(7), isConnected: true)),
    ]

    // MARK: Any event

    static func event(using random: inout Random) -> Event {
        func any<Tag>() -> ID<Tag> { ID(high: random.next(), low: random.next()) }
        func time() -> Timestamp { Timestamp(microseconds: Int64(bitPattern: random.next()) >> 8) }
        func span() -> Duration { .microseconds(Int64(random.next() >> 24)) }
        func one<Choice>(_ choices: [Choice]) -> Choice { choices[Int(random.next() % UInt64(choices.count))] }
        func priority() -> ContactPriority { ContactPriority(Int(1 + random.next() % 99)) ?? .normal }
        func rule() -> WrapUpRule { one([.none, .timed(span()), .untilDisposed, .optional, .onRequest(span())]) }
        let hours = OpeningHours("tue=08:00-12:00,13:00-24:00;2026-12-25=;2026-12-26=22:00-06:00")
        func presence() -> Presence { one([.off, .ready, .notReady(nil), .notReady(any())]) }
        func entries() -> [RoutingProfile.Entry] {
            (0..<random.next() % 5).map { _ in .init(queue: any(), priority: UInt8(1 + random.next() % 99), delay: span()) }
        }
        func explanation() -> Explanation {
            Explanation(
                rule: one(Explanation.Rule.allCases), version: Int(random.next() % 9), queue: any(), priority: UInt8(random.next() % 100),
                waited: span(), idleSince: time(), free: Int(random.next() % 900),
                considered: (0..<random.next() % 8).map { _ in .init(agent: any(), idleSince: time()) },
                excluded: (0..<random.next() % 8).map { _ in
                    .init(
                        reason: one(Exclusion.allCases), count: Int(random.next() % 99), agents: (0..<random.next() % 8).map { _ in any() })
                })
        }
        func definition() -> Definition {
            switch random.next() % 5 {
            case 0:
                let zone = one(["Asia/Tbilisi", "America/St_Johns", "GMT"])
                return .project(
                    Project(id: any(), time: CivilTime(zone: zone) ?? .utc, language: one(Language.allCases), hours: one([nil, hours])))
            case 1:
                return .queue(
                    Queue(
                        id: any(), project: any(), ringTimeout: span(), wrapUp: rule(), serviceLevelTarget: span(), shortAbandon: span(),
                        waitingMax: Int(random.next() % 100_000), reasonTimeout: span(), escalation: one([nil, any()]),
                        escalationAgent: one([nil, any()])))
            case 2:
                return .entryPoint(
                    EntryPoint(
                        id: any(), project: any(), queue: any(), priority: priority(), language: one(Language.allCases),
                        hours: one([nil, .always, hours.map { .own($0) }])))
            case 3:
                let meanings = Disposition.Meanings(rawValue: UInt16(truncatingIfNeeded: random.next()))
                return .disposition(Disposition(id: any(), project: any(), parent: one([nil, any()]), meanings: meanings))
            default:
                return .agent(Agent(id: any(), team: one([nil, any()]), phone: one([nil, any()]), profile: RoutingProfile(entries())))
            }
        }
        func outcome() -> ContactOutcome {
            one([
                .handled, .abandoned(during: one(ContactOutcome.WaitingPhase.allCases)), .closed, .failed, .lostInRestart,
                .refused(one(ContactOutcome.RefusalReason.allCases)), .notReached(one(DialResult.allCases)),
                .internal(one(DialResult.allCases)),
            ])
        }
        switch random.next() % 61 {
        case 57: return .documentPublished(any(), any(), version: Int(random.next() % 1000))
        case 58: return .documentRetired(any(), any())
        case 60: return .contactIdentified(any(), any(), by: random.next() % 2 == 0 ? nil : any())
        case 59: return .formSubmitted(any(), any(), form: any(), version: Int(random.next() % 1000))
        case 56: return .voiceMeasured(voices(using: &random))
        case 43:
            let subject: Audit.Subject = one([.contact(any()), .account(any()), .contacts, .figures, .setUp, .audit, .log, .message])
            return .audited(Audit(one(Audit.Action.allCases), subject, of: one([nil, any()]), question: one([[], terms])))
        case 44:
            return .recording(
                any(),
                one([
                    .announced(until: time()), .told(isWhole: one([true, false])), .started(any(), any()), .paused(any()), .resumed(any()),
                    .ended(any()), .refused(any()),
                ]))
        case 45: return .recordingFated(any(), any(), any(), one([.held, .released, .erased(one(ErasureReason.allCases))]))
        case 46: return .keepingChanged(isKept: one([true, false]))
        case 47: return .supervisionStarted(any(), any(), of: any(), leg: any(), one(SupervisionMode.allCases), until: time())
        case 48: return .supervisionArranged(any(), any(), one(SupervisionMode.allCases), isMicrophoneOpen: one([true, false]))
        case 49: return .supervisionEnded(any(), any(), leg: any())
        case 50: return .contactTakenOver(any(), from: any(), by: any())
        case 51: return .helpRequested(any(), any())
        case 52: return .helpWithdrawn(any(), any())
        case 53: return .seatTaken(any(), beside: any())
        case 54: return .seatLeft(any(), beside: any())
        case 55: return .signOffChanged(any(), isSignedOff: one([true, false]))
        case 0: return .defined(definition())
        case 1: return .setUpApplied(changes: Int(random.next() % 10_000))
        case 2:
            let contact = Contact(
                id: any(), project: any(), channel: one(Channel.allCases), direction: one(ContactDirection.allCases),
                entryPoint: one([nil, any()]), language: one(Language.allCases), queue: any(), priority: priority(), openedAt: time())
            return .contactOpened(contact, leg: any())
        case 3: return .contactQueued(any(), any())
        case 4:
            return .offerMade(.init(offer: any(), contact: any(), agent: any(), leg: any(), deadline: time(), explanation: explanation()))
        case 5: return .offerEnded(any(), any(), any(), one(OfferResult.allCases))
        case 6: return .talkEnded(any(), any(), by: one(Party.allCases))
        case 42: return .toldClosed(any(), until: time())
        case 40: return .wrapUpRequested(any(), any(), isWanted: one([true, false]))
        case 41: return .writeUpStarted(any(), any())
        case 7: return .wrapUpStarted(any(), any(), until: one([nil, time()]))
        case 8: return .contactDisposed(any(), any(), any())
        case 9: return .contactClosed(any(), outcome())
        case 10: return .presenceChanged(any(), presence())
        case 11: return .presencePlanned(any(), one([nil, presence()]))
        case 12: return .agentStoppedResponding(any(), one([nil, any()]))
        case 26: return .dialStarted(any(), any(), leg: any(), until: time())
        case 27: return .numberCalled(any(), any(), until: time())
        case 29: return .consultRefused(any(), one(DialResult.allCases))
        case 30: return .sentOutside(any(), any(), leg: any(), until: time())
        case 31: return .outsideAnswered(any())
        case 32: return .outsideRefused(any(), one(DialResult.allCases))
        case 33: return .outsideEnded(any(), by: one(Party.allCases))
        case 34: return .agentReleased(any(), any())
        case 35: return .secondLineOpened(any(), any(), leg: any())
        case 36: return .colleagueDialled(any(), any(), to: any(), leg: any(), until: time())
        case 37: return .colleagueCalled(any(), any(), until: time())
        case 38: return .colleagueLeft(any(), any())
        case 39: return .numberRefused(one([nil, any()]), any(), any(), one(DialRefusal.allCases), rule: one([nil, "!+4490"]))
        case 28: return .dialEnded(any(), any(), one(DialResult.allCases))
        case 13: return .holdStarted(any(), any(), by: one(HoldSide.allCases))
        case 14: return .holdEnded(any(), any(), by: one(HoldSide.allCases))
        case 22:
            return .consultStarted(any(), one([nil, any()]), by: any(), leg: any(), until: time(), why: one([nil, explanation()]))
        case 23: return .consultArranged(any(), one([nil, any()]), one(ConsultStage.allCases))
        case 24: return .consultEnded(any(), one([nil, any()]))
        case 21: return .muteChanged(any(), any(), isMuted: one([true, false]))
        case 15: return .agentHungUp(any(), any(), until: time())
        case 16: return .phoneRungAgain(any(), any(), leg: any(), until: time())
        case 17: return .agentReturned(any(), any())
        case 18: return .customerWarned(any(), any())
        case 19: return .customerDismissed(any(), any(), one(DismissalReason.allCases))
        case 20: return .contactTransferred(any(), any(), to: one([.queue(any()), .agent(any())]))
        case 25: return .headsetChanged(any(), isConnected: one([true, false]))
        default: return .phoneReachabilityChanged(any(), reachable: one([true, false]))
        }
    }
}
