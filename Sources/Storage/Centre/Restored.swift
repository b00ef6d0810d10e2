import Centre
import Contacts
import Operation
import Organization
import Primitives
import Routing

/// What a server begins with: the engine as the stored log left it, and the commands that have been carried out.
package struct Restored: Sendable {
    package var engine: CentreEngine
    /// Oldest first.
    package var performed: [(CommandKey, LogPosition)]
    /// When the last entry was written; the past of all time for an empty log.
    package var lastAt: Timestamp
    package var legs: [LegRecord]
    package var registrations: [RegistrationRecord]
}

extension Store {
    /// The engine as applying the whole log would have left it, from a part of the log: the definitions, the entries of the
    /// contacts that are open, and each agent's state as the tables have it.
    package func restore() async throws -> Restored {
        try await readers.read { connection in
            // One transaction: the log, the contacts and the agents of one moment.
            try connection.transaction(.reading) {
                let codec = EventCodec()
                var engine = CentreEngine()
                try connection.forEach(LogStatements.ofRestart, [:]) { engine.apply(try LogRow(&$0).entry(codec)) }
                let head = try connection.first(LogStatements.end) { row in
                    (position: LogPosition(try row.integer()), at: Timestamp(microseconds: try row.integer()))
                }
                let agents = try AgentStates(from: connection).states.sorted { $0.key < $1.key }
                engine.restore(agents.map { (agent: $0.key, state: $0.value) }, through: head?.position ?? .start)
                return Restored(
                    engine: engine, performed: try Self.performed(connection), lastAt: head?.at ?? .distantPast,
                    legs: try LegTable.all(on: connection), registrations: try RegistrationTable.all(on: connection))
            }
        }
    }

    private static func performed(_ connection: any Connection) throws -> [(CommandKey, LogPosition)] {
        let found = try connection.all(commands, ["limit": .of(Filings.commandsMax)]) { row in
            let key = CommandKey(user: try row.id(), key: try row.text())
            let position = LogPosition(try row.integer())
            return key.map { ($0, position) }
        }
        return found.reversed().compactMap { $0 }
    }

    private static let commands = Statement("SELECT user_account, key, position FROM command ORDER BY number DESC LIMIT $limit")
}
