import Centre
import Organization

/// Writes an entry's row into the table `audit`: what was audited, and changes of the set-up, which stand in the log by themselves.
enum AuditProjection {
    static func apply(_ entry: LogEntry, to connection: any Connection) throws {
        var user: UserID?
        if case .user(let actor) = entry.actor { user = actor }
        let audit: Audit
        switch entry.event {
        case .audited(let audited):
            audit = audited
            // Nobody has shown yet that he is who he says; it is found by whose login it was.
            if case .account(let account) = audited.subject { user = account }
        case .setUpApplied: audit = Audit(.changed, .setUp)
        case .documentPublished(_, _, let version):
            audit = Audit(
                .changed, .setUp, question: [.init("document", "published"), .init("version", String(version))].compactMap(\.self))
        case .documentRetired: audit = Audit(.changed, .setUp, question: [.init("document", "retired")].compactMap(\.self))
        default: return
        }
        try connection.run(
            insert,
            [
                "position": .of(entry.position.number), "at": .of(entry.at), "action": .of(audit.action.rawValue),
                "subject": .of(audit.subject.kind.rawValue), "subject_id": audit.subject.value, "user": .of(user),
                "project": .of(entry.project), "question": .of(audit.question.map(\.text).joined(separator: " ")),
            ])
    }

    private static let insert = Statement(
        """
        INSERT INTO audit (position, at, action, subject, subject_id, user_account, project, question)
        VALUES ($position, $at, $action, $subject, $subject_id, $user, $project, $question)
        """)
}

extension Audit.Subject {
    var value: Value {
        switch self {
        case .contact(let contact): .of(contact)
        case .account(let user): .of(user)
        case .customer(let customer): .of(customer)
        case .contacts, .customers, .figures, .setUp, .audit, .log, .message: .null
        }
    }
}
