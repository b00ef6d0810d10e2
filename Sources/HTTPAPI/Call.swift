import Hummingbird
import Logging
import NIOCore
import Operation
import Organization
import Primitives
import Synchronization

/// What a handler gets: a request that has passed every check of its route.
struct Call: Sendable {
    var request: Request
    var parameters: Parameters
    /// Whose session it is; nil on open routes and for the local administrator.
    var caller: Caller?
    /// The login whose seat of the demo the request comes from; nil: from none.
    var seat: String?
    /// Where it came from.
    var address: String
    /// Whether it came from this machine itself or with the administration token: on open routes and those of operators.
    var isOperator = false
    /// Whether it came over TLS.
    var isSecure = false
    /// The collected body; empty where the route takes none.
    var body = ByteBuffer()
    /// What its handler finds out of whose data it shows.
    let concern = Concern()
    /// Set for commands.
    var key: CommandKey?
    /// Closes the connection at once, for a reader who does not keep up.
    var abort: @Sendable () -> Void
    /// The connection's, for what is written for long.
    var loop: any EventLoop
    var logger: Logger

    /// The session's user.
    func signedIn() throws -> Caller {
        guard let caller else { throw Problem(.signInNeeded) }
        return caller
    }

    /// The user as the agent he is.
    func agent() throws -> (Caller, AgentID) {
        let caller = try signedIn()
        guard let agent = caller.account.user.agent else { throw Problem(.forbidden) }
        return (caller, agent)
    }

    func commandKey() throws -> CommandKey {
        guard let key else { throw Problem.invalid("Idempotency-Key", .required) }
        return key
    }

    /// The id in the path; what is no id names nothing.
    func id<Tag>(_ name: String) throws -> ID<Tag> {
        guard let id = parameters.get(name).flatMap(ID<Tag>.init) else { throw Problem(.notFound) }
        return id
    }

    /// The value of a query parameter; nil if it is missing or empty.
    func query(_ name: String) -> String? {
        let text = request.uri.queryParameters[name[...]].map(String.init)
        return text?.isEmpty == true ? nil : text
    }
}

/// What a handler adds to what its route says for the audit.
final class Concern: Sendable {
    private let found = Mutex<ProjectID?>(nil)

    var project: ProjectID? {
        get { found.withLock { $0 } }
        set { found.withLock { $0 = newValue } }
    }
}

/// One who has a session.
struct Caller: Sendable {
    var account: UserAccount
    var session: SessionToken.Hash

    var language: Language { account.language }

    /// How far the user's permission reaches, nil if not at all. `own` without being an agent reaches nothing.
    func scope(of permission: Permission) -> Scope? {
        let scope = account.user.role.scope(of: permission)
        return scope == .own && account.user.agent == nil ? nil : scope
    }
}

/// What Hummingbird keeps for one request.
struct CallfloorRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Whether it came over TLS.
    var isSecure = false

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The peer's address without its port.
    var address: String { channel.remoteAddress?.ipAddress ?? "" }
    /// Whether it is one of several on its connection, as with HTTP/2: then it has a channel of its own, and no say over others.
    var isMultiplexed: Bool { channel.parent?.parent != nil }
    /// The address at which it has reached us, without its port.
    var ownAddress: String { channel.localAddress?.ipAddress ?? "" }
}
