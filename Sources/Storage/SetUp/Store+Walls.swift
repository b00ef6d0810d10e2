import Organization
import Primitives

extension Store {
    /// Lets whoever has the token see the wallboard; an older one opens it no more.
    package func linkWallboard(_ wallboard: WallboardID, tokenHash: [UInt8], at now: Timestamp) async throws {
        try await writer.write { connection -> Void in
            try connection.run(
                WallStatements.link, ["wallboard": .of(wallboard), "token_hash": .of(tokenHash), "made_at": .of(now)])
        }
    }

    /// No link opens it any more.
    package func unlinkWallboard(_ wallboard: WallboardID) async throws {
        try await writer.write { connection -> Void in
            try connection.run(WallStatements.unlink, ["wallboard": .of(wallboard)])
        }
    }

    /// The wallboard that a token opens; nil: none.
    package func wallboard(tokenHash: [UInt8]) async throws -> WallboardID? {
        try await readers.read { try $0.first(WallStatements.byToken, ["token_hash": .of(tokenHash)]) { try $0.id() } }
    }

    /// The wallboards that have a link, and since when.
    package func wallLinks() async throws -> [WallboardID: Timestamp] {
        let found = try await readers.read { connection in
            try connection.all(WallStatements.links) { (try $0.id() as WallboardID, try $0.time()) }
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }
}

private enum WallStatements {
    static let link = Statement(
        """
        INSERT INTO wall_link (wallboard, token_hash, made_at) VALUES ($wallboard, $token_hash, $made_at)
        ON CONFLICT (wallboard) DO UPDATE SET token_hash = excluded.token_hash, made_at = excluded.made_at
        """)
    static let unlink = Statement("DELETE FROM wall_link WHERE wallboard = $wallboard")
    static let byToken = Statement("SELECT wallboard FROM wall_link WHERE token_hash = $token_hash")
    static let links = Statement("SELECT wallboard, made_at FROM wall_link")
}
