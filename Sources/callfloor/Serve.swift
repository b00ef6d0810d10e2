import ArgumentParser
import Foundation
import HTTPAPI
import Logging
import Primitives
import SIPTransport
import Server
import Storage

extension LogLines.Format: ExpressibleByArgument {}

/// How a server is started, as options of the command line.
struct ServerOptions: ParsableArguments {
    @Option(help: "The folder that holds everything that must last.")
    var data = "var/callfloor"

    @Option(help: "libpq connection string of a PostgreSQL database, instead of SQLite in the data folder.")
    var postgresql: String?

    @Option(help: "The folder of the browser front end.")
    var web = "Web"

    @Option(help: "The folder of voice prompts (WAV); see script/prompts.")
    var prompts: String?

    @Option(help: "The address on which HTTP listens.")
    var host = "127.0.0.1"

    @Option(help: "The port on which HTTP listens; 0 lets the system choose.")
    var port = 8080

    @Option(help: "The IP address and port of HTTPS, beside plain HTTP; without a certificate the server makes one for itself.")
    var https: String?

    @Option(help: "A name by which browsers call this machine, for the certificate that it makes for itself; may be given again.")
    var httpsName: [String] = []

    @Option(help: "The IP address and port of SIP over UDP.")
    var sip = "127.0.0.1:5060"

    @Option(help: "The IP address and port of SIP over TCP; off: none. Without it the same as of UDP.")
    var sipTcp: String?

    @Option(help: "The IP address and port of SIP over TLS; wants a certificate and its key.")
    var sipTls: String?

    @Option(help: "The certificate for HTTPS and SIP over TLS with those that vouch for it, in PEM.")
    var tlsCertificate: String?

    @Option(help: "The key of that certificate, in PEM.")
    var tlsKey: String?

    @Option(help: "Certificates of those who may vouch for providers, in PEM; without it those that the system trusts.")
    var tlsAuthorities: String?

    @Option(help: "How many seconds calls may go on after the server was told to stop.")
    var drainSeconds = 30

    @Option(help: "The IP address that phones send their sound to.")
    var media = "127.0.0.1"

    @Option(help: "The first and the last UDP port for sound.")
    var mediaPorts = "16384-32767"

    @OptionGroup var audio: AudioOptions

    @Flag(help: "Let anyone call from the page /customer without signing in, as the demo does.")
    var customerPage = false

    @Flag(help: "Let webhooks lead to this machine and into networks of its own.")
    var privateWebhooks = false

    @Option(help: "Threads that relay sound.")
    var mediaThreads = 1

    @Option(help: "Write every input and its directives to this file, for `simulate --replay`.")
    var record: String?

    @Option(help: "The file with the keys that seal recordings; without it recording-keys in the data folder, made at the first start.")
    var recordingKeys: String?

    @Flag(help: "Do not start where recordings cannot be kept, or earlier ones not be opened.")
    var needRecordings = false

    @Option(help: "What is logged to standard error: trace, debug, info, notice, warning, error or critical.")
    var log = "notice"

    @Option(help: "How log lines are written: text or json; without it text on a terminal, json elsewhere.")
    var logFormat: LogLines.Format?

    func configuration() throws -> ServerConfiguration {
        guard (0...65_535).contains(port) else { throw wrong("port", "\(port)", "0 to 65535") }
        guard (1...64).contains(mediaThreads) else { throw wrong("media-threads", "\(mediaThreads)", "1 to 64") }
        guard let mediaAddress = IPAddress(media) else { throw wrong("media", media, "an IP address") }
        let bounds = mediaPorts.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard bounds.count == 2, let low = bounds[0], let high = bounds[1], low >= 1024, low < high else {
            throw wrong("media-ports", mediaPorts, "two ports from 1024 on, such as 16384-32767")
        }
        if let prompts, !isFolder(prompts) { throw wrong("prompts", prompts, "an existing folder") }
        guard isFolder(web) else { throw wrong("web", web, "an existing folder") }
        guard (0...86_400).contains(drainSeconds) else { throw wrong("drain-seconds", "\(drainSeconds)", "0 to 86400") }
        var configuration = ServerConfiguration(
            database: ServerConfiguration.database(in: data, postgreSQL: postgresql), dataFolder: data, webFolder: web,
            promptsFolder: prompts, httpHost: host, httpPort: port, sipAddress: try networkAddress("sip", sip), mediaAddress: mediaAddress,
            mediaPorts: low...high, mediaThreads: mediaThreads, recording: record)
        configuration.drainMax = .seconds(drainSeconds)
        configuration.recordingKeys = recordingKeys
        configuration.needsRecordings = needRecordings
        configuration.sipStreams = try streams()
        configuration.https = try secure()
        configuration.offersCustomerPage = customerPage
        configuration.reachesPrivateWebhooks = privateWebhooks
        configuration.audio = try audio.network(own: mediaAddress)
        if let tlsCertificate, let tlsKey { configuration.certificate = .init(certificate: tlsCertificate, key: tlsKey) }
        return configuration
    }

    private func secure() throws -> ServerConfiguration.HTTPS? {
        guard let https else {
            guard httpsName.isEmpty else { throw ValidationError("--https-name: expected --https with it") }
            return nil
        }
        if let name = httpsName.first(where: { !ServerConfiguration.HTTPS.isName($0) }) {
            throw wrong("https-name", name, "a host name or an IP address")
        }
        return ServerConfiguration.HTTPS(address: try networkAddress("https", https), names: httpsName)
    }

    private func streams() throws -> SIPEndpoint.Streams {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key: expected both or none")
        }
        guard sipTls == nil || tlsKey != nil else {
            throw ValidationError("--sip-tls: expected a certificate by --tls-certificate and --tls-key")
        }
        return SIPEndpoint.Streams(
            tcp: sipTcp == "off" ? nil : try networkAddress("sip-tcp", sipTcp ?? sip),
            tls: try sipTls.map { try networkAddress("sip-tls", $0) },
            security: TransportSecurity(
                certificates: tlsCertificate.map { .file($0) }, key: tlsKey.map { .file($0) }, authorities: tlsAuthorities.map { .file($0) }
            ))
    }

    func logger() throws -> Logger {
        guard let level = Logger.Level(rawValue: log) else {
            throw wrong("log", log, "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        LoggingSystem.bootstrap(LogLines.factory(logFormat ?? .fitting))
        var logger = Logger(label: "callfloor")
        logger.logLevel = level
        return logger
    }

    private func networkAddress(_ option: String, _ text: String) throws -> NetworkAddress {
        guard let address = NetworkAddress(text) else { throw wrong(option, text, "an IP address and a port, such as 127.0.0.1:5060") }
        return address
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private func wrong(_ option: String, _ value: String, _ expected: String) -> ValidationError {
        ValidationError("--\(option) '\(value)': expected \(expected)")
    }
}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the centre.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
        PrivateFolder.begin()
        let configuration = try options.configuration()
        let logger = try options.logger()
        let systemd = SystemdSocket()
        let server = try await CentreServer(configuration, version: Callfloor.version, logger: logger) { started in
            let plain = configuration.isPlainBeyondThisMachine ? " (there browsers give no microphone)" : ""
            let secure = configuration.https.flatMap { https in started.httpsPort.map { ", https://\(https.authority(port: $0))" } } ?? ""
            // First: whoever reads that we serve may apply a set-up at once.
            AddressFile.write(host: configuration.httpHost, port: started.httpPort, in: configuration.dataFolder)
            let authority = configuration.httpAuthority(port: started.httpPort)
            Callfloor.say("Callfloor serves http://\(authority)\(plain)\(secure) and SIP on \(started.sipAddress).")
            if let token = started.welcomeToken {
                let origin = configuration.origin(httpPort: started.httpPort, httpsPort: started.httpsPort)
                Callfloor.say("Nobody can set up this centre yet. To begin: \(origin)/welcome#\(token)")
            }
            systemd?.ready("Serving HTTP on port \(started.httpPort) and SIP on \(started.sipAddress).")
        }
        try await server.run(beside: systemd.map { [SystemdWatch($0, centre: server.centre)] } ?? [])
    }
}
