import FoundationEssentials
import NIOCore
import Organization
import Primitives
import Scripting
import Storage

/// A script or a form as the wire and the tables have it.
enum DocumentBody: Encodable, Sendable, Hashable {
    case script(ScriptWire)
    case form(FormWire)

    /// What was stored; nil if it cannot be read, which no version of this program writes.
    init?(_ text: String, _ kind: Document.Kind) {
        guard let body = try? Self.read(Data(text.utf8), kind, JSONDecoder()) else { return nil }
        self = body
    }

    static func read(_ data: Data, _ kind: Document.Kind, _ decoder: JSONDecoder) throws -> Self {
        switch kind {
        case .script: .script(try decoder.decode(ScriptWire.self, from: data))
        case .form: .form(try decoder.decode(FormWire.self, from: data))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .script(let script): try script.encode(to: encoder)
        case .form(let form): try form.encode(to: encoder)
        }
    }

    /// As it is stored.
    var text: String { String(buffer: json(self)) }

    /// What the document is called, as it is stored.
    var name: String { String(buffer: json(TextsWire(texts))) }

    private var texts: Texts {
        switch self {
        case .script(let script): script.script.name
        case .form(let form): form.form.name
        }
    }

    func flaws(in language: Language) -> [Flaw] {
        switch self {
        case .script(let script): script.script.flaws(in: language)
        case .form(let form): form.form.flaws(in: language)
        }
    }

    /// A script's or a form's body.
    static let schema = Schema.any
}

/// `GET /api/documents`
struct DocumentListWire: WireType {
    var documents: [DocumentListedWire]

    static let schemaName = "DocumentList"
    static let schema = Schema.object([.required("documents", .array(.reference(DocumentListedWire.self)))])
}

struct DocumentListedWire: WireType {
    var id: String
    var kind: String
    var project: String
    var key: String
    var name: TextsWire
    /// The version that contacts are handled by; null: none.
    @OrNull var published: Int?
    @OrNull var publishedAt: Int64?
    /// Only told to who may change it.
    var hasDraft: Bool
    var changedAt: Int64
    @OrNull var changedBy: String?
    var mayManage: Bool

    static let schemaName = "DocumentListed"
    static let schema = Schema.object([
        .required("id", .id), .required("kind", .enumeration(Document.Kind.allCases.map(\.rawValue))), .required("project", .id),
        .required("key", .string), .required("name", TextsWire.schema), .required("published", .nullable(.integer)),
        .required("publishedAt", .nullable(.time)), .required("hasDraft", .boolean), .required("changedAt", .time),
        .required("changedBy", .nullable(.string)), .required("mayManage", .boolean),
    ])

    init(_ row: DocumentRow, names: Names, mayManage: Bool) {
        id = row.id.description
        kind = row.kind.rawValue
        project = row.project.description
        key = row.key
        name = (try? JSONDecoder().decode(TextsWire.self, from: Data(row.name.utf8))) ?? TextsWire(Texts([:]))
        published = row.isInForce ? row.version : nil
        publishedAt = row.isInForce ? row.publishedAt?.milliseconds : nil
        hasDraft = mayManage && row.draft != nil
        changedAt = row.changedAt.milliseconds
        changedBy = names.user(row.changedBy)
        self.mayManage = mayManage
    }
}

/// `GET /api/documents/{id}`
struct DocumentWire: WireType {
    var id: String
    var kind: String
    var project: String
    var key: String
    /// The project's, in which everything must be given.
    var language: String
    @OrNull var draft: DraftWire?
    /// Null: none, or retired.
    @OrNull var published: DocumentVersionWire?
    /// The newest first.
    var versions: [VersionWire]
    @OrNull var retiredAt: Int64?
    var mayManage: Bool

    static let schemaName = "Document"
    static let schema = Schema.object([
        .required("id", .id), .required("kind", .enumeration(Document.Kind.allCases.map(\.rawValue))), .required("project", .id),
        .required("key", .string), .required("language", .enumeration(Language.allCases.map(\.rawValue))),
        .required("draft", .nullable(.object([.required("body", DocumentBody.schema), .required("revision", .integer)]))),
        .required("published", .nullable(.reference(DocumentVersionWire.self))),
        .required(
            "versions",
            .array(.object([.required("version", .integer), .required("at", .time), .required("by", .nullable(.string))]))),
        .required("retiredAt", .nullable(.time)), .required("mayManage", .boolean),
    ])

    struct DraftWire: Encodable, Sendable, Hashable {
        var body: DocumentBody
        var revision: Int
    }

    struct VersionWire: Encodable, Sendable, Hashable {
        var version: Int
        var at: Int64
        @OrNull var by: String?
    }
}

/// `GET /api/documents/{id}/versions/{version}`
struct DocumentVersionWire: WireType, Hashable {
    var version: Int
    var body: DocumentBody
    var at: Int64
    @OrNull var by: String?

    static let schemaName = "DocumentVersion"
    static let schema = Schema.object([
        .required("version", .integer), .required("body", DocumentBody.schema), .required("at", .time),
        .required("by", .nullable(.string)),
    ])
}

/// What keeps a draft from being published.
struct FlawWire: WireType, Hashable {
    var path: String
    var rule: String

    static let schemaName = "Flaw"
    static let schema = Schema.object([
        .required("path", .string), .required("rule", .enumeration(Flaw.Rule.allCases.map(\.rawValue))),
    ])

    init(_ flaw: Flaw) {
        path = flaw.path
        rule = flaw.rule.rawValue
    }
}

/// `POST /api/documents/{id}/check`
struct FlawListWire: WireType {
    var flaws: [FlawWire]

    static let schemaName = "FlawList"
    static let schema = Schema.object([.required("flaws", .array(.reference(FlawWire.self)))])
}

/// `POST /api/documents`
struct DocumentMadeWire: WireType {
    var id: String
    var position: Int64
    /// Of the draft with which it begins.
    var revision: Int

    static let schemaName = "DocumentMade"
    static let schema = Schema.object([.required("id", .id), .required("position", .integer), .required("revision", .integer)])
}

/// `PUT /api/documents/{id}/draft`
struct DraftRevisionWire: WireType {
    var revision: Int

    static let schemaName = "DraftRevision"
    static let schema = Schema.object([.required("revision", .integer)])
}

/// `POST /api/documents/{id}/publish`
struct PublishedWire: WireType {
    var version: Int
    var position: Int64

    static let schemaName = "Published"
    static let schema = Schema.object([.required("version", .integer), .required("position", .integer)])
}

// MARK: What a client sends

/// `POST /api/documents`
struct DocumentWish: WireInput {
    var project: String
    var kind: String
    var key: String

    static let schemaName = "DocumentWish"
    static let schema = Schema.object([
        .required("project", .id), .required("kind", .enumeration(Document.Kind.allCases.map(\.rawValue))), .required("key", .string),
        .required("body", DocumentBody.schema),
    ])

    func checked() throws -> (project: ProjectID, kind: Document.Kind) {
        var check = FieldCheck()
        let project: ProjectID? = check.id(self.project, "project")
        let kind: Document.Kind? = check.choice(self.kind, "kind")
        check.text(key, "key", limit: Limits.documentKeyMax)
        let signs = key.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        if !key.isEmpty, !signs { check.refuse("key", .malformed) }
        try check.pass()
        guard let project, let kind else { throw Problem.invalid("kind", .required) }
        return (project, kind)
    }
}

/// `PUT /api/documents/{id}/draft`
struct DocumentDraftChange: WireInput {
    var revision: Int

    static let schemaName = "DocumentDraftChange"
    static let schema = Schema.object([.required("revision", .integer), .required("body", DocumentBody.schema)])
}

/// `POST /api/documents/{id}/check`
struct DocumentCheck: WireInput {
    static let schemaName = "DocumentCheck"
    static let schema = Schema.object([.required("body", DocumentBody.schema)])
}

/// `POST /api/documents/{id}/publish`
struct PublishWish: WireInput {
    var revision: Int

    static let schemaName = "PublishWish"
    static let schema = Schema.object([.required("revision", .integer)])
}

/// The body in a request, whose kind the document says.
private struct ScriptInput: WireInput {
    var body: ScriptWire

    static let schemaName = "ScriptInput"
    static let schema = Schema.object([.required("body", ScriptWire.schema)])
}

private struct FormInput: WireInput {
    var body: FormWire

    static let schemaName = "FormInput"
    static let schema = Schema.object([.required("body", FormWire.schema)])
}

extension DocumentBody {
    /// The field `body` of a request.
    static func read(_ request: ByteBuffer, _ kind: Document.Kind) throws -> Self {
        switch kind {
        case .script: .script(try ScriptInput.read(request).body)
        case .form: .form(try FormInput.read(request).body)
        }
    }
}
