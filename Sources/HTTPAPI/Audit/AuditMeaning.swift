import Centre
import Contacts
import Hummingbird
import Organization
import Primitives

/// What an answer of a route means for the audit. There is no default: whoever adds a route has to say it.
package enum AuditMeaning: Sendable, Hashable {
    /// It shows and changes nothing that anybody would have to answer for; why that is so.
    case nothing(because: String)
    /// What it changes, or whom it shows, stands in the log by itself, with whoever did it.
    case inTheLog
    /// Its handler says it, because it depends on what comes of it.
    case byHandler
    /// The answer leaves when this is durable.
    case seen(Audit.Action, Audit.Subject.Kind)

    static func saw(_ subject: Audit.Subject.Kind) -> Self { .seen(.saw, subject) }
    static func searched(_ subject: Audit.Subject.Kind) -> Self { .seen(.searched, subject) }
    static func exported(_ subject: Audit.Subject.Kind) -> Self { .seen(.exported, subject) }
}

extension Route.Parameter {
    /// What an answer is wanted for: one that becomes a file is audited as exported. What somebody sees he can always copy; this is for who
    /// says so, as our own pages do.
    static let purpose = Route.Parameter(
        name: "purpose", schema: .enumeration(["screen", "export"]), summary: "`export` if a file is made of the answer, else `screen`.")

    /// Whether a file is to be made of the answer.
    static func isExport(_ call: Call) -> Bool { call.query(purpose.name) == "export" }

    /// How long a page is, and what for, says nothing of what was looked at.
    private static let aside = ["limit", purpose.name]

    /// What stands in the audit of the parameter; nil if it was not given.
    ///
    /// Its value only if that cannot be a name or a number of somebody: an id, a day, a word or a count of ours.
    func term(in call: Call) -> Audit.Term? {
        guard !Self.aside.contains(name), let text = call.query(name) else { return nil }
        return Audit.Term(name, schema.harmless(text)) ?? Audit.Term(name)
    }
}

extension Schema {
    /// `text` as a value of this shape, if values of this shape say nothing of anybody.
    fileprivate func harmless(_ text: String) -> String? {
        switch self {
        case .id: ID<Schema>(text)?.description
        case .day: CivilDate(text) == nil ? nil : text
        case .integer, .time: Int64(text)?.description
        case .enumeration(let cases): cases.contains(text) ? text : nil
        case .boolean: ["true", "false"].contains(text) ? text : nil
        case .string, .number, .constant, .nullable, .array, .map, .object, .any, .named: nil
        }
    }
}

extension Route {
    /// The entry for an answer to `call`; nil where there is none to be written.
    func audited(_ call: Call, names: Names) -> Audit? {
        guard case .seen(let action, let kind) = audit else { return nil }
        let question = query.compactMap { $0.term(in: call) }
        let isExport = query.contains { $0.name == Parameter.purpose.name } && Parameter.isExport(call)
        let project = call.concern.project ?? Self.project(of: question, names)
        return Audit(isExport ? .exported : action, Self.subject(kind, call), of: project, question: question)
    }

    private static func subject(_ kind: Audit.Subject.Kind, _ call: Call) -> Audit.Subject {
        switch kind {
        // The table has been held against it: there is an id for each contact, and no route of an account.
        case .account, .contact: call.parameters.get("id").flatMap(ContactID.init).map { .contact($0) } ?? .contacts
        case .customer: call.parameters.get("id").flatMap(CustomerID.init).map { .customer($0) } ?? .customers
        case .contacts: .contacts
        case .customers: .customers
        case .figures: .figures
        case .setUp: .setUp
        case .audit: .audit
        case .log: .log
        case .message: .message
        }
    }

    private static func project(of question: [Audit.Term], _ names: Names) -> ProjectID? {
        func value(_ name: String) -> String? { question.first { $0.name == name }?.value }
        if let project = value("project").flatMap(ProjectID.init) { return project }
        return value("queue").flatMap(QueueID.init).flatMap { names.project(of: $0) }
    }
}
