import Calls
import Contacts
import Primitives
import Routing
import Storage

/// A contact in lists.
struct ContactWire: WireType {
    var id: String
    var direction: String
    var openedAt: Int64
    @OrNull var closedAt: Int64?
    var project: String
    @OrNull var queue: String?
    @OrNull var agent: String?
    @OrNull var number: String?
    @OrNull var outcome: String?
    var waitedMilliseconds: Int64
    var talkedMilliseconds: Int64
    var wrapUpMilliseconds: Int64
    @OrNull var disposition: String?
    @OrNull var note: String?

    static let schemaName = "Contact"
    static let schema = Schema.object(fields)
    static let fields: [Schema.Field] = [
        .required("id", .id), .required("direction", .enumeration(ContactDirection.ofCustomers.map(\.rawValue))),
        .required("openedAt", .time), .required("closedAt", .nullable(.time)), .required("project", .string),
        .required("queue", .nullable(.string)), .required("agent", .nullable(.string)), .required("number", .nullable(.string)),
        .required("outcome", .nullable(.enumeration(OutcomeName.all))), .required("waitedMilliseconds", .integer),
        .required("talkedMilliseconds", .integer), .required("wrapUpMilliseconds", .integer), .required("disposition", .nullable(.string)),
        .required("note", .nullable(.string)),
    ]

    /// - Parameter now: up to when an open contact has waited, talked or been wrapped up.
    init(_ row: ContactRow, names: Names, language: Language, now: Timestamp) {
        id = row.id.description
        direction = row.direction.rawValue
        openedAt = row.openedAt.milliseconds
        project = names.project(row.project, in: language)
        let end = row.closedAt ?? now
        func span(from start: Timestamp?, to next: Timestamp?) -> Int64 {
            start.map { max(0, ((next ?? end) - $0).milliseconds) } ?? 0
        }
        waitedMilliseconds = span(from: row.queuedAt, to: row.answeredAt)
        talkedMilliseconds = span(from: row.answeredAt, to: row.talkEndedAt)
        wrapUpMilliseconds = span(from: row.talkEndedAt, to: row.releasedAt)
        closedAt = row.closedAt?.milliseconds
        queue = row.queue.map { names.queue($0, in: language) }
        agent = row.agent.map { names.agent($0) }
        number = row.number
        outcome = row.outcome.map(OutcomeName.of)
        disposition = row.disposition.map { names.disposition($0, in: language) }
        note = row.note
    }
}

struct ContactListWire: WireType {
    var contacts: [ContactWire]
    /// For `before`, to read on; null at the end.
    @OrNull var next: String?

    static let schemaName = "ContactList"
    static let schema = Schema.object([
        .required("contacts", .array(.reference(ContactWire.self))), .required("next", .nullable(.string)),
    ])
}

/// One contact with everything that happened to it.
struct StoryWire: WireType {
    var contact: ContactWire
    var segments: [SegmentWire]
    var offers: [OfferWire]
    var events: [EventWire]
    /// Null if it never waited, or if the reader sees nobody's time.
    @OrNull var meanwhile: MeanwhileWire?
    /// Who looked at it; null for who may not see that.
    @OrNull var seenBy: [LookerWire]?

    static let schemaName = "ContactStory"
    static let schema = Schema.object(
        ContactWire.fields + [
            .required("segments", .array(.reference(SegmentWire.self))), .required("offers", .array(.reference(OfferWire.self))),
            .required("events", .array(.reference(EventWire.self))), .required("meanwhile", .nullable(.reference(MeanwhileWire.self))),
            .required("seenBy", .nullable(.array(.reference(LookerWire.self)))),
        ])

    /// The contact's fields and the story's lie side by side.
    func encode(to encoder: any Encoder) throws {
        try contact.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(segments, forKey: .segments)
        try container.encode(offers, forKey: .offers)
        try container.encode(events, forKey: .events)
        try container.encode(meanwhile, forKey: .meanwhile)
        try container.encode(seenBy, forKey: .seenBy)
    }

    private enum Keys: CodingKey { case segments, offers, events, meanwhile, seenBy }

    /// A span in which one thing went on.
    struct SegmentWire: WireType, Hashable {
        var kind: String
        var from: Int64
        @OrNull var to: Int64?
        @OrNull var agent: String?
        @OrNull var queue: String?

        static let schemaName = "Segment"
        static let schema = Schema.object([
            .required("kind", .enumeration(ContactStory.SegmentKind.allCases.map(\.rawValue))), .required("from", .time),
            .required("to", .nullable(.time)), .required("agent", .nullable(.string)), .required("queue", .nullable(.string)),
        ])
    }

    struct OfferWire: WireType, Hashable {
        var id: String
        var agent: String
        var at: Int64
        /// Null while it rings.
        @OrNull var result: String?
        var why: WhyWire

        static let schemaName = "OfferStory"
        static let schema = Schema.object([
            .required("id", .id), .required("agent", .string), .required("at", .time),
            .required("result", .nullable(.enumeration(OfferResult.allCases.map(\.rawValue)))), .required("why", .reference(WhyWire.self)),
        ])
    }

    struct EventWire: WireType, Hashable {
        var position: Int64
        var at: Int64
        var kind: String
        /// Who ended the talk.
        @OrNull var by: String?
        /// Why the customer was dismissed.
        @OrNull var reason: String?
        /// What came of a number that was dialled.
        @OrNull var result: String?
        /// Where the contact was sent, who was asked about it, or which supervisor came.
        @OrNull var to: String?
        /// Why a number outside was not called, and the set-up's rule that says so.
        @OrNull var refusal: String?
        @OrNull var rule: String?
        /// How a supervisor was beside the agent.
        @OrNull var mode: String?
        /// The queue of which a colleague was asked, and why routing chose him.
        @OrNull var queue: String?
        @OrNull var why: WhyWire?
        /// What was measured of a talk.
        @OrNull var voice: VoiceFactsWire?

        static let schemaName = "ContactEvent"
        static let schema = Schema.object([
            .required("position", .integer), .required("at", .time), .required("kind", .string),
            .required("by", .nullable(.enumeration(Party.allCases.map(\.rawValue)))),
            .required("reason", .nullable(.enumeration(DismissalReason.allCases.map(\.rawValue)))),
            .required("result", .nullable(.enumeration(DialResult.allCases.map(\.rawValue)))), .required("to", .nullable(.string)),
            .required("refusal", .nullable(.enumeration(DialRefusal.allCases.map(\.rawValue)))), .required("rule", .nullable(.string)),
            .required("mode", .nullable(.enumeration(SupervisionMode.allCases.map(\.rawValue)))),
            .required("queue", .nullable(.string)), .required("why", .nullable(.reference(WhyWire.self))),
            .required("voice", .nullable(.reference(VoiceFactsWire.self))),
        ])
    }
}

/// The names of outcomes on the wire.
enum OutcomeName {
    static let all = ["handled", "abandoned", "refused", "closed", "failed", "lostInRestart", "notReached"]

    static func of(_ outcome: ContactOutcome) -> String {
        switch outcome {
        case .handled: "handled"
        case .abandoned: "abandoned"
        case .refused: "refused"
        case .failed: "failed"
        case .closed: "closed"
        case .lostInRestart: "lostInRestart"
        case .notReached: "notReached"
        // Nobody asks: such a talk is in no list.
        case .internal: "internal"
        }
    }
}
