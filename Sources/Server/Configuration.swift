import HTTPAPI
import Primitives
import SIPTransport
import Storage

/// How a server is started. Values are checked where they are read from the command line; a wrong one stops the start.
package struct ServerConfiguration: Sendable {
    /// Where everything that must last is kept.
    package var database: DatabaseLocation
    /// The folder for what belongs to this server alone: the database if it is SQLite, the administrator's token.
    package var dataFolder: String
    package var webFolder: String
    package var promptsFolder: String?
    package var httpHost: String
    /// 0 lets the system choose; the port is printed.
    package var httpPort: Int
    package var sipAddress: NetworkAddress
    package var mediaAddress: IPAddress
    package var mediaPorts: ClosedRange<UInt16>
    package var mediaThreads: Int
    /// How browsers' sound finds its way to us; nil: by `mediaAddress` alone.
    package var audio: AudioNetwork?
    /// Where to write what `simulate --replay` reads; nil: nothing is recorded.
    package var recording: String?
    /// The file with the keys that wrap the keys of recordings; nil: in the data folder.
    package var recordingKeys: String?
    /// Whether to refuse to start where recordings cannot be kept or opened.
    package var needsRecordings = false
    /// How long calls may go on after the server was told to stop.
    package var drainMax: Duration = .zero
    /// Where browsers reach us over TLS, beside plain HTTP; nil: nowhere.
    package var https: HTTPS?
    /// The certificate for HTTPS and for SIP over TLS; nil: HTTPS makes one for itself.
    package var certificate: ServerCertificate.Files?
    /// Where SIP listens for TCP and TLS beside UDP, and what TLS proves itself by.
    package var sipStreams = SIPEndpoint.Streams()

    /// Whether webhooks may lead to this machine and into networks of its own.
    package var reachesPrivateWebhooks = false

    /// Whether anyone may call from the page `/customer`, without signing in.
    package var offersCustomerPage = false
    /// For the demo only: the logins of seats that need no password, by host name.
    package var seats: [String: String] = [:]

    package init(
        database: DatabaseLocation, dataFolder: String, webFolder: String, promptsFolder: String?, httpHost: String, httpPort: Int,
        sipAddress: NetworkAddress, mediaAddress: IPAddress, mediaPorts: ClosedRange<UInt16>, mediaThreads: Int, recording: String?
    ) {
        self.database = database
        self.dataFolder = dataFolder
        self.webFolder = webFolder
        self.promptsFolder = promptsFolder
        self.httpHost = httpHost
        self.httpPort = httpPort
        self.sipAddress = sipAddress
        self.mediaAddress = mediaAddress
        self.mediaPorts = mediaPorts
        self.mediaThreads = mediaThreads
        self.recording = recording
    }

    /// The database of a data folder, unless it is a PostgreSQL server's.
    ///
    /// - Parameter postgreSQL: libpq's connection string.
    package static func database(in dataFolder: String, postgreSQL: String?) -> DatabaseLocation {
        postgreSQL.map { .postgreSQL($0) } ?? .sqlite(path: "\(dataFolder)/\(DataFolder.databaseName)")
    }

    /// How browsers reach us over TLS.
    package struct HTTPS: Sendable, Hashable {
        package var address: NetworkAddress
        /// Names by which people call this machine, beside its own name and addresses: for the certificate that it makes for itself.
        package var names: [String]

        package init(address: NetworkAddress, names: [String] = []) {
            self.address = address
            self.names = names
        }

        /// Whether a certificate can be for it.
        package static func isName(_ text: String) -> Bool { IPAddress(text) != nil || OwnCertificate.isHostName(text) }

        /// What stands in an address between `https://` and the path.
        package func authority(port: Int) -> String {
            NetworkAddress(address.host, port: UInt16(clamping: port)).description
        }
    }

    /// What stands in an address between `http://` and the path.
    package func httpAuthority(port: Int) -> String { httpHost.contains(":") ? "[\(httpHost)]:\(port)" : "\(httpHost):\(port)" }

    /// Where somebody begins who has still to sign in: by TLS where there is TLS, for a password is typed there; by a name if one is known.
    package func origin(httpPort: Int, httpsPort: Int?) -> String {
        guard let https, let httpsPort else { return "http://\(httpAuthority(port: httpPort))" }
        let name = https.names.first { IPAddress($0) == nil && !$0.hasPrefix("*") }
        return "https://" + (name.map { "\($0):\(httpsPort)" } ?? https.authority(port: httpsPort))
    }

    /// Whether plain HTTP leaves this machine: no browser gives a microphone to a page that came so (Secure Contexts section 3.1).
    package var isPlainBeyondThisMachine: Bool {
        if httpHost.lowercased() == "localhost" { return false }
        return switch IPAddress(httpHost) {
        case .v4(let word): word >> 24 != 127
        case .v6(let high, let low): high != 0 || low != 1
        case nil: true
        }
    }

    /// The digest realm of the phones; part of every stored HA1, so it cannot change.
    package static let realm = "callfloor"
}
