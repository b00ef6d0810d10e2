import Operation
import Organization
import Primitives

/// Files that things are no longer part of the set-up. Whoever writes one of them anew brings it back (`SetUpFiling`).
enum RetirementFiling {
    static func write(_ gone: SetUp, to connection: any Connection) throws {
        for thing in gone.projects { try retire(thing.project.id, on: connection) }
        for thing in gone.teams { try retire(thing.id, on: connection) }
        for thing in gone.queues { try retire(thing.queue.id, on: connection) }
        for thing in gone.reasons { try retire(thing.id, on: connection) }
        for thing in gone.dispositions { try retire(thing.disposition.id, on: connection) }
        for thing in gone.trunks { try retire(thing.id, on: connection) }
        for thing in gone.entryPoints { try retire(thing.entryPoint.id, on: connection) }
        for thing in gone.phones {
            try retire(thing.id, on: connection)
            try RegistrationTable.delete(thing.id, from: connection)
        }
        for thing in gone.users {
            try retire(thing.user.id, on: connection)
            try connection.run(endSessions, ["user": .of(thing.user.id)])
        }
    }

    private static func retire<Tag>(_ id: ID<Tag>, on connection: any Connection) throws {
        try connection.run(retire, ["id": .of(id)])
    }

    static func bringBack(_ id: Value, on connection: any Connection) throws { try connection.run(bringBack, ["id": id]) }

    /// Everything that is retired, whatever it is.
    static func all(on connection: any Connection) throws -> Set<ID<Retirement>> {
        Set(try connection.all(ids, [:]) { try $0.id() as ID<Retirement> })
    }

    private static let retire = Statement("INSERT INTO retired (id) VALUES ($id) ON CONFLICT (id) DO NOTHING")
    private static let bringBack = Statement("DELETE FROM retired WHERE id = $id")
    private static let ids = Statement("SELECT id FROM retired")
    private static let endSessions = Statement("DELETE FROM session WHERE user_account = $user")
}
