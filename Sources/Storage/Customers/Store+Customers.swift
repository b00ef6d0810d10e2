import Contacts
import Customers
import Organization
import Primitives

/// What became of a change.
package enum CustomerChange: Hashable, Sendable {
    /// With his revision now.
    case made(Int)
    /// These fields have become something else meanwhile, and nothing was changed; he is as he is now.
    case conflicts(Set<CustomerPart.Field>, CustomerRow)
    /// There is no such customer, or he has become part of another.
    case gone
}

extension Store {
    package func customer(_ id: CustomerID) async throws -> CustomerRow? {
        try await readers.read { connection in try connection.transaction(.reading) { try CustomerTable.read(id, on: connection) } }
    }

    /// Makes a customer; the same id once more is the same.
    package func addCustomer(_ customer: Customer, by user: UserID, at now: Timestamp) async throws {
        try await writer.write { connection in
            guard try CustomerTable.read(customer.id, on: connection) == nil else { return }
            let row = CustomerRow(customer: customer, revision: 1, createdAt: now, changedAt: now, changedBy: user, mergedInto: nil)
            try CustomerTable.write(row, to: connection)
        }
    }

    /// Changes some fields, if they still are what they `were`.
    package func changeCustomer(
        _ id: CustomerID, from were: CustomerPart, to now: CustomerPart, by user: UserID, at moment: Timestamp
    ) async throws -> CustomerChange {
        try await writer.write { connection -> CustomerChange in
            guard var row = try CustomerTable.read(id, on: connection), row.mergedInto == nil else { return .gone }
            let before = row.customer
            let conflicts = row.customer.change(from: were, to: now)
            guard conflicts.isEmpty else { return .conflicts(conflicts, row) }
            guard row.customer != before else { return .made(row.revision) }
            row.revision += 1
            row.changedAt = moment
            row.changedBy = user
            try CustomerTable.write(row, to: connection)
            return .made(row.revision)
        }
    }

    /// What he has last said about being written and called to, on each channel.
    package func consents(of id: CustomerID) async throws -> [Consent] {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                try CustomerTable.consents(of: CustomerTable.members(of: id, on: connection), on: connection)
            }
        }
    }

    package func keep(_ consent: Consent, of id: CustomerID) async throws {
        try await writer.write { connection -> Void in
            try connection.run(
                CustomerStatements.keepConsent,
                [
                    "customer": .of(id), "channel": .of(consent.channel.rawValue), "at": .of(consent.at), "given": .of(consent.isGiven),
                    "by_user": .of(consent.by),
                ])
        }
    }

    // MARK: One of two

    /// Makes `other` a part of a customer, who takes over what he has not; nil where one of the two is not there.
    package func mergeCustomer(_ other: CustomerID, into id: CustomerID, by user: UserID, at now: Timestamp) async throws -> Bool {
        try await writer.write { connection in
            guard id != other, var row = try CustomerTable.read(id, on: connection),
                var part = try CustomerTable.read(other, on: connection),
                row.mergedInto == nil, part.mergedInto == nil, row.customer.project == part.customer.project
            else { return false }
            let languages = row.customer.languages
            row.customer.takeOver(from: part.customer)
            row.revision += 1
            row.changedAt = now
            row.changedBy = user
            try CustomerTable.write(row, mergedFrom: other, to: connection)
            part.mergedInto = id
            try CustomerTable.write(part, to: connection)
            let taken = row.customer.languages.dropFirst(languages.count).map(\.rawValue).joined(separator: " ")
            try connection.run(
                CustomerStatements.merge,
                ["customer": .of(id), "other": .of(other), "at": .of(now), "by": .of(user), "languages": .of(taken)])
            return true
        }
    }

    /// Undoes a merge: `other` is who he was, and what came with him goes with him, except what another part has, too. False where `other`
    /// is no part of this customer, or this one has himself become part of another.
    package func unmergeCustomer(_ other: CustomerID, from id: CustomerID, by user: UserID, at now: Timestamp) async throws -> Bool {
        try await writer.write { connection in
            guard var part = try CustomerTable.read(other, on: connection), part.mergedInto == id,
                try CustomerTable.read(id, on: connection)?.mergedInto == nil
            else { return false }
            let taken = try connection.first(CustomerStatements.taken, ["customer": .of(id), "other": .of(other)]) { try $0.text() }
            try CustomerTable.drop(mergedFrom: other, of: id, on: connection)
            guard var row = try CustomerTable.read(id, on: connection) else { return false }
            let languages = CustomerTable.languages(taken ?? "")
            row.customer.languages.removeAll(where: languages.contains)
            row.revision += 1
            row.changedAt = now
            row.changedBy = user
            try CustomerTable.write(row, to: connection)
            part.mergedInto = nil
            try CustomerTable.write(part, to: connection)
            // What another part would have brought, had this one not brought it before.
            for remaining in try CustomerTable.parts(of: id, on: connection) {
                guard let also = try CustomerTable.read(remaining, on: connection) else { continue }
                let languages = row.customer.languages
                row.customer.takeOver(from: also.customer)
                try CustomerTable.write(row, mergedFrom: remaining, to: connection)
                let taken = row.customer.languages.dropFirst(languages.count).map(\.rawValue)
                guard !taken.isEmpty else { continue }
                try connection.run(
                    CustomerStatements.takeLanguages,
                    ["languages": .of(" " + taken.joined(separator: " ")), "customer": .of(id), "other": .of(remaining)])
            }
            try connection.run(
                CustomerStatements.unmerge, ["at": .of(now), "by": .of(user), "customer": .of(id), "other": .of(other)])
            return true
        }
    }

    /// Whether `other` was a part of this customer and is so no more.
    package func wasUnmerged(_ other: CustomerID, from id: CustomerID) async throws -> Bool {
        try await readers.read { connection in
            try connection.first(CustomerStatements.unmerged, ["customer": .of(id), "other": .of(other)]) { try $0.integer() } != nil
        }
    }
}

private enum CustomerStatements {
    static let keepConsent = Statement(
        """
        INSERT INTO customer_consent (customer, channel, at, given, by_user) VALUES ($customer, $channel, $at, $given, $by_user)
        ON CONFLICT (customer, channel, at) DO UPDATE SET given = excluded.given, by_user = excluded.by_user
        """)
    static let merge = Statement(
        """
        INSERT INTO customer_merge (customer, other, merged_at, merged_by, languages) VALUES ($customer, $other, $at, $by, $languages)
        """)
    static let taken = Statement(
        "SELECT languages FROM customer_merge WHERE customer = $customer AND other = $other AND unmerged_at IS NULL")
    static let takeLanguages = Statement(
        """
        UPDATE customer_merge SET languages = languages || $languages
        WHERE customer = $customer AND other = $other AND unmerged_at IS NULL
        """)
    static let unmerged = Statement(
        "SELECT 1 FROM customer_merge WHERE customer = $customer AND other = $other AND unmerged_at IS NOT NULL LIMIT 1")
    static let unmerge = Statement(
        """
        UPDATE customer_merge SET unmerged_at = $at, unmerged_by = $by
        WHERE customer = $customer AND other = $other AND unmerged_at IS NULL
        """)
}
