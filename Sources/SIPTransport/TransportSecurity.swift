import NIOCore
import NIOSSL

/// What TLS needs: who we are, and whom we believe.
package struct TransportSecurity: Sendable {
    /// Where a certificate or key is: PEM in both cases.
    package enum Source: Sendable {
        case file(String)
        case bytes([UInt8])
    }

    /// Our certificate, those that vouch for it behind it; nil: we accept no TLS connections.
    package var certificates: Source?
    package var key: Source?
    /// Who may vouch for others; nil: whom the system believes.
    package var authorities: Source?
    /// Asked at the beginning of each connection that is made to us for what our certificate and key are by now; nil: the same as ever.
    package var current: (@Sendable () -> NIOSSLContextConfigurationOverride)?

    package init(
        certificates: Source? = nil, key: Source? = nil, authorities: Source? = nil,
        current: (@Sendable () -> NIOSSLContextConfigurationOverride)? = nil
    ) {
        self.certificates = certificates
        self.key = key
        self.authorities = authorities
        self.current = current
    }

    /// For connections that others make to us. Phones prove themselves by digest, so no certificate is asked of them.
    func serverContext() throws -> NIOSSLContext? {
        guard let certificates, let key else { return nil }
        let privateKey: NIOSSLPrivateKey =
            switch key {
            case .file(let path): try NIOSSLPrivateKey(file: path, format: .pem)
            case .bytes(let bytes): try NIOSSLPrivateKey(bytes: bytes, format: .pem)
            }
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: try Self.certificates(certificates).map { .certificate($0) }, privateKey: .privateKey(privateKey))
        settings.minimumTLSVersion = .tlsv12
        if let current { settings.sslContextCallback = { _, promise in promise.succeed(current()) } }
        return try NIOSSLContext(configuration: settings)
    }

    /// For connections that we make: the certificate must be good, and for the host that we wanted (RFC 5922 section 7).
    func clientContext() throws -> NIOSSLContext {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        settings.certificateVerification = .fullVerification
        if let authorities { settings.trustRoots = .certificates(try Self.certificates(authorities)) }
        return try NIOSSLContext(configuration: settings)
    }

    private static func certificates(_ source: Source) throws -> [NIOSSLCertificate] {
        switch source {
        case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
        case .bytes(let bytes): try NIOSSLCertificate.fromPEMBytes(bytes)
        }
    }
}
