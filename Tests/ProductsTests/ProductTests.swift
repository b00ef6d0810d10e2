import Organization
import Primitives
import Testing

@testable import Products

struct ProductTests {
    private static let today = CivilDate(year: 2026, month: 11, day: 23)
    private static let reasons = try! ReasonTree([("money", nil), ("price", "money"), ("installation", "money"), ("happy", nil)])

    private func product(_ key: String, _ price: String, _ change: (inout Product) -> Void = { _ in }) -> Product {
        var product = Product(
            id: ProductID(high: 1, low: UInt64(key.utf8.reduce(0) { $0 &* 31 &+ Int($1) })), key: key, price: Amount(price)!)
        change(&product)
        return product
    }

    private func advice(
        _ products: [Product], places: [String] = [], licences: Set<String> = [], past: [Proposal] = []
    ) -> ProposalAdvice {
        ProposalAdvice(products, reasons: Self.reasons, today: Self.today, places: places, licences: licences, past: past)
    }

    private func at(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }

    // MARK: Amounts

    @Test(
        arguments: [
            ("0", 0), ("12", 1200), ("12.5", 1250), ("12.05", 1205), ("999999999999.99", 99_999_999_999_999), ("", nil), (".5", nil),
            ("1.", nil),
            ("1.005", nil), ("-1", nil), ("1,5", nil), ("١", nil), ("1e3", nil), ("1000000000000", nil),
        ] as [(String, Int64?)])
    func `an amount is digits with at most two behind a point`(_ text: String, _ hundredths: Int64?) {
        #expect(Amount(text)?.hundredths == hundredths)
        if let hundredths { #expect(Amount(Amount(hundredths: hundredths).description)?.hundredths == hundredths) }
    }

    @Test func `a discount is taken off to the nearest hundredth`() {
        #expect(Amount("29.90")!.less(percent: Amount("10")!).description == "26.91")
        #expect(Amount("0.05")!.less(percent: Amount("50")!).description == "0.03")
        #expect(Amount("10")!.less(percent: Amount("100")!) == .zero)
        #expect(Amount("10")!.less(percent: Amount("250")!) == .zero)
        #expect(Amount.max.less(percent: .zero) == .max)
        #expect(Amount("20")!.gap(to: Amount("20")!) == nil)
    }

    // MARK: Reasons

    @Test func `a list of reasons is a tree of four levels at most, or says where it is none`() {
        #expect(throws: ReasonTree.Flaw.twice(at: 1)) { try ReasonTree([("a", nil), ("a", nil)]) }
        #expect(throws: ReasonTree.Flaw.unknownParent(at: 0)) { try ReasonTree([("a", "b")]) }
        #expect(throws: ReasonTree.Flaw.tooDeep(at: 0)) { try ReasonTree([("a", "b"), ("b", "a")]) }
        #expect(throws: ReasonTree.Flaw.tooDeep(at: 4)) {
            try ReasonTree([("a", nil), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d")])
        }
        #expect(Self.reasons.stands("price", under: ["money"]) && !Self.reasons.stands("money", under: ["price"]))
    }

    // MARK: What suits

    @Test func `what answers a refusal comes first, then what follows on what he has, then what is for where he lives`() {
        let products = [
            product("new", "50"), product("local", "50") { $0.regions = ["Gori", "Tbilisi"] },
            product("next", "60") { $0.replaces = ["old"] }, product("cheap", "20") { $0.answers = ["money"] }, product("dear", "40"),
            product("old", "30"),
        ]
        let past = [
            Proposal(product: "dear", state: .refused, reason: "price", total: Amount("40")!, at: at(1)),
            Proposal(product: "old", state: .accepted, total: Amount("30")!, at: at(2)),
        ]
        let found = advice(products, places: ["tbilisi"], past: past)
        #expect(found.suggested.map(\.product.key) == ["cheap", "next", "local", "new"])
        #expect(found.suggested[0].why == [.answers(reason: "price", product: "dear", gap: Amount("20")!)])
        #expect(found.notProposed.map(\.product.key) == ["dear", "old"])
        #expect(found.notProposed[0].obstacle == .refused(at: at(1), reason: "price"))
    }

    @Test func `a tariff that is no cheaper, or of another period, answers nothing`() {
        let past = [Proposal(product: "dear", state: .refused, reason: "price", total: Amount("40")!, at: at(1))]
        for other in [
            product("same", "40") { $0.answers = ["money"] },
            product("once", "5") {
                $0.answers = ["money"]
                $0.period = .once
            },
        ] {
            #expect(advice([other], past: past).suggested.map(\.why) == [[.new]])
        }
    }

    @Test func `nothing is proposed that may not be`() {
        let products = [
            product("retired", "1") { $0.isRetired = true },
            product("over", "1") { $0.validUntil = CivilDate(year: 2026, month: 11, day: 22) },
            product("soon", "1") { $0.validFrom = CivilDate(year: 2026, month: 11, day: 24) },
            product("today", "1") {
                $0.validFrom = Self.today
                $0.validUntil = Self.today
            },
            product("elsewhere", "1") { $0.regions = ["Batumi"] }, product("insured", "1") { $0.licence = "insurance" },
            product("like", "1") { $0.category = "internet" },
        ]
        let past = [Proposal(product: "mine", category: "internet", state: .accepted, total: Amount("1")!, at: at(1))]
        let found = advice(products, places: ["Tbilisi"], past: past)
        #expect(found.suggested.map(\.product.key) == ["today"])
        #expect(found.notProposed.map(\.obstacle) == [.region, .licence("insurance"), .has(product: "mine")])
        // Where he lives is not known, and the agent is licensed.
        #expect(advice(products, licences: ["insurance"], past: past).suggested.map(\.product.key) == ["today", "elsewhere", "insured"])
    }

    @Test func `the newest word counts`() {
        let products = [product("tv", "10")]
        let refused = Proposal(product: "tv", state: .refused, reason: "happy", total: Amount("10")!, at: at(1))
        let open = Proposal(product: "tv", state: .proposed, total: Amount("10")!, at: at(2))
        #expect(advice(products, past: [open, refused]).suggested.count == 1)
        #expect(advice(products, past: [refused]).suggested.isEmpty)
    }

    // MARK: Authority

    @Test func `who is higher may not give less, and of whom nothing is said may give nothing`() {
        let limits = AuthorityLimits([.agent: [.discount: Amount("5")!], .senior: [.discount: Amount("20")!]])
        #expect(limits.allows(.agent, .discount, Amount("5")!) && !limits.allows(.agent, .discount, Amount("5.01")!))
        #expect(!limits.allows(.agent, .refund, Amount("0.01")!) && limits.allows(.client, .goodwill, .zero))
        #expect(limits.flaw?.role == .supervisor)
        let all = AuthorityLimits(Dictionary(AuthorityLimits.roles.map { ($0, [.refund: Amount("5")!]) }, uniquingKeysWith: { $1 }))
        #expect(all.flaw == nil)
    }
}
