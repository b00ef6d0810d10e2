import Contacts
import Organization
import Primitives

/// Forms about contacts. What they ask and what was answered lies in the tables; the engine knows whose contact it is.
extension CentreEngine {
    mutating func formSubmitted(_ form: DocumentID, in version: Int, about contact: ContactID, by agent: AgentID, at now: Timestamp)
        throws(Refusal)
    {
        guard contacts[contact]?.state.agent == agent else { throw .staleState }
        emit(.formSubmitted(contact, agent, form: form, version: version), at: now)
    }
}
