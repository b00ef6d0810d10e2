import Organization
import Primitives
import Scripting

/// The same in several languages, by their tags. A language that we do not speak is refused.
struct TextsWire: Codable, Sendable, Hashable {
    var texts: Texts

    init(_ texts: Texts) {
        self.texts = texts
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        var found: [Language: String] = [:]
        for (tag, text) in try container.decode([String: String].self) {
            guard let language = Language(rawValue: tag) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no language of ours")
            }
            found[language] = text
        }
        texts = Texts(found)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let tags = texts.texts.map { ($0.key.rawValue, $0.value) }
        try container.encode(TagsWire(tags: tags.sorted { $0.0 < $1.0 }))
    }

    static let schema = Schema.map(.string)
}

/// Languages in the order of their tags: the same texts are the same bytes.
private struct TagsWire: Encodable {
    var tags: [(tag: String, text: String)]

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BodyKey.self)
        for (tag, text) in tags { try container.encode(text, forKey: BodyKey(tag)) }
    }
}

/// Any field's name.
struct BodyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init(stringValue name: String) { stringValue = name }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<BodyKey> {
    /// A field that a draft need not have.
    func field<Value: Decodable>(_ name: String, else missing: Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: BodyKey(name)) ?? missing
    }

    func field<Value: Decodable>(_ name: String) throws -> Value? {
        try decodeIfPresent(Value.self, forKey: BodyKey(name))
    }

    /// A word of ours; refused if it is none.
    func choice<Choice: RawRepresentable<String>>(_ name: String, else missing: Choice) throws -> Choice {
        guard let word: String = try field(name) else { return missing }
        guard let choice = Choice(rawValue: word) else {
            throw DecodingError.dataCorruptedError(forKey: BodyKey(name), in: self, debugDescription: "no word of ours")
        }
        return choice
    }
}

/// A script as it is written down: a draft may lack anything.
struct ScriptWire: Codable, Sendable, Hashable {
    var script: Script

    init(_ script: Script) {
        self.script = script
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: BodyKey.self)
        script = Script(
            name: try fields.field("name", else: TextsWire(Texts([:]))).texts, direction: try fields.choice("direction", else: .both),
            start: try fields.field("start", else: ""), steps: try fields.field("steps", else: [StepWire]()).map(\.step),
            objections: try fields.field("objections", else: [ObjectionWire]()).map(\.objection))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BodyKey.self)
        try container.encode(TextsWire(script.name), forKey: BodyKey("name"))
        try container.encode(script.direction.rawValue, forKey: BodyKey("direction"))
        try container.encode(script.start, forKey: BodyKey("start"))
        try container.encode(script.steps.map { StepWire($0) }, forKey: BodyKey("steps"))
        try container.encode(script.objections.map { ObjectionWire($0) }, forKey: BodyKey("objections"))
    }

    static let schema = Schema.object([
        .required("name", TextsWire.schema), .required("direction", .enumeration(Script.Direction.allCases.map(\.rawValue))),
        .required("start", .string),
        .required(
            "steps",
            .array(
                .object([
                    .required("key", .string), .required("say", TextsWire.schema), .optional("hint", .nullable(TextsWire.schema)),
                    .required(
                        "answers",
                        .array(
                            .object([
                                .required("key", .string), .required("label", TextsWire.schema), .optional("next", .nullable(.string)),
                                .required("tried", .boolean),
                            ]))),
                ]))),
        .required(
            "objections",
            .array(.object([.required("key", .string), .required("title", TextsWire.schema), .required("say", TextsWire.schema)]))),
    ])
}

private struct StepWire: Codable {
    var step: Script.Step

    init(_ step: Script.Step) {
        self.step = step
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: BodyKey.self)
        let hint: TextsWire? = try fields.field("hint")
        step = Script.Step(
            key: try fields.field("key", else: ""), say: try fields.field("say", else: TextsWire(Texts([:]))).texts, hint: hint?.texts,
            answers: try fields.field("answers", else: [AnswerWire]()).map(\.answer))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BodyKey.self)
        try container.encode(step.key, forKey: BodyKey("key"))
        try container.encode(TextsWire(step.say), forKey: BodyKey("say"))
        if let hint = step.hint { try container.encode(TextsWire(hint), forKey: BodyKey("hint")) }
        try container.encode(step.answers.map { AnswerWire($0) }, forKey: BodyKey("answers"))
    }
}

private struct AnswerWire: Codable {
    var answer: Script.Answer

    init(_ answer: Script.Answer) {
        self.answer = answer
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: BodyKey.self)
        answer = Script.Answer(
            key: try fields.field("key", else: ""), label: try fields.field("label", else: TextsWire(Texts([:]))).texts,
            next: try fields.field("next"), isTried: try fields.field("tried", else: false))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BodyKey.self)
        try container.encode(answer.key, forKey: BodyKey("key"))
        try container.encode(TextsWire(answer.label), forKey: BodyKey("label"))
        if let next = answer.next { try container.encode(next, forKey: BodyKey("next")) }
        try container.encode(answer.isTried, forKey: BodyKey("tried"))
    }
}

private struct ObjectionWire: Codable {
    var objection: Script.Objection

    init(_ objection: Script.Objection) {
        self.objection = objection
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: BodyKey.self)
        objection = Script.Objection(
            key: try fields.field("key", else: ""), title: try fields.field("title", else: TextsWire(Texts([:]))).texts,
            say: try fields.field("say", else: TextsWire(Texts([:]))).texts)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BodyKey.self)
        try container.encode(objection.key, forKey: BodyKey("key"))
        try container.encode(TextsWire(objection.title), forKey: BodyKey("title"))
        try container.encode(TextsWire(objection.say), forKey: BodyKey("say"))
    }
}
