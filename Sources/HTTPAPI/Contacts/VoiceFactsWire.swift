import Calls
import Centre
import Primitives

/// What was measured of the voices in a talk; spans in milliseconds, levels in dBov, differences in dB.
struct VoiceFactsWire: WireType, Hashable {
    var agentName: String
    var since: Int64
    var measured: Int64
    var customer: SideWire
    var agent: SideWire
    var talkOver: Int64
    var talkOvers: Int
    var deadAir: Int64
    var deadAirLongest: Int64
    /// Somebody raised his voice, for long enough to count.
    var raised: Bool

    static let schemaName = "VoiceFacts"
    static let schema = Schema.object([
        .required("agentName", .string), .required("since", .time), .required("measured", .integer),
        .required("customer", .reference(SideWire.self)), .required("agent", .reference(SideWire.self)), .required("talkOver", .integer),
        .required("talkOvers", .integer), .required("deadAir", .integer), .required("deadAirLongest", .integer),
        .required("raised", .boolean),
    ])

    struct SideWire: WireType, Hashable {
        var spoken: Int64
        @OrNull var level: Int?
        @OrNull var noise: Int?
        var raised: Int64
        var rise: Int
        /// How much weaker what this side was sent came back from it, and after how long.
        @OrNull var echo: Int?
        @OrNull var echoDelay: Int64?

        static let schemaName = "VoiceSide"
        static let schema = Schema.object([
            .required("spoken", .integer), .required("level", .nullable(.integer)), .required("noise", .nullable(.integer)),
            .required("raised", .integer), .required("rise", .integer), .required("echo", .nullable(.integer)),
            .required("echoDelay", .nullable(.integer)),
        ])
    }
}

extension VoiceFactsWire {
    init(_ facts: VoiceFacts, names: Names) {
        agentName = names.agent(facts.agent)
        since = facts.since.milliseconds
        measured = facts.measured.milliseconds
        customer = SideWire(facts.customer)
        agent = SideWire(facts.agentSide)
        talkOver = facts.talkOver.milliseconds
        talkOvers = facts.talkOvers
        deadAir = facts.deadAir.milliseconds
        deadAirLongest = facts.deadAirLongest.milliseconds
        raised = facts.isRaised
    }
}

extension VoiceFactsWire.SideWire {
    fileprivate init(_ side: VoiceFacts.Side) {
        spoken = side.spoken.milliseconds
        level = side.level
        noise = side.noise
        raised = side.raised.milliseconds
        rise = side.rise
        echo = side.echo
        echoDelay = side.echoDelay?.milliseconds
    }
}

extension [LogEntry] {
    /// Of what was said of the same talk's voices only the last.
    var withoutOldVoices: [LogEntry] {
        var seen: Set<Timestamp> = []
        return reversed().filter { entry in
            guard case .voiceMeasured(let facts) = entry.event else { return true }
            return seen.insert(facts.since).inserted
        }.reversed()
    }
}
