import Calls
import Centre
import Contacts
import Foundation
import Operation
import Organization
import Primitives
import Storage
import Testing

@testable import HTTPAPI

/// Customers from the first call to the erasure.
struct CustomerTests {
    private func make(
        _ client: Client, _ name: String, number: String = "", note: String = "", of project: ProjectID = .serviceDesk
    ) async throws -> String {
        let numbers = number.isEmpty ? "" : #"{"number":"\#(number)","label":""}"#
        let made = try await client.send(
            "POST", "/api/customers",
            body:
                #"{"project":"\#(project)","kind":"person","name":"\#(name)","languages":["ka"],"numbers":[\#(numbers)],"emails":[],"addresses":[],"note":"\#(note)"}"#
        )
        return try #require(try? made.json["id"].text, "\(made.status) \(made.text)")
    }

    /// Ana talks with a customer.
    private func talk(_ test: TestCentre, from number: String? = "+995322550000") async throws -> (Client, LegID) {
        let ana = try await test.client.signedIn(as: "ana")
        _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
        let leg = try await test.call(from: number)
        try await test.answer()
        return (ana, leg)
    }

    private func complete(_ client: Client, _ leg: LegID, note: String = "", on test: TestCentre) async throws {
        try await test.hangUp(leg)
        let done = try await client.send(
            "POST", "/api/desk/contacts/\(leg)/complete", body: #"{"disposition":"\#(DispositionID.solved)","note":"\#(note)"}"#)
        try #require(done.status == 200, "\(done.text)")
    }

    // MARK: Who calls

    @Test func `a number that one customer has opens him, one that several have lists them, and a new one is filled in`() async throws {
        try await TestCentre.run { test in
            let (ana, leg) = try await talk(test)
            let path = "/api/desk/contacts/\(leg)/customer"
            let nobody = try await ana.get(path)
            #expect(try nobody.json["chosen"] == .null && nobody.json["matches"] == [] && nobody.json["number"].text == "+995322550000")
            let first = try await make(ana, "Nino Beridze", number: "+995 322 55 00 00")
            #expect(try await ana.get(path).json["chosen"]["id"].text == first)
            let second = try await make(ana, "Giorgi Beridze", number: "+995 322 550000")
            let several = try await ana.get(path)
            #expect(try several.json["chosen"] == .null && several.json["matches"].list.count == 2)
            #expect(try await ana.send("PUT", path, body: #"{"customer":"\#(second)"}"#).status == 200)
            #expect(try await ana.get(path).json["chosen"]["name"].text == "Giorgi Beridze")
            try await complete(ana, leg, note: "wants fibre", on: test)
            // His timeline has it, the other's not: it is known whose it was.
            let timeline = try await ana.get("/api/customers/\(second)/timeline").json["entries"].list
            #expect(try timeline.map { try $0["note"].text } == ["wants fibre"])
            #expect(try await ana.get("/api/customers/\(first)/timeline").json["entries"] == [])
        }
    }

    @Test func `whose contact it is stands in the log as soon as it has come, and is overruled by its agent`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let nino = try #require(CustomerID(try await make(sue, "Nino", number: "+995322550000")))
            let other = try await make(sue, "Other", number: "+995599000000")
            let (ana, leg) = try await talk(test)
            let contact = ContactID(sameAs: leg)
            try await until { try await test.store.contact(contact)?.customer == nino }
            #expect(try await ana.send("PUT", "/api/desk/contacts/\(leg)/customer", body: #"{"customer":"\#(other)"}"#).status == 200)
            #expect(try await test.store.contact(contact)?.customer?.description == other)
            // What the number says comes late.
            try await test.centre.submit(.contactIdentified(contact, nino, by: nil))
            try await test.store.settle()
            #expect(try await test.store.contact(contact)?.customer?.description == other)
            try await test.store.rebuildTables()
            #expect(try await test.store.contact(contact)?.customer?.description == other)
        }
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<1000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))  // polling
        }
        Issue.record("it never came")
    }

    // MARK: Two people, two projects

    @Test func `two who change different fields are merged, and the later of one field is asked`() async throws {
        try await TestCentre.run { test in
            let (ana, sue) = (try await test.client.signedIn(as: "ana"), try await test.client.signedIn(as: "sue"))
            let path = "/api/customers/\(try await make(ana, "Nino", number: "+995322550000"))"
            #expect(try await ana.send("POST", "\(path)/open", body: "{}").json["others"] == [])
            #expect(try await sue.send("POST", "\(path)/open", body: "{}").json["others"].list.count == 1)
            func patch(_ client: Client, _ fields: String) async throws -> Client.Answer {
                try await client.send("PATCH", path, body: #"{"fields":{\#(fields)}}"#)
            }
            #expect(try await patch(ana, #""name":{"was":"Nino","now":"Nino Beridze"}"#).json["revision"].number == 2)
            #expect(try await patch(sue, #""note":{"was":"","now":"<b>loud</b>"}"#).json["revision"].number == 3)
            let late = try await patch(sue, #""name":{"was":"Nino","now":"Nina"},"note":{"was":"<b>loud</b>","now":"quiet"}"#)
            #expect(late.status == 409)
            #expect(try late.json["code"].text == "conflict" && late.json["conflicts"] == ["name": "Nino Beridze"])
            #expect(try await ana.get(path).json["note"].text == "<b>loud</b>")
            // As it was typed and as it is kept are the same number.
            #expect(
                try await patch(
                    ana,
                    #""numbers":{"was":[{"number":"+995 (322) 55-00-00","label":""}],"now":[{"number":"+995 599 00 00 00","label":"mobile"}]}"#
                ).status == 200)
            #expect(try await ana.get(path).json["numbers"] == [["number": "+995599000000", "label": "mobile"]])
            let bad = try await patch(ana, #""emails":{"was":[],"now":["a@b","nobody"]}"#)
            #expect(try bad.json["errors"].list[0]["field"].text == "emails.1")
        }
    }

    @Test func `nobody finds, sees, changes or takes along the customers of another project`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let id = try await make(sue, "Nino Beridze", number: "+995322550000")
            let cleo = try await test.client.signedIn(as: "cleo")
            let own = try await make(cleo, "Nino of the shop", of: .shop)
            #expect(try await cleo.get("/api/customers?text=nino").json["customers"].list.map { try $0["id"].text } == [own])
            #expect(try await cleo.get("/api/customers").json["customers"].list.count == 1)
            #expect(try await cleo.get("/api/customers?project=\(ProjectID.serviceDesk)").json["customers"] == [])
            for below in ["", "/timeline"] { #expect(try await cleo.get("/api/customers/\(id)\(below)").status == 404) }
            #expect(try await cleo.send("PATCH", "/api/customers/\(id)", body: #"{"fields":{}}"#).status == 404)
            #expect(try await cleo.send("PUT", "/api/customers/\(id)/consents/call", body: #"{"state":"given"}"#).status == 404)
            #expect(try await cleo.send("POST", "/api/customers/\(id)/open", body: "{}").status == 404)
            #expect(try await sue.get("/api/customers/\(own)/kept").status == 404)
            #expect(try await sue.send("POST", "/api/customers/\(own)/erase", body: #"{"reason":"asked"}"#).status == 404)
            #expect(try await sue.send("POST", "/api/customers/\(id)/merge", body: #"{"other":"\#(own)"}"#).status == 409)
            #expect(try await sue.get("/api/customers/export?project=\(ProjectID.shop)").status == 422)
            #expect(try await sue.get("/api/customers/export?project=\(ProjectID.serviceDesk)").text.contains("Nino Beridze"))
        }
    }

    // MARK: Files

    @Test func `a file is looked at first, and comes in whole or not at all`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            func send(_ text: String, _ query: String) async throws -> Client.Answer {
                try await sue.send(
                    "POST", "/api/customers/import?project=\(ProjectID.serviceDesk)\(query)", body: text,
                    headers: ["Content-Type": "text/csv"])
            }
            let text = "name,numbers\nNino,0322 55 00 00\n,\"unended"
            #expect(
                try await send(text, "&preview=true").json["refused"] == [["row": 3, "field": "", "rule": "malformed", "limit": .null]])
            #expect(try await send(text, "").json["imported"].flag == false)
            #expect(try await sue.get("/api/customers").json["customers"] == [])
            #expect(try await send(text, "&partly=true").json["imported"].flag == true)
            #expect(try await sue.get("/api/customers").json["customers"].list.map { try $0["name"].text } == ["Nino"])
            let bad = try await send("colour\nred", "")
            #expect(bad.status == 422)
            #expect(try bad.json["errors"].list[0]["value"].text == "colour")
            // What is taken along comes back as it was.
            let file = try await sue.get("/api/customers/export?project=\(ProjectID.serviceDesk)").text
            #expect(try await send(file, "").json["unchanged"].number == 1)
        }
    }

    // MARK: One person's own

    @Test func `a person is shown all that is kept, and erased it stands nowhere, also not in a backup made later`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let (ana, leg) = try await talk(test, from: "+995577987654")
            let id = try await make(ana, "Zviadauri", number: "+995577987654", note: "likes chacha")
            _ = try await ana.send("PUT", "/api/desk/contacts/\(leg)/customer", body: #"{"customer":"\#(id)"}"#)
            #expect(try await sue.send("POST", "/api/customers/\(id)/erase", body: #"{"reason":"asked"}"#).status == 409)
            try await complete(ana, leg, note: "behind the chapel", on: test)
            let kept = try await sue.get("/api/customers/\(id)/kept")
            let words = ["Zviadauri", "577987654", "chacha", "chapel"]
            for word in words { #expect(kept.text.contains(word)) }
            #expect(try await ana.get("/api/customers/\(id)/kept").status == 403)
            let erased = try await sue.send(
                "POST", "/api/customers/\(id)/erase", body: #"{"reason":"asked"}"#, headers: ["Idempotency-Key": "erase-him"])
            #expect(erased.status == 200, "\(erased.text)")
            // The answer was lost: it is given once more.
            let again = try await sue.send(
                "POST", "/api/customers/\(id)/erase", body: #"{"reason":"asked"}"#, headers: ["Idempotency-Key": "erase-him"])
            #expect(again.status == 200 && again.text == erased.text, "\(again.text)")
            #expect(try await sue.get("/api/customers/\(id)").status == 404)
            let story = try await sue.get("/api/contacts/\(leg)")
            #expect(story.status == 200)
            for word in words { #expect(!story.text.contains(word)) }
            let rows = try await test.store.audit(AuditFilter(reach: .all), limit: 100).rows
            #expect(rows.contains { $0.audit.question.map(\.text) == ["deed=erased", "why=asked"] })
        }
    }

    @Test func `who shares a number keeps what was noted of calls that may be his`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let contact = try await test.handledCall(note: "her own matter")
            let his = try await make(sue, "Giorgi", number: "+995322550000")
            _ = try await make(sue, "Nino", number: "+995322550000")
            #expect(try await !sue.get("/api/customers/\(his)/kept").text.contains("her own matter"))
            #expect(try await sue.send("POST", "/api/customers/\(his)/erase", body: #"{"reason":"asked"}"#).status == 200)
            #expect(try await sue.get("/api/contacts/\(contact)").text.contains("her own matter"))
        }
    }

    @Test func `what is missing in one of a list is named by its place`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let body =
                #"{"project":"\#(ProjectID.serviceDesk)","kind":"person","name":"Nino","languages":[],"numbers":[{"label":"a"}],"emails":[],"addresses":[],"note":""}"#
            let answer = try await sue.send("POST", "/api/customers", body: body)
            #expect(answer.status == 422)
            #expect(try answer.json["errors"].list.map { try $0["field"].text } == ["numbers.0.number"])
        }
    }

    @Test func `a merge shows both in one, and is undone`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let id = try await make(sue, "Nino", number: "+995322550000")
            let other = try await make(sue, "Nina", number: "+995599000000")
            let merge = #"{"other":"\#(other)"}"#
            // Who was never a part cannot be parted.
            #expect(try await sue.send("POST", "/api/customers/\(id)/unmerge", body: merge).status == 409)
            #expect(try await sue.send("POST", "/api/customers/\(id)/merge", body: merge).status == 200)
            #expect(try await sue.get("/api/customers/\(id)").json["numbers"].list.count == 2)
            #expect(try await sue.get("/api/customers/\(other)").json["mergedInto"].text == id)
            #expect(try await sue.get("/api/customers?text=nina").json["customers"] == [])
            for _ in 1...2 { #expect(try await sue.send("POST", "/api/customers/\(id)/unmerge", body: merge).status == 200) }
            #expect(try await sue.get("/api/customers/\(id)").json["numbers"].list.count == 1)
            #expect(try await sue.get("/api/customers?text=nina").json["customers"].list.count == 1)
            #expect(
                try await sue.get("/api/customers/\(id)/timeline").json["entries"].list.map { try $0["kind"].text } == [
                    "unmerged", "merged",
                ])
        }
    }
}
