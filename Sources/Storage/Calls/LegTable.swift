import Calls
import Centre
import Contacts
import Operation
import Primitives

/// The legs that a restart takes up again, or ends. Of each party an open contact has one: the customer, the agent, the colleague whom he
/// asks, and the second line of his phone if he asks by that; or the customer, and the number outside to which he was sent. Only of
/// supervisors there may be several.
enum LegTable {
    static func write(_ record: LegRecord, to connection: any Connection) throws {
        if record.party != .supervisor {
            try connection.run(
                replace, ["contact": .of(record.contact), "party": .of(record.party.rawValue), "leg": .of(record.leg)])
        }
        try connection.run(
            upsert,
            [
                "contact": .of(record.contact), "party": .of(record.party.rawValue), "leg": .of(record.leg), "dialog": .of(record.dialog),
                "codec": .of(Int64(record.codec)), "version": .of(record.descriptionVersion), "number": .of(record.callerNumber),
                "headset": .of(record.headset),
            ])
    }

    /// Drops the legs that are over with the event.
    static func apply(_ entry: LogEntry, to connection: any Connection) throws {
        switch entry.event {
        case .dialEnded(let contact, _, let result) where result != .answered:
            try connection.run(deleteBoth, ["contact": .of(contact)])
        case .offerEnded(_, let contact, _, let result) where result != .answered:
            try connection.run(delete, ["contact": .of(contact), "party": .of(Party.agent.rawValue)])
        case .sentOutside(let contact, _, _, _), .talkEnded(let contact, _, _), .agentHungUp(let contact, _, _),
            .contactTransferred(let contact, _, _), .contactTakenOver(let contact, _, _):
            try connection.run(delete, ["contact": .of(contact), "party": .of(Party.agent.rawValue)])
        case .outsideRefused(let contact, _):
            try connection.run(delete, ["contact": .of(contact), "party": .of(Party.outside.rawValue)])
        case .consultEnded(let contact, _):
            for party in [Party.colleague, .secondLine] {
                try connection.run(delete, ["contact": .of(contact), "party": .of(party.rawValue)])
            }
        case .supervisionEnded(_, _, let leg): try connection.run(deleteOne, ["leg": .of(leg)])
        case .wrapUpStarted(let contact, _, _), .writeUpStarted(let contact, _):
            try connection.run(deleteUnlessOutside, ["contact": .of(contact)])
        case .outsideEnded(let contact, _), .contactClosed(let contact, _):
            try connection.run(deleteBoth, ["contact": .of(contact)])
        case .defined, .setUpApplied, .audited, .numberRefused, .contactOpened, .dialStarted, .colleagueDialled, .colleagueCalled,
            .colleagueLeft,
            .numberCalled, .dialEnded,
            .toldClosed, .contactQueued, .offerMade, .offerEnded,
            .holdStarted, .holdEnded, .muteChanged, .recording, .recordingFated, .keepingChanged, .voiceMeasured,
            .phoneRungAgain,
            .secondLineOpened, .supervisionStarted, .supervisionArranged, .helpRequested, .helpWithdrawn,
            .agentReturned, .customerWarned, .customerDismissed, .consultStarted, .consultArranged, .consultRefused, .outsideAnswered,
            .agentReleased, .wrapUpRequested, .contactDisposed, .presenceChanged,
            .presencePlanned,
            .agentStoppedResponding, .phoneReachabilityChanged, .headsetChanged, .seatTaken, .seatLeft,
            .signOffChanged,
            .documentPublished, .documentRetired, .formSubmitted, .contactIdentified:
            break
        }
    }

    /// All, in the order of their contacts.
    static func all(on connection: any Connection) throws -> [LegRecord] {
        try connection.all(select, [:]) { row in
            let contact: ContactID = try row.id()
            guard let party = Party(rawValue: try row.text()) else { throw StorageError.unreadable("a leg's party") }
            return LegRecord(
                leg: try row.id(), contact: contact, party: party, dialog: try row.bytes(), codec: UInt8(clamping: try row.integer()),
                descriptionVersion: try row.integer(), callerNumber: try row.textOrNil(), headset: try row.idOrNil())
        }
    }

    private static let select = Statement(
        "SELECT contact, party, id, dialog, codec, description_version, caller_number, headset FROM leg ORDER BY contact, party, id")

    private static let upsert = Statement(
        """
        INSERT INTO leg (contact, party, id, dialog, codec, description_version, caller_number, headset)
        VALUES ($contact, $party, $leg, $dialog, $codec, $version, $number, $headset)
        ON CONFLICT (id) DO UPDATE SET contact = excluded.contact, party = excluded.party, dialog = excluded.dialog, codec = excluded.codec,
            description_version = excluded.description_version, caller_number = excluded.caller_number,
            headset = excluded.headset
        """)

    private static let replace = Statement("DELETE FROM leg WHERE contact = $contact AND party = $party AND id <> $leg")
    private static let deleteOne = Statement("DELETE FROM leg WHERE id = $leg")
    private static let delete = Statement("DELETE FROM leg WHERE contact = $contact AND party = $party")
    // Whoever wraps up a customer who is with a number outside does so while the two talk.
    private static let deleteUnlessOutside = Statement(
        """
        DELETE FROM leg WHERE contact = $contact
            AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = $contact AND contact.outside_at IS NOT NULL)
        """)
    private static let deleteBoth = Statement("DELETE FROM leg WHERE contact = $contact")
}
