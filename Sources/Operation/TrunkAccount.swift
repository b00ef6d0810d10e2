import Organization
import Primitives

/// A provider's line: what it sends from, where it is reached, and how both sides say who calls.
package struct TrunkAccount: Hashable, Sendable {
    package var id: TrunkID
    package var key: String
    /// Calls from these are the provider's.
    package var addresses: [IPAddress]
    /// Where we register and send calls; nil: the line only brings calls.
    package var server: Server?
    /// How we prove to the provider who we are; nil: it knows us by our address. Never without a server.
    package var login: Login?
    /// Which header is believed about who calls; where it is missing, From is read.
    package var callers: IdentityHeader
    /// How we say who calls; nil: by From, in international form.
    package var presents: Presentation?
    /// New calls that the line may bring in one second; nil: no limit but the server's own.
    package var callsPerSecond: Int?

    package init(
        id: TrunkID, key: String, addresses: [IPAddress], server: Server? = nil, login: Login? = nil,
        callers: IdentityHeader = .assertedIdentity, presents: Presentation? = nil, callsPerSecond: Int? = nil
    ) {
        self.id = id
        self.key = key
        self.addresses = addresses
        self.server = server
        self.login = login
        self.callers = callers
        self.presents = presents
        self.callsPerSecond = callsPerSecond
    }

    /// The provider's server, as RFC 3263 looks it up.
    package struct Server: Hashable, Sendable {
        package var host: Host
        /// Nil: the look-up tells, or the transport's own port is meant (5060, of TLS 5061).
        package var port: UInt16?
        /// Nil: UDP.
        package var transport: Transport?

        package init(host: Host, port: UInt16? = nil, transport: Transport? = nil) {
            self.host = host
            self.port = port
            self.transport = transport
        }
    }

    package enum Host: Hashable, Sendable, CustomStringConvertible {
        case address(IPAddress)
        /// A name of the DNS: letters, digits, hyphens and dots.
        case name(String)

        package static let nameMax = 253  // RFC 1035 section 2.3.4, without the dot at the end

        /// Reads an address (of IPv6 with or without brackets) or a name; nil for anything else.
        package init?(_ text: some StringProtocol) {
            if let address = IPAddress(text) {
                self = .address(address)
                return
            }
            let labels = Substring(text).utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard text.utf8.count <= Self.nameMax, labels.allSatisfy(Self.isLabel) else { return nil }
            // RFC 3696 section 2: a last label of digits alone would be read as an address that is wrong.
            guard let last = labels.last, !last.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            self = .name(text.lowercased())
        }

        package var description: String {
            switch self {
            case .address(let address): address.description
            case .name(let name): name
            }
        }

        private static func isLabel(_ label: Substring.UTF8View) -> Bool {
            let hyphen = UInt8(ascii: "-")
            guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen else { return false }
            return label.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case hyphen, UInt8(ascii: "_"): true
                default: false
                }
            }
        }
    }

    package enum Transport: String, CaseIterable, Hashable, Sendable {
        case udp, tcp, tls
    }

    /// What the provider knows us by.
    package struct Login: Hashable, Sendable {
        /// The user part of our address there, often a number.
        package var user: String
        package var password: Secret
        /// The user name in the digest, where it is not `user`.
        package var realmUser: String?
        /// Whether we tell the provider where we are; false: only our calls are answered by the password.
        package var registers: Bool
        /// For how long a registration is asked.
        package var expires: Duration

        package static let expiresUsual: Duration = .seconds(600)

        package init(
            user: String, password: Secret, realmUser: String? = nil, registers: Bool = true, expires: Duration = Login.expiresUsual
        ) {
            self.user = user
            self.password = password
            self.realmUser = realmUser
            self.registers = registers
            self.expires = expires
        }
    }

    /// Where it stands in a request who calls.
    package enum IdentityHeader: String, CaseIterable, Hashable, Sendable {
        /// P-Asserted-Identity (RFC 3325).
        case assertedIdentity
        /// Remote-Party-ID, which older switches send.
        case remoteParty
        case from
    }

    /// How we say who calls.
    package struct Presentation: Hashable, Sendable {
        package var header: IdentityHeader
        /// The number that is shown when nothing else says which; nil: none.
        package var number: PhoneNumber?
        package var format: NumberFormat

        package init(header: IdentityHeader = .from, number: PhoneNumber? = nil, format: NumberFormat = .e164) {
            self.header = header
            self.number = number
            self.format = format
        }
    }

    /// How the provider wants numbers written.
    package enum NumberFormat: String, CaseIterable, Hashable, Sendable {
        /// `+442079460100`
        case e164
        /// `442079460100`
        case digits
    }
}

/// A password that must be said again as it is: a digest (RFC 7616) needs it for every realm that a provider may name, and
/// the realm is known only when the provider asks. So it is stored readable. It says nothing of itself where it is printed,
/// logged or dumped.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The password itself, for the digest and for the table it is kept in.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
