import Primitives

/// One line of work the centre does, for itself or for a client: the border of rights, queues and figures.
package struct Project: Hashable, Sendable {
    package let id: ProjectID
    /// In whose time zone its day begins and its figures are cut.
    package var time: CivilTime
    /// What its callers hear where nothing else is said.
    package var language: Language
    /// When its calls are taken; nil: always.
    package var hours: OpeningHours?
    /// Which of its calls are recorded.
    package var recording: RecordingRule

    package init(
        id: ProjectID, time: CivilTime, language: Language, hours: OpeningHours? = nil, recording: RecordingRule = .standard
    ) {
        self.id = id
        self.time = time
        self.language = language
        self.hours = hours
        self.recording = recording
    }

    /// From the first opening of the day to its last closing; nil where the project has no hours, or none on that day.
    package func workingDay(at now: Timestamp) -> Range<Timestamp>? {
        let day = time.date(of: now)
        guard let minutes = hours?.extent(of: day) else { return nil }
        let opening = time.moment(atMinute: minutes.lowerBound, of: day)
        return opening..<max(opening, time.moment(atMinute: minutes.upperBound, of: day))
    }

    package func isOpen(at now: Timestamp) -> Bool { hours?.isOpen(at: now, in: time) ?? true }
}

/// A number (or later an address) at which a project is reached, and where its contacts go.
package struct EntryPoint: Hashable, Sendable {
    package let id: EntryPointID
    package let project: ProjectID
    package var queue: QueueID
    package var priority: ContactPriority
    package var language: Language
    /// Nil: those of its project.
    package var hours: Hours?

    package init(
        id: EntryPointID, project: ProjectID, queue: QueueID, priority: ContactPriority = .normal, language: Language, hours: Hours? = nil
    ) {
        self.id = id
        self.project = project
        self.queue = queue
        self.priority = priority
        self.language = language
        self.hours = hours
    }
}

/// How soon a contact is served among those of its queue: 1 before 99; within one priority the longest waiting first.
package struct ContactPriority: Hashable, Comparable, Sendable {
    package let level: UInt8

    /// Nil outside 1…99.
    package init?(_ level: Int) {
        guard (1...99).contains(level) else { return nil }
        self.level = UInt8(level)
    }

    package static let normal = ContactPriority(50)!
    package static let urgent = ContactPriority(10)!

    package static func < (left: Self, right: Self) -> Bool { left.level < right.level }
}
