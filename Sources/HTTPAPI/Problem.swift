import Centre
import Contacts
import Hummingbird
import NIOCore
import Operation
import Scripting
import Storage

/// A refusal as the wire knows it: `application/problem+json` (RFC 9457), told apart by `code`.
package struct Problem: Error, Sendable {
    package var code: Code
    package var errors: [FieldError]
    /// Seconds after which trying again makes sense.
    package var retryAfter: Int?
    /// Of a script or a form: what keeps it from being published.
    package var flaws: [Flaw] = []
    /// Of a customer: what has become something else meanwhile.
    var conflicts: CustomerConflictsWire?

    init(_ code: Code, flaws: [Flaw]) {
        self.init(code)
        self.flaws = flaws
    }

    init(_ code: Code, errors: [FieldError] = [], retryAfter: Int? = nil) {
        self.code = code
        self.errors = errors
        self.retryAfter = retryAfter
    }

    static func invalid(_ field: String, _ rule: FieldError.Rule, limit: Int? = nil) -> Problem {
        Problem(.invalid, errors: [FieldError(field: field, rule: rule, limit: limit)])
    }

    package enum Code: String, CaseIterable, Sendable {
        case wrongCredentials, signInNeeded, tooManyAttempts, forbidden, foreignOrigin, notFound, invalid, tooLarge, staleState, unavailable
        case reasonNeeded, warningNeeded, noEscalation, heldAtPhone, agentNotFree, nobodyFree
        case answerAtPhone, browserUnsuitable
        case traineeAlone, traineeNeeded, seatTaken
        case agentBusy, notSignedOn, agentNeeded, tooMany, phoneUnreachable, noTrunk, destinationNotAllowed, callsLimit, callsPerHourLimit
        case changedMeanwhile, changedSince
        case recordingLocked
        case conflict
        case documentFlawed, keyTaken
        case overLimit
        case `internal`

        package var status: Int {
            switch self {
            case .wrongCredentials, .signInNeeded: 401
            case .tooManyAttempts, .callsLimit, .callsPerHourLimit: 429
            case .forbidden, .foreignOrigin, .destinationNotAllowed, .overLimit: 403
            case .notFound: 404
            case .invalid, .browserUnsuitable, .documentFlawed: 422
            case .tooLarge: 413
            case .changedMeanwhile: 412
            case .staleState, .reasonNeeded, .warningNeeded, .noEscalation, .heldAtPhone, .agentNotFree, .nobodyFree, .answerAtPhone,
                .agentBusy, .notSignedOn, .agentNeeded, .tooMany, .traineeAlone, .traineeNeeded, .seatTaken,
                .phoneUnreachable, .noTrunk, .changedSince, .recordingLocked, .conflict, .keyTaken:
                409
            case .unavailable: 503
            case .internal: 500
            }
        }

        var title: String {
            switch self {
            case .wrongCredentials: "Login or password is wrong"
            case .signInNeeded: "Sign in first"
            case .tooManyAttempts: "Too many attempts; try again later"
            case .forbidden: "Your role does not allow this"
            case .foreignOrigin: "Requests that change something must come from this site's own pages"
            case .notFound: "There is nothing here"
            case .invalid: "Something in the request is not as it must be"
            case .tooLarge: "The request is too large"
            case .staleState: "The contact or offer is no longer yours, or not in a state that allows this"
            case .reasonNeeded: "The customer is still there: say why the call is to end"
            case .warningNeeded: "A call ends for abuse only after a warning"
            case .noEscalation: "This queue has no supervisors to hand over to"
            case .heldAtPhone: "The phone itself holds the customer: take him back there"
            case .agentNotFree: "This colleague is not free"
            case .nobodyFree: "Nobody who serves this queue is free"
            case .answerAtPhone: "The call rings at the phone: answer it there"
            case .browserUnsuitable: "This browser offers no call that can be taken part in"
            case .agentBusy: "Sign on and complete your contact first"
            case .notSignedOn: "Sign on first"
            case .traineeAlone: "A trainee takes no calls until he is signed off, unless a mentor sits beside him"
            case .traineeNeeded: "One of the two who sit beside each other is a trainee"
            case .seatTaken: "One of the two sits beside somebody already"
            case .agentNeeded: "You have no desk to listen at"
            case .tooMany: "There are as many already as there may be"
            case .phoneUnreachable: "Your phone cannot be reached"
            case .noTrunk: "This project has no line to call by"
            case .destinationNotAllowed: "This project does not call such numbers"
            case .callsLimit: "This project has as many calls as it may"
            case .callsPerHourLimit: "You have called as many numbers within the hour as you may"
            case .changedMeanwhile: "Somebody has changed the set-up meanwhile"
            case .changedSince: "Parts of this have been changed since"
            case .recordingLocked: "The key that opens this recording is not here"
            case .conflict: "Somebody has changed this meanwhile"
            case .documentFlawed: "This cannot be published as it is"
            case .keyTaken: "The project has another with this key"
            case .overLimit: "This is more than you may decide alone: ask for approval"
            case .unavailable: "Nothing can be stored at the moment"
            case .internal: "The server made a mistake"
            }
        }
    }

    /// What a shell's error means to the one who asked.
    init(answering error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case is CentreActor.Unavailable: self.init(.unavailable, retryAfter: 5)
        case let refusal as Refusal: self.init(refusal: refusal)
        case let refusal as BrowserRefusal: self.init(refusal)
        case let refusal as DialRefusal: self.init(refusal: refusal)
        case let error as StorageError: self.init(storage: error)
        case let error as DatabaseError: self.init(database: error)
        default: self.init(.internal)
        }
    }

    private init(refusal: Refusal) {
        switch refusal {
        case .agentUnknown: self.init(.forbidden)
        case .contactUnknown, .staleState: self.init(.staleState)
        case .reasonNeeded: self.init(.reasonNeeded)
        case .warningNeeded: self.init(.warningNeeded)
        case .noEscalation: self.init(.noEscalation)
        case .heldAtPhone: self.init(.heldAtPhone)
        case .agentNotFree: self.init(.agentNotFree)
        case .nobodyFree: self.init(.nobodyFree)
        case .agentBusy: self.init(.agentBusy)
        case .notSignedOn: self.init(.notSignedOn)
        case .traineeAlone: self.init(.traineeAlone)
        case .traineeNeeded: self.init(.traineeNeeded)
        case .seatTaken: self.init(.seatTaken)
        case .phoneUnreachable: self.init(.phoneUnreachable)
        case .targetUnknown: self = .invalid("to", .unknown)
        case .notALeaf: self = .invalid("disposition", .notAllowed)
        case .setUp(let index, _): self = .invalid("[\(index)]", .notAllowed)
        case .limit("supervisors"): self.init(.tooMany)
        case .limit(let what): self = .invalid(what, .tooLong)
        }
    }

    private init(refusal: DialRefusal) {
        switch refusal {
        case .noTrunk: self.init(.noTrunk)
        case .badNumber: self = .invalid("number", .malformed)
        case .destinationNotAllowed: self.init(.destinationNotAllowed)
        case .callsLimit: self.init(.callsLimit, retryAfter: 30)
        case .callsPerHourLimit: self.init(.callsPerHourLimit, retryAfter: 300)
        }
    }

    private init(storage error: StorageError) {
        switch error {
        case .contactNotOpen, .contactOpen, .importing: self.init(.staleState)
        case .overloaded, .closed, .notWritten: self.init(.unavailable, retryAfter: 5)
        case .inUse, .newerSchema, .unsuitableServer, .unreadable: self.init(.internal)
        }
    }

    private init(database error: DatabaseError) {
        switch error.kind {
        case .full, .busy, .lost: self.init(.unavailable, retryAfter: 5)
        case .constraint, .misuse, .other: self.init(.internal)
        }
    }

    var response: Response {
        let body = ProblemWire(
            type: "urn:callfloor:problem:\(code.rawValue)", code: code.rawValue, title: code.title, status: code.status, errors: errors,
            flaws: flaws.isEmpty ? nil : flaws.map { FlawWire($0) }, conflicts: conflicts)
        var response = Response(json: body, status: HTTPResponse.Status(code: code.status))
        response.headers[.contentType] = Self.contentType
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        return response
    }

    static let contentType = "application/problem+json"
}

/// What is wrong with one field.
package struct FieldError: Encodable, Sendable, Hashable {
    /// Its name, a header's name, or the key path in a set-up file.
    package var field: String
    package var rule: String
    @OrNull package var limit: Int?
    /// What was found and what was expected; set-up files only.
    package var value: String?
    package var expected: String?
    package var min: Int?
    package var max: Int?
    package var choices: [String]?
    /// In which line of the text, 1 first.
    package var line: Int?

    package enum Rule: String, CaseIterable, Sendable {
        case required, unknown, tooLong, notAllowed, malformed
        case tooSmall, tooLarge, pattern, unknownAddress
    }

    init(field: String, rule: Rule, limit: Int? = nil) {
        self.field = field
        self.rule = rule.rawValue
        self.limit = limit
    }

    /// - Parameters:
    ///   - field: the key path, such as `queues[2].wrapUp`.
    ///   - min: with `max`, the limits that the rule sets; `choices`, what it lets one choose from.
    package init(
        field: String, rule: String, value: String?, expected: String?, min: Int? = nil, max: Int? = nil, choices: [String]? = nil,
        line: Int? = nil
    ) {
        self.field = field
        self.rule = rule
        self.value = value
        self.expected = expected
        self.min = min
        self.max = max
        self.choices = choices
        self.line = line
    }
}

struct ProblemWire: WireType {
    var type: String
    var code: String
    var title: String
    var status: Int
    var errors: [FieldError]
    var flaws: [FlawWire]?
    var conflicts: CustomerConflictsWire?

    static let schemaName = "Problem"
    static let schema = Schema.object([
        .required("type", .string), .required("code", .enumeration(Problem.Code.allCases.map(\.rawValue))), .required("title", .string),
        .required("status", .integer), .required("errors", .array(.reference(FieldError.self))),
        .optional("flaws", .array(.reference(FlawWire.self))), .optional("conflicts", .reference(CustomerConflictsWire.self)),
    ])
}

extension FieldError: WireType {
    static let schemaName = "FieldError"
    static let schema = Schema.object([
        .required("field", .string), .required("rule", .string), .required("limit", .nullable(.integer)), .optional("value", .string),
        .optional("expected", .string), .optional("min", .integer), .optional("max", .integer), .optional("choices", .array(.string)),
        .optional("line", .integer),
    ])
}
