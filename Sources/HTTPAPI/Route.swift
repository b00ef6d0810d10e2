import Centre
import Hummingbird
import NIOCore
import Operation
import Organization

/// One entry of the route table: everything there is to know about a route, and the only way to register one.
package struct Route: Sendable {
    package var method: HTTPRequest.Method
    /// With its parameters in braces: `/api/contacts/{id}`.
    package var path: String
    package var summary: String
    package var access: Access
    var kind: Kind
    /// What its answer means for the audit.
    package var audit: AuditMeaning
    var body: RequestShape?
    var query: [Parameter] = []
    var answer: AnswerShape
    /// What it may refuse with, beyond what its kind implies.
    var problems: [Problem.Code] = []
    /// Whether it begins a session by itself where there are seats for it.
    var takesSeats = false
    var handle: @Sendable (Call) async throws -> Response

    /// Who may call it.
    package enum Access: Sendable, Hashable {
        /// Everybody.
        case open
        /// Who has a session.
        case signedIn
        /// Whose role has the permission, at least this far. What he then sees is cut to his own scope.
        case may(Permission, atLeast: Scope)
        /// The same, or the local administrator with the token of this start.
        case mayOrAdministration(Permission, atLeast: Scope)
        /// Who asks from this machine itself, or has the administration token: a monitoring system.
        case operators
    }

    /// What kind of request it is decides on its rate and on the headers it needs.
    enum Kind: Sendable {
        case read
        /// Changes something for the session itself.
        case session
        /// Acts once for each `Idempotency-Key`.
        case command
        case stream
    }

    struct RequestShape: Sendable {
        var contentTypes: [String]
        var schema: Schema
        var limit: Int
    }

    struct AnswerShape: Sendable {
        var status: HTTPResponse.Status
        var contentType: String?
        var schema: Schema?
    }

    struct Parameter: Sendable {
        var name: String
        var schema: Schema
        var summary: String
    }

    /// The problems a client may see, in the order of their codes.
    package var allProblems: [Problem.Code] {
        var found = Set(problems)
        found.formUnion([.internal, .tooManyAttempts])
        if method != .get { found.insert(.foreignOrigin) }
        if body != nil { found.formUnion([.invalid, .tooLarge]) }
        switch access {
        case .open: break
        case .signedIn, .operators: found.insert(.signInNeeded)
        case .may, .mayOrAdministration: found.formUnion([.signInNeeded, .forbidden])
        }
        if case .command = kind { found.formUnion([.invalid, .unavailable]) }
        return Problem.Code.allCases.filter(found.contains)
    }
}

extension Route {
    /// A route that only reads and answers with JSON.
    static func read<Answer: WireType>(
        _ path: String, _ summary: String, access: Access, audit: AuditMeaning, answers: Answer.Type, query: [Parameter] = [],
        problems: [Problem.Code] = [], _ handle: @escaping @Sendable (Call) async throws -> Answer
    ) -> Route {
        Route(
            method: .get, path: path, summary: summary, access: access, kind: .read, audit: audit, query: query,
            answer: AnswerShape(status: .ok, contentType: "application/json", schema: .reference(Answer.self)), problems: problems
        ) { call in
            Response(json: try await handle(call))
        }
    }

    /// A command to the centre or to a draft: acts once for its key, answers with the log's position.
    static func command<Input: WireInput>(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, access: Access, audit: AuditMeaning, takes: Input.Type,
        problems: [Problem.Code] = [], _ handle: @escaping @Sendable (Call, Input) async throws -> PositionWire
    ) -> Route {
        Route(
            method: method, path: path, summary: summary, access: access, kind: .command, audit: audit, body: .json(Input.self),
            answer: AnswerShape(status: .ok, contentType: "application/json", schema: .reference(PositionWire.self)), problems: problems
        ) { call in
            Response(json: try await handle(call, Input.read(call.body)))
        }
    }
}

extension Route.RequestShape {
    static func json(_ input: any WireInput.Type) -> Self {
        Self(contentTypes: ["application/json"], schema: .reference(input), limit: Limits.bodyMax)
    }
}

/// The whole table. What is not in it does not exist for a client.
package struct RouteTable: Sendable {
    package let routes: [Route]

    /// Two entries of one method and one path, or one whose audit nobody could write: a mistake in the program, found at its start.
    package struct Mistake: Error, CustomStringConvertible {
        package let description: String
    }

    init(_ routes: [Route]) throws {
        var seen: Set<String> = []
        for route in routes {
            // Parameters are places, whatever their names.
            let shape = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0 }.joined(separator: "/")
            guard seen.insert("\(route.method.rawValue) \(shape)").inserted else {
                throw Mistake(description: "two entries for \(route.method.rawValue) \(route.path)")
            }
            if case .seen(_, let kind) = route.audit, kind == .account || kind == .contact && !route.path.hasSuffix("/{id}") {
                throw Mistake(description: "\(route.path) does not say which \(kind) it is")
            }
        }
        self.routes = routes
    }

    /// Whether a path belongs to the table's part of the site; the rest is pages and files.
    func claims(_ path: String) -> Bool {
        path == "/api" || path.hasPrefix("/api/") || path == "/health" || path.hasPrefix("/health/") || path == "/metrics"
    }
}
