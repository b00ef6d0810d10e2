import Crypto
import Foundation
import Glibc
import NIOCore
import NIOSSL
import Primitives
import Synchronization

/// By what the server proves itself over TLS: a certificate and its key, as they lie in two files and are read again when those change.
/// Connections that begin afterwards are shown the new one.
package final class ServerCertificate: Sendable {
    /// Where it lies: the certificate with those that vouch for it behind it, and the key, both in PEM.
    package struct Files: Sendable, Hashable {
        package var certificate: String
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Which file cannot be used, and why.
    package struct Flaw: Error, CustomStringConvertible {
        package let file: String
        package let reason: String
        package var description: String { "'\(file)': \(reason)" }
    }

    private struct Content {
        var chain: [NIOSSLCertificate]
        var key: NIOSSLPrivateKey
        var digest: SHA256Digest
    }

    /// A chain of many certificates has some 10 KB.
    private static let fileMax = 256 * 1024

    package let files: Files
    private let content: Mutex<Content>

    /// - Throws: `Flaw`, also if the key is another certificate's.
    package init(_ files: Files) throws {
        self.files = files
        content = Mutex(try Self.read(files))
    }

    /// Reads the files again. What cannot be used changes nothing.
    ///
    /// - Returns: whether they hold something new.
    package func reload() throws -> Bool {
        let read = try Self.read(files)
        return content.withLock { content in
            defer { content = read }
            return content.digest != read.digest
        }
    }

    /// From when until when the certificate is valid, both included.
    package var validity: ClosedRange<Timestamp> {
        let leaf = content.withLock { $0.chain.first }
        let begin = Timestamp(microseconds: 0) + .seconds(leaf?.notValidBefore ?? 0)
        return begin...max(begin, Timestamp(microseconds: 0) + .seconds(leaf?.notValidAfter ?? 0))
    }

    /// How to take connections with whatever certificate there is when they begin.
    package func configuration() -> TLSConfiguration {
        let content = content.withLock { $0 }
        var configuration = Self.configuration(content.chain, content.key)
        configuration.sslContextCallback = { [self] _, promise in promise.succeed(current) }
        return configuration
    }

    /// What stands for the certificate and key of a context when a connection begins.
    package var current: NIOSSLContextConfigurationOverride {
        let content = content.withLock { $0 }
        var override = NIOSSLContextConfigurationOverride()
        override.certificateChain = content.chain.map { .certificate($0) }
        override.privateKey = .privateKey(content.key)
        return override
    }

    private static func configuration(_ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        // RFC 9325 section 3.1.1.
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }

    private static func read(_ files: Files) throws -> Content {
        let (certificates, secret) = (try bytes(of: files.certificate), try bytes(of: files.key))
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificates), !chain.isEmpty else {
            throw Flaw(file: files.certificate, reason: "is no certificate in PEM")
        }
        guard let key = try? NIOSSLPrivateKey(bytes: secret, format: .pem) else {
            throw Flaw(file: files.key, reason: "is no key in PEM, or asks for a passphrase")
        }
        guard (try? NIOSSLContext(configuration: configuration(chain, key))) != nil else {
            throw Flaw(file: files.key, reason: "is not the key of the certificate in '\(files.certificate)'")
        }
        var hash = SHA256()
        hash.update(data: certificates)
        hash.update(data: secret)
        return Content(chain: chain, key: key, digest: hash.finalize())
    }

    private static func bytes(of file: String) throws -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Flaw(file: file, reason: "cannot be read: \(String(cString: strerror(errno)))") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? handle.read(upToCount: fileMax + 1), !data.isEmpty else { throw Flaw(file: file, reason: "is empty") }
        guard data.count <= fileMax else { throw Flaw(file: file, reason: "is longer than \(fileMax) bytes") }
        return Array(data)
    }
}
