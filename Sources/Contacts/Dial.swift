/// Whose phone rings while an agent dials.
package enum DialStage: String, Sendable, Hashable, CaseIterable {
    /// The agent's own.
    case phone
    /// The number's, or the colleague's: he hears it ring.
    case number
}

/// What came of a number, or a colleague, that was dialled.
package enum DialResult: String, Sendable, Hashable, CaseIterable {
    case answered
    case busy
    /// Somebody pressed reject, or wants no calls.
    case declined
    /// It rang, and nobody answered in time.
    case noAnswer
    case noSuchNumber
    /// The network could not bring the call there.
    case unreachable
    /// The agent gave up before an answer.
    case cancelled
    /// The agent's own phone did not take the call: the number was not called.
    case phoneUnanswered
    case lostInRestart

    /// Whether the number's side was asked at all: then the agent says what came of it.
    package var concernsNumber: Bool {
        switch self {
        case .answered, .busy, .declined, .noAnswer, .noSuchNumber, .unreachable, .cancelled: true
        case .phoneUnanswered, .lostInRestart: false
        }
    }
}

/// Why a number is not called. Nothing has happened then.
package enum DialRefusal: String, Error, CaseIterable, Hashable, Sendable {
    /// The project has no line to call by.
    case noTrunk
    /// What was written is no number.
    case badNumber
    /// The project does not call there.
    case destinationNotAllowed
    /// The project has as many calls to numbers outside as it may.
    case callsLimit
    /// The agent has called as many numbers within the hour as he may.
    case callsPerHourLimit
}
