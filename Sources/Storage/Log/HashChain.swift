import Contacts
import Centre
import Crypto
import Organization
import Primitives

/// The chain over the log: each row's hash covers the row and the hash before it, so that no row can be changed, taken out
/// or put in without every later hash telling.
enum HashChain {
    /// The hash before the first row.
    static let start = [UInt8](repeating: 0, count: 32)

    /// SHA-256 over the previous hash and the row's columns in their order in the table: numbers as eight bytes, most
    /// significant first; ids as their sixteen; texts as their UTF-8 behind its length; before each column that may be
    /// missing, one byte that says whether it is there.
    static func hash(of row: LogRow, after previous: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + row.payload.utf8.count)
        bytes += previous
        append(row.position, to: &bytes)
        append(row.at, to: &bytes)
        append(row.kind, to: &bytes)
        append(row.version, to: &bytes)
        append(row.project, to: &bytes)
        append(row.contact, to: &bytes)
        append(row.agent, to: &bytes)
        append(row.queue, to: &bytes)
        append(row.customer, to: &bytes)
        append(row.actor, to: &bytes)
        append(row.cause, to: &bytes)
        append(row.payload, to: &bytes)
        return [UInt8](SHA256.hash(data: bytes))
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        append(Int64(text.utf8.count), to: &bytes)
        bytes += text.utf8
    }

    private static func append<Tag>(_ id: ID<Tag>?, to bytes: inout [UInt8]) {
        bytes.append(id == nil ? 0 : 1)
        guard let id else { return }
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes += $0 }
    }
}

/// One row of the log, in the words of the table.
struct LogRow {
    var position: Int64
    var at: Int64
    var kind: String
    var version: Int64
    var project: ProjectID?
    var contact: ContactID?
    var agent: AgentID?
    var queue: QueueID?
    var customer: CustomerID?
    /// `system`, `network`, or `user:` and the user's id.
    var actor: String
    var cause: String
    /// JSON; no personal value, only ids.
    var payload: String

    init(_ entry: LogEntry, _ codec: EventCodec) {
        let kind = EventKind(of: entry.event)
        position = entry.position.number
        at = entry.at.microseconds
        self.kind = kind.rawValue
        version = Int64(kind.version)
        project = entry.project
        contact = entry.contact
        agent = entry.agent
        queue = entry.queue
        if case .contactIdentified(_, let customer, _) = entry.event { self.customer = customer }
        actor = entry.actor.text
        cause = entry.cause
        payload = codec.payload(of: entry.event)
    }

    /// Reads the columns in the order of `LogStatements.columns`.
    init(_ row: inout Row) throws {
        position = try row.integer()
        at = try row.integer()
        kind = try row.text()
        version = try row.integer()
        project = try row.idOrNil()
        contact = try row.idOrNil()
        agent = try row.idOrNil()
        queue = try row.idOrNil()
        customer = try row.idOrNil()
        actor = try row.text()
        cause = try row.text()
        payload = try row.text()
    }

    func entry(_ codec: EventCodec) throws -> LogEntry {
        guard let actor = Actor(text: actor) else { throw StorageError.unreadable("the actor of log position \(position)") }
        return LogEntry(
            position: LogPosition(position), at: Timestamp(microseconds: at),
            event: try codec.event(kind: kind, version: Int(version), payload: payload, contact: contact, agent: agent),
            project: project, contact: contact, agent: agent, queue: queue, actor: actor, cause: cause)
    }
}

extension Actor {
    fileprivate var text: String {
        switch self {
        case .system: "system"
        case .network: "network"
        case .user(let user): "user:\(user)"
        }
    }

    fileprivate init?(text: String) {
        switch text {
        case "system": self = .system
        case "network": self = .network
        default:
            guard text.hasPrefix("user:"), let user = UserID(String(text.dropFirst(5))) else { return nil }
            self = .user(user)
        }
    }
}
