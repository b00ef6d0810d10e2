import Calls
import Centre
import Contacts
import Organization
import Primitives

/// Those who listen in, whisper, join and take over; and agents who ask for them.
extension World {
    /// Somebody comes beside the agent during a talk, tries what there is, and leaves, takes over or stays to the end. Some are busy, and one
    /// in so many is the agent himself.
    mutating func planSupervision(of contact: ContactID, by index: Int, during length: Duration) {
        let habits = scenario.habits
        if random.chance(habits.help) {
            let start = length * random.fraction()
            put(.agent(index, .askForHelp(true)), after: start)
            if random.chance(0.3) { put(.agent(index, .askForHelp(false)), after: start + .seconds(10)) }
            if random.chance(0.3) { put(.agent(random.between(0, agents.count - 1), .free(agents[index].agent.id)), after: length) }
        }
        guard random.chance(habits.supervision) else { return }
        for _ in 0..<random.between(1, 4) {
            let supervisor = random.between(0, agents.count - 1)
            var moment = length * random.fraction()
            let straight = random.chance(0.05)
            put(
                .agent(supervisor, straight ? .takeOver(contact) : .supervise(contact, random.oneOf(SupervisionMode.allCases))),
                after: moment)
            for _ in 0..<random.between(0, 5) {
                moment += random.around(.seconds(5), spread: 1)
                let deed: AgentDeed =
                    random.chance(0.5)
                    ? .openMicrophone(contact, random.chance(0.7)) : .supervise(contact, random.oneOf(SupervisionMode.allCases))
                put(.agent(supervisor, deed), after: moment)
            }
            moment += random.around(.seconds(5), spread: 1)
            switch random.fraction() {
            case ..<0.3: put(.agent(supervisor, .endSupervision(contact)), after: moment)
            case ..<0.5: put(.agent(supervisor, .takeOver(contact)), after: moment)
            default: break
            }
        }
    }

    /// A supervisor's phone rings, or his headset is put through; he may hang up, or be gone.
    mutating func callSupervisor(_ leg: LegID, at phone: PhoneID) {
        ring(leg, at: phone)
        planSupervisorsEnd(leg)
    }

    mutating func superviseOnHeadset(_ leg: LegID, _ index: Int) {
        guard agents[index].isHeadsetConnected else { return refuse(leg, .unreachable) }
        legs[leg] = OutsideLeg(.agent(index))
        legs[leg]?.isOnHeadset = true
        legs[leg]?.isUp = true
        agents[index].legs.append(leg)
        planSupervisorsEnd(leg)
    }

    private mutating func planSupervisorsEnd(_ leg: LegID) {
        switch random.fraction() {
        case ..<0.3: put(.talkEnds(leg), after: random.around(.seconds(40), spread: 1))
        case ..<0.35: put(.vanish(leg), after: random.around(.seconds(30), spread: 1))
        default: break
        }
    }
}
