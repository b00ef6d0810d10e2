import Centre
import Contacts
import Operation
import Organization
import Primitives

/// The values that are stored beside the log, in the transaction of the entries they came with.
struct Filings {
    /// How many commands have been kept so far: the key by which the oldest are dropped.
    private var commandNumber: Int64

    /// Commands that are remembered over a restart, as many as `CentreActor` remembers.
    static let commandsMax = Int64(CentreActor.performedMax)
    /// The oldest commands are dropped this many at a time.
    private static let dropEvery: Int64 = 1000

    init(from connection: any Connection) throws {
        commandNumber = try connection.first(Self.lastCommand, [:]) { try $0.integerOrNil() }.flatMap { $0 } ?? 0
    }

    mutating func write(_ filing: Filing, to connection: any Connection) throws {
        switch filing {
        case .caller(let contact, let number, let dialled):
            let digits = number.map(NumberSearch.digits)
            try connection.run(
                Self.caller,
                [
                    "contact": .of(contact), "number": .of(number), "dialled": .of(dialled), "digits": .of(digits),
                    "digits_reversed": .of(digits.map { String($0.reversed()) }),
                ])
        case .outside(let contact, let leg, let number):
            try connection.run(Self.outside, ["contact": .of(contact), "leg": .of(leg), "number": .of(number)])
        case .note(let contact, let note): try connection.run(Self.note, ["contact": .of(contact), "note": .of(note)])
        case .setUp(let setUp): try SetUpFiling.write(setUp, to: connection)
        case .retired(let setUp): try RetirementFiling.write(setUp, to: connection)
        case .setUpChange(let record): try SetUpChangeTable.write(record, to: connection)
        case .performed(let key, let position):
            commandNumber += 1
            try connection.run(
                Self.command,
                ["number": .of(commandNumber), "user": .of(key.user), "key": .of(key.key), "position": .of(position.number)])
            if commandNumber % Self.dropEvery == 0 {
                try connection.run(Self.dropCommands, ["number": .of(commandNumber - Self.commandsMax)])
            }
        case .leg(let record): try LegTable.write(record, to: connection)
        case .registration(let record): try RegistrationTable.write(record, to: connection)
        case .registrationEnded(let phone): try RegistrationTable.delete(phone, from: connection)
        case .message(let message): try MessageTable.write(message, to: connection)
        case .documentVersion(let record): try DocumentTable.write(record, to: connection)
        case .documentRetired(let document, let moment): try DocumentTable.retire(document, at: moment, to: connection)
        case .formAnswer(let record): try WorkTable.write(record, to: connection)
        }
    }

    /// What an agent had typed when the wrap-up ended by itself is kept as the contact's note; the draft goes.
    func settleDraft(of contact: ContactID, on connection: any Connection) throws {
        try connection.run(Self.keepDraft, ["contact": .of(contact)])
        try connection.run(Self.dropDraft, ["contact": .of(contact)])
    }

    private static let caller = Statement(
        """
        INSERT INTO contact_caller (contact, number, dialled, digits, digits_reversed)
        VALUES ($contact, $number, $dialled, $digits, $digits_reversed)
        ON CONFLICT (contact) DO UPDATE SET number = excluded.number, dialled = excluded.dialled, digits = excluded.digits,
            digits_reversed = excluded.digits_reversed
        """)

    private static let outside = Statement(
        """
        INSERT INTO contact_outside (contact, leg, number) VALUES ($contact, $leg, $number)
        ON CONFLICT (contact, leg) DO UPDATE SET number = excluded.number
        """)

    private static let note = Statement(
        "INSERT INTO contact_note (contact, note) VALUES ($contact, $note) ON CONFLICT (contact) DO UPDATE SET note = excluded.note")

    private static let keepDraft = Statement(
        """
        INSERT INTO contact_note (contact, note)
        SELECT draft.contact, draft.note FROM draft JOIN contact ON contact.id = draft.contact
        WHERE draft.contact = $contact AND draft.note <> '' AND contact.disposition IS NULL
        ON CONFLICT (contact) DO NOTHING
        """)

    private static let dropDraft = Statement("DELETE FROM draft WHERE contact = $contact")

    private static let lastCommand = Statement("SELECT max(number) FROM command")

    private static let command = Statement(
        """
        INSERT INTO command (number, user_account, key, position) VALUES ($number, $user, $key, $position)
        ON CONFLICT (user_account, key) DO UPDATE SET number = excluded.number, position = excluded.position
        """)

    private static let dropCommands = Statement("DELETE FROM command WHERE number <= $number")
}
