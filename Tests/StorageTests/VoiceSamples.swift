import Calls
import Contacts
import Organization
import Primitives

/// Made-up facts of talks.
extension Samples {
    static var voices: VoiceFacts {
        var facts = VoiceFacts(
            contact: id(1), agent: id(7), project: id(2), queue: id(3), since: moment, measured: .seconds(180), talkOver: .seconds(3),
            talkOvers: 2, deadAir: .seconds(8), deadAirLongest: .seconds(8))
        facts.customer.spoken = .seconds(70)
        facts.customer.level = -26
        facts.customer.noise = -55
        facts.customer.raised = .seconds(5)
        facts.customer.rise = 12
        facts.agentSide.spoken = .seconds(90)
        facts.agentSide.level = -30
        facts.agentSide.echo = 24
        facts.agentSide.echoDelay = .milliseconds(120)
        return facts
    }

    static func voices(using random: inout Random) -> VoiceFacts {
        func any<Tag>() -> ID<Tag> { ID(high: random.next(), low: random.next()) }
        func span() -> Duration { .microseconds(Int64(random.next() >> 24)) }
        func side() -> VoiceFacts.Side {
            var side = VoiceFacts.Side()
            side.spoken = span()
            side.level = random.chance(0.5) ? -26 : nil
            side.noise = random.chance(0.5) ? -60 : nil
            side.raised = span()
            side.rise = Int(random.next() % 30)
            side.echo = random.chance(0.5) ? 24 : nil
            side.echoDelay = random.chance(0.5) ? span() : nil
            return side
        }
        return VoiceFacts(
            contact: any(), agent: any(), project: any(), queue: any(), since: Timestamp(microseconds: Int64(random.next() >> 8)),
            measured: span(), customer: side(), agentSide: side(), talkOver: span(), talkOvers: Int(random.next() % 9), deadAir: span(),
            deadAirLongest: span())
    }
}
