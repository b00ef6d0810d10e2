import Operation
import Organization
import Primitives

/// Where phones are reached: after a restart they need not register again before they ring.
enum RegistrationTable {
    static func write(_ record: RegistrationRecord, to connection: any Connection) throws {
        try connection.run(
            upsert,
            [
                "phone": .of(record.phone), "contact": .of(record.contact), "source": .of(record.source), "until": .of(record.until),
            ])
    }

    static func delete(_ phone: PhoneID, from connection: any Connection) throws {
        try connection.run(delete, ["phone": .of(phone)])
    }

    static func all(on connection: any Connection) throws -> [RegistrationRecord] {
        try connection.all(select, [:]) { row in
            RegistrationRecord(phone: try row.id(), contact: try row.text(), source: try row.text(), until: try row.time())
        }
    }

    private static let select = Statement("SELECT phone, contact, source, until FROM registration ORDER BY phone")

    private static let upsert = Statement(
        """
        INSERT INTO registration (phone, contact, source, until) VALUES ($phone, $contact, $source, $until)
        ON CONFLICT (phone) DO UPDATE SET contact = excluded.contact, source = excluded.source, until = excluded.until
        """)

    private static let delete = Statement("DELETE FROM registration WHERE phone = $phone")
}
