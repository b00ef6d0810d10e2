import Operation
import Organization
import Primitives

/// Writes and reads what is kept of a trunk beside its key: addresses, server, login, and how numbers are said there.
enum TrunkFiling {
    static func write(_ trunk: TrunkAccount, to connection: any Connection) throws {
        let id = Value.of(trunk.id)
        try connection.run(dropAddresses, ["trunk": id])
        for (place, address) in trunk.addresses.enumerated() {
            try connection.run(Self.address, ["trunk": id, "place": .of(place), "address": .of(address.description)])
        }
        try connection.run(
            line,
            [
                "id": id, "server_host": .of(trunk.server?.host.description), "server_port": .of(trunk.server?.port.map { Int64($0) }),
                "transport": .of(trunk.server?.transport?.rawValue), "callers": .of(trunk.callers.rawValue),
                "presents_header": .of(trunk.presents?.header.rawValue), "presents_number": .of(trunk.presents?.number?.description),
                "presents_format": .of(trunk.presents?.format.rawValue), "calls_per_second": .of(trunk.callsPerSecond.map { Int64($0) }),
            ])
        guard let login = trunk.login else {
            try connection.run(dropLogin, ["trunk": id])
            return
        }
        try connection.run(
            Self.login,
            [
                "trunk": id, "sip_user": .of(login.user), "password": .of(login.password.text), "realm_user": .of(login.realmUser),
                "registers": .of(login.registers), "expires": .of(login.expires),
            ])
    }

    static func trunk(_ id: TrunkID, key: String, from connection: any Connection) throws -> TrunkAccount {
        let addresses = try connection.all(Self.addresses, ["trunk": .of(id)]) { row in
            let text = try row.text()
            guard let address = IPAddress(text) else { throw StorageError.unreadable("the address \(text) of trunk \(key)") }
            return address
        }
        var trunk = TrunkAccount(id: id, key: key, addresses: addresses)
        try connection.forEach(Self.lineOf, ["id": .of(id)]) { row in
            trunk.server = try server(of: key, &row)
            trunk.callers = try row.choice()
            trunk.presents = try presentation(of: key, &row)
            trunk.callsPerSecond = try row.integerOrNil().map { Int(clamping: $0) }
        }
        trunk.login = try connection.first(Self.loginOf, ["trunk": .of(id)]) { row in
            TrunkAccount.Login(
                user: try row.text(), password: Secret(try row.text()), realmUser: try row.textOrNil(), registers: try row.truth(),
                expires: try row.span())
        }
        return trunk
    }

    private static func server(of key: String, _ row: inout Row) throws -> TrunkAccount.Server? {
        let written = try row.textOrNil()
        let port = try row.integerOrNil().map { UInt16(clamping: $0) }
        let transport: TrunkAccount.Transport? = try row.choiceOrNil()
        guard let written else { return nil }
        guard let host = TrunkAccount.Host(written) else { throw StorageError.unreadable("the server \(written) of trunk \(key)") }
        return TrunkAccount.Server(host: host, port: port, transport: transport)
    }

    private static func presentation(of key: String, _ row: inout Row) throws -> TrunkAccount.Presentation? {
        let header: TrunkAccount.IdentityHeader? = try row.choiceOrNil()
        let number = try row.textOrNil().map { text in
            do {
                return try PhoneNumber(parsing: text)
            } catch {
                throw StorageError.unreadable("the number that trunk \(key) presents")
            }
        }
        let format: TrunkAccount.NumberFormat? = try row.choiceOrNil()
        guard let header, let format else { return nil }
        return TrunkAccount.Presentation(header: header, number: number, format: format)
    }

    // MARK: Statements

    private static let dropAddresses = Statement("DELETE FROM trunk_address WHERE trunk = $trunk")
    private static let address = Statement("INSERT INTO trunk_address (trunk, place, address) VALUES ($trunk, $place, $address)")
    private static let addresses = Statement("SELECT address FROM trunk_address WHERE trunk = $trunk ORDER BY place")

    private static let line = Statement(
        """
        INSERT INTO trunk (id, server_host, server_port, transport, callers, presents_header, presents_number, presents_format,
            calls_per_second)
        VALUES ($id, $server_host, $server_port, $transport, $callers, $presents_header, $presents_number, $presents_format,
            $calls_per_second)
        ON CONFLICT (id) DO UPDATE SET server_host = excluded.server_host, server_port = excluded.server_port,
            transport = excluded.transport, callers = excluded.callers, presents_header = excluded.presents_header,
            presents_number = excluded.presents_number, presents_format = excluded.presents_format,
            calls_per_second = excluded.calls_per_second
        """)
    private static let lineOf = Statement(
        """
        SELECT server_host, server_port, transport, callers, presents_header, presents_number, presents_format, calls_per_second
        FROM trunk WHERE id = $id
        """)

    private static let dropLogin = Statement("DELETE FROM trunk_login WHERE trunk = $trunk")
    private static let login = Statement(
        """
        INSERT INTO trunk_login (trunk, sip_user, password, realm_user, registers, expires)
        VALUES ($trunk, $sip_user, $password, $realm_user, $registers, $expires)
        ON CONFLICT (trunk) DO UPDATE SET sip_user = excluded.sip_user, password = excluded.password,
            realm_user = excluded.realm_user, registers = excluded.registers, expires = excluded.expires
        """)
    private static let loginOf = Statement(
        "SELECT sip_user, password, realm_user, registers, expires FROM trunk_login WHERE trunk = $trunk")
}
