import Centre
import Contacts
import Logging
import Operation
import Storage

/// Says whose a contact is, as soon as it has come, if exactly one customer of its project has the number.
struct CustomerFinder: Sendable {
    let centre: CentreActor
    let store: Store
    let announcements: Announcements
    let logger: Logger

    /// Returns when the announcements end.
    func run() async {
        for await contact in announcements.opened {
            do {
                guard let row = try await store.contact(contact), row.customer == nil, let number = row.number else { continue }
                let found = try await store.customers(withNumber: number, in: row.project, limit: 2)
                guard found.count == 1 else { continue }
                try await centre.submit(.contactIdentified(contact, found[0].id, by: nil))
            } catch is Refusal {
                // It is over already.
            } catch {
                // The desk asks by itself; what is lost is that it counts as his.
                logger.warning("nobody was found for a contact", metadata: ["contact": "\(contact)", "reason": "\(error)"])
            }
        }
    }
}
