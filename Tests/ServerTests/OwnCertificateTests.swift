import Foundation
import Logging
import Primitives
import Storage
import Testing

@testable import HTTPAPI
@testable import Server

/// The certificate that the server makes for itself, and what it does with those of others.
struct OwnCertificateTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "callfloor-\(UUID())").path
    private let now = Timestamp(microseconds: 1_800_000_000_000_000)
    private let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    private func own(_ names: [String] = ["localhost", "*.localhost", "127.0.0.1", "::1", "calls.example.org"]) throws -> OwnCertificate {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return OwnCertificate(files: DataFolder.ownCertificate(in: folder), names: names)
    }

    /// What `openssl x509` says of it.
    private func told(_ file: String, _ option: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = ["x509", "-in", file, "-noout"] + option
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }

    @Test func `a certificate is made for all names, for a year, with a key that nobody else reads`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let own = try own()
        #expect(try own.renew(at: now))
        let held = try ServerCertificate(own.files)
        #expect(held.validity == (now - .seconds(3600))...(now + .seconds(365 * 86_400)))
        let names = try told(own.files.certificate, "-ext", "subjectAltName")
        for name in [
            "DNS:localhost", "DNS:*.localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1", "DNS:calls.example.org",
        ] {
            #expect(names.contains(name), "\(names)")
        }
        #expect(try told(own.files.certificate, "-text").contains("ASN1 OID: prime256v1"))
        let mode = try FileManager.default.attributesOfItem(atPath: own.files.key)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(!OwnCertificate.isVouchedFor(own.files.certificate))
    }

    @Test func `it is kept until 30 days before its end, and made anew from then on`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let own = try own()
        try own.renew(at: now)
        let first = try Data(contentsOf: URL(filePath: own.files.certificate))
        let last = now + .seconds((365 - 30) * 86_400)
        #expect(try !own.renew(at: last))
        #expect(try Data(contentsOf: URL(filePath: own.files.certificate)) == first)
        #expect(try own.renew(at: last + .seconds(1)))
        #expect(try ServerCertificate(own.files).validity.upperBound == last + .seconds(365 * 86_400 + 1))
        // Nor is one kept whose time has not come: somebody has set the clock right.
        #expect(try own.renew(at: now - .seconds(86_400)))
    }

    @Test func `it is made anew when it lacks a name, or does not fit its key`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try own().renew(at: now)
        #expect(try !own(["localhost", "127.0.0.1"]).renew(at: now))
        #expect(try own(["localhost", "192.0.2.5"]).renew(at: now))
        #expect(try own(["localhost", "other.example.org"]).renew(at: now))
        let files = try own().files
        let other = OwnCertificate(files: .init(certificate: folder + "/o.pem", key: folder + "/o.key"), names: ["localhost"])
        try other.renew(at: now)
        try FileManager.default.removeItem(atPath: files.key)
        try FileManager.default.copyItem(atPath: other.files.key, toPath: files.key)
        #expect(try own(["localhost"]).renew(at: now))
        #expect(throws: Never.self) { try ServerCertificate(files) }
    }

    @Test func `files that cannot be used are named with the reason`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let own = try own()
        try own.renew(at: now)
        let other = OwnCertificate(files: .init(certificate: folder + "/o.pem", key: folder + "/o.key"), names: ["localhost"])
        try other.renew(at: now)
        let (certificate, key) = (own.files.certificate, own.files.key)
        let garbage = folder + "/garbage.pem"
        try Data("no certificate".utf8).write(to: URL(filePath: garbage))
        let cases: [(ServerCertificate.Files, String)] = [
            (.init(certificate: folder + "/none.pem", key: key), "'\(folder)/none.pem': cannot be read: No such file or directory"),
            (.init(certificate: certificate, key: folder + "/none.key"), "'\(folder)/none.key': cannot be read: No such file or directory"),
            (.init(certificate: garbage, key: key), "'\(garbage)': is no certificate in PEM"),
            (.init(certificate: certificate, key: garbage), "'\(garbage)': is no key in PEM, or asks for a passphrase"),
            (.init(certificate: certificate, key: folder), "'\(folder)': is empty"),
            (
                .init(certificate: certificate, key: other.files.key),
                "'\(other.files.key)': is not the key of the certificate in '\(certificate)'"
            ),
        ]
        for (files, said) in cases {
            let flaw = #expect(throws: ServerCertificate.Flaw.self) { try ServerCertificate(files) }
            #expect(flaw?.description == said)
        }
    }

    @Test func `files that were replaced are taken up, and a pair that does not fit is not`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (first, next) = (
            try own(), OwnCertificate(files: .init(certificate: folder + "/n.pem", key: folder + "/n.key"), names: ["localhost"])
        )
        try first.renew(at: now)
        try next.renew(at: now + .seconds(86_400))
        var configuration = ServerConfiguration(
            database: .sqlite(path: ""), dataFolder: folder, webFolder: "", promptsFolder: nil, httpHost: "127.0.0.1", httpPort: 0,
            sipAddress: NetworkAddress(.v4(0x7F00_0001), port: 0), mediaAddress: .v4(0x7F00_0001), mediaPorts: 20_000...20_010,
            mediaThreads: 1, recording: nil)
        #expect(try CertificateKeeper(configuration, now: { now }, logger: logger) == nil)
        configuration.certificate = first.files
        let keeper = try #require(try CertificateKeeper(configuration, now: { now }, logger: logger))
        let before = keeper.certificate.validity
        func replace(_ file: String, by other: String) throws {
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.copyItem(atPath: other, toPath: file)
        }
        try replace(first.files.certificate, by: next.files.certificate)
        #expect(throws: ServerCertificate.Flaw.self) { try keeper.look() }
        #expect(keeper.certificate.validity == before)
        try replace(first.files.key, by: next.files.key)
        try keeper.look()
        #expect(keeper.certificate.validity.upperBound == before.upperBound + .seconds(86_400))
        #expect(!keeper.isVouchedFor)
    }

    @Test func `the names are those of the address, or of the machine`() throws {
        let one = OwnCertificate.names(at: NetworkAddress(.v4(0xC000_0205), port: 443), further: ["calls.example.org", "LOCALHOST"])
        #expect(one.contains("192.0.2.5") && one.contains("calls.example.org"))
        #expect(one.filter { $0.lowercased() == "localhost" }.count == 1)
        let all = OwnCertificate.names(at: NetworkAddress(.v4(0), port: 443), further: [])
        #expect(all.contains("127.0.0.1") && !all.contains("0.0.0.0"))
        for name in ["a", "a.b-c.d", "*.localhost", "xn--bcher-kva.example"] { #expect(OwnCertificate.isHostName(name), "\(name)") }
        for name in ["", "*", "a..b", "-a", "a,DNS:b", "a b", "bücher.example", String(repeating: "a", count: 64)] {
            #expect(!OwnCertificate.isHostName(name), "\(name)")
        }
    }

    private var configuration: ServerConfiguration {
        ServerConfiguration(
            database: .sqlite(path: ""), dataFolder: "", webFolder: "", promptsFolder: nil, httpHost: "", httpPort: 0,
            sipAddress: NetworkAddress(.v4(0), port: 0), mediaAddress: .v4(0), mediaPorts: 20_000...20_010, mediaThreads: 1, recording: nil)
    }

    @Test func `an address of HTTP can be followed, also over IPv6`() {
        var configuration = configuration
        for (host, authority) in [("127.0.0.1", "127.0.0.1:80"), ("localhost", "localhost:80"), ("2001:db8::7", "[2001:db8::7]:80")] {
            configuration.httpHost = host
            #expect(configuration.httpAuthority(port: 80) == authority)
        }
    }

    @Test func `whoever begins a centre is sent to TLS where there is TLS, by the name that people use`() {
        var configuration = configuration
        configuration.httpHost = "127.0.0.1"
        #expect(configuration.origin(httpPort: 8080, httpsPort: nil) == "http://127.0.0.1:8080")
        let address = NetworkAddress(.v4(0xC0000205), port: 8443)
        for (names, origin) in [
            ([], "https://192.0.2.5:8443"), (["*.example.org", "192.0.2.6"], "https://192.0.2.5:8443"),
            (["*.example.org", "calls.example.org"], "https://calls.example.org:8443"),
        ] {
            configuration.https = .init(address: address, names: names)
            #expect(configuration.origin(httpPort: 8080, httpsPort: 8443) == origin)
        }
    }

    @Test func `plain HTTP beyond this machine is known as such`() {
        var configuration = configuration
        for (host, leaves) in [
            ("127.0.0.1", false), ("127.9.9.9", false), ("localhost", false), ("::1", false), ("0.0.0.0", true), ("::", true),
            ("192.0.2.5", true), ("calls.example.org", true),
        ] {
            configuration.httpHost = host
            #expect(configuration.isPlainBeyondThisMachine == leaves, "\(host)")
        }
    }
}
