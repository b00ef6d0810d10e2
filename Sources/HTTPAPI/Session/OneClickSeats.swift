import Hummingbird

/// The demo's seats that nobody signs in to: whoever opens `agent.localhost` on this machine sits there as the agent, and beside it in the
/// same browser, at `supervisor.localhost`, as the supervisor. Cookies belong to one host, so the seats do not meet.
///
/// It is no hole, because of all of these together:
/// - Only the demo fills it; the option does not exist elsewhere, and the demo's passwords are printed anyway.
/// - Only who asks from this machine itself, and not through a proxy, is let in: the listener may be open to others.
/// - Only for exactly these names. Browsers take every name below `.localhost` for this machine without asking anybody (RFC 6761 section
///   6.3), so nobody else can have a page there; and a name of somebody's own that he points at 127.0.0.1 (DNS rebinding) is not among
///   them.
/// - Only for the question who is signed in, and only for pages of the same origin: a page elsewhere that sends its visitor's browser here
///   begins nothing. Commands are held against their Origin as everywhere.
struct OneClickSeats: Sendable {
    /// The login of each host name, in lower case.
    private let logins: [String: String]

    init(_ logins: [String: String]) {
        self.logins = logins
    }

    /// Whose seat a request opens; nil: nobody's.
    ///
    /// - Parameter isFromHere: whether it comes from this machine, and from nobody else by a proxy.
    func login(of request: Request, isFromHere: Bool) -> String? {
        guard isFromHere, !logins.isEmpty, let host = request.head.authority.flatMap(Self.host) else { return nil }
        // Without the header it is no browser, and nobody is led there unawares.
        if let name = HeaderName("Sec-Fetch-Site"), let site = request.headers[name], site != "same-origin" { return nil }
        return logins[host]
    }

    /// `agent.localhost` of `Agent.localhost:8080`; nil for what is no name with or without a port.
    private static func host(_ authority: String) -> String? {
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2 && UInt16(parts[1]) != nil else { return nil }
        return parts[0].lowercased()
    }
}
