import Contacts
import Customers
import Organization
import Primitives
import Storage

extension Store {
    /// Whose contact an open one is: whom its agent has chosen, or the only one of its project with the number.
    func customer(inOpen contact: Contact) async throws -> CustomerRow? {
        guard let row = try await self.contact(contact.id) else { return nil }
        var id = row.customer
        if id == nil, let number = row.number {
            // The log says whose it is soon after it has come.
            let matches = try await customers(withNumber: number, in: contact.project, limit: 2)
            if matches.count == 1 { id = matches[0].id }
        }
        return try await whole(id)
    }

    /// A customer, or of whom he has become a part.
    func whole(_ id: CustomerID?) async throws -> CustomerRow? {
        guard let id else { return nil }
        var found = try await customer(id)
        while let part = found, let whole = part.mergedInto { found = try await customer(whole) }
        return found
    }
}
