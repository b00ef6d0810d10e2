import Calls
import Centre
import Contacts
import Organization
import Primitives

/// A personal or merely descriptive value that belongs to events but not into the log: it is written into a table of its
/// own in the transaction of those events, keyed by an id, and can be erased.
package enum Filing: Hashable, Sendable {
    /// Who called (nil: withheld) and the number dialled.
    case caller(ContactID, number: String?, dialled: String)
    /// The number outside that a leg calls about a contact.
    case outside(ContactID, LegID, number: String)
    case note(ContactID, String)
    /// The names, logins, phones and trunks of a set-up.
    case setUp(SetUp)
    /// What of a set-up goes, as it was: its names stay readable, its sessions end.
    case retired(SetUp)
    /// Who changed what of the set-up.
    case setUpChange(SetUpChangeRecord)
    /// That a command has been carried out, so that its repetition acts once.
    case performed(CommandKey, LogPosition)
    /// What a leg is taken up again by; a later one replaces it. It goes by itself when its part in the contact is over.
    case leg(LegRecord)
    /// Where a phone is reached; a later one replaces it.
    case registration(RegistrationRecord)
    case registrationEnded(PhoneID)
    /// What a supervisor tells agents.
    case message(Message)
    /// What a version of a script or a form says.
    case documentVersion(DocumentVersionRecord)
    /// From when on no contact that begins is offered it.
    case documentRetired(DocumentID, at: Timestamp)
    case formAnswer(FormAnswerRecord)
}

/// What a restarted server needs to take a leg up again.
package struct LegRecord: Hashable, Sendable {
    package var leg: LegID
    package var contact: ContactID
    /// The customer's leg, or that of the agent who rings or talks.
    package var party: Party
    /// The dialog in SIP's own words; empty for a leg on a headset.
    package var dialog: [UInt8]
    /// The RTP payload type of the codec in use; the one to offer first.
    package var codec: UInt8
    /// The number of our last session description (RFC 3264 section 8).
    package var descriptionVersion: Int64
    /// Shown to the next phone that rings for the contact; erased with the record.
    package var callerNumber: String?
    /// On whose headset the leg lies; nil for a leg by SIP.
    package var headset: AgentID?

    package init(
        leg: LegID, contact: ContactID, party: Party, dialog: [UInt8], codec: UInt8, descriptionVersion: Int64, callerNumber: String?,
        headset: AgentID? = nil
    ) {
        self.leg = leg
        self.contact = contact
        self.party = party
        self.dialog = dialog
        self.codec = codec
        self.descriptionVersion = descriptionVersion
        self.callerNumber = callerNumber
        self.headset = headset
    }
}

/// Where a phone can be reached until it registers again.
package struct RegistrationRecord: Hashable, Sendable {
    package var phone: PhoneID
    /// The URI of its Contact, as it gave it.
    package var contact: String
    /// Where it sent from: transport and address in SIP's own words.
    package var source: String
    package var until: Timestamp

    package init(phone: PhoneID, contact: String, source: String, until: Timestamp) {
        self.phone = phone
        self.contact = contact
        self.source = source
        self.until = until
    }
}

/// What makes a command the same command: who sends it, and the key the sender gave it.
package struct CommandKey: Hashable, Sendable {
    package let user: UserID
    package let key: String

    /// Longer keys are refused.
    package static let keyMax = 64

    /// Nil if the key is empty or longer than `keyMax` bytes.
    package init?(user: UserID, key: String) {
        guard !key.isEmpty, key.utf8.count <= Self.keyMax else { return nil }
        self.user = user
        self.key = key
    }
}

/// What one step hands to the log.
package struct LogBatch: Hashable, Sendable {
    package var entries: [LogEntry]
    package var filings: [Filing]
    /// The position of the last entry, or of the last before it if there is none.
    package var through: LogPosition

    package init(entries: [LogEntry], filings: [Filing], through: LogPosition) {
        self.entries = entries
        self.filings = filings
        self.through = through
    }
}
