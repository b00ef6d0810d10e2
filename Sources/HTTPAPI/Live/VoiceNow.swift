import Organization

/// How the voices of an agent's talk are at this moment, as far as somebody has to see it. In no log; it changes seldom.
package struct VoiceNow: Hashable, Sendable {
    package enum Level: String, Sendable, CaseIterable { case quiet, good, loud }

    /// What is wrong, in the order in which it is told.
    package enum Sign: String, Sendable, Hashable, CaseIterable {
        case talkOver, deadAir, customerRaised, agentRaised, echo, noise
    }

    /// How loud each is; nil: he has not spoken yet.
    package var agent: Level?
    package var customer: Level?
    package var signs: Set<Sign>

    package init(agent: Level?, customer: Level?, signs: some Sequence<Sign>) {
        self.agent = agent
        self.customer = customer
        self.signs = Set(signs)
    }
}

/// The same for a desk; all null or empty: nothing is measured.
struct VoiceWire: WireType, Hashable {
    @OrNull var agent: String?
    @OrNull var customer: String?
    var signs: [String]

    static let schemaName = "VoiceNow"
    static let schema = Schema.object([
        .required("agent", .nullable(.enumeration(VoiceNow.Level.allCases.map(\.rawValue)))),
        .required("customer", .nullable(.enumeration(VoiceNow.Level.allCases.map(\.rawValue)))),
        .required("signs", .array(.enumeration(signNames))),
    ])
    static let signNames = VoiceNow.Sign.allCases.map(\.rawValue)

    init(_ voice: VoiceNow?) {
        agent = voice?.agent?.rawValue
        customer = voice?.customer?.rawValue
        signs = voice?.signNames ?? []
    }
}

extension VoiceNow {
    var signNames: [String] { Sign.allCases.filter(signs.contains).map(\.rawValue) }
}
