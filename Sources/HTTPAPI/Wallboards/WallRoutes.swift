import Centre
import Hummingbird
import NIOCore
import Operation
import Organization
import Primitives
import Storage

/// Wallboards by their links, without signing in; and the links, for who manages the set-up.
struct WallRoutes: Sendable {
    let walls: WallFeed
    let store: Store
    let names: NameBook
    let centre: CentreActor
    let now: @Sendable () -> Timestamp

    private static let access = Route.Access.may(.manageSetUp, atLeast: .all)
    private static let noPerson = AuditMeaning.nothing(because: "figures of a project, of no person")

    var routes: [Route] {
        [
            .read(
                "/api/wallboards", "The wallboards, and which of them a link opens.", access: Self.access,
                audit: .nothing(because: "which wallboards have a link"), answers: WallLinksWire.self
            ) { _ in try await links() },
            Route(
                method: .post, path: "/api/wallboards/{id}/link",
                summary: "Makes the link that opens a wallboard without signing in; the one before opens it no more. It is told once.",
                access: Self.access, kind: .session, audit: .byHandler,
                answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(WallAddressWire.self)),
                problems: [.notFound, .unavailable], handle: { try await link($0) }),
            Route(
                method: .delete, path: "/api/wallboards/{id}/link",
                summary: "Ends the link of a wallboard: screens that show it say so at once.", access: Self.access, kind: .session,
                audit: .byHandler, answer: Route.AnswerShape(status: .noContent, contentType: nil, schema: nil),
                problems: [.notFound, .unavailable], handle: { try await unlink($0) }),
            .read(
                "/api/wall/{token}", "What a wallboard shows, for whoever has its link.", access: .open, audit: Self.noPerson,
                answers: WallWire.self, problems: [.notFound]
            ) { call in
                guard let wall = await walls.wall(try await wallboard(call).id) else { throw Problem(.notFound) }
                return wall
            },
            Route(
                method: .get, path: "/api/wall/{token}/stream",
                summary: """
                    Server-Sent Events: `wall` (Wall) whenever something of it changes, `beat` with the time (`now`) every 15 seconds, and \
                    `revoked` when the link has ended.
                    """,
                access: .open, kind: .stream, audit: Self.noPerson,
                answer: Route.AnswerShape(status: .ok, contentType: "text/event-stream", schema: .string),
                problems: [.notFound, .unavailable], handle: { try await follow($0) }),
        ]
    }

    // MARK: Links

    private func links() async throws -> WallLinksWire {
        let linked = try await store.wallLinks()
        let screens = await walls.screens
        let names = self.names.current
        return WallLinksWire(
            wallboards: names.wallboards.map { named in
                let id = named.wallboard.id
                return .init(
                    id: id.description, project: names.key(of: named.wallboard.project), key: named.key,
                    linkedAt: linked[id]?.milliseconds, screens: screens[id] ?? 0)
            })
    }

    private func link(_ call: Call) async throws -> Response {
        let named = try known(call)
        let token = SessionToken()
        // First that it was made: nobody has a link of which the log does not tell.
        try await write("made", named, call)
        try await store.linkWallboard(named.wallboard.id, tokenHash: token.hash.bytes, at: now())
        await walls.end(named.wallboard.id)
        return Response(json: WallAddressWire(path: "/wall/\(token.text)"))
    }

    private func unlink(_ call: Call) async throws -> Response {
        let named = try known(call)
        try await store.unlinkWallboard(named.wallboard.id)
        await walls.end(named.wallboard.id)
        try await write("ended", named, call)
        return Response(status: .noContent)
    }

    private func known(_ call: Call) throws -> NamedWallboard {
        let id: WallboardID = try call.id("id")
        guard let named = names.current.wallboards.first(where: { $0.wallboard.id == id }) else { throw Problem(.notFound) }
        return named
    }

    private func write(_ what: String, _ named: NamedWallboard, _ call: Call) async throws {
        let question = [Audit.Term("wallLink", what), Audit.Term("wallboard", named.key) ?? Audit.Term("wallboard")].compactMap(\.self)
        try await centre.apply(
            .audited(Audit(.changed, .setUp, of: named.wallboard.project, question: question)), by: call.signedIn().account.user.id)
    }

    // MARK: Walls

    private func wallboard(_ call: Call) async throws -> (id: WallboardID, token: SessionToken.Hash) {
        guard let token = call.parameters.get("token").flatMap({ SessionToken(cookie: $0) }),
            let id = try await store.wallboard(tokenHash: token.hash.bytes)
        else { throw Problem(.notFound) }
        return (id, token.hash)
    }

    private func follow(_ call: Call) async throws -> Response {
        let (id, token) = try await wallboard(call)
        guard await walls.hasRoom else { throw Problem(.unavailable, retryAfter: 5) }
        let walls = self.walls
        return .stream(call) {
            try await walls.open($0, id, token)
        } drop: {
            await walls.drop($0)
        }
    }
}
