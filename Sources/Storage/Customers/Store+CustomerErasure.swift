import Contacts
import Customers
import Logging
import Operation
import Organization
import Primitives
import Synchronization

/// Everything that is kept of one person.
package struct KeptOfCustomer: Sendable {
    /// The customer, and all who have become part of him.
    package var customers: [CustomerRow]
    package var consents: [Consent]
    package var contacts: [KeptOfContact]
    package var proposals: [ProposalRow]
    package var concessions: [ConcessionRow]
    /// There is more than is told at once.
    package var isCut: Bool
}

package struct KeptOfContact: Sendable {
    package var contact: ContactRow
    package var outside: [String]
    /// What agents answered to forms about it.
    package var values: [FieldText]
    package var recordings: [RecordingRow]
}

extension Store {
    /// Contacts of one person that are told, or erased, at once.
    package static let keptMax = 10_000

    /// What is kept of a customer, for him to see; nil: there is no such customer.
    package func kept(of id: CustomerID) async throws -> KeptOfCustomer? {
        let found: KeptRows? = try await readers.read { connection in
            try connection.transaction(.reading) {
                guard let row = try CustomerTable.read(id, on: connection) else { return nil }
                let members = try CustomerTable.members(of: id, on: connection)
                return KeptRows(
                    customers: [row] + (try members.dropFirst().compactMap { try CustomerTable.read($0, on: connection) }),
                    consents: try CustomerTable.allConsents(of: members, on: connection),
                    contacts: try TimelineStatements.contacts(
                        of: members, row.customer, areHisAlone: true, before: nil, limit: Self.keptMax + 1, on: connection),
                    proposals: try ProposalTable.proposals(to: members, on: connection),
                    concessions: try ProposalTable.concessions(to: members, on: connection))
            }
        }
        guard let found else { return nil }
        var contacts: [KeptOfContact] = []
        for contact in found.contacts.prefix(Self.keptMax) {
            contacts.append(
                KeptOfContact(
                    contact: contact, outside: try await numbersOutside(of: contact.id).values.sorted(),
                    values: try await work(of: contact.id).forms.flatMap { $0.values + $0.draft },
                    recordings: try await recordings(of: contact.id)))
        }
        return KeptOfCustomer(
            customers: found.customers, consents: found.consents, contacts: contacts, proposals: found.proposals,
            concessions: found.concessions, isCut: found.contacts.count > Self.keptMax)
    }

    /// Forgets a customer: who he is, the numbers he called from, what was noted and answered about him. Contacts stay, without any of it,
    /// and the log, which has ids only. What SQLite has written before is overwritten, at once or as soon as nobody reads it:
    /// `overwriteErased` says whether.
    ///
    /// - Throws: `StorageError.contactOpen` while he is spoken with, `.importing` while a file is brought in, which could bring him back.
    /// - Returns: false if there is no such customer.
    package func eraseCustomer(_ id: CustomerID) async throws -> Bool {
        let outcome = try await writer.write { connection -> Erasure in
            guard let row = try CustomerTable.read(id, on: connection) else { return .unknown }
            let isImporting = try connection.first(ErasureStatements.importing, ["project": .of(row.customer.project)]) { try $0.integer() }
            guard isImporting == nil else { return .importing }
            let members = try CustomerTable.members(of: id, on: connection)
            let contacts = try TimelineStatements.contacts(
                of: members, row.customer, areHisAlone: true, before: nil, limit: Int(Int32.max), on: connection)
            if let open = contacts.first(where: { $0.closedAt == nil }) { return .open(open.id) }
            for contact in contacts {
                for statement in ErasureStatements.ofContact { try connection.run(statement, ["contact": .of(contact.id)]) }
                try WorkTable.erase(contact.id, on: connection)
            }
            for member in members {
                // Takes him out of the index, whatever words he stands there by.
                if var part = try CustomerTable.read(member, on: connection) {
                    part.mergedInto = part.mergedInto ?? id
                    try CustomerTable.write(part, to: connection)
                }
                for statement in ErasureStatements.ofCustomer { try connection.run(statement, ["id": .of(member)]) }
            }
            return .done
        }
        switch outcome {
        case .unknown: return false
        case .open(let contact): throw StorageError.contactOpen(contact)
        case .importing: throw StorageError.importing
        case .done:
            mustOverwrite.withLock { $0 = true }
            try await overwriteErased()
            return true
        }
    }

    private struct KeptRows: Sendable {
        var customers: [CustomerRow]
        var consents: [Consent]
        var contacts: [ContactRow]
        var proposals: [ProposalRow]
        var concessions: [ConcessionRow]
    }

    private enum Erasure: Sendable {
        case unknown, importing, done
        case open(ContactID)
    }

    /// Makes what was erased unreadable where it was written before: SQLite's write-ahead log still holds the pages of before. It is tried
    /// for a second; what was erased before the server began counts, too.
    ///
    /// - Returns: false if somebody read it all the time: then it is to be tried again.
    @discardableResult
    package func overwriteErased() async throws -> Bool {
        guard database.dialect == .sqlite, mustOverwrite.withLock(\.self) else { return true }
        for _ in 0..<Self.checkpointTries {
            let isBusy = try await readers.read { connection in
                // It holds the writer's lock while it waits for readers, and the log must not wait with it: so it never waits.
                try connection.execute("PRAGMA busy_timeout = 0")
                defer { try? connection.execute("PRAGMA busy_timeout = \(SQLiteConnection.busyTimeout)") }
                return try connection.first(ErasureStatements.checkpoint) { try $0.truth() } ?? false
            }
            if !isBusy {
                mustOverwrite.withLock { $0 = false }
                return true
            }
            // polling: readers end within milliseconds, and none tells when.
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    private static let checkpointTries = 20
}

private enum ErasureStatements {
    static let ofContact = [
        Statement("UPDATE contact_caller SET number = NULL, digits = NULL, digits_reversed = NULL WHERE contact = $contact"),
        Statement("DELETE FROM contact_outside WHERE contact = $contact"),
        Statement("DELETE FROM contact_note WHERE contact = $contact"),
        Statement("DELETE FROM draft WHERE contact = $contact"),
        // What was sold and given stays as a figure, of nobody.
        Statement("UPDATE proposal SET customer = NULL, note = '' WHERE contact = $contact"),
        Statement("UPDATE concession SET customer = NULL, note = '' WHERE contact = $contact"),
        Statement("UPDATE approval SET note = '' WHERE contact = $contact"),
    ]
    static let ofCustomer =
        CustomerTable.tables.map { Statement(SQL(stringLiteral: "DELETE FROM \($0.name) WHERE \($0.column) = $id")) } + [
            Statement("UPDATE proposal SET customer = NULL, note = '' WHERE customer = $id"),
            Statement("UPDATE concession SET customer = NULL, note = '' WHERE customer = $id"),
        ]
    static let importing = Statement("SELECT 1 FROM customer_import WHERE project = $project LIMIT 1")
    static let checkpoint = Statement("PRAGMA wal_checkpoint(TRUNCATE)")
}
