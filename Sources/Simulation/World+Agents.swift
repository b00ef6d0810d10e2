import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

/// Somebody at a desk.
struct SimulatedAgent: Sendable {
    var agent: Agent
    let user: UserID
    /// Gone home: wants no more.
    var hasLeft = false
    /// Not back before this, whatever else would call him back.
    var awayUntil = Timestamp.distantPast
    var isPhoneReachable = true
    var isHeadsetConnected = false
    /// The lines at his phone.
    var legs: [LegID] = []

    /// A phone shows a second call beside the one that is just ending; a third is busy.
    static let linesMax = 2

    init(_ agent: Agent, user: UserID?) {
        self.agent = agent
        self.user = user ?? UserID(sameAs: agent.id)
    }
}

/// What somebody at a desk does, when its time has come.
enum AgentDeed: Sendable {
    case come
    case want(Presence)
    case stepAway(PresenceReasonID?, until: Timestamp)
    case dial
    case dialByPhone
    case dialColleague
    case goHome
    case answer(LegID)
    case rejectAtPhone(LegID)
    case decline(LegID, OfferID)
    case complete(ContactID, DispositionID?)
    case warn(ContactID)
    case dismiss(ContactID, DismissalReason?)
    case ringAgain(ContactID)
    case handOver(ContactID)
    case transfer(ContactID, TransferTarget)
    case consult(ContactID, AgentID)
    case consultQueue(ContactID, QueueID)
    case consultNumber(ContactID)
    /// With a colleague, or with a number outside.
    case consultByPhone(ContactID, AgentID?)
    case sendOutside(ContactID)
    case changeConsult(ContactID, ConsultStage)
    case endConsult(ContactID, isTransfer: Bool)
    case hold(ContactID, Bool)
    case mute(ContactID, Bool)
    case keepPrivate(ContactID, Bool)
    case record(ContactID, Bool)
    case askForWrapUp(ContactID, Bool)
    case press(ContactID)
    case supervise(ContactID, SupervisionMode)
    case openMicrophone(ContactID, Bool)
    case endSupervision(ContactID)
    case takeOver(ContactID)
    case askForHelp(Bool)
    /// Sets a colleague free.
    case free(AgentID)
    case learn(Input)
    case losePhone
    case findPhone
    case plugIn
    case cutOff
}

extension World {
    /// Everybody's shift: on, breaks, off and on again, home.
    mutating func planAgents() {
        let length = scenario.end - scenario.start
        for index in agents.indices {
            put(.agent(index, .want(.ready)), after: random.between(.zero, .seconds(900)))
            let leavesEarly = random.chance(0.15)
            let home = leavesEarly ? random.between(.zero, length) : length + random.between(.zero, .seconds(1200))
            put(.agent(index, .goHome), after: home)
            for _ in 0..<random.between(0, 4) {
                let start = random.between(.seconds(600), max(.seconds(700), length))
                let away: Presence =
                    random.chance(0.2) ? .off : .notReady(random.chance(0.1) ? nil : random.oneOf(scenario.reasons))
                put(.agent(index, .want(away)), after: start)
                put(.agent(index, .want(.ready)), after: start + random.around(.seconds(300), spread: 1))
            }
            if random.chance(0.4) {
                put(.agent(index, .plugIn), after: random.between(.zero, .seconds(900)))
                for _ in 0..<random.between(0, 6) {
                    let start = random.between(.zero, length)
                    put(.agent(index, .cutOff), after: start)
                    // Some come back after their customer has been given to somebody else.
                    put(.agent(index, .plugIn), after: start + random.around(.seconds(10), spread: 1))
                }
            }
            // Some call back whom they could not help at once; some of these are busy, or for a project that is not theirs.
            for _ in 0..<random.between(0, 6) {
                put(.agent(index, random.chance(0.3) ? .dialByPhone : .dial), after: random.between(.zero, length))
            }
            // Some colleagues are busy, and one in so many is he himself.
            for _ in 0..<random.between(0, 6) { put(.agent(index, .dialColleague), after: random.between(.zero, length)) }
            if random.chance(0.3) {
                let start = random.between(.zero, length)
                put(.agent(index, .losePhone), after: start)
                put(.agent(index, .findPhone), after: start + random.around(.seconds(120), spread: 1))
            }
        }
    }

    mutating func act(_ index: Int, _ deed: AgentDeed) {
        let agent = agents[index].agent.id
        let user = Actor.user(agents[index].user)
        switch deed {
        case .want(let presence):
            guard !agents[index].hasLeft, presence != .ready || now >= agents[index].awayUntil else { return }
            send(.presenceWanted(agent, presence), by: user)
        case .come: agents[index].hasLeft = false
        case .stepAway(let reason, let until):
            agents[index].awayUntil = until
            send(.presenceWanted(agent, .notReady(reason)), by: user)
        case .dial:
            send(.dialWanted(agent, ContactID(at: now, using: &random), random.oneOf(scenario.queues).id), by: user)
        case .dialByPhone: dialByPhone(index)
        case .dialColleague:
            send(.colleagueDialWanted(agent, ContactID(at: now, using: &random), to: random.oneOf(agents).agent.id), by: user)
        case .goHome:
            // The last wish must be the last to arrive, whatever is still under way.
            agents[index].hasLeft = true
            put(.input(.presenceWanted(agent, .off), by: user, leg: nil), after: .seconds(1))
        case .answer(let leg):
            guard legs[leg] != nil else { return }
            if legs[leg]?.isOnHeadset == true {
                guard let contact = contact(ringingOn: leg) else { return }
                send(.answerWanted(agent, contact), by: user, on: leg)
            } else {
                send(.legAnswered(leg), on: leg)
            }
            legs[leg]?.isUp = true
        case .rejectAtPhone(let leg):
            guard legs[leg] != nil else { return }
            if legs[leg]?.isOnHeadset == true {
                return contact(ringingOn: leg).map { send(.declineWanted(agent, $0), by: user) } ?? ()
            }
            send(.legRefused(leg, .declined), on: leg)
            legGone(leg)
        case .decline(let leg, let offer):
            // The button may still show when the phone has stopped.
            if legs[leg] != nil || random.chance(0.5) { send(.offerDeclined(agent, offer), by: user) }
        case .complete(let contact, let disposition):
            send(.contactCompleted(agent, contact, disposition), by: user)
        case .warn(let contact): send(.warningGiven(agent, contact), by: user)
        case .dismiss(let contact, let reason): send(.dismissalWanted(agent, contact, reason), by: user)
        case .ringAgain(let contact): send(.phoneWanted(agent, contact), by: user)
        case .hold(let contact, let isWanted): send(.holdWanted(agent, contact, isWanted), by: user)
        case .keepPrivate(let contact, let isWanted): send(.privacyWanted(agent, contact, isWanted), by: user)
        case .record(let contact, let isWanted): send(.recordingWanted(agent, contact, isWanted), by: user)
        case .mute(let contact, let isWanted): send(.muteWanted(agent, contact, isWanted), by: user)
        case .askForWrapUp(let contact, let isWanted): send(.wrapUpWanted(agent, contact, isWanted), by: user)
        case .press(let contact): send(.keysWanted(agent, contact, ID(at: now, using: &random)), by: user)
        case .consult(let contact, let colleague): send(.consultWanted(agent, contact, with: colleague), by: user)
        case .consultQueue(let contact, let queue): send(.queueConsultWanted(agent, contact, queue), by: user)
        case .consultNumber(let contact): send(.outsideConsultWanted(agent, contact, LegID(at: now, using: &random)), by: user)
        case .consultByPhone(let contact, let colleague): consultByPhone(index, about: contact, with: colleague)
        case .sendOutside(let contact): send(.outsideTransferWanted(agent, contact, LegID(at: now, using: &random)), by: user)
        case .changeConsult(let contact, let stage): send(.consultChangeWanted(agent, contact, stage), by: user)
        case .endConsult(let contact, let isTransfer): send(.consultEndWanted(agent, contact, isTransfer: isTransfer), by: user)
        case .transfer(let contact, let target): send(.transferWanted(agent, contact, to: target), by: user)
        case .handOver(let contact): send(.handOverWanted(agent, contact), by: user)
        case .supervise(let contact, let mode): send(.supervisionWanted(agent, contact, mode), by: user)
        case .openMicrophone(let contact, let isWanted): send(.microphoneWanted(agent, contact, isWanted), by: user)
        case .endSupervision(let contact): send(.supervisionEndWanted(agent, contact), by: user)
        case .takeOver(let contact): send(.takeOverWanted(agent, contact), by: user)
        case .askForHelp(let isWanted): send(.helpWanted(agent, isWanted), by: user)
        case .free(let colleague): send(.agentFreed(colleague), by: user)
        case .learn(let wish): send(wish, by: user)
        case .losePhone: losePhone(index)
        case .findPhone:
            agents[index].isPhoneReachable = true
            if let phone = agents[index].agent.phone { send(.phoneReachable(phone, true)) }
        case .plugIn:
            agents[index].isHeadsetConnected = true
            send(.headsetConnected(agent, true))
            for leg in headsetLegs(of: index) { send(.legResumed(leg), on: leg) }
        case .cutOff:
            agents[index].isHeadsetConnected = false
            send(.headsetConnected(agent, false))
            for leg in headsetLegs(of: index) { send(.legInterrupted(leg), on: leg) }
        }
    }

    /// The network at home fails, with whatever call is on it.
    private mutating func losePhone(_ index: Int) {
        agents[index].isPhoneReachable = false
        for leg in agents[index].legs where legs[leg]?.isOnHeadset != true {
            switch legs[leg]?.isUp {
            case true: if random.chance(0.5) { hangUp(leg) } else { vanish(leg, .vanished) }
            default: refuse(leg, .unreachable)
            }
        }
        // Registrations are found to be gone late, or not at all.
        if let phone = agents[index].agent.phone, random.chance(0.8) { send(.phoneReachable(phone, false)) }
    }

    private func headsetLegs(of index: Int) -> [LegID] { agents[index].legs.filter { legs[$0]?.isOnHeadset == true } }

    /// The contact for which the leg rings, as the desk shows it.
    private func contact(ringingOn leg: LegID) -> ContactID? {
        engine.calls.first { $0.value.agent == leg || $0.value.consult?.leg == leg || $0.value.customer == leg }?.key
    }

    mutating func refuse(_ leg: LegID, _ cause: LegRefusal) {
        send(.legRefused(leg, cause), on: leg)
        legGone(leg)
    }

    /// A call reaches the phone: it is answered soon, late, at the last moment or never.
    mutating func ring(_ leg: LegID, at phone: PhoneID) {
        guard let index = agentOfPhone[phone] else { return }
        legs[leg] = OutsideLeg(.agent(index))
        let isOnHeadset = phone == agents[index].agent.id.headset
        legs[leg]?.isOnHeadset = isOnHeadset
        if !(isOnHeadset ? agents[index].isHeadsetConnected : agents[index].isPhoneReachable) { return refuse(leg, .unreachable) }
        if agents[index].legs.count >= SimulatedAgent.linesMax { return refuse(leg, .busy) }
        agents[index].legs.append(leg)
        // Who dials has his headset on: the engine has gone on already.
        if isOnHeadset, let id = contact(ringingOn: leg), let call = engine.calls[id], call.agent == leg {
            switch engine.contacts[id]?.state {
            case .dialling:
                legs[leg]?.isUp = true
                legs[leg]?.hears = .sound(.ringBack)
                return
            // Answered before this came to him.
            case .talking:
                legs[leg]?.isUp = true
                // Not alone with his customer, if supervisors have waited with that.
                if let voices = awaited.removeValue(forKey: leg), voices.count > 2 { return link(voices) }
                return talk(call.customer, leg)
            default: break
            }
        }
        var reaction = random.around(scenario.reaction, spread: 0.7)
        let fate = random.fraction()
        if fate < scenario.ignoreChance { return }
        if fate < scenario.ignoreChance + scenario.rejectChance {
            return put(.agent(index, .rejectAtPhone(leg)), after: reaction)
        }
        if fate < scenario.ignoreChance + scenario.rejectChance + scenario.declineChance, let offer = offerOnLeg[leg] {
            return put(.agent(index, .decline(leg, offer)), after: reaction)
        }
        // At the very moment at which the offer lapses: the answer and the end cross.
        if random.chance(0.01),
            let contact = offerOnLeg[leg].flatMap({ offer in engine.handlings.values.first { $0.offering?.offer == offer } }),
            let deadline = contact.offering?.deadline
        {
            reaction = max(.zero, deadline - now - random.between(.zero, .milliseconds(100)))
        }
        put(.agent(index, .answer(leg)), after: reaction)
    }

    /// What the screens at the desks show, and what people do about it.
    mutating func notice(_ event: Event) {
        switch event {
        case .offerMade(let offering):
            offerOnLeg[offering.leg] = offering.offer
        case .agentStoppedResponding(let agent, _):
            guard let index = agentOf[agent] else { return }
            put(.agent(index, .want(.ready)), after: random.around(.seconds(20), spread: 1))
        case .wrapUpStarted(let contact, let agent, let until):
            guard let index = agentOf[agent] else { return }
            planWrapUp(of: contact, by: index, until: until)
        case .writeUpStarted(let contact, let agent):
            // Some come too late: they have taken the next one.
            guard let index = agentOf[agent], random.chance(0.7) else { return }
            planWrapUp(of: contact, by: index, until: nil)
        case .agentHungUp(let contact, let agent, _):
            if let index = agentOf[agent] { planReason(for: contact, by: index) }
        case .defined, .setUpApplied, .audited, .numberRefused, .contactOpened, .dialStarted, .colleagueDialled, .colleagueCalled,
            .colleagueLeft,
            .numberCalled, .dialEnded,
            .toldClosed, .contactQueued, .offerEnded, .holdStarted,
            .holdEnded, .muteChanged, .recording, .recordingFated, .keepingChanged, .voiceMeasured, .talkEnded,
            .phoneRungAgain,
            .agentReturned, .customerWarned, .customerDismissed, .consultStarted, .consultArranged, .consultRefused, .consultEnded,
            .secondLineOpened, .supervisionStarted, .supervisionArranged, .supervisionEnded, .contactTakenOver, .helpRequested,
            .helpWithdrawn,
            .sentOutside, .outsideAnswered, .outsideRefused, .outsideEnded, .agentReleased, .contactTransferred,
            .wrapUpRequested, .contactDisposed, .contactClosed, .presenceChanged,
            .presencePlanned, .phoneReachabilityChanged, .headsetChanged, .seatTaken, .seatLeft,
            .signOffChanged,
            .documentPublished, .documentRetired, .formSubmitted, .contactIdentified:
            break
        }
    }

    private mutating func planWrapUp(of contact: ContactID, by index: Int, until: Timestamp?) {
        guard let project = engine.contacts[contact]?.project, let leaves = scenario.leaves[project] else { return }
        let leaf = random.oneOf(leaves)
        var effort = random.around(scenario.wrapUp, spread: 0.8)
        if random.chance(scenario.habits.branchChosen), let branch = scenario.branches[project] {
            put(.agent(index, .complete(contact, branch)), after: effort)
            effort += .seconds(2)
        }
        guard let until else { return put(.agent(index, .complete(contact, leaf)), after: effort) }
        // Some never finish; some at the very moment at which their time is over.
        if random.chance(scenario.habits.unfinishedWrapUp) { return }
        if random.chance(scenario.habits.lastMoment) { effort = until - now }
        put(.agent(index, .complete(contact, random.chance(0.9) ? leaf : nil)), after: effort)
    }

    /// His phone has hung up, and the customer hears music: he says why, goes on, gives him away, or does nothing.
    private mutating func planReason(for contact: ContactID, by index: Int) {
        let effort = random.around(.seconds(8), spread: 1)
        let reason = random.oneOf(DismissalReason.allCases)
        switch random.fraction() {
        case ..<0.5: put(.agent(index, .dismiss(contact, random.chance(0.9) ? reason : nil)), after: effort)
        case ..<0.75: put(.agent(index, .ringAgain(contact)), after: effort)
        case ..<0.85: put(.agent(index, .handOver(contact)), after: effort)
        default: break
        }
    }

    /// What somebody at a desk does with a call beside talking.
    mutating func planCallControl(of customer: LegID, _ leg: LegID, during length: Duration) {
        guard case .agent(let index) = legs[leg]?.party else { return }
        let contact = ContactID(sameAs: customer)
        let habits = scenario.habits
        if random.chance(habits.hold) {
            let start = length * random.fraction()
            put(.agent(index, .hold(contact, true)), after: start)
            put(.agent(index, .hold(contact, false)), after: start + random.around(.seconds(20), spread: 1))
        }
        if random.chance(habits.mute) {
            let start = length * random.fraction()
            put(.agent(index, .mute(contact, true)), after: start)
            put(.agent(index, .mute(contact, false)), after: start + random.around(.seconds(10), spread: 1))
        }
        if habits.privacy > 0, random.chance(habits.privacy) {
            let start = length * random.fraction()
            put(.agent(index, .keepPrivate(contact, true)), after: start)
            // Some forget it; it ends with the talk.
            if random.chance(0.7) {
                put(.agent(index, .keepPrivate(contact, false)), after: start + random.around(.seconds(20), spread: 1))
            }
        }
        if habits.recordingAsked > 0, random.chance(habits.recordingAsked) {
            let start = length * random.fraction()
            put(.agent(index, .record(contact, true)), after: start)
            if random.chance(0.5) { put(.agent(index, .record(contact, false)), after: start + random.around(.seconds(30), spread: 1)) }
        }
        if random.chance(habits.wrapUpAsked) {
            let start = length * random.fraction()
            put(.agent(index, .askForWrapUp(contact, true)), after: start)
            if random.chance(0.2) { put(.agent(index, .askForWrapUp(contact, false)), after: start + .seconds(3)) }
        }
        if random.chance(habits.keys) { put(.agent(index, .press(contact)), after: length * random.fraction()) }
        if random.chance(habits.warning) { put(.agent(index, .warn(contact)), after: length * random.fraction()) }
        if random.chance(habits.dismissal) {
            let reason = random.chance(0.9) ? random.oneOf(DismissalReason.allCases) : nil
            put(.agent(index, .dismiss(contact, reason)), after: length * random.fraction())
        }
        if random.chance(habits.handOver) { put(.agent(index, .handOver(contact)), after: length * random.fraction()) }
        if random.chance(habits.consult) {
            var moment = length * random.fraction()
            let consult: AgentDeed =
                switch random.fraction() {
                case ..<habits.consultOutside: .consultNumber(contact)
                case ..<(habits.consultOutside + habits.consultQueue): .consultQueue(contact, random.oneOf(scenario.queues).id)
                default: .consult(contact, random.oneOf(agents).agent.id)
                }
            put(.agent(index, consult), after: moment)
            for _ in 0..<random.between(0, 3) {
                moment += random.around(.seconds(10), spread: 1)
                put(.agent(index, .changeConsult(contact, random.oneOf(ConsultStage.allCases))), after: moment)
            }
            moment += random.around(.seconds(10), spread: 1)
            if random.chance(0.7) { put(.agent(index, .endConsult(contact, isTransfer: random.chance(0.6))), after: moment) }
        }
        if random.chance(habits.consultByPhone) {
            let start = length * random.fraction()
            // Some phones forget to hold; then nobody is called.
            if random.chance(0.9) { put(.hold(leg, true), after: start) }
            let colleague = random.chance(0.6) ? random.oneOf(agents).agent.id : nil
            put(.agent(index, .consultByPhone(contact, colleague)), after: start + .seconds(2))
        }
        planSupervision(of: contact, by: index, during: length)
        if random.chance(habits.sentOutside) { put(.agent(index, .sendOutside(contact)), after: length * random.fraction()) }
        // Some of these are of another project, or not free.
        if random.chance(habits.queueTransfer) {
            put(.agent(index, .transfer(contact, .queue(random.oneOf(scenario.queues).id))), after: length * random.fraction())
        }
        if random.chance(habits.agentTransfer) {
            put(.agent(index, .transfer(contact, .agent(random.oneOf(agents).agent.id))), after: length * random.fraction())
        }
    }
}
