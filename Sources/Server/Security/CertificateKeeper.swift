import HTTPAPI
import Logging
import Primitives
import ServiceLifecycle

/// Keeps the certificate of HTTPS and of SIP over TLS what it should be while the server runs: files that have been replaced are taken
/// up, and the server's own certificate is made anew in time.
struct CertificateKeeper: Service, CustomStringConvertible {
    let certificate: ServerCertificate
    /// Made by ourselves; nil: the files are somebody else's.
    private let own: OwnCertificate?
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    var description: String { "the keeper of the certificate" }

    /// Replacing a certificate takes effect within this time.
    static let pause = Duration.seconds(30)

    /// The certificate for a start, made if there is none.
    ///
    /// - Returns: nil where nothing needs one.
    /// - Throws: what is wrong with which file.
    init?(_ configuration: ServerConfiguration, now: @escaping @Sendable () -> Timestamp, logger: Logger) throws {
        if let files = configuration.certificate {
            own = nil
            certificate = try ServerCertificate(files)
        } else if let https = configuration.https {
            let own = OwnCertificate(
                files: DataFolder.ownCertificate(in: configuration.dataFolder),
                names: OwnCertificate.names(at: https.address, further: https.names))
            if try own.renew(at: now()) { Self.sayMade(own, logger) }
            certificate = try ServerCertificate(own.files)
            self.own = own
        } else {
            return nil
        }
        self.now = now
        self.logger = logger
        warn()
    }

    /// Whether browsers can come to know who issued it.
    var isVouchedFor: Bool { own == nil && OwnCertificate.isVouchedFor(certificate.files.certificate) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var complaint = ""
            while (try? await Task.sleep(for: Self.pause)) != nil {
                do {
                    try look()
                    complaint = ""
                } catch {
                    // Once for each thing that is wrong: it may stay so for weeks.
                    if "\(error)" != complaint { logger.error("the certificate stays the old one", metadata: ["reason": "\(error)"]) }
                    complaint = "\(error)"
                }
            }
        }
    }

    /// Looks once.
    func look() throws {
        if let own, try own.renew(at: now()) { Self.sayMade(own, logger) }
        guard try certificate.reload() else { return }
        logger.notice("the certificate was read anew", metadata: ["until": "\(certificate.validity.upperBound)"])
        warn()
    }

    /// A centre whose certificate has run out takes calls all the same: it is said, and no reason not to start.
    private func warn() {
        let validity = certificate.validity
        guard !validity.contains(now()) else { return }
        logger.error(
            "browsers and phones will refuse the certificate: its time has not begun or is over",
            metadata: ["file": "\(certificate.files.certificate)", "from": "\(validity.lowerBound)", "until": "\(validity.upperBound)"])
    }

    private static func sayMade(_ own: OwnCertificate, _ logger: Logger) {
        logger.notice(
            "a certificate was made", metadata: ["file": "\(own.files.certificate)", "names": "\(own.names.joined(separator: " "))"])
    }
}
