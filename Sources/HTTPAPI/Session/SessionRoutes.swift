import Centre
import Hummingbird
import Logging
import Operation
import Organization
import Primitives
import Storage
import Synchronization

/// Signing in, staying signed in, signing out.
struct Sessions: Sendable {
    let store: Store
    let now: @Sendable () -> Timestamp
    let bench: PasswordBench
    let attempts = Attempts()
    let feed: LiveFeed
    let trail: AuditTrail

    /// The counted attempts, shared by all requests.
    final class Attempts: Sendable {
        private let books = Mutex(
            (byLogin: AttemptBook(max: Limits.attemptsOfLoginMax), byAddress: AttemptBook(max: Limits.attemptsOfAddressMax)))

        /// Counts an attempt for both; throws if either has to wait.
        func begin(login: String, address: String, at now: Timestamp) throws {
            let wait = books.withLock { books -> Int? in
                if let wait = books.byAddress.begin(address, at: now) { return wait }
                return books.byLogin.begin(login, at: now)
            }
            if let wait { throw Problem(.tooManyAttempts, retryAfter: wait) }
        }

        /// It was right: earlier slips of the login no longer count, and the address gets this one back.
        func succeeded(login: String, address: String) {
            books.withLock { books in
                books.byLogin.clear(login)
                books.byAddress.forgive(address)
            }
        }
    }

    // MARK: The routes

    var routes: [Route] {
        let session = Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(SessionWire.self))
        var question = Route.read(
            "/api/session", "Who is signed in.", access: .signedIn,
            audit: .nothing(because: "his own name"), answers: SessionWire.self
        ) { call in
            SessionWire(try call.signedIn(), seat: call.seat)
        }
        question.takesSeats = true
        return [
            Route(
                method: .post, path: "/api/session", summary: "Signs in and sets the session's cookie.", access: .open, kind: .session,
                audit: .byHandler,
                body: .json(SignIn.self), answer: session, problems: [.wrongCredentials],
                handle: { try await signIn($0) }),
            question,
            Route(
                method: .patch, path: "/api/session", summary: "Changes the user's language.", access: .signedIn, kind: .session,
                audit: .nothing(because: "his own language"),
                body: .json(SessionChange.self), answer: session, handle: { try await change($0) }),
            Route(
                method: .delete, path: "/api/session", summary: "Signs out; the session's streams end.", access: .signedIn, kind: .session,
                audit: .byHandler,
                answer: Route.AnswerShape(status: .noContent), handle: { try await signOut($0) }),
        ]
    }

    private func signIn(_ call: Call) async throws -> Response {
        let input = try SignIn.read(call.body)
        try input.check()
        let login = input.login.lowercased()
        try attempts.begin(login: login, address: call.address, at: now())
        let account = try await store.account(login: input.login)
        guard try await bench.matches(input.password, account?.passwordHash), let account else {
            await trail.failed(account?.user.id)
            call.logger.info("sign-in refused", metadata: ["address": "\(call.address)"])
            throw Problem(.wrongCredentials)
        }
        attempts.succeeded(login: login, address: call.address)
        if let old = SessionToken.of(call.request, isSecure: call.isSecure) { try await end(old.hash) }
        let token = try await open(for: account)
        try await trail.write(.signedIn, of: account.user.id, by: "password")
        call.logger.info("signed in", metadata: ["user": "\(account.user.id)", "address": "\(call.address)"])
        var response = Response(json: SessionWire(Caller(account: account, session: token.hash), seat: call.seat))
        response.headers[.setCookie] = token.setCookie(secure: call.isSecure)
        return response
    }

    private func open(for account: UserAccount) async throws -> SessionToken {
        let token = SessionToken()
        try await store.openSession(tokenHash: token.hash.bytes, user: account.user.id, expires: now() + Limits.session)
        return token
    }

    /// Sits somebody down whom nobody asked for a password.
    ///
    /// - Returns: nil if there is nobody of that login.
    func open(seat login: String, by way: String = "seat") async throws -> (caller: Caller, token: SessionToken)? {
        guard let account = try await store.account(login: login) else { return nil }
        let token = try await open(for: account)
        try await trail.write(.signedIn, of: account.user.id, by: way)
        return (Caller(account: account, session: token.hash), token)
    }

    private func change(_ call: Call) async throws -> Response {
        var caller = try call.signedIn()
        let language = try SessionChange.read(call.body).checked()
        try await store.setLanguage(language, of: caller.account.user.id)
        caller.account.language = language
        return Response(json: SessionWire(caller, seat: call.seat))
    }

    private func signOut(_ call: Call) async throws -> Response {
        let caller = try call.signedIn()
        try await end(caller.session)
        try await trail.write(.signedOut, of: caller.account.user.id)
        call.logger.info("signed out", metadata: ["user": "\(caller.account.user.id)"])
        var response = Response(status: .noContent)
        response.headers[.setCookie] = SessionToken.clearCookie(secure: call.isSecure)
        return response
    }

    private func end(_ session: SessionToken.Hash) async throws {
        try await store.closeSession(tokenHash: session.bytes)
        await feed.end(session)
    }

    // MARK: Every other request

    /// Whose session a request belongs to, its end moved on; and the cookie to send again when it was.
    func caller(of request: Request, isSecure: Bool) async throws -> (caller: Caller, renewed: SessionToken?)? {
        guard let token = SessionToken.of(request, isSecure: isSecure) else { return nil }
        let now = self.now()
        guard let (user, expires) = try await store.session(tokenHash: token.hash.bytes, at: now), expires > now,
            let account = try await store.account(user)
        else { return nil }
        let caller = Caller(account: account, session: token.hash)
        let end = now + Limits.session
        guard end - expires >= Limits.sessionStep else { return (caller, nil) }
        do {
            guard try await store.renewSession(tokenHash: token.hash.bytes, expires: end) else { return nil }
        } catch {
            // A disk that takes nothing must not end what is valid: the screens still have to say that it takes nothing.
            return (caller, nil)
        }
        return (caller, token)
    }
}

extension Route.AnswerShape {
    init(status: HTTPResponse.Status) {
        self.init(status: status, contentType: nil, schema: nil)
    }
}
