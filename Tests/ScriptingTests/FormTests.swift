import Organization
import Primitives
import Testing

@testable import Scripting

struct FormTests {
    private func flaws(_ kind: Field.Kind = .text, after others: [Field] = [], _ change: (inout Field) -> Void = { _ in }) -> [Flaw] {
        var field = Field(key: "x", kind: kind, label: Texts([.english: "X"]))
        if kind == .money { field.currency = "GEL" }
        if kind == .choice { field.options = [.init(key: "a", label: Texts([.english: "A"]))] }
        change(&field)
        return Form(name: Texts([.english: "Order"]), fields: others + [field]).flaws(in: .english)
    }

    private func at(_ name: String, _ rule: Flaw.Rule, _ index: Int = 0) -> [Flaw] { [Flaw("fields/\(index)/\(name)", rule)] }

    @Test(arguments: Field.Kind.allCases) func `a bare field of each kind can be published`(kind: Field.Kind) {
        #expect(flaws(kind) == [])
    }

    @Test func `what a kind cannot have is refused at its place`() {
        #expect(flaws(.number) { $0.lengthMax = 5 } == at("lengthMax", .notAllowed))
        #expect(flaws { $0.lengthMax = 0 } == at("lengthMax", .notAllowed))
        #expect(flaws { $0.lengthMax = 4000 } == [])
        #expect(flaws { $0.lengthMax = 4001 } == at("lengthMax", .notAllowed))
        #expect(flaws { $0.lines = 0 } == at("lines", .notAllowed))
        #expect(flaws(.date) { $0.lines = 2 } == at("lines", .notAllowed))
        #expect(flaws { $0.pattern = "(" } == at("pattern", .pattern))
        #expect(flaws(.date) { $0.pattern = "a" } == at("pattern", .notAllowed))
        #expect(flaws(.number) { $0.decimals = 13 } == at("decimals", .notAllowed))
        #expect(flaws(.number) { $0.decimals = -1 } == at("decimals", .notAllowed))
        #expect(flaws { $0.decimals = 2 } == at("decimals", .notAllowed))
        #expect(flaws(.money) { $0.currency = nil } == at("currency", .required))
        #expect(flaws(.money) { $0.currency = "lari" } == at("currency", .malformed))
        #expect(flaws { $0.currency = "GEL" } == at("currency", .notAllowed))
        #expect(flaws(.choice) { $0.options = [] } == at("options", .required))
        #expect(flaws { $0.options = [.init(key: "a", label: Texts([.english: "A"]))] } == at("options", .notAllowed))
        #expect(flaws(.card) { $0.computed = "1" } == at("computed", .notAllowed))
        #expect(flaws { $0.label = Texts([:]) } == at("label", .required))
        #expect(flaws { $0.key = "a_b" } == at("key", .malformed))
    }

    @Test func `least and most are of the field's kind, and in order`() {
        #expect(flaws(.number) { ($0.least, $0.most) = ("-1.5", "2") } == [])
        #expect(flaws(.number) { $0.least = "1,5" } == at("min", .malformed))
        #expect(flaws(.number) { ($0.least, $0.most) = ("2", "1") } == at("max", .notAllowed))
        #expect(flaws(.date) { ($0.least, $0.most) = ("2026-01-31", "today+90") } == [])
        #expect(flaws { $0.most = "5" } == at("max", .notAllowed))
        for bound in ["today+", "today90", "today+100000", "tomorrow", "today +1", "2026-02-30"] {
            #expect(flaws(.date) { $0.least = bound } == at("min", .malformed), "\(bound)")
        }
    }

    @Test func `a formula reads only what stands above it`() {
        let above = Field(key: "a", kind: .number, label: Texts([.english: "A"]))
        #expect(flaws(after: [above]) { $0.visibleIf = "a > 1" } == [])
        #expect(flaws(after: [above]) { $0.visibleIf = "x = 'me'" } == at("visibleIf", .order, 1))
        #expect(flaws(after: [above]) { $0.computed = "nobody + 1" } == at("computed", .unknown, 1))
        #expect(flaws(after: [above]) { $0.computed = "a +" } == at("computed", .formula, 1))
    }

    @Test func `a form has a hundred fields at most, and a choice two hundred options`() {
        func form(_ count: Int) -> [Flaw] {
            Form(
                name: Texts([.english: "Order"]),
                fields: (0..<count).map { Field(key: "f\($0)", kind: .text, label: Texts([.english: "F"])) }
            ).flaws(in: .english)
        }
        #expect(form(100) == [])
        #expect(form(101) == [Flaw("fields", .tooMany)])
        #expect(form(0) == [Flaw("fields", .required)])
        func options(_ count: Int) -> [Flaw] {
            flaws(.choice) { $0.options = (0..<count).map { .init(key: "o\($0)", label: Texts([.english: "O"])) } }
        }
        #expect(options(200) == [])
        #expect(options(201) == at("options", .tooMany))
    }

    @Test func `numbers are international where the project's numbering makes them so`() {
        let form = Form(name: Texts([.english: "Order"]), fields: [Field(key: "x", kind: .phone, label: Texts([.english: "X"]))])
        let context = AnswerContext(
            today: CivilDate(year: 2026, month: 11, day: 23), numbers: PhoneNumber.NationalPlan(countryCode: "995"))
        for (typed, kept) in [
            ("0322 55 00 00", "+995322550000"), ("599 12 34 56", "+995599123456"), ("112", "112"), ("+44 20 7946", "+44207946"),
        ] {
            #expect(form.check(["x": .text(typed)], context) == .answer(FormAnswer(values: [.init(field: "x", value: .text(kept))])))
        }
    }
}
