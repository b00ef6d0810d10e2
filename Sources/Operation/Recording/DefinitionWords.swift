import Organization
import Primitives

// Definitions as words. Durations are whole microseconds, as everywhere outside the engine.

extension Definition {
    var words: [String] {
        switch self {
        case .project(let project): ["project"] + project.words
        case .queue(let queue): ["queue"] + queue.words
        case .entryPoint(let entry): ["entryPoint"] + entry.words
        case .disposition(let disposition): ["disposition"] + disposition.words
        case .agent(let agent): ["agent"] + agent.words
        case .retired(let retirement): ["retired"] + retirement.words
        }
    }

    init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("a definition")
        switch kind {
        case "project": self = .project(try Project(&words))
        case "queue": self = .queue(try Queue(&words))
        case "entryPoint": self = .entryPoint(try EntryPoint(&words))
        case "disposition": self = .disposition(try Disposition(&words))
        case "agent": self = .agent(try Agent(&words))
        case "retired": self = .retired(try Retirement(&words))
        default: throw words.unexpected(String(kind), wanted: "a definition")
        }
    }
}

extension Retirement {
    var words: [String] {
        switch self {
        case .project(let id): ["project", "\(id)"]
        case .queue(let id): ["queue", "\(id)"]
        case .entryPoint(let id): ["entryPoint", "\(id)"]
        case .disposition(let id): ["disposition", "\(id)"]
        case .agent(let id): ["agent", "\(id)"]
        }
    }

    init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("something that can be retired")
        switch kind {
        case "project": self = .project(try words.id("a project"))
        case "queue": self = .queue(try words.id("a queue"))
        case "entryPoint": self = .entryPoint(try words.id("an entry point"))
        case "disposition": self = .disposition(try words.id("a disposition"))
        case "agent": self = .agent(try words.id("an agent"))
        default: throw words.unexpected(String(kind), wanted: "something that can be retired")
        }
    }
}

extension Project {
    fileprivate var words: [String] { ["\(id)", time.zoneName, language.rawValue, hours?.description ?? "-", recording.description] }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let id: ProjectID = try words.id("a project")
        let zone = String(try words.word("a time zone"))
        guard let time = CivilTime(zone: zone) else { throw words.unexpected(zone, wanted: "a time zone") }
        let language: Language = try words.raw("a language")
        // Recordings of before opening hours end here.
        let written = words.isAtEnd ? "-" : String(try words.word("hours"))
        guard written == "-" || OpeningHours(written) != nil else { throw words.unexpected(written, wanted: "hours") }
        // And those of before recordings of calls here.
        guard let recording = words.isAtEnd ? .standard : RecordingRule(String(try words.word("what is recorded"))) else {
            throw words.unexpected("that", wanted: "what is recorded")
        }
        self.init(id: id, time: time, language: language, hours: OpeningHours(written), recording: recording)
    }
}

extension Queue {
    fileprivate var words: [String] {
        ["\(id)", "\(project)", "\(ringTimeout.microseconds)"] + wrapUp.words
            + ["\(serviceLevelTarget.microseconds)", "\(shortAbandon.microseconds)", "\(waitingMax)"]
            + ["\(reasonTimeout.microseconds)", word(escalation), word(escalationAgent)]
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        self.init(
            id: try words.id("a queue"), project: try words.id("a project"), ringTimeout: try words.duration("a ring time-out"),
            wrapUp: try WrapUpRule(&words), serviceLevelTarget: try words.duration("a target"),
            shortAbandon: try words.duration("a short abandon"), waitingMax: try words.integer("a limit"),
            // Recordings of before these end here.
            reasonTimeout: words.isAtEnd ? .seconds(20) : try words.duration("a time for reasons"),
            escalation: words.isAtEnd ? nil : try words.optionalID("a queue"),
            escalationAgent: words.isAtEnd ? nil : try words.optionalID("an agent"))
    }
}

extension WrapUpRule {
    fileprivate var words: [String] {
        switch self {
        case .none: ["none"]
        case .timed(let span): ["timed", "\(span.microseconds)"]
        case .untilDisposed: ["untilDisposed"]
        case .optional: ["optional"]
        case .onRequest(let span): ["onRequest", "\(span.microseconds)"]
        }
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let kind = try words.word("a wrap-up rule")
        switch kind {
        case "none": self = .none
        case "timed": self = .timed(try words.duration("a wrap-up time"))
        case "untilDisposed": self = .untilDisposed
        case "optional": self = .optional
        case "onRequest": self = .onRequest(try words.duration("a wrap-up time"))
        default: throw words.unexpected(String(kind), wanted: "a wrap-up rule")
        }
    }
}

extension EntryPoint {
    fileprivate var words: [String] {
        ["\(id)", "\(project)", "\(queue)", "\(priority.level)", language.rawValue, hours?.description ?? "-"]
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let (id, project, queue): (EntryPointID, ProjectID, QueueID)
        id = try words.id("an entry point")
        project = try words.id("a project")
        queue = try words.id("a queue")
        let level: Int = try words.integer("a priority")
        guard let priority = ContactPriority(level) else { throw words.unexpected("\(level)", wanted: "a priority from 1 to 99") }
        let language: Language = try words.raw("a language")
        // Recordings of before opening hours end here.
        let written = words.isAtEnd ? "-" : String(try words.word("hours"))
        guard written == "-" || Hours(written) != nil else { throw words.unexpected(written, wanted: "hours") }
        self.init(id: id, project: project, queue: queue, priority: priority, language: language, hours: Hours(written))
    }
}

extension Disposition {
    fileprivate var words: [String] { ["\(id)", "\(project)", word(parent), "\(meanings.rawValue)"] }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        self.init(
            id: try words.id("a disposition"), project: try words.id("a project"), parent: try words.optionalID("a disposition"),
            meanings: Meanings(rawValue: try words.integer("meanings")))
    }
}

extension Agent {
    fileprivate var words: [String] {
        ["\(id)", word(team), word(phone), "\(profile.entries.count)"]
            + profile.entries.flatMap { ["\($0.queue)", "\($0.priority)", "\($0.delay.microseconds)"] } + ["\(isTrainee)"]
    }

    fileprivate init(_ words: inout WordReader) throws(RecordingError) {
        let id: AgentID = try words.id("an agent")
        let team: TeamID? = try words.optionalID("a team")
        let phone: PhoneID? = try words.optionalID("a phone")
        let count: Int = try words.integer("a number of queues")
        guard (0...RoutingProfile.entriesMax).contains(count) else { throw words.unexpected("\(count)", wanted: "a number of queues") }
        var entries: [RoutingProfile.Entry] = []
        for _ in 0..<count {
            entries.append(
                .init(queue: try words.id("a queue"), priority: try words.integer("a priority"), delay: try words.duration("a delay")))
        }
        // Recordings of before trainees end here.
        let isTrainee = words.isAtEnd ? false : try words.bool("true or false")
        self.init(id: id, team: team, phone: phone, profile: RoutingProfile(entries), isTrainee: isTrainee)
    }
}
