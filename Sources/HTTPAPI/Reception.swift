import Hummingbird
import Logging
import NIOCore
import Operation
import Organization
import Primitives
import Synchronization

/// What every request of the API passes before its handler: where it comes from, whose it is, what he may, how often, and
/// whether its body and headers are as they must be.
struct Reception: Sendable {
    let sessions: Sessions
    let administrationToken: String
    let seats: OneClickSeats
    let trail: AuditTrail
    let now: @Sendable () -> Timestamp
    private let rates = Rates()

    static let idempotencyKey = "Idempotency-Key"

    init(
        sessions: Sessions, administrationToken: String, seats: OneClickSeats, trail: AuditTrail, now: @escaping @Sendable () -> Timestamp
    ) {
        self.sessions = sessions
        self.administrationToken = administrationToken
        self.seats = seats
        self.trail = trail
        self.now = now
    }

    /// The buckets of all requests.
    private final class Rates: Sendable {
        let commands = Mutex(RateBook<UserID>(Limits.commands))
        let reads = Mutex(RateBook<UserID>(Limits.reads))
        let open = Mutex(RateBook<String>(Limits.open))
    }

    /// Answers a request to `route`: never throws, unless the connection itself is broken.
    func answer(_ request: Request, _ context: CallfloorRequestContext, _ route: Route) async throws -> Response {
        var logger = context.logger
        logger[metadataKey: "route"] = "\(route.method.rawValue) \(route.path)"
        let channel = context.channel
        var call = Call(
            request: request, parameters: context.parameters, caller: nil, address: context.address,
            isSecure: context.isSecure, abort: { channel.close(promise: nil) }, loop: channel.eventLoop,
            logger: logger)
        switch route.access {
        case .open, .operators: call.isOperator = isLocal(request, context) || hasToken(request)
        case .signedIn, .may, .mayOrAdministration: break
        }
        var renewed: SessionToken?
        do {
            try checkTarget(request)
            let isAdministrator = try isLocalAdministrator(request, route, call.address)
            if !isAdministrator {
                try checkOrigin(request, isSecure: context.isSecure)
                call.seat = seats.login(of: request, isFromHere: isLoopback(context) && isDirect(request))
                if let found = try await sessions.caller(of: request, isSecure: context.isSecure) { (call.caller, renewed) = found }
                if call.caller == nil, route.takesSeats, let login = call.seat {
                    try take(rates.open, call.address)
                    if let seat = try await sessions.open(seat: login) { (call.caller, renewed) = seat }
                }
                try checkRate(of: call.caller, address: call.address, route)
                try checkAccess(of: call, to: route)
            }
            try checkHeaders(request, route, &call)
        } catch {
            return response(to: error, logger)
        }
        switch try await Self.collect(request, limit: route.body?.limit ?? 0) {
        case .nothing: break
        case .body(let body): call.body = body
        case .tooLarge: return Problem(.tooLarge).response
        case .farTooLarge: return Self.closing(Problem(.tooLarge).response, context)
        }
        do {
            var response = try await route.handle(call)
            // Nobody gets an answer of which the log does not say for good that he got it.
            if response.status.kind == .successful { try await trail.write(call, to: route) }
            if let renewed, response.headers[.setCookie] == nil {
                response.headers[.setCookie] = renewed.setCookie(secure: context.isSecure)
            }
            return response
        } catch {
            return response(to: error, logger)
        }
    }

    private func response(to error: any Error, _ logger: Logger) -> Response {
        let problem = Problem(answering: error)
        switch problem.code {
        case .internal: logger.error("a request failed", metadata: ["error": "\(error)"])
        case .unavailable: logger.warning("a request could not be served", metadata: ["error": "\(error)"])
        case .wrongCredentials, .signInNeeded, .tooManyAttempts, .forbidden, .foreignOrigin, .notFound, .invalid, .tooLarge, .staleState,
            .reasonNeeded, .warningNeeded, .noEscalation, .heldAtPhone, .agentNotFree, .nobodyFree, .answerAtPhone, .browserUnsuitable,
            .agentBusy, .notSignedOn, .agentNeeded, .tooMany, .traineeAlone, .traineeNeeded, .seatTaken, .phoneUnreachable, .noTrunk,
            .destinationNotAllowed, .callsLimit,
            .callsPerHourLimit,
            .changedMeanwhile, .changedSince, .recordingLocked, .conflict,
            .documentFlawed, .keyTaken, .overLimit:
            logger.debug("a request was refused", metadata: ["code": "\(problem.code)"])
        }
        return problem.response
    }

    // MARK: The checks, in their order

    private func checkTarget(_ request: Request) throws {
        guard request.uri.string.utf8.count <= Limits.targetMax else { throw Problem(.notFound) }
    }

    /// Whether the request carries this start's token, on a route that takes it. A wrong token is refused at once.
    private func isLocalAdministrator(_ request: Request, _ route: Route, _ address: String) throws -> Bool {
        guard case .mayOrAdministration = route.access, request.headers[.authorization] != nil else { return false }
        try take(rates.open, address)
        guard hasToken(request) else { throw Problem(.signInNeeded) }
        return true
    }

    private func hasToken(_ request: Request) -> Bool {
        let prefix = "Bearer "
        guard let header = request.headers[.authorization], header.hasPrefix(prefix), !administrationToken.isEmpty else { return false }
        return isEqual(Array(header.utf8.dropFirst(prefix.utf8.count)), Array(administrationToken.utf8))
    }

    /// Whether somebody on this machine asks: over loopback, or from the very address at which we were reached, as who asks a
    /// server at the machine's own address does. What a proxy hands on comes from this machine too, and says for whom it asks.
    private func isLocal(_ request: Request, _ context: CallfloorRequestContext) -> Bool {
        let isHere = isLoopback(context) || !context.address.isEmpty && context.address == context.ownAddress
        return isHere && isDirect(request)
    }

    private func isLoopback(_ context: CallfloorRequestContext) -> Bool {
        ["127.0.0.1", "::1", "::ffff:127.0.0.1"].contains(context.address)
    }

    /// Whether nobody says that he asks for another.
    private func isDirect(_ request: Request) -> Bool { Self.proxyHeaders.allSatisfy { request.headers[$0] == nil } }

    private static let proxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].compactMap { HeaderName($0) }

    /// A page of another site must not change anything here in its visitor's name. Browsers say with every request that
    /// can change something where it comes from; who says nothing is refused too.
    private func checkOrigin(_ request: Request, isSecure: Bool) throws {
        guard request.method != .get, request.method != .head else { return }
        if let name = HeaderName("Sec-Fetch-Site"), let site = request.headers[name], site != "same-origin" {
            throw Problem(.foreignOrigin)
        }
        guard let origin = request.headers[.origin], let host = request.head.authority,
            let scheme = ["https://", "http://"].first(where: origin.hasPrefix),
            origin.dropFirst(scheme.count).lowercased() == host.lowercased(), !isSecure || scheme == "https://"
        else { throw Problem(.foreignOrigin) }
    }

    private func checkAccess(of call: Call, to route: Route) throws {
        let caller = call.caller
        switch route.access {
        case .open: return
        case .operators:
            if !call.isOperator { throw Problem(.signInNeeded) }
        case .signedIn:
            if caller == nil { throw Problem(.signInNeeded) }
        case .may(let permission, let least), .mayOrAdministration(let permission, let least):
            guard let caller else { throw Problem(.signInNeeded) }
            guard let scope = caller.scope(of: permission), scope >= least else { throw Problem(.forbidden) }
        }
    }

    private func checkRate(of caller: Caller?, address: String, _ route: Route) throws {
        guard let user = caller?.account.user.id else { return try take(rates.open, address) }
        switch route.kind {
        case .read, .stream: try take(rates.reads, user)
        case .command, .session: try take(rates.commands, user)
        }
    }

    private func take<Key>(_ book: borrowing Mutex<RateBook<Key>>, _ key: Key) throws {
        if let wait = book.withLock({ $0.take(key, at: now()) }) { throw Problem(.tooManyAttempts, retryAfter: wait) }
    }

    private func checkHeaders(_ request: Request, _ route: Route, _ call: inout Call) throws {
        var check = FieldCheck()
        if case .command = route.kind, let user = call.caller?.account.user.id {
            let text = HeaderName(Self.idempotencyKey).flatMap { request.headers[$0] } ?? ""
            call.key = CommandKey(user: user, key: text)
            if text.isEmpty { check.refuse(Self.idempotencyKey, .required) }
            if text.utf8.count > CommandKey.keyMax { check.refuse(Self.idempotencyKey, .tooLong, limit: CommandKey.keyMax) }
        }
        if let body = route.body {
            let type = request.headers[.contentType]?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } }
            if type.map({ !body.contentTypes.contains($0) }) ?? true { check.refuse("Content-Type", type == nil ? .required : .notAllowed) }
        }
        try check.pass()
    }

    // MARK: The body

    private enum Collected {
        case nothing, tooLarge
        case body(ByteBuffer)
        /// More than is worth reading to its end.
        case farTooLarge
    }

    /// Reads the body. One that is too large is read on and thrown away, because a client that still writes does not read.
    private static func collect(_ request: Request, limit: Int) async throws -> Collected {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Limits.discardedMax { return .farTooLarge }
        guard limit > 0 else { return .nothing }
        var body = ByteBuffer()
        var count = 0
        for try await part in request.body {
            count += part.readableBytes
            if count <= limit {
                body.writeImmutableBuffer(part)
            } else if count > Limits.discardedMax {
                return .farTooLarge
            }
        }
        return count > limit ? .tooLarge : .body(body)
    }

    /// Closes the connection behind the answer.
    private static func closing(_ response: Response, _ context: CallfloorRequestContext) -> Response {
        let (body, channel) = (response.body, context.channel)
        var response = response
        // RFC 9113 section 8.2.2: HTTP/2 has no such header; there its own channel closes, and nobody else's.
        if !context.isMultiplexed { response.headers[.connection] = "close" }
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            channel.close(promise: nil)
        }
        return response
    }
}
