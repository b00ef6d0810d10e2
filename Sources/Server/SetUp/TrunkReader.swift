import Operation
import Organization
import Primitives

/// Reads one trunk of a set-up file. What the file leaves out stays; `null` takes away.
struct TrunkReader {
    let reader: SetUpReader
    /// The trunk of this key as it is known.
    let old: TrunkAccount?

    /// - Returns: the trunk; what is wrong with it is among the reader's flaws.
    func trunk(_ id: TrunkID, key: String) -> TrunkAccount {
        reader.allow("addresses", "server", "transport", "login", "callers", "presents", "callsPerSecond")
        let server = server()
        return TrunkAccount(
            id: id, key: key, addresses: addresses(hasServer: server != nil || !reader["server"].isAbsent), server: server,
            login: server == nil ? nil : login(),
            callers: header(reader["callers"], default: old?.callers ?? .assertedIdentity),
            presents: server == nil ? nil : presents(), callsPerSecond: callsPerSecond())
    }

    private func addresses(hasServer: Bool) -> [IPAddress] {
        let reader = reader["addresses"]
        if reader.isLeftOut, let old, hasServer || !old.addresses.isEmpty { return old.addresses }
        let addresses = reader.items().compactMap { item -> IPAddress? in
            guard let address = IPAddress(item.text()) else {
                item.refuse(.address, "an IP address")
                return nil
            }
            return address
        }
        // Calls of a line without addresses come from the server that we know it by.
        if addresses.isEmpty, !hasServer || !reader.isAbsent {
            reader.refuse("nothing", .required, "at least one IP address")
        }
        return addresses
    }

    private func server() -> TrunkAccount.Server? {
        let reader = reader["server"]
        if reader.isLeftOut, let server = old?.server { return with(transport: server) }
        guard !reader.isAbsent else {
            for key in ["transport", "login", "presents"] where !self.reader[key].isAbsent {
                self.reader[key].refuse(.conflict, "no such setting for a trunk without a server")
            }
            return nil
        }
        guard let (host, port) = Self.hostAndPort(reader.text(max: TrunkAccount.Host.nameMax + 6)) else {
            reader.refuse(
                .hostOrAddress, "a name or an IP address, with or without a port, such as sip.example.com or 192.0.2.10:5060")
            return nil
        }
        return with(transport: TrunkAccount.Server(host: host, port: port, transport: old?.server?.transport))
    }

    private func with(transport server: TrunkAccount.Server) -> TrunkAccount.Server {
        var server = server
        if reader["transport"].isNull { server.transport = nil }
        if !reader["transport"].isAbsent {
            server.transport = reader["transport"].choice(TrunkAccount.Transport.allCases.map { ($0.rawValue, $0) })
        }
        return server
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
        if reader.isLeftOut { return old?.login }
        guard !reader.isNull else { return nil }
        let old = old?.login
        reader.allow("user", "password", "realmUser", "registers", "expires")
        let user = reader["user"].isAbsent && old != nil ? old?.user ?? "" : reader["user"].text()
        if !Self.isUser(user) { reader["user"].refuse(.malformed, "the user part of a SIP address, without @ and spaces") }
        var realmUser = reader["realmUser"].isNull ? nil : old?.realmUser
        if !reader["realmUser"].isAbsent { realmUser = reader["realmUser"].text() }
        let registers = reader["registers"].truth(default: old?.registers ?? true)
        if !registers, !reader["expires"].isAbsent { reader["expires"].refuse(.conflict, "nothing where registers is false") }
        let password: Secret
        if reader["password"].isAbsent, let known = old?.password {
            password = known
        } else {
            password = Secret(reader["password"].secret())
        }
        let expires = reader["expires"].seconds(60...86_400, default: old?.expires ?? TrunkAccount.Login.expiresUsual)
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
        if reader.isLeftOut { return old?.presents }
        guard !reader.isNull else { return nil }
        let old = old?.presents
        reader.allow("header", "number", "format")
        var number = reader["number"].isNull ? nil : old?.number
        if !reader["number"].isAbsent { number = reader["number"].phoneNumber() }
        let format = reader["format"].choice(TrunkAccount.NumberFormat.allCases.map { ($0.rawValue, $0) }, default: old?.format ?? .e164)
        return TrunkAccount.Presentation(
            header: header(reader["header"], default: old?.header ?? .from), number: number, format: format ?? .e164)
    }

    private func header(_ place: SetUpReader, default fallback: TrunkAccount.IdentityHeader) -> TrunkAccount.IdentityHeader {
        place.choice(TrunkAccount.IdentityHeader.allCases.map { ($0.rawValue, $0) }, default: fallback) ?? fallback
    }

    private func callsPerSecond() -> Int? {
        let reader = reader["callsPerSecond"]
        if reader.isLeftOut { return old?.callsPerSecond }
        return reader.isNull ? nil : reader.whole(1...1000)
    }
}
