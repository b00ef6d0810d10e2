import Foundation
import Organization
import Primitives
import Testing

@testable import Scripting

/// The cases that the browser's writing of the same rules reads, too.
struct VectorTests {
    private static func file<Content: Decodable>(_ name: String) throws -> Content {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Vectors")
        return try JSONDecoder().decode(Content.self, from: Data(contentsOf: folder.appendingPathComponent(name)))
    }

    // MARK: Formulas

    private struct Operand: Decodable {
        var number: String?
        var text: String?
        var truth: Bool?
        var filled: Bool?
        var empty: Bool?

        var result: Formula.Result? {
            if let number { return DecimalNumber(number).map { .number($0) } }
            if let truth { return .truth(truth) }
            return text.map { .text($0) } ?? .empty
        }
    }

    private struct FormulaCase: Decodable {
        var formula: String
        var values: [String: Operand]?
        var `is`: Operand?
        var malformed: Bool?
    }

    @Test func `formulas come to what the table says`() throws {
        let cases: [FormulaCase] = try Self.file("formulas.json")
        #expect(cases.count > 80)
        for (index, one) in cases.enumerated() {
            let formula = try? Formula(parsing: one.formula)
            guard let expected = one.is else {
                #expect(formula == nil && one.malformed == true, "case \(index): \(one.formula)")
                continue
            }
            let values = one.values ?? [:]
            let operands = Formula.Operands(results: values.compactMapValues(\.result), filled: Set(values.keys))
            #expect(formula?.result(operands) == expected.result, "case \(index): \(one.formula)")
        }
    }

    // MARK: Values

    private enum Value: Decodable {
        case text(String)
        case address([String: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .address(try container.decode([String: String].self))
            }
        }

        var value: FieldValue {
            switch self {
            case .text(let text): .text(text)
            case .address(let parts):
                .address(
                    PostalAddress(
                        Dictionary(
                            uniqueKeysWithValues: parts.compactMap { key, text in PostalAddress.Part(rawValue: key).map { ($0, text) } })))
            }
        }
    }

    private struct FieldCase: Decodable {
        var key: String
        var kind: String
        var required: Bool?
        var lines: Int?
        var lengthMax: Int?
        var pattern: String?
        var min: String?
        var max: String?
        var decimals: Int?
        var currency: String?
        var options: [OptionCase]?
        var visibleIf: String?
        var computed: String?

        struct OptionCase: Decodable {
            var key: String
        }

        func field() throws -> Field {
            var field = Field(key: key, kind: try #require(Field.Kind(rawValue: kind)), label: Texts([.english: key]))
            field.isRequired = required ?? false
            field.lines = lines ?? 1
            field.lengthMax = lengthMax
            field.pattern = pattern
            (field.least, field.most) = (min, max)
            (field.decimals, field.currency) = (decimals, currency)
            field.options = (options ?? []).map { Field.Option(key: $0.key, label: Texts([.english: $0.key])) }
            (field.visibleIf, field.computed) = (visibleIf, computed)
            return field
        }
    }

    private struct ValueCase: Decodable {
        var says: String?
        var fields: [FieldCase]
        var typed: [String: Value]
        var kept: [String: Value]?
        var answer: [String: Value]?
        var problems: [ProblemCase]?

        struct ProblemCase: Decodable {
            var field: String
            var rule: String
            var limit: String?
        }
    }

    private struct Values: Decodable {
        var today: String
        var cases: [ValueCase]
    }

    @Test func `answers are taken and refused as the table says`() throws {
        let values: Values = try Self.file("values.json")
        let today = try #require(CivilDate(values.today))
        #expect(values.cases.count > 100)
        for (index, one) in values.cases.enumerated() {
            let form = Form(name: Texts([.english: "Form"]), fields: try one.fields.map { try $0.field() })
            #expect(form.flaws(in: .english) == [], "case \(index)")
            let context = AnswerContext(today: today, kept: (one.kept ?? [:]).mapValues(\.value))
            switch form.check(one.typed.mapValues(\.value), context) {
            case .answer(let answer):
                let found = Dictionary(uniqueKeysWithValues: answer.values.map { ($0.field, $0.value) })
                #expect(found == one.answer?.mapValues(\.value), "case \(index): \(one.says ?? "") \(one.typed)")
            case .problems(let problems):
                let expected = try (one.problems ?? []).map {
                    FieldProblem($0.field, try #require(FieldProblem.Rule(rawValue: $0.rule)), limit: $0.limit)
                }
                #expect(problems == expected && one.answer == nil, "case \(index): \(one.says ?? "") \(one.typed)")
            }
        }
    }
}
