import Contacts
import Operation
import Organization
import Primitives

/// The way a contact has taken through a script.
package struct ScriptRunRow: Hashable, Sendable {
    package var document: DocumentID
    package var version: Int
    package var steps: [(step: String, answer: String)] {
        words.split(separator: " ").compactMap { word in
            let parts = word.split(separator: "=")
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }
    /// Nil: the script is at its end.
    package var current: String?
    private var words: String

    package init(document: DocumentID, version: Int, steps: [(step: String, answer: String)], current: String?) {
        self.document = document
        self.version = version
        words = steps.map { "\($0.step)=\($0.answer)" }.joined(separator: " ")
        self.current = current
    }

    fileprivate init(_ row: inout Row) throws {
        document = try row.id()
        version = try row.number()
        words = try row.text()
        current = try row.textOrNil()
    }

    fileprivate func values(of contact: ContactID) -> Bindings {
        [
            "contact": .of(contact), "document": .of(document), "version": .of(version), "steps": .of(words), "current": .of(current),
        ]
    }
}

/// What was answered to a form, and what has been typed since.
package struct FormWorkRow: Hashable, Sendable {
    package var form: DocumentID
    /// Set once it has been submitted.
    package var submitted: Submitted?
    package var values: [FieldText]
    /// A field that was emptied stands here with an empty text.
    package var draft: [FieldText]

    package struct Submitted: Hashable, Sendable {
        package var version: Int
        package var agent: AgentID
        package var at: Timestamp
    }
}

/// Everything that a contact's agents did by scripts and forms.
package struct ContactWork: Hashable, Sendable {
    package var run: ScriptRunRow?
    package var forms: [FormWorkRow]

    package func form(_ id: DocumentID) -> FormWorkRow? { forms.first { $0.form == id } }
}

extension Store {
    package func work(of contact: ContactID) async throws -> ContactWork {
        try await readers.read { connection in
            try connection.transaction(.reading) {
                let values: Bindings = ["contact": .of(contact)]
                var forms: [DocumentID: FormWorkRow] = [:]
                func change(_ form: DocumentID, _ body: (inout FormWorkRow) -> Void) {
                    body(&forms[form, default: FormWorkRow(form: form, submitted: nil, values: [], draft: [])])
                }
                try connection.forEach(WorkStatements.answers, values) { row in
                    let form: DocumentID = try row.id()
                    let submitted = FormWorkRow.Submitted(version: try row.number(), agent: try row.id(), at: try row.time())
                    change(form) { $0.submitted = submitted }
                }
                func field(_ row: inout Row) throws -> FieldText {
                    FieldText(field: try row.text(), part: try row.text(), text: try row.text())
                }
                try connection.forEach(WorkStatements.values, values) { row in
                    let (form, text): (DocumentID, FieldText) = (try row.id(), try field(&row))
                    change(form) { $0.values.append(text) }
                }
                try connection.forEach(WorkStatements.drafts, values) { row in
                    let (form, text): (DocumentID, FieldText) = (try row.id(), try field(&row))
                    change(form) { $0.draft.append(text) }
                }
                return ContactWork(
                    run: try connection.first(WorkStatements.run, values) { try ScriptRunRow(&$0) },
                    forms: forms.keys.sorted().compactMap { forms[$0] })
            }
        }
    }

    /// - Throws: `StorageError.contactNotOpen`.
    package func saveScriptRun(_ run: ScriptRunRow, of contact: ContactID) async throws {
        let isOpen = try await writer.write { connection in
            guard try WorkTable.isOpen(contact, on: connection) else { return false }
            try connection.run(WorkStatements.saveRun, run.values(of: contact))
            return true
        }
        guard isOpen else { throw StorageError.contactNotOpen(contact) }
    }

    /// Keeps what is typed in some fields of a form; the others stay as they are.
    /// - Throws: `StorageError.contactNotOpen`.
    package func saveFormDraft(_ fields: [String: [FieldText]], in form: DocumentID, of contact: ContactID) async throws {
        let isOpen = try await writer.write { connection in
            guard try WorkTable.isOpen(contact, on: connection) else { return false }
            for field in fields.keys.sorted() {
                try connection.run(WorkStatements.dropDraftField, ["contact": .of(contact), "form": .of(form), "field": .of(field)])
                for text in fields[field] ?? [] {
                    try connection.run(
                        WorkStatements.saveDraft,
                        [
                            "contact": .of(contact), "form": .of(form), "field": .of(field), "part": .of(text.part),
                            "value": .of(text.text),
                        ])
                }
            }
            return true
        }
        guard isOpen else { throw StorageError.contactNotOpen(contact) }
    }
}

enum WorkTable {
    /// Every table that holds something of a contact's answers.
    static let tables = ["script_run", "form_answer", "form_value", "form_draft"]

    static func write(_ record: FormAnswerRecord, to connection: any Connection) throws {
        let place: Bindings = ["contact": .of(record.contact), "form": .of(record.form)]
        try connection.run(
            WorkStatements.answer,
            [
                "contact": .of(record.contact), "form": .of(record.form), "version": .of(record.version), "agent": .of(record.agent),
                "at": .of(record.at),
            ])
        try connection.run(WorkStatements.dropValues, place)
        try connection.run(WorkStatements.dropDraft, place)
        for value in record.values {
            try connection.run(
                WorkStatements.value,
                [
                    "contact": .of(record.contact), "form": .of(record.form), "field": .of(value.field), "part": .of(value.part),
                    "value": .of(value.text),
                ])
        }
    }

    /// Forgets what was answered in a contact.
    static func erase(_ contact: ContactID, on connection: any Connection) throws {
        for statement in WorkStatements.erase { try connection.run(statement, ["contact": .of(contact)]) }
    }

    fileprivate static func isOpen(_ contact: ContactID, on connection: any Connection) throws -> Bool {
        try connection.first(WorkStatements.isOpen, ["contact": .of(contact)]) { try $0.integer() } != nil
    }
}

private enum WorkStatements {
    static let isOpen = Statement("SELECT 1 FROM contact WHERE id = $contact AND closed_at IS NULL")
    static let run = Statement("SELECT document, version, steps, current FROM script_run WHERE contact = $contact")
    static let saveRun = Statement(
        """
        INSERT INTO script_run (contact, document, version, steps, current) VALUES ($contact, $document, $version, $steps, $current)
        ON CONFLICT (contact) DO UPDATE SET document = excluded.document, version = excluded.version, steps = excluded.steps,
            current = excluded.current
        """)
    static let answers = Statement("SELECT form, version, agent, submitted_at FROM form_answer WHERE contact = $contact ORDER BY form")
    static let values = Statement(
        "SELECT form, field, part, value FROM form_value WHERE contact = $contact ORDER BY form, field, part")
    static let drafts = Statement(
        "SELECT form, field, part, value FROM form_draft WHERE contact = $contact ORDER BY form, field, part")
    static let answer = Statement(
        """
        INSERT INTO form_answer (contact, form, version, agent, submitted_at) VALUES ($contact, $form, $version, $agent, $at)
        ON CONFLICT (contact, form) DO UPDATE SET version = excluded.version, agent = excluded.agent,
            submitted_at = excluded.submitted_at
        """)
    static let value = Statement(
        """
        INSERT INTO form_value (contact, form, field, part, value) VALUES ($contact, $form, $field, $part, $value)
        ON CONFLICT (contact, form, field, part) DO UPDATE SET value = excluded.value
        """)
    static let saveDraft = Statement(
        """
        INSERT INTO form_draft (contact, form, field, part, value) VALUES ($contact, $form, $field, $part, $value)
        ON CONFLICT (contact, form, field, part) DO UPDATE SET value = excluded.value
        """)
    static let dropValues = Statement("DELETE FROM form_value WHERE contact = $contact AND form = $form")
    static let dropDraft = Statement("DELETE FROM form_draft WHERE contact = $contact AND form = $form")
    static let dropDraftField = Statement("DELETE FROM form_draft WHERE contact = $contact AND form = $form AND field = $field")
    static let erase = [
        Statement("DELETE FROM script_run WHERE contact = $contact"), Statement("DELETE FROM form_answer WHERE contact = $contact"),
        Statement("DELETE FROM form_value WHERE contact = $contact"), Statement("DELETE FROM form_draft WHERE contact = $contact"),
    ]
}
