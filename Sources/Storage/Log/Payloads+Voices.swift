import Calls
import Contacts
import Organization
import Primitives

extension Payload {
    /// Levels are whole decibels; what was not found is left out.
    struct VoiceMeasured: Decodable {
        var agentSide: Side
        var customer: Side
        var deadAir: Int64
        var deadAirLongest: Int64
        var measured: Int64
        var project: String
        var queue: String
        var since: Int64
        var talkOver: Int64
        var talkOvers: Int

        struct Side: Decodable {
            var echo: Int64?
            var echoDelay: Int64?
            var level: Int64?
            var noise: Int64?
            var raised: Int64
            var rise: Int
            var spoken: Int64
        }
    }
}

extension Payload.VoiceMeasured {
    init(_ facts: VoiceFacts) {
        agentSide = Side(facts.agentSide)
        customer = Side(facts.customer)
        deadAir = facts.deadAir.microseconds
        deadAirLongest = facts.deadAirLongest.microseconds
        measured = facts.measured.microseconds
        project = facts.project.description
        queue = facts.queue.description
        since = facts.since.microseconds
        talkOver = facts.talkOver.microseconds
        talkOvers = facts.talkOvers
    }

    func facts(of contact: ContactID, _ agent: AgentID, project: ProjectID, queue: QueueID) -> VoiceFacts {
        VoiceFacts(
            contact: contact, agent: agent, project: project, queue: queue, since: Timestamp(microseconds: since),
            measured: .microseconds(measured), customer: customer.facts, agentSide: agentSide.facts, talkOver: .microseconds(talkOver),
            talkOvers: talkOvers, deadAir: .microseconds(deadAir), deadAirLongest: .microseconds(deadAirLongest))
    }
}

extension Payload.VoiceMeasured.Side {
    fileprivate init(_ side: VoiceFacts.Side) {
        echo = side.echo.map { Int64($0) }
        echoDelay = side.echoDelay?.microseconds
        level = side.level.map { Int64($0) }
        noise = side.noise.map { Int64($0) }
        raised = side.raised.microseconds
        rise = side.rise
        spoken = side.spoken.microseconds
    }

    fileprivate var facts: VoiceFacts.Side {
        var side = VoiceFacts.Side()
        side.spoken = .microseconds(spoken)
        side.level = level.map { Int(clamping: $0) }
        side.noise = noise.map { Int(clamping: $0) }
        side.raised = .microseconds(raised)
        side.rise = rise
        side.echo = echo.map { Int(clamping: $0) }
        side.echoDelay = echoDelay.map { .microseconds($0) }
        return side
    }
}

extension Payload.VoiceMeasured: PayloadText {
    func write(to text: inout JSONText) {
        text.field("agentSide", agentSide)
        text.field("customer", customer)
        text.field("deadAir", deadAir)
        text.field("deadAirLongest", deadAirLongest)
        text.field("measured", measured)
        text.field("project", project)
        text.field("queue", queue)
        text.field("since", since)
        text.field("talkOver", talkOver)
        text.field("talkOvers", talkOvers)
    }
}

extension Payload.VoiceMeasured.Side: PayloadText {
    func write(to text: inout JSONText) {
        text.field("echo", echo)
        text.field("echoDelay", echoDelay)
        text.field("level", level)
        text.field("noise", noise)
        text.field("raised", raised)
        text.field("rise", rise)
        text.field("spoken", spoken)
    }
}
