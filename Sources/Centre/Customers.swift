import Contacts
import Organization
import Primitives

/// Whose contacts they are. The engine does nothing by it: it says so in the log, for the tables and the figures.
extension CentreEngine {
    /// - Parameter agent: nil: found by the number; that does not overrule an agent, as the tables have it.
    mutating func contactIdentified(_ contact: ContactID, as customer: CustomerID, by agent: AgentID?, at now: Timestamp)
        throws(Refusal)
    {
        guard let state = contacts[contact]?.state else { throw .contactUnknown(contact) }
        if let agent, state.agent != agent { throw .staleState }
        emit(.contactIdentified(contact, customer, by: agent), at: now)
    }
}
