import Calls
import Centre
import Contacts
import Foundation
import Organization
import Primitives

/// Somebody who calls, and perhaps calls again.
struct Caller: Sendable {
    let entryPoint: EntryPointID
    /// He does not call again after this.
    let until: Timestamp
    /// The line of the latest call.
    var leg: LegID?
    var calls = 0

    static let callsMax = 4
}

/// A line as it is outside, at the customer's or the agent's end.
struct OutsideLeg: Sendable {
    let party: Party
    var isTalking = false
    /// On the agent's headset instead of a phone.
    var isOnHeadset = false
    /// Answered: by us for a customer, by the agent for a phone.
    var isUp = false
    var hears = Hearing.nothing
    var recording: RecordingID?
    var isPrivate = false

    /// What comes out of the receiver.
    enum Hearing: Hashable, Sendable {
        case nothing
        case sound(Sound)
        case parties(Set<LegID>)
    }

    /// Those with whom it is put through, whoever hears whom.
    var linked: Set<LegID> = []

    enum Party: Sendable {
        case caller(Int)
        case agent(Int)
        /// Somebody whom an agent has called.
        case called
    }

    init(_ party: Party) {
        self.party = party
    }
}

extension World {
    /// Calls come all day, most around eleven and again in the afternoon: a Poisson process of which the number is given,
    /// so each call's time is drawn from the day's curve by itself.
    mutating func planCallers(_ contacts: Int) {
        for _ in 0..<contacts {
            let entryPoint = random.oneOf(scenario.entryPoints).id
            plan(callTo: entryPoint, at: scenario.start + (scenario.end - scenario.start) * placeOfCall(), until: scenario.end)
        }
    }

    /// - Parameter until: who is not answered does not call again after this.
    mutating func plan(callTo entryPoint: EntryPointID, at moment: Timestamp, until: Timestamp) {
        put(.dial(caller: callers.count), at: moment)
        callers.append(Caller(entryPoint: entryPoint, until: until))
    }

    /// The part of the day at which somebody calls, from 0 to 1.
    mutating func placeOfCall() -> Double {
        var place = random.fraction()
        // By rejection: the curve stays below 1.
        while !random.chance(Self.load(at: place)) { place = random.fraction() }
        return place
    }

    /// How busy the lines are at a part of the day, from 0 to 1.
    static func load(at place: Double) -> Double {
        0.25 + 0.6 * exp(-pow((place - 0.35) / 0.15, 2)) + 0.4 * exp(-pow((place - 0.75) / 0.12, 2))
    }

    mutating func dial(_ caller: Int) {
        let leg = LegID(at: now, using: &random)
        callers[caller].leg = leg
        callers[caller].calls += 1
        legs[leg] = OutsideLeg(.caller(caller))
        coming.insert(leg)
        send(.callArrived(leg, callers[caller].entryPoint), on: leg)
        let patience =
            random.chance(scenario.habits.hurriedCall)
            ? random.between(.zero, .seconds(1)) : random.around(scenario.patience, spread: scenario.patienceSpread)
        put(.patienceEnds(leg), after: patience)
    }

    mutating func patienceEnds(on leg: LegID) {
        guard let line = legs[leg], !line.isTalking else { return }
        hangUp(leg)
        if case .caller(let caller) = line.party { perhapsCallAgain(caller) }
    }

    mutating func perhapsCallAgain(_ caller: Int) {
        guard callers[caller].calls < Caller.callsMax, random.chance(scenario.redialChance) else { return }
        let pause = random.between(.seconds(5), .seconds(300))
        guard now + pause < callers[caller].until else { return }
        put(.dial(caller: caller), after: pause)
    }

    /// A party ends its line, if it still has it.
    mutating func hangUp(_ leg: LegID) {
        guard legs[leg] != nil else { return }
        send(.legEnded(leg), on: leg)
        legGone(leg)
    }

    mutating func legGone(_ leg: LegID) {
        unlink(leg)
        guard let line = legs.removeValue(forKey: leg) else { return }
        offerOnLeg[leg] = nil
        if case .agent(let index) = line.party { agents[index].legs.removeAll { $0 == leg } }
    }

    /// What the engine wants reaches the outside.
    mutating func carryOut(_ directive: CallDirective) {
        switch directive {
        case .ring(let leg, let phone, _): ring(leg, at: phone)
        case .call(let leg, _): callNumber(leg)
        case .answer(let leg): legs[leg]?.isUp = true
        case .refuse(let leg, _):
            guard let line = legs[leg] else { return }
            legGone(leg)
            if case .caller(let caller) = line.party { perhapsCallAgain(caller) }
        case .end(let leg): legGone(leg)
        case .play(let leg, let sound):
            unlink(leg)
            if !awaited.isEmpty { awaited = awaited.filter { !$0.value.contains { $0.leg == leg } } }
            legs[leg]?.hears = .sound(sound)
            if sound == .music { hearMusic(leg) }
            if case .recorded = sound, random.chance(0.9) { put(.input(.soundEnded(leg), by: .network, leg: nil), after: .seconds(4)) }
            // At times nobody tells the end.
            if case .closed = sound, random.chance(0.9) { put(.input(.soundEnded(leg), by: .network, leg: nil), after: .seconds(6)) }
        case .bridge(let customer, let agent): talk(customer, agent)
        case .consult(let leg, let phone, _, _): ring(leg, at: phone)
        case .supervise(let leg, let phone, _): callSupervisor(leg, at: phone)
        case .confer(let voices): link(voices)
        case .press: break
        case .record(let leg, let recording): legs[leg]?.recording = recording
        case .stopRecording(let leg): legs[leg]?.recording = nil
        case .keepPrivate(let leg, let isWanted): legs[leg]?.isPrivate = isWanted
        case .recover(let leg): if random.chance(0.05) { vanish(leg, .restart) }
        }
    }

    /// A customer who has been talking waits again, and not for ever.
    private mutating func hearMusic(_ leg: LegID) {
        guard legs[leg]?.isTalking == true else { return }
        legs[leg]?.isTalking = false
        put(.patienceEnds(leg), after: random.around(scenario.patience, spread: scenario.patienceSpread))
    }

    /// Whoever was put through to the line hears it no more.
    private mutating func unlink(_ leg: LegID) {
        for other in legs[leg]?.linked ?? [] {
            legs[other]?.linked.remove(leg)
            if case .parties(var heard) = legs[other]?.hears {
                heard.remove(leg)
                legs[other]?.hears = heard.isEmpty ? .nothing : .parties(heard)
            }
        }
        legs[leg]?.linked = []
    }

    /// These hear each other, as far as each may.
    mutating func link(_ voices: [Voice]) {
        for voice in voices where legs[voice.leg] == nil && isUnderWay(voice.leg) { awaited[voice.leg] = voices }
        for voice in voices { unlink(voice.leg) }
        let there = voices.filter { legs[$0.leg] != nil }
        for voice in there {
            let others = there.filter { $0.leg != voice.leg }
            let heard = Set(others.filter { $0.isHeard(by: voice) }.map(\.leg))
            legs[voice.leg]?.linked = Set(others.map(\.leg))
            legs[voice.leg]?.hears = heard.isEmpty ? .nothing : .parties(heard)
        }
    }

    /// A line is gone without a word, and the server finds out.
    mutating func vanish(_ leg: LegID, _ loss: LegLoss) {
        guard legs[leg] != nil else { return }
        send(.legLost(leg, loss), on: leg)
        legGone(leg)
    }

    /// Two agents talk until one of them hangs up, at his phone or at his desk; or is gone.
    private mutating func planInternalTalk(_ contact: Contact, _ colleague: AgentID, _ theirs: LegID, _ own: LegID) {
        let end = random.around(.seconds(40), spread: 1)
        let whose = random.chance(0.5)
        put(.talkEnds(whose ? own : theirs), after: end)
        if random.chance(0.1) { put(.vanish(random.chance(0.5) ? own : theirs), after: end * random.fraction()) }
        guard random.chance(0.4), let agent = whose ? contact.state.agent : colleague, let index = agentOf[agent] else { return }
        put(.agent(index, .dismiss(contact.id, nil)), after: end * random.fraction())
    }

    /// Both hear each other; in the end one of them hangs up, mostly the customer.
    mutating func talk(_ customer: LegID, _ agent: LegID) {
        guard legs[customer] != nil else { return }
        link([Voice(customer), Voice(agent)])
        if case .agent = legs[customer]?.party {
            if let contact = engine.contacts[ContactID(sameAs: customer)], let colleague = contact.colleague {
                return planInternalTalk(contact, colleague, customer, agent)
            }
            // An agent and the colleague whom he asks, who may hang up before he is told to.
            if random.chance(0.2) { put(.talkEnds(agent), after: random.around(.seconds(30), spread: 1)) }
            return
        }
        legs[customer]?.isTalking = true
        legs[agent]?.isTalking = true
        let length =
            random.chance(scenario.habits.briefTalk) ? random.between(.zero, .seconds(2)) : random.around(scenario.talk, spread: 0.6)
        put(.talkEnds(random.chance(scenario.habits.customerEnds) ? customer : agent), after: length)
        planCallControl(of: customer, agent, during: length)
        if random.chance(scenario.habits.holdAtPhone) {
            let start = length * random.fraction()
            put(.hold(agent, true), after: start)
            put(.hold(agent, false), after: start + random.around(.seconds(30), spread: 1))
        }
        if random.chance(scenario.habits.vanishing) {
            put(.vanish(random.chance(0.5) ? customer : agent), after: length * random.fraction())
        }
        // Sometimes both at once: the ends cross on the wire.
        if random.chance(scenario.habits.crossing) { put(.talkEnds(agent), after: length) }
    }
}
