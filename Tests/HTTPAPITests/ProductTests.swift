import Calls
import Centre
import Contacts
import Foundation
import Operation
import Organization
import Primitives
import Products
import Storage
import Testing

@testable import HTTPAPI

/// What is sold, proposed and given: from the product to the senior's word.
struct ProductTests {
    private static func fields(_ name: String, _ price: String, _ more: String = "") -> String {
        #"{"name":{"en":"\#(name)"},"about":{},"category":"","price":"\#(price)","per":"month","regions":[],"replaces":[],"#
            + #""answers":["money"],"retired":false\#(more)}"#
    }

    private func make(_ max: Client, _ key: String, _ price: String, _ more: String = "") async throws -> Client.Answer {
        try await max.send(
            "POST", "/api/products",
            body: #"{"project":"\#(ProjectID.serviceDesk)","key":"\#(key)","fields":\#(Self.fields(key, price, more))}"#)
    }

    private func sheet(_ max: Client, _ name: String, _ body: String, project: ProjectID = .serviceDesk) async throws -> Client.Answer {
        try await max.send("PUT", "/api/products/\(name)?project=\(project)", body: body)
    }

    private static let limits =
        #"{"revision":0,"currency":"GEL","limits":[{"role":"agent","discount":"5","refund":"10","goodwill":"0"},"#
        + #"{"role":"senior","discount":"20","refund":"50","goodwill":"20"},{"role":"supervisor","discount":"50","refund":"50","goodwill":"20"},"#
        + #"{"role":"manager","discount":"100","refund":"500","goodwill":"200"}]}"#
    private static let reasons =
        #"{"revision":0,"reasons":[{"key":"money","name":{"en":"Money"},"retired":false},"#
        + #"{"key":"price","parent":"money","name":{"en":"Too dear"},"retired":false}]}"#

    /// A project that sells two tariffs.
    private func sell(_ test: TestCentre) async throws -> Client {
        let max = try await test.client.signedIn(as: "max")
        #expect(try await sheet(max, "authority", Self.limits).status == 200)
        #expect(try await sheet(max, "reasons", Self.reasons).status == 200)
        for (key, price) in [("fibre", "40"), ("lite", "25.50")] { #expect(try await make(max, key, price).status == 200) }
        return max
    }

    /// Ana talks with a customer whose record there is.
    private func talk(_ test: TestCentre) async throws -> (ana: Client, desk: String, customer: String, leg: LegID) {
        let ana = try await test.client.signedIn(as: "ana")
        let made = try await ana.send(
            "POST", "/api/customers",
            body:
                #"{"project":"\#(ProjectID.serviceDesk)","kind":"person","name":"Nino","languages":[],"numbers":[{"number":"+995322550000","label":""}],"emails":[],"addresses":[],"note":""}"#
        )
        _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
        let leg = try await test.call()
        try await test.answer()
        return (ana, "/api/desk/contacts/\(leg)", try #require(try made.json["id"].text), leg)
    }

    private func proposal(_ product: String, _ state: String, discount: String = "0", _ more: String = "") -> String {
        #"{"product":"\#(product)","discount":"\#(discount)","state":"\#(state)","note":""\#(more)}"#
    }

    // MARK: What is sold

    @Test func `a product is kept as it was written, and of two changes the later is asked`() async throws {
        try await TestCentre.run { test in
            let max = try await sell(test)
            let list = try await max.get("/api/products?project=\(ProjectID.serviceDesk)").json
            #expect(list["products"].list.map { $0["key"].text } == ["fibre", "lite"] && list["currency"].text == "GEL")
            #expect(list["people"].list.compactMap { $0["name"].text }.contains("Ana") && list["mayManage"].flag == true)
            let id = try #require(list["products"].list[0]["id"].text)
            let change = #"{"revision":1,"fields":\#(Self.fields("Fibre 500", "45"))}"#
            for _ in 1...2 { #expect(try await max.send("PUT", "/api/products/\(id)", body: change).json["revision"].number == 2) }
            let late = #"{"revision":1,"fields":\#(Self.fields("Fibre 900", "45"))}"#
            #expect(try await max.send("PUT", "/api/products/\(id)", body: late).json["code"].text == "conflict")
            #expect(try await make(max, "fibre", "1").json["code"].text == "keyTaken")
            #expect(try await sheet(max, "reasons", Self.reasons.replacing(#""revision":0"#, with: #""revision":7"#)).status == 409)
        }
    }

    @Test func `what is wrong with a product, a tree or a limit is named by field and rule`() async throws {
        try await TestCentre.run { test in
            let max = try await sell(test)
            func errors(_ answer: Client.Answer) throws -> Set<String> {
                #expect(answer.status == 422)
                return Set(try answer.json["errors"].list.map { "\($0["field"].text ?? "") \($0["rule"].text ?? "")" })
            }
            #expect(
                try errors(await make(max, "Bad Key", "1,5", #","validFrom":"2026-02-30","licence":"""#))
                    == ["key malformed", "price malformed", "validFrom malformed", "licence required"])
            #expect(
                try errors(await make(max, "x", "1", #","validFrom":"2026-02-02","validUntil":"2026-02-01""#)) == ["validUntil tooSmall"])
            #expect(try errors(await sheet(max, "reasons", #"{"revision":1,"reasons":[]}"#)) == ["reasons.0.key required"])
            let loop = Self.reasons.replacing(#""key":"money","#, with: #""key":"money","parent":"price","#)
            #expect(try errors(await sheet(max, "reasons", loop)) == ["reasons.0.parent tooLarge"])
            let less = Self.limits.replacing(#""role":"manager","discount":"100""#, with: #""role":"manager","discount":"1""#)
            #expect(try errors(await sheet(max, "authority", less)) == ["limits.manager.discount tooSmall"])
            #expect(
                try errors(await sheet(max, "licences", #"{"revision":0,"licences":[{"user":"x","licence":""}]}"#))
                    == ["licences.0.licence required", "licences.0.user unknown"])
            #expect(try errors(await sheet(max, "reasons", Self.reasons, project: .shop)) == ["project unknown"])
        }
    }

    @Test func `who belongs to another project neither sees what is sold nor changes it`() async throws {
        try await TestCentre.run { test in
            let max = try await sell(test)
            let cleo = try await test.client.signedIn(as: "cleo")
            #expect(try await cleo.get("/api/products?project=\(ProjectID.serviceDesk)").status == 404)
            #expect(try await cleo.get("/api/products").json["products"] == [])
            let ana = try await test.client.signedIn(as: "ana")
            let list = try await ana.get("/api/products").json
            #expect(list["products"].list.count == 2 && list["mayManage"].flag == false && list["people"] == [] && list["licences"] == [])
            let id = try #require(list["products"].list[0]["id"].text)
            #expect(
                try await ana.send("PUT", "/api/products/\(id)", body: #"{"revision":1,"fields":\#(Self.fields("x", "1"))}"#).status == 403)
            #expect(try await ana.get("/api/products/\(id)/answered").status == 403)
            _ = max
        }
    }

    // MARK: What is proposed

    @Test func `what was refused is not proposed again, and a cheaper tariff finds who refused the dearer`() async throws {
        try await TestCentre.run { test in
            let max = try await sell(test)
            let (ana, desk, customer, leg) = try await talk(test)
            let before = try await ana.get(desk + "/proposals").json
            #expect(before["customer"].text == customer)
            #expect(before["suggestions"].list.compactMap { $0["key"].text } == ["fibre", "lite"])
            let unsaid = try await ana.send("POST", desk + "/proposals", body: proposal("fibre", "refused"))
            #expect(unsaid.status == 422 && unsaid.text.contains("reason"))
            let refused = proposal("fibre", "refused", #","reason":"price","competitorPrice":"30""#)
            let first = try await ana.send("POST", desk + "/proposals", body: refused)
            #expect(first.status == 200, "\(first.text)")
            let after = try await ana.get(desk + "/proposals").json
            #expect(after["suggestions"].list.map { $0["key"].text } == ["lite"])
            let why = after["suggestions"].list[0]["why"].list[0]
            #expect(why["kind"].text == "answers" && why["gap"].text == "14.50" && why["reason"]["en"].text == "Too dear")
            #expect(after["notProposed"].list[0]["why"]["kind"].text == "refused")

            let lite = try #require(try await max.get("/api/products").json["products"].list.first { $0["key"].text == "lite" }?["id"].text)
            let sue = try await test.client.signedIn(as: "sue")
            let found = try await sue.get("/api/products/\(lite)/answered").json
            #expect(found["customers"].list.map { $0["id"].text } == [customer] && found["customers"].list[0]["gap"].text == "14.50")
            // Who does not want to be called is not among them, and is counted.
            #expect(try await sue.send("PUT", "/api/customers/\(customer)/consents/call", body: #"{"state":"refused"}"#).status == 200)
            let later = try await sue.get("/api/products/\(lite)/answered").json
            #expect(later["customers"] == [] && later["suppressed"].number == 1)

            let entries = try await sue.get("/api/customers/\(customer)/timeline").json["entries"].list
            let told = try #require(entries.first { $0["kind"].text == "proposal" })
            #expect(told["state"].text == "refused" && told["amount"].text == "40.00" && told["by"].text == "Ana")
            try await test.hangUp(leg)
        }
    }

    @Test func `what was proposed can be changed while the contact is open, and stays of nobody when the customer is erased`() async throws
    {
        try await TestCentre.run { test in
            _ = try await sell(test)
            let (ana, desk, customer, leg) = try await talk(test)
            let more = #","reason":null"#
            #expect(try await ana.send("POST", desk + "/proposals", body: proposal("lite", "proposed", more)).status == 200)
            let id = try #require(try await ana.get(desk + "/proposals").json["proposals"].list.first?["id"].text)
            #expect(try await ana.send("PUT", desk + "/proposals/\(id)", body: proposal("lite", "accepted")).status == 200)
            #expect(try await ana.send("PUT", desk + "/proposals/\(id)", body: proposal("fibre", "accepted")).status == 404)
            #expect(try await ana.get(desk + "/proposals").json["notProposed"].list[0]["why"]["kind"].text == "accepted")
            try await test.hangUp(leg)
            _ = try await ana.send("POST", desk + "/complete", body: #"{"disposition":"\#(DispositionID.solved)"}"#)
            #expect(try await ana.send("PUT", desk + "/proposals/\(id)", body: proposal("lite", "refused")).status == 409)
            let sue = try await test.client.signedIn(as: "sue")
            #expect(try await sue.get("/api/customers/\(customer)/kept").json["proposals"].list.count == 1)
            #expect(try await sue.send("POST", "/api/customers/\(customer)/erase", body: #"{"reason":"asked"}"#).status == 200)
            let left = try await test.store.proposals(in: ContactID(sameAs: leg))
            #expect(left.map(\.customer) == [nil] && left.map(\.state) == [.accepted])
        }
    }

    @Test func `nobody proposes what he is not licensed for`() async throws {
        try await TestCentre.run { test in
            let max = try await sell(test)
            #expect(try await make(max, "insured", "9", #","licence":"insurance""#).status == 200)
            let (ana, desk, _, _) = try await talk(test)
            #expect(try await ana.get(desk + "/proposals").json["notProposed"].list[0]["why"]["name"].text == "insurance")
            #expect(try await ana.send("POST", desk + "/proposals", body: proposal("insured", "accepted")).status == 422)
            let people = try await max.get("/api/products").json["people"].list
            let id = try #require(people.first { $0["name"].text == "Ana" }?["id"].text)
            for (until, status) in [("2020-01-01", 422), ("2999-01-01", 200)] {
                let revision = until == "2020-01-01" ? 0 : 1
                let body = #"{"revision":\#(revision),"licences":[{"user":"\#(id)","licence":"insurance","until":"\#(until)"}]}"#
                #expect(try await sheet(max, "licences", body).status == 200)
                #expect(try await ana.send("POST", desk + "/proposals", body: proposal("insured", "accepted")).status == status)
            }
        }
    }

    // MARK: What is given

    @Test func `over the limit nothing is given until a senior allows it, and no more than he allows`() async throws {
        try await TestCentre.run { test in
            _ = try await sell(test)
            let (ana, desk, _, leg) = try await talk(test)
            let ben = try await test.client.signedIn(as: "ben")
            let stream = try await ben.stream()
            let over = try await ana.send("POST", desk + "/proposals", body: proposal("fibre", "accepted", discount: "15"))
            #expect(over.status == 403)
            #expect(try over.json["code"].text == "overLimit" && over.json["errors"][0]["value"].text == "5.00")
            let ask = #"{"kind":"discount","amount":"15","product":"fibre","note":"leaves otherwise"}"#
            #expect(try await ana.send("POST", desk + "/approvals", body: ask).status == 200)
            _ = try await stream.next("approvals") { _ in true }
            let asked = try await ben.get("/api/approvals").json["approvals"].list
            #expect(asked.map { $0["agent"].text } == ["Ana"] && asked[0]["customer"].text == "Nino")
            let id = try #require(asked[0]["id"].text)
            // Nobody allows himself, and who may not is not told that it is there.
            #expect(try await ana.send("POST", "/api/approvals/\(id)/decision", body: #"{"approved":true}"#).status == 403)
            let decision = #"{"approved":true}"#
            for _ in 1...2 { #expect(try await ben.send("POST", "/api/approvals/\(id)/decision", body: decision).status == 200) }
            #expect(try await ben.send("POST", "/api/approvals/\(id)/decision", body: #"{"approved":false}"#).status == 409)
            #expect(try await ana.send("POST", desk + "/proposals", body: proposal("lite", "accepted", discount: "15")).status == 403)
            #expect(try await ana.send("POST", desk + "/proposals", body: proposal("fibre", "accepted", discount: "15.01")).status == 403)
            #expect(try await ana.send("POST", desk + "/proposals", body: proposal("fibre", "accepted", discount: "15")).status == 200)
            #expect(try await ana.get(desk + "/proposals").json["proposals"].list[0]["total"].text == "34.00")
            // The story tells it, and who allowed it.
            let story = try await ben.get("/api/contacts/\(leg)/work").json
            #expect(story["proposals"].list.map { $0["total"].text } == ["34.00"] && story["approvals"].list[0]["decidedBy"].text == "Ben")
            stream.close()
        }
    }

    @Test func `several small refunds are one, and what was allowed is given once`() async throws {
        try await TestCentre.run { test in
            _ = try await sell(test)
            let (ana, desk, _, _) = try await talk(test)
            func refund(_ amount: String) async throws -> Int {
                try await ana.send("POST", desk + "/concessions", body: #"{"kind":"refund","amount":"\#(amount)","note":"two days off"}"#)
                    .status
            }
            #expect(try await refund("6") == 200)
            #expect(try await refund("6") == 403)
            #expect(try await refund("4") == 200)
            #expect(try await ana.send("POST", desk + "/approvals", body: #"{"kind":"refund","amount":"40","note":""}"#).status == 200)
            #expect(try await refund("40") == 403)
            let ben = try await test.client.signedIn(as: "ben")
            let id = try #require(try await ben.get("/api/approvals").json["approvals"].list.first?["id"].text)
            #expect(try await ben.send("POST", "/api/approvals/\(id)/decision", body: #"{"approved":true}"#).status == 200)
            #expect(try await refund("40") == 200)
            #expect(try await refund("40") == 403)
        }
    }

    @Test func `more than a senior may decide goes past him, and what is withdrawn is asked no more`() async throws {
        try await TestCentre.run { test in
            _ = try await sell(test)
            let (ana, desk, _, _) = try await talk(test)
            let ask = #"{"kind":"discount","amount":"40","product":"lite","note":""}"#
            #expect(try await ana.send("POST", desk + "/approvals", body: ask).status == 200)
            let (ben, sue) = (try await test.client.signedIn(as: "ben"), try await test.client.signedIn(as: "sue"))
            #expect(try await ben.get("/api/approvals").json["approvals"] == [])
            let id = try #require(try await sue.get("/api/approvals").json["approvals"].list.first?["id"].text)
            #expect(
                try await ben.send("POST", "/api/approvals/\(id)/decision", body: #"{"approved":true}"#).json["code"].text == "overLimit")
            #expect(try await ana.send("POST", desk + "/approvals/\(id)/withdraw", body: "{}").status == 200)
            #expect(try await sue.get("/api/approvals").json["approvals"] == [])
            #expect(try await sue.send("POST", "/api/approvals/\(id)/decision", body: #"{"approved":true}"#).status == 409)
        }
    }
}
