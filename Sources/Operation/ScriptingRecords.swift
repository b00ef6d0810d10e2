import Contacts
import Organization
import Primitives

/// One version of a script or a form, as it is published. Its body is text that only the edges read.
package struct DocumentVersionRecord: Hashable, Sendable {
    package var document: DocumentID
    package var version: Int
    /// Of the draft it was, which goes if nobody has written in it since.
    package var revision: Int
    package var body: String
    package var at: Timestamp
    package var by: UserID

    package init(document: DocumentID, version: Int, revision: Int, body: String, at: Timestamp, by: UserID) {
        self.document = document
        self.version = version
        self.revision = revision
        self.body = body
        self.at = at
        self.by = by
    }
}

/// What an agent answered to a form about a contact; submitted again, it replaces what was answered before.
package struct FormAnswerRecord: Hashable, Sendable {
    package var contact: ContactID
    package var form: DocumentID
    package var version: Int
    package var agent: AgentID
    package var at: Timestamp
    package var values: [FieldText]

    package init(contact: ContactID, form: DocumentID, version: Int, agent: AgentID, at: Timestamp, values: [FieldText]) {
        self.contact = contact
        self.form = form
        self.version = version
        self.agent = agent
        self.at = at
        self.values = values
    }
}

/// What stands in a field of a form, or in one part of it.
package struct FieldText: Hashable, Sendable {
    package var field: String
    /// Of an address which part; empty where the field has none.
    package var part: String
    package var text: String

    package init(field: String, part: String = "", text: String) {
        self.field = field
        self.part = part
        self.text = text
    }
}
