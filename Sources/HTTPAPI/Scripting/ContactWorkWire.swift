import Operation
import Organization
import Primitives
import Scripting
import Storage

/// `GET /api/desk/contacts/{contact}/work`: what the agent says and asks.
struct ContactWorkWire: WireType {
    /// The project's, in which everything is said.
    var language: String
    /// Null: the project has none for such calls.
    @OrNull var script: ScriptWorkWire?
    var forms: [FormWorkWire]

    static let schemaName = "ContactWork"
    static let schema = Schema.object([
        .required("language", .enumeration(Language.allCases.map(\.rawValue))),
        .required(
            "script",
            .nullable(
                .object([
                    .required("id", .id), .required("version", .integer), .required("body", ScriptWire.schema),
                    .required("run", RunWire.schema),
                ]))),
        .required(
            "forms",
            .array(
                .object([
                    .required("id", .id), .required("version", .integer), .required("body", FormWire.schema),
                    .required("values", .map(ValueWire.schema)), .required("submittedAt", .nullable(.time)),
                ]))),
    ])

    struct ScriptWorkWire: Encodable, Sendable, Hashable {
        var id: String
        var version: Int
        var body: ScriptWire
        var run: RunWire
    }

    struct RunWire: Encodable, Sendable, Hashable {
        var steps: [TakenWire]
        /// Null: the script is at its end.
        @OrNull var current: String?

        static let schema = Schema.object([
            .required("steps", .array(.object([.required("step", .string), .required("answer", .string)]))),
            .required("current", .nullable(.string)),
        ])
    }

    struct FormWorkWire: Encodable, Sendable, Hashable {
        var id: String
        var version: Int
        var body: FormWire
        /// What was typed last, as it was typed; what was submitted, as it is kept.
        var values: [String: ValueWire]
        @OrNull var submittedAt: Int64?
    }
}

struct TakenWire: Codable, Sendable, Hashable {
    var step: String
    var answer: String
}

/// `GET /api/contacts/{id}/work`: what was said and answered, in the reader's language.
struct StoryWorkWire: WireType {
    @OrNull var script: ScriptStoryWire?
    var forms: [FormStoryWire]
    /// What was proposed and given, the oldest first.
    var proposals: [ProposalWire]
    var concessions: [ConcessionWire]
    var approvals: [ApprovalWire]

    static let schemaName = "StoryWork"
    static let schema = Schema.object([
        .required(
            "script",
            .nullable(
                .object([
                    .required("name", .string), .required("version", .integer),
                    .required(
                        "steps",
                        .array(.object([.required("say", .string), .required("answer", .string), .required("tried", .boolean)]))),
                ]))),
        .required(
            "forms",
            .array(
                .object([
                    .required("name", .string), .required("version", .integer),
                    .required(
                        "fields",
                        .array(
                            .object([
                                .required("label", .string), .required("kind", .string), .required("value", ValueWire.schema),
                                .optional("currency", .string),
                            ]))),
                    .required("submittedAt", .nullable(.time)), .required("submittedBy", .nullable(.string)),
                ]))), .required("proposals", .array(.reference(ProposalWire.self))),
        .required("concessions", .array(.reference(ConcessionWire.self))), .required("approvals", .array(.reference(ApprovalWire.self))),
    ])

    struct ScriptStoryWire: Encodable, Sendable, Hashable {
        var name: String
        var version: Int
        var steps: [Step]

        struct Step: Encodable, Sendable, Hashable {
            var say: String
            var answer: String
            /// It was an attempt at what troubled the customer.
            var tried: Bool
        }

        init(_ script: Script, _ run: ScriptRunRow, language: Language, else fallback: Language) {
            name = script.name.text(in: language, else: fallback)
            version = run.version
            steps = run.steps.compactMap { taken in
                guard let step = script.step(taken.step), let answer = step.answers.first(where: { $0.key == taken.answer }) else {
                    return nil
                }
                return Step(
                    say: step.say.text(in: language, else: fallback), answer: answer.label.text(in: language, else: fallback),
                    tried: answer.isTried)
            }
        }
    }

    struct FormStoryWire: Encodable, Sendable, Hashable {
        var name: String
        var version: Int
        var fields: [FieldStory]
        /// Null: it was begun and never submitted.
        @OrNull var submittedAt: Int64?
        @OrNull var submittedBy: String?

        struct FieldStory: Encodable, Sendable, Hashable {
            var label: String
            var kind: String
            var value: ValueWire
            /// Of money.
            var currency: String?
        }

        init(_ form: Form, _ version: Int, _ row: FormWorkRow, names: Names, language: Language, else fallback: Language) {
            name = form.name.text(in: language, else: fallback)
            self.version = version
            submittedAt = row.submitted?.at.milliseconds
            submittedBy = row.submitted.map { names.agent($0.agent) }
            let values = FieldValue.values(row.submitted == nil ? row.draft : row.values)
            fields = form.fields.compactMap { field in
                guard var value = values[field.key], !value.isEmpty else { return nil }
                if field.kind == .choice, case .text(let key) = value, let option = field.options.first(where: { $0.key == key }) {
                    value = .text(option.label.text(in: language, else: fallback))
                }
                return FieldStory(
                    label: field.label.text(in: language, else: fallback), kind: field.kind.rawValue, value: ValueWire(value),
                    currency: field.currency)
            }
        }
    }
}

// MARK: What a client sends

/// `PUT /api/desk/contacts/{contact}/script`
struct ScriptRunChange: WireInput {
    var steps: [TakenWire]
    var current: String?

    static let schemaName = "ScriptRunChange"
    static let schema = ContactWorkWire.RunWire.schema

    var run: ScriptRun { ScriptRun(steps: steps.map { .init(step: $0.step, answer: $0.answer) }, current: current) }
}

/// `PUT …/forms/{form}/values` and `POST …/forms/{form}/submit`
struct FormValuesChange: WireInput {
    var version: Int
    var values: [String: ValueWire]

    static let schemaName = "FormValuesChange"
    static let schema = Schema.object([.required("version", .integer), .required("values", .map(ValueWire.schema))])
}
