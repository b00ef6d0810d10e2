import Calls
import Operation
import Organization
import Primitives
import Storage

/// Whether the talk at a desk is recorded.
struct RecordingStateWire: WireType, Hashable {
    /// `off`, `on` or `paused`; it is `off` while nothing can be kept, too. A pause is one whether the talk is recorded or not: nobody
    /// listens in.
    var state: String
    @OrNull var pausedAt: Int64?
    /// The customer hears that he is recorded.
    var announcing: Bool
    var mayPause: Bool
    /// The agent decides what is recorded.
    var onDemand: Bool

    static let schemaName = "RecordingState"
    static let schema = Schema.object([
        .required("state", .enumeration(["off", "on", "paused"])), .required("pausedAt", .nullable(.time)),
        .required("announcing", .boolean), .required("mayPause", .boolean),
        .required("onDemand", .boolean),
    ])

    init(_ desk: DeskContact) {
        state = desk.call.isPrivate ? "paused" : desk.call.recording == nil || !desk.keepsRecordings ? "off" : "on"
        pausedAt = desk.call.privateSince?.milliseconds
        announcing = desk.call.announcedUntil != nil
        mayPause = desk.recordingRule.mayPause
        onDemand = desk.recordingRule.calls == .onDemand
    }
}

/// A recording of a contact.
struct RecordingWire: WireType, Hashable {
    var id: String
    var startedAt: Int64
    @OrNull var endedAt: Int64?
    /// With whom it began.
    @OrNull var agent: String?
    /// It is kept whatever the project's rule says.
    var held: Bool
    @OrNull var erasedAt: Int64?
    @OrNull var erasedFor: String?

    static let schemaName = "Recording"
    static let schema = Schema.object([
        .required("id", .id), .required("startedAt", .time), .required("endedAt", .nullable(.time)),
        .required("agent", .nullable(.string)), .required("held", .boolean), .required("erasedAt", .nullable(.time)),
        .required("erasedFor", .nullable(.enumeration(ErasureReason.allCases.map(\.rawValue)))),
    ])

    init(_ row: RecordingRow, names: Names) {
        id = row.id.description
        startedAt = row.startedAt.milliseconds
        endedAt = row.endedAt?.milliseconds
        agent = names.agent(row.agent)
        held = row.isHeld
        erasedAt = row.erasedAt?.milliseconds
        erasedFor = row.erasedFor?.rawValue
    }
}

struct RecordingListWire: WireType {
    var recordings: [RecordingWire]
    /// The reader may take them along, keep and erase them.
    var mayKeep: Bool

    static let schemaName = "RecordingList"
    static let schema = Schema.object([
        .required("recordings", .array(.reference(RecordingWire.self))), .required("mayKeep", .boolean),
    ])
}

/// What is in a recording.
struct RecordingContentsWire: WireType {
    var milliseconds: Int64
    var ending: String
    var pauses: [SpanWire]
    var gaps: [SpanWire]
    var customer: [Int]
    var centre: [Int]

    static let schemaName = "RecordingContents"
    static let schema = Schema.object([
        .required("milliseconds", .integer), .required("ending", .enumeration(RecordingPort.Contents.Ending.allCases.map(\.rawValue))),
        .required("pauses", .array(.reference(SpanWire.self))), .required("gaps", .array(.reference(SpanWire.self))),
        .required("customer", .array(.integer)), .required("centre", .array(.integer)),
    ])

    /// In milliseconds from its beginning.
    struct SpanWire: WireType, Hashable {
        var from: Int64
        var to: Int64

        static let schemaName = "RecordingSpan"
        static let schema = Schema.object([.required("from", .integer), .required("to", .integer)])

        init(_ span: Range<Duration>) {
            from = span.lowerBound.milliseconds
            to = span.upperBound.milliseconds
        }
    }

    init(_ contents: RecordingPort.Contents) {
        milliseconds = contents.length.milliseconds
        ending = contents.ending.rawValue
        pauses = contents.pauses.map { SpanWire($0) }
        gaps = contents.gaps.map { SpanWire($0) }
        customer = contents.customer
        centre = contents.centre
    }
}

/// Whether a recording is to be kept whatever the project's rule says.
struct RecordingHold: WireInput {
    var held: Bool?

    static let schemaName = "RecordingHold"
    static let schema = Schema.object([.required("held", .boolean)])

    func checked() throws -> Bool {
        guard let held else { throw Problem.invalid("held", .required) }
        return held
    }
}

/// Why somebody takes a recording along.
enum ExportReason: String, CaseIterable {
    case complaint, dispute, authority, customerAsked, training
}
