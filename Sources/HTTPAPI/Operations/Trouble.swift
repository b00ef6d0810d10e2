import Primitives

/// Something that everybody on the floor must know of, from the moment it begins until it is over.
package struct Trouble: Sendable, Hashable {
    package enum Code: String, CaseIterable, Sendable {
        /// What happens cannot be written down: no call and no command is taken, talks go on.
        case storageFailing
        /// Calls that should be recorded are not: the disk does not take it, or the keys are missing. Talks go on.
        case recordingFailing
        /// The server is about to stop: no new call is taken, talks go on.
        case draining
    }

    package var code: Code
    package var since: Timestamp
    /// What an operator reads beside the code, in English: the system's own words. Never shown on a screen.
    package var reason: String

    package init(_ code: Code, since: Timestamp, reason: String = "") {
        self.code = code
        self.since = since
        self.reason = reason
    }
}

/// The troubles of now, in the order of their codes.
struct TroubleBook: Sendable {
    private var byCode: [Trouble.Code: Trouble] = [:]

    var troubles: [Trouble] { Trouble.Code.allCases.compactMap { byCode[$0] } }

    /// What began earlier keeps its beginning; its reason may be a newer one.
    ///
    /// - Returns: whether it is news for a screen.
    mutating func begin(_ trouble: Trouble) -> Bool {
        guard byCode[trouble.code] != nil else {
            byCode[trouble.code] = trouble
            return true
        }
        byCode[trouble.code]?.reason = trouble.reason
        return false
    }

    mutating func end(_ code: Trouble.Code) -> Bool { byCode.removeValue(forKey: code) != nil }
}

/// `event: troubles`: all of them, every time; empty when all is well.
struct TroublesWire: WireType {
    struct TroubleWire: WireType, Hashable {
        var code: String
        var since: Int64

        static let schemaName = "Trouble"
        static let schema = Schema.object([
            .required("code", .enumeration(Trouble.Code.allCases.map(\.rawValue))), .required("since", .time),
        ])
    }

    var troubles: [TroubleWire]

    init(_ troubles: [Trouble]) {
        self.troubles = troubles.map { TroubleWire(code: $0.code.rawValue, since: $0.since.milliseconds) }
    }

    static let schemaName = "Troubles"
    static let schema = Schema.object([.required("troubles", .array(.reference(TroubleWire.self)))])
}
