import Foundation
import Operation
import Organization
import Primitives

struct SetUpReportWire: WireType {
    var changed: [String]
    var unchanged: Int
    @OrNull var change: String?
    var version: String

    static let schemaName = "SetUpReport"
    static let schema = Schema.object([
        .required("changed", .array(.string)), .required("unchanged", .integer), .required("change", .nullable(.string)),
        .required("version", .string),
    ])

    init(_ report: SetUpReport) {
        changed = report.changed
        unchanged = report.unchanged
        change = report.change.map { String($0) }
        version = report.version
    }
}

struct SetUpWire: WireType {
    struct Phone: Encodable {
        var registers: Bool
        var reachable: Bool
        @OrNull var user: String?
    }

    struct User: Encodable {
        var hasPassword: Bool
    }

    struct Trunk: Encodable {
        var state: String
        var used: Bool
    }

    struct Transport: Encodable {
        var transport: String
        var port: Int
    }

    struct Facts: Encodable {
        var phones: Keyed<Phone>
        var users: Keyed<User>
        var trunks: Keyed<Trunk>
        var sip: [Transport]
    }

    var version: String
    var setUp: SetUpValue
    var facts: Facts
    var warnings: [SetUpWarningWire]
    /// What each role may, and how far.
    var roles: Keyed<Keyed<String>>
    var timeZones: [String]
    var meanings: [String]

    static let schemaName = "SetUp"
    static let schema = Schema.object([
        .required("version", .string), .required("setUp", .map(.any)),
        .required(
            "facts",
            .object([
                .required(
                    "phones",
                    .map(
                        .object([
                            .required("registers", .boolean), .required("reachable", .boolean), .required("user", .nullable(.string)),
                        ]))),
                .required("users", .map(.object([.required("hasPassword", .boolean)]))),
                .required(
                    "trunks",
                    .map(
                        .object([
                            .required("state", .enumeration(TrunkState.allCases.map(\.rawValue))), .required("used", .boolean),
                        ]))),
                .required("sip", .array(.object([.required("transport", .string), .required("port", .integer)]))),
            ])), .required("warnings", .array(.reference(SetUpWarningWire.self))), .required("roles", .map(.map(.string))),
        .required("timeZones", .array(.string)), .required("meanings", .array(.string)),
    ])

    init(_ sight: SetUpSight) {
        version = sight.version
        setUp = sight.document
        facts = Facts(
            phones: Keyed(sight.facts.phones.map { ($0, Phone(registers: $1.registers, reachable: $1.isReachable, user: $1.user)) }),
            users: Keyed(sight.facts.users.map { ($0, User(hasPassword: $1)) }),
            trunks: Keyed(sight.facts.trunks.map { ($0, Trunk(state: $1.state.rawValue, used: $1.isUsed)) }),
            sip: sight.facts.sip.map { Transport(transport: $0, port: $1) })
        warnings = sight.warnings.map { SetUpWarningWire($0) }
        roles = Keyed(
            Role.allCases.map { role in
                let scopes = Permission.allCases.compactMap { permission in
                    role.scope(of: permission).map { (permission.rawValue, $0.name) }
                }
                return (role.rawValue, Keyed(scopes))
            })
        timeZones = Self.knownZones
        meanings = Disposition.Meanings.named.map(\.name)
    }

    /// The names of the database of time zones that stand for places.
    private static let knownZones = (TimeZone.knownTimeZoneIdentifiers.filter { CivilTime(zone: $0) != nil } + ["GMT"])
        .reduce(into: Set<String>()) { $0.insert($1) }.sorted()
}

struct SetUpWarningWire: WireType, Hashable {
    var code: String
    var path: String

    static let schemaName = "SetUpWarning"
    static let schema = Schema.object([
        .required("code", .enumeration(SetUpWarning.Code.allCases.map(\.rawValue))), .required("path", .string),
    ])

    init(_ warning: SetUpWarning) {
        code = warning.code.rawValue
        path = warning.path
    }
}

struct SetUpChangesWire: WireType {
    struct Author: Encodable, Hashable {
        var login: String
        var name: String
    }

    struct Part: Encodable {
        var kind: String
        var key: String
        @OrNull var project: String?
        var before: SetUpValue
        var after: SetUpValue
        var secretChanged: Bool
    }

    struct Change: Encodable {
        var id: String
        /// Microseconds since 1970 UTC, as the log counts.
        var at: Int64
        @OrNull var by: Author?
        var parts: [Part]
        @OrNull var undoes: String?
        @OrNull var undoneBy: String?
    }

    var changes: [Change]
    var more: Bool

    static let schemaName = "SetUpChanges"
    static let schema = Schema.object([
        .required(
            "changes",
            .array(
                .object([
                    .required("id", .string), .required("at", .integer),
                    .required("by", .nullable(.object([.required("login", .string), .required("name", .string)]))),
                    .required(
                        "parts",
                        .array(
                            .object([
                                .required("kind", .string), .required("key", .string), .required("project", .nullable(.string)),
                                .required("before", .any), .required("after", .any), .required("secretChanged", .boolean),
                            ]))), .required("undoes", .nullable(.string)), .required("undoneBy", .nullable(.string)),
                ]))), .required("more", .boolean),
    ])

    /// - Parameter changes: one more than are asked for, if there are more.
    init(_ changes: [SetUpChangeSight], limit: Int) {
        more = changes.count > limit
        self.changes = changes.prefix(limit).map { change in
            Change(
                id: String(change.number), at: change.at.microseconds,
                by: change.author.map { Author(login: $0.login, name: $0.name) },
                parts: change.parts.map { part in
                    Part(
                        kind: part.kind, key: part.key, project: part.project, before: part.before ?? .null, after: part.after ?? .null,
                        secretChanged: part.secretChanged)
                }, undoes: change.undoes.map { String($0) }, undoneBy: change.undoneBy.map { String($0) })
        }
    }
}

/// An object whose keys are not known beforehand, in an order of their own.
struct Keyed<Value: Encodable & Sendable>: Encodable, Sendable {
    struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    var entries: [(String, Value)]

    init(_ entries: [(String, Value)]) {
        self.entries = entries
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (key, value) in entries { try container.encode(value, forKey: Key(key)) }
    }
}

extension SetUpValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .mapping(let entries): try Keyed(entries.map { ($0.key, $0.value) }).encode(to: encoder)
        case .list(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .truth(let truth):
            var container = encoder.singleValueContainer()
            try container.encode(truth)
        case .whole(let number):
            var container = encoder.singleValueContainer()
            try container.encode(number)
        case .text(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }
}
