import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing

/// What goes wrong on a simulated day, and who is to blame: administrators, and messages that should not come.
extension World {
    /// A day on which everything happens that can.
    mutating func planDay(contacts: Int) {
        planAgents()
        planLearning()
        planCallers(contacts)
        let length = scenario.end - scenario.start
        for _ in 0..<min(100, max(3, contacts / 40)) { put(.setUpChanges, after: random.between(.zero, length)) }
        for _ in 0..<max(1, contacts / 100) { put(.noise, after: random.between(.zero, length)) }
        if let restart = scenario.restart { put(.restart, at: restart) }
    }

    /// An administrator changes who serves what, and sometimes gets it wrong.
    mutating func changeSetUp() {
        var changed: [Definition] = []
        for _ in 0..<random.between(1, 3) {
            let index = random.between(0, agents.count - 1)
            agents[index].agent.profile = Scenario.profile(
                of: scenario.queues, everything: random.chance(0.2), first: random.between(0, 5), delayChance: 0.4, using: &random)
            changed.append(.agent(agents[index].agent))
        }
        if random.chance(0.5) {
            var queue = random.oneOf(scenario.queues)
            queue.ringTimeout = random.between(.seconds(5), .seconds(20))
            queue.serviceLevelTarget = .seconds(random.between(5, 60))
            // A person is named to hand over to, or none any more.
            queue.escalationAgent = random.chance(0.7) ? random.oneOf(agents).agent.id : nil
            changed.append(.queue(queue))
        }
        send(.setUp(changed), by: .user(UserID(at: now, using: &random)))
        if random.chance(0.3) {
            let nowhere = RoutingProfile([.init(queue: QueueID(at: now, using: &random))])
            send(.setUp(changed.dropLast() + [.agent(Agent(id: agents[0].agent.id, phone: nil, profile: nowhere))]), by: .system)
        }
    }

    /// Things that should not come, and do.
    mutating func makeNoise() {
        let someLeg = callers.isEmpty ? LegID(at: now, using: &random) : callers[random.between(0, callers.count - 1)].leg
        let someAgent = random.oneOf(agents).agent.id
        let nobody = AgentID(at: now, using: &random)
        switch random.between(0, 20) {
        case 19: send(.soundEnded(someLeg ?? LegID(at: now, using: &random)))
        case 18: send(.wrapUpWanted(someAgent, ContactID(sameAs: someLeg ?? LegID(at: now, using: &random)), true), by: .system)
        case 17:
            send(.numberRefused(someAgent, random.oneOf(scenario.projects).id, .destinationNotAllowed, rule: "!+4490"), by: .system)
        case 13: send(.legInterrupted(LegID(at: now, using: &random)))
        case 14: send(.legResumed(someLeg ?? LegID(at: now, using: &random)))
        case 15: send(.answerWanted(nobody, ContactID(at: now, using: &random)), by: .system)
        case 16: send(.declineWanted(someAgent, ContactID(sameAs: someLeg ?? LegID(at: now, using: &random))), by: .system)
        case 0: send(.callArrived(LegID(at: now, using: &random), EntryPointID(at: now, using: &random)))
        case 1: send(.legEnded(LegID(at: now, using: &random)))
        case 2: send(.legAnswered(LegID(at: now, using: &random)))
        case 3: send(.contactCompleted(someAgent, ContactID(sameAs: someLeg ?? LegID(at: now, using: &random)), nil), by: .system)
        case 4: send(.presenceWanted(nobody, .ready), by: .system)
        case 5: send(.offerDeclined(someAgent, OfferID(at: now, using: &random)), by: .system)
        case 6: send(.phoneReachable(PhoneID(at: now, using: &random), false))
        case 7: send(.timePassed, by: .system)
        case 8: send(.legHeld(LegID(at: now, using: &random), true))
        case 9: send(.legLost(LegID(at: now, using: &random), .vanished))
        case 10: send(.dismissalWanted(someAgent, ContactID(sameAs: someLeg ?? LegID(at: now, using: &random)), .test), by: .system)
        case 12: send(.dialWanted(someAgent, ContactID(at: now, using: &random), QueueID(at: now, using: &random)), by: .system)
        case 11: send(.phoneWanted(nobody, ContactID(at: now, using: &random)), by: .system)
        default: if let someLeg, legs[someLeg]?.isTalking == true { send(.legRefused(someLeg, .busy)) }
        }
    }
}
