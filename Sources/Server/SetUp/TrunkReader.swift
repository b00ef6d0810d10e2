import Operation
import Organization
import Primitives

/// Reads one trunk of a set-up file.
struct TrunkReader {
    let reader: SetUpReader
    /// The trunk of this key as it is known: a password that the file leaves out stays.
    let old: TrunkAccount?

    /// - Returns: the trunk; what is wrong with it is among the reader's flaws.
    func trunk(_ id: TrunkID, key: String) -> TrunkAccount {
        reader.allow("addresses", "server", "transport", "login", "callers", "presents", "callsPerSecond")
        let server = server()
        return TrunkAccount(
            id: id, key: key, addresses: addresses(), server: server, login: login(),
            callers: header("callers", default: .assertedIdentity),
            presents: presents(), callsPerSecond: callsPerSecond())
    }

    private func addresses() -> [IPAddress] {
        let addresses = reader["addresses"].items().compactMap { item -> IPAddress? in
            guard let address = IPAddress(item.text()) else {
                item.refuse("an IP address")
                return nil
            }
            return address
        }
        // Calls of a line without addresses come from the server that we know it by.
        if addresses.isEmpty, reader["server"].isAbsent || !reader["addresses"].isAbsent {
            reader["addresses"].refuse("at least one IP address")
        }
        return addresses
    }

    private func server() -> TrunkAccount.Server? {
        guard !reader["server"].isAbsent else {
            for key in ["transport", "login", "presents"] where !reader[key].isAbsent {
                reader[key].refuse("no such setting for a trunk without a server")
            }
            return nil
        }
        guard let (host, port) = Self.hostAndPort(reader["server"].text(max: TrunkAccount.Host.nameMax + 6)) else {
            reader["server"].refuse("a name or an IP address, with or without a port, such as sip.example.com or 192.0.2.10:5060")
            return nil
        }
        let transport =
            reader["transport"].isAbsent ? nil : reader["transport"].choice(TrunkAccount.Transport.allCases.map { ($0.rawValue, $0) })
        return TrunkAccount.Server(host: host, port: port, transport: transport)
    }

    private static func hostAndPort(_ text: String) -> (TrunkAccount.Host, UInt16?)? {
        if let host = TrunkAccount.Host(text) { return (host, nil) }
        if let address = NetworkAddress(text) { return address.port > 0 ? (.address(address.host), address.port) : nil }
        guard let colon = text.lastIndex(of: ":"), let host = TrunkAccount.Host(text[..<colon]), case .name = host,
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        return (host, port)
    }

    private func login() -> TrunkAccount.Login? {
        let reader = reader["login"]
        guard !reader.isAbsent else { return nil }
        reader.allow("user", "password", "realmUser", "registers", "expires")
        let user = reader["user"].text()
        if !Self.isUser(user) { reader["user"].refuse("the user part of a SIP address, without @ and spaces") }
        let realmUser = reader["realmUser"].isAbsent ? nil : reader["realmUser"].text()
        let registers = reader["registers"].truth(default: true)
        if !registers, !reader["expires"].isAbsent { reader["expires"].refuse("nothing where registers is false") }
        let password: Secret
        if reader["password"].isAbsent, let known = old?.login?.password {
            password = known
        } else {
            password = Secret(reader["password"].secret())
        }
        let expires = reader["expires"].seconds(60...86_400, default: Int(TrunkAccount.Login.expiresUsual.components.seconds))
        return TrunkAccount.Login(user: user, password: password, realmUser: realmUser, registers: registers, expires: expires)
    }

    /// What RFC 3261 section 25.1 lets stand in a user part; nothing is escaped, for providers give plain names.
    private static func isUser(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-_.!~*'()&=+$,;?/".utf8.contains(byte)
            }
        }
    }

    private func presents() -> TrunkAccount.Presentation? {
        let reader = reader["presents"]
        guard !reader.isAbsent else { return nil }
        reader.allow("header", "number", "format")
        var number: PhoneNumber?
        if !reader["number"].isAbsent {
            let written = reader["number"].text(max: 40)
            number = written.hasPrefix("+") ? try? PhoneNumber(parsing: written) : nil
            if number == nil { reader["number"].refuse("a number in international form, such as +442079460100") }
        }
        let format = reader["format"].choice(TrunkAccount.NumberFormat.allCases.map { ($0.rawValue, $0) }, default: .e164)
        return TrunkAccount.Presentation(
            header: self.header("presents", "header", default: .from), number: number, format: format ?? .e164)
    }

    private func header(_ path: String..., default fallback: TrunkAccount.IdentityHeader) -> TrunkAccount.IdentityHeader {
        let place = path.reduce(reader) { $0[$1] }
        return place.choice(TrunkAccount.IdentityHeader.allCases.map { ($0.rawValue, $0) }, default: fallback) ?? fallback
    }

    private func callsPerSecond() -> Int? {
        reader["callsPerSecond"].isAbsent ? nil : reader["callsPerSecond"].whole(1...1000)
    }
}
