import Calls
import Calls
import Centre
import Contacts
import Operation
import Organization
import Primitives
import Routing
import Storage

/// What the desk shows of a contact's caller: personal values, kept beside the log.
struct CallerCard: Sendable {
    var number: String?
    var dialled: String?
    var earlier: [ContactRow] = []
    /// The numbers outside that were called about the contact, by leg.
    var outside: [LegID: String] = [:]
    var draft: (disposition: DispositionID?, note: String)?
}

extension DeskWire {
    /// The engine's desk with names in the reader's language and the caller's card.
    init(
        _ desk: Desk, at position: LogPosition, card: CallerCard?, writeUpCard: CallerCard?, mirrorCard: CallerCard?,
        headset: HeadsetState?,
        messages: [Message], quotas: [QuotaWire], names: Names, language: Language, now: Timestamp
    ) {
        let state = desk.state
        self.position = position.number
        self.now = now.milliseconds
        agent = AgentWire(
            id: desk.agent.id.description, name: names.agent(desk.agent.id),
            phone: desk.agent.phone.map { PhoneWire(name: names.phone($0), reachable: state.phoneReachable) })
        let presence = state.presence.wire(names, language)
        self.presence = PresenceWire(
            state: presence.state, reason: presence.reason, since: state.presenceSince.milliseconds,
            next: state.next.map { $0.wire(names, language) })
        routing = RoutingWire(state: state.routing.name, since: state.routingSince.milliseconds)
        reasons = names.reasons.map { NamedWire(id: $0.id.description, name: $0.name.text(in: language)) }
        queues = desk.queues.map { LineWire($0, names: names, language: language) }
        self.quotas = quotas
        trainee = desk.isTrainee
        let isTold = desk.contact.map { names.showsSupervision($0.contact.project) } ?? false
        supervisors = (isTold ? desk.contact?.call.supervisions ?? [] : []).filter(\.isAnswered).map {
            BesideWire(name: names.agent($0.supervisor), mode: $0.mode.rawValue)
        }
        self.messages = messages.map { MessageWire($0, names: names) }
        audio = headset.map { AudioWire($0, until: desk.contact?.call.interruptedUntil ?? desk.internalCall?.interruptedUntil) }
        consulted = desk.consulted.map {
            ConsultedWire(
                contact: $0.contact.id.description, by: NamedWire(id: $0.by.description, name: names.agent($0.by)),
                queue: NamedWire(id: $0.contact.queue.description, name: names.queue($0.contact.queue, in: language)),
                stage: $0.stage.rawValue, answerable: $0.stage == .ringing && $0.contact.id == headset?.rangFor)
        }
        supervising = desk.supervising.map { SupervisingWire($0, since: state.routingSince, names: names) }
        seat = desk.seat.map { SeatWire($0, names: names) }
        beside = desk.mirror.map { mirror in
            MirrorWire(
                agent: NamedWire(id: mirror.agent.description, name: names.agent(mirror.agent)), state: mirror.state.routing.name,
                since: mirror.state.routingSince.milliseconds,
                contact: mirror.contact.flatMap {
                    DeskContactWire($0, rangFor: nil, card: mirrorCard ?? CallerCard(), names: names, language: language)
                })
        }
        helpWanted = desk.helpSince?.milliseconds
        `internal` = desk.internalCall.map { InternalCallWire($0, rangFor: headset?.rangFor, names: names) }
        contact = desk.contact.flatMap {
            DeskContactWire($0, rangFor: headset?.rangFor, card: card ?? CallerCard(), names: names, language: language)
        }
        writeUp = desk.writeUp.flatMap {
            DeskContactWire($0, rangFor: nil, card: writeUpCard ?? CallerCard(), names: names, language: language)
        }
    }
}

extension DeskWire.LineWire {
    init(_ queue: FloorQueue, names: Names, language: Language) {
        self.init(
            id: queue.id.description, name: names.queue(queue.id, in: language), waiting: queue.waiting,
            oldestSince: queue.oldestSince?.milliseconds, callsOut: names.callsOut(queue.project))
    }
}

extension DeskContactWire {
    /// Nil for a contact that nobody has in his slot.
    ///
    /// - Parameter rangFor: what the agent's headset rang for last.
    init?(_ desk: DeskContact, rangFor: ContactID?, card: CallerCard, names: Names, language: Language) {
        let contact = desk.contact
        let handling = desk.handling
        switch contact.state {
        case .arriving, .toldClosed, .queued, .outside: return nil
        case .dialling: state = "dialling"
        case .offered: state = "ringing"
        case .talking, .leftBehind: state = "talking"
        case .wrapUp: state = "wrapUp"
        case .writeUp: state = "writeUp"
        }
        id = contact.id.description
        channel = contact.channel.rawValue
        answerable = state == "ringing" && contact.id == rangFor
        direction = contact.direction.rawValue
        warned = contact.wasWarned
        muted = desk.call.isMuted
        recording = RecordingStateWire(desk)
        project = NamedWire(id: contact.project.description, name: names.project(contact.project, in: language))
        greetingLanguage = contact.language.rawValue
        queue = NamedWire(id: contact.queue.description, name: names.queue(contact.queue, in: language))
        arrivedAt = contact.openedAt.milliseconds
        offeredAt = handling.startedAt.milliseconds
        earlier = card.earlier.map { EarlierWire($0, names: names, language: language) }
        dispositions = names.dispositions(of: contact.project, in: language)
        draft = DraftWire(disposition: card.draft?.disposition?.description, note: card.draft?.note ?? "")
        why = handling.offering.map { WhyWire($0.explanation, names: names) }
        if case .dialling(_, let stage, let until) = contact.state { dial = DialWire(stage: stage.rawValue, until: until.milliseconds) }
        dialResult = contact.dialResult?.rawValue
        greeting = names.greeting(of: contact.project, in: contact.language)
        jobDescription = names.jobDescription(of: contact.project, in: language)
        number = card.number
        dialled = card.dialled
        held = [HoldSide.connection, .desk, .phone].first(where: desk.call.heldBy.contains)?.rawValue
        consult = desk.call.consult.map {
            ConsultWire(
                agent: $0.agent.map { NamedWire(id: $0.description, name: names.agent($0)) }, number: card.outside[$0.leg],
                stage: $0.stage.rawValue)
        }
        consultResult = desk.call.consultResult?.rawValue
        outside = desk.call.outside.map { OutsideWire(number: card.outside[$0.leg], answered: $0.isAnswered) }
        transferredBy = contact.sender.map {
            SenderWire(
                agent: NamedWire(id: $0.agent.description, name: names.agent($0.agent)),
                queue: NamedWire(id: $0.queue.description, name: names.queue($0.queue, in: language)))
        }
        answeredAt = handling.answeredAt?.milliseconds
        endedAt = handling.endedAt?.milliseconds
        endedBy = handling.endedBy?.rawValue
        if case .offered(let id, _) = contact.state {
            offer = id.description
            answerBy = handling.offering?.deadline.milliseconds
        }
        if case .wrapUp(_, let until) = contact.state { wrapUpUntil = until?.milliseconds }
        wrapUpOnRequest = desk.wrapUpOnRequest.map { RequestWire(wanted: handling.wantsWrapUp, seconds: $0.components.seconds) }
        if case .leftBehind(_, let until) = contact.state {
            leftBehind = LeftBehindWire(until: until.milliseconds, phoneRings: desk.call.agent != nil)
        }
    }
}

extension DeskContactWire.EarlierWire {
    init(_ row: ContactRow, names: Names, language: Language) {
        id = row.id.description
        openedAt = row.openedAt.milliseconds
        queue = row.queue.map { names.queue($0, in: language) }
        agent = row.agent.map { names.agent($0) }
        outcome = row.outcome.map(OutcomeName.of)
        disposition = row.disposition.map { names.disposition($0, in: language) }
        note = row.note
    }
}

extension WhyWire {
    init(_ explanation: Explanation, names: Names) {
        rule = explanation.rule.rawValue
        version = explanation.version
        idleSince = explanation.idleSince.milliseconds
        waitedMilliseconds = explanation.waited.milliseconds
        free = explanation.free
        priority = Int(explanation.priority)
        considered = explanation.considered.map {
            ConsideredWire(agent: $0.agent.description, name: names.agent($0.agent), idleSince: $0.idleSince.milliseconds)
        }
        excluded = explanation.excluded.map {
            ExcludedWire(reason: $0.reason.rawValue, count: $0.count, names: $0.agents.map { names.agent($0) })
        }
    }
}

extension Presence {
    func wire(_ names: Names, _ language: Language) -> DeskWire.NextWire {
        switch self {
        case .off: DeskWire.NextWire(state: PresenceState.off.rawValue, reason: nil)
        case .ready: DeskWire.NextWire(state: PresenceState.ready.rawValue, reason: nil)
        case .notReady(let reason):
            DeskWire.NextWire(
                state: PresenceState.notReady.rawValue,
                reason: reason.map { NamedWire(id: $0.description, name: names.reason($0, in: language)) })
        }
    }
}

extension RoutingState {
    /// Its name on the wire.
    var name: String {
        switch self {
        case .off: "off"
        case .notReady: "notReady"
        case .idle: "idle"
        case .offered: "offered"
        case .handling: "handling"
        case .wrapUp: "wrapUp"
        // Screens tell it by `Desk.consulted`.
        case .consulted: "handling"
        case .notResponding: "notResponding"
        }
    }

    static let names = ["off", "notReady", "idle", "offered", "handling", "wrapUp", "notResponding"]
}
