import Hummingbird
import Logging
import Operation
import Organization
import Primitives

/// Lets whoever runs the server make the first administrator of an empty centre.
package struct WelcomePort: Sendable {
    package enum Answer: Sendable {
        /// He is there, and is to be signed in.
        case made(login: String)
        case wrongToken
        /// There is an administrator already.
        case over
    }

    /// Throws `SetUpRefused` with the fields that are wrong.
    package var make: @Sendable (FirstAdministrator) async throws -> Answer

    package init(make: @escaping @Sendable (FirstAdministrator) async throws -> Answer) {
        self.make = make
    }
}

/// `POST /api/first-administrator`
package struct FirstAdministrator: WireInput {
    /// From the link that the server printed.
    package var token: String
    package var login: String
    package var name: String
    package var password: String
    package var language: String

    static let schemaName = "FirstAdministrator"
    static let schema = Schema.object([
        .required("token", .string), .required("login", .string), .required("name", .string), .required("password", .string),
        .required("language", .enumeration(Language.allCases.map(\.rawValue))),
    ])

    fileprivate func check() throws {
        var check = FieldCheck()
        check.text(token, "token", limit: Limits.passwordMax)
        check.text(login, "login", limit: Limits.loginMax)
        check.text(name, "name", limit: Limits.passwordMax)
        check.text(password, "password", limit: Limits.passwordMax)
        try check.pass()
        if login.contains(where: \.isWhitespace) { throw Problem.invalid("login", .malformed) }
    }
}

struct FirstAdministratorRoute: Sendable {
    let port: WelcomePort
    let sessions: Sessions

    var routes: [Route] {
        [
            Route(
                method: .post, path: "/api/first-administrator",
                summary:
                    "Makes the first administrator of an empty centre, with the token of the link that the server printed, and signs him in.",
                access: .open, kind: .session, audit: .inTheLog, body: .json(FirstAdministrator.self),
                answer: Route.AnswerShape(status: .created, contentType: "application/json", schema: .reference(SessionWire.self)),
                problems: [.forbidden, .notFound, .unavailable], handle: { try await make($0) })
        ]
    }

    private func make(_ call: Call) async throws -> Response {
        let wanted = try FirstAdministrator.read(call.body)
        try wanted.check()
        // By address alone: whoever guesses elsewhere must not keep the right one out.
        let guesser = "first administrator at \(call.address)"
        try sessions.attempts.begin(login: guesser, address: call.address, at: sessions.now())
        do {
            switch try await port.make(wanted) {
            case .over: throw Problem(.notFound)
            case .wrongToken: throw Problem(.forbidden)
            case .made(let login):
                sessions.attempts.succeeded(login: guesser, address: call.address)
                await sessions.feed.readNames()
                guard let (caller, token) = try await sessions.open(seat: login, by: "link") else { throw Problem(.internal) }
                call.logger.notice("the first administrator is there", metadata: ["user": "\(caller.account.user.id)"])
                var response = Response(json: SessionWire(caller, seat: nil), status: .created)
                response.headers[.setCookie] = token.setCookie(secure: call.isSecure)
                return response
            }
        } catch let refused as SetUpRefused {
            sessions.attempts.succeeded(login: guesser, address: call.address)
            // The form knows the fields by their last name.
            throw Problem(
                .invalid,
                errors: refused.errors.map { error in
                    var error = error
                    error.field = error.field.split(separator: ".").last.map(String.init) ?? error.field
                    return error
                })
        }
    }
}
