import Primitives

extension SIPEndpoint {
    /// Where it listens beside UDP, and what it needs for that and for calling out.
    package struct Streams: Sendable {
        /// What to bind; nil: nobody can connect to us, but we can to others.
        package var tcp: NetworkAddress?
        package var tls: NetworkAddress?
        package var security: TransportSecurity
        /// Whom to ask for names; nil: those of the system.
        package var nameServer: NetworkAddress?

        package init(
            tcp: NetworkAddress? = nil, tls: NetworkAddress? = nil, security: TransportSecurity = TransportSecurity(),
            nameServer: NetworkAddress? = nil
        ) {
            self.tcp = tcp
            self.tls = tls
            self.security = security
            self.nameServer = nameServer
        }
    }
}
