import Calls
import Contacts
import Organization
import Primitives

extension VoiceFacts {
    var words: [String] {
        ["\(contact)", "\(agent)", "\(project)", "\(queue)", "\(since.microseconds)"]
            + [measured, talkOver, deadAir, deadAirLongest].map { "\($0.microseconds)" } + ["\(talkOvers)"] + customer.words
            + agentSide.words
    }

    init(_ words: inout WordReader) throws(RecordingError) {
        self.init(
            contact: try words.id("a contact"), agent: try words.id("an agent"), project: try words.id("a project"),
            queue: try words.id("a queue"), since: Timestamp(microseconds: try words.integer("a time")), measured: .zero)
        measured = try words.duration("a span")
        talkOver = try words.duration("a span")
        deadAir = try words.duration("a span")
        deadAirLongest = try words.duration("a span")
        talkOvers = try words.integer("a count")
        customer = try Side(&words)
        agentSide = try Side(&words)
    }
}

extension VoiceFacts.Side {
    fileprivate var words: [String] {
        [
            "\(spoken.microseconds)", level.map { "\($0)" } ?? "-", noise.map { "\($0)" } ?? "-", "\(raised.microseconds)", "\(rise)",
            echo.map { "\($0)" } ?? "-", echoDelay.map { "\($0.microseconds)" } ?? "-",
        ]
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        self.init()
        spoken = try words.duration("a span")
        level = try words.optionalInteger("a level")
        noise = try words.optionalInteger("a level")
        raised = try words.duration("a span")
        rise = try words.integer("decibels")
        echo = try words.optionalInteger("decibels")
        echoDelay = (try words.optionalInteger("a span")).map { .microseconds(Int64($0)) }
    }
}
