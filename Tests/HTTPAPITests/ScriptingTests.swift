import Centre
import Contacts
import Foundation
import Operation
import Organization
import Primitives
import Storage
import Testing

@testable import HTTPAPI

/// Scripts and forms from the draft to the story.
struct ScriptingTests {
    private static let script = #"""
        {"name":{"en":"No internet"},"direction":"inbound","start":"hello","steps":[
         {"key":"hello","say":{"en":"Hello {customer.name}","tr":"Merhaba"},"answers":[{"key":"ok","label":{"en":"Fine"},"next":"lamp"},{"key":"no","label":{"en":"No"}}]},
         {"key":"lamp","say":{"en":"Is the lamp on?"},"answers":[{"key":"on","label":{"en":"On"},"next":null,"tried":true}]}],"objections":[]}
        """#
    private static let form = #"""
        {"name":{"en":"Order","tr":"Sipariş"},"fields":[
         {"key":"amount","kind":"number","label":{"en":"Amount","tr":"Miktar"},"required":true,"max":"10"},
         {"key":"price","kind":"money","currency":"GEL","label":{"en":"Price"},"computed":"amount * 12.5"},
         {"key":"gift","kind":"check","label":{"en":"A gift"}},
         {"key":"card","kind":"card","label":{"en":"Card"}},
         {"key":"how","kind":"choice","label":{"en":"How"},"options":[{"key":"post","label":{"en":"By post"}}]},
         {"key":"home","kind":"address","label":{"en":"Address"},"visibleIf":"how = 'post'","required":true}]}
        """#

    private func make(_ client: Client, _ kind: String, _ key: String, _ body: String, of project: ProjectID = .serviceDesk) async throws
        -> Client.Answer
    {
        try await client.send(
            "POST", "/api/documents", body: #"{"project":"\#(project)","kind":"\#(kind)","key":"\#(key)","body":\#(body)}"#)
    }

    /// Made and published by Max.
    @discardableResult
    private func published(_ test: TestCentre, _ kind: String, _ key: String, _ body: String) async throws -> String {
        let max = try await test.client.signedIn(as: "max")
        let id = try #require(try await make(max, kind, key, body).json["id"].text)
        let answer = try await max.send("POST", "/api/documents/\(id)/publish", body: #"{"revision":1}"#)
        try #require(answer.status == 200, "\(answer.text)")
        test.clock.advance(.seconds(1))
        return id
    }

    /// Ana talks with a customer.
    private func talk(_ test: TestCentre) async throws -> (Client, String) {
        let ana = try await test.client.signedIn(as: "ana")
        _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
        let leg = try await test.call()
        try await test.answer()
        return (ana, "/api/desk/contacts/\(leg)")
    }

    // MARK: Documents

    @Test func `a draft is made, changed, checked and published, and read by whoever works with it`() async throws {
        try await TestCentre.run { test in
            let max = try await test.client.signedIn(as: "max")
            let made = try await make(max, "script", "no-internet", #"{"name":{"en":"No internet"}}"#)
            #expect(made.status == 200, "\(made.text)")
            let id = try #require(made.json["id"].text)
            #expect(try made.json["revision"].number == 1)
            // Nobody but who writes them sees drafts.
            let ana = try await test.client.signedIn(as: "ana")
            #expect(try await ana.get("/api/documents").json["documents"] == [])
            #expect(try await ana.get("/api/documents/\(id)").status == 404)
            #expect(try await test.client.signedIn(as: "cleo").get("/api/documents/\(id)").status == 404)

            let path = "/api/documents/\(id)"
            let refused = try await max.send("POST", "\(path)/publish", body: #"{"revision":1}"#)
            #expect(refused.status == 422)
            #expect(try refused.json["code"].text == "documentFlawed")
            #expect(try refused.json["flaws"] == [["path": "steps", "rule": "required"]])
            let saved = try await max.send("PUT", "\(path)/draft", body: #"{"revision":1,"body":\#(Self.script)}"#)
            #expect(try saved.json["revision"].number == 2)
            // Whose answer was lost sends it again; who has not seen the change is told.
            #expect(
                try await max.send("PUT", "\(path)/draft", body: #"{"revision":1,"body":\#(Self.script)}"#).json["revision"].number == 2)
            let late = try await max.send("PUT", "\(path)/draft", body: #"{"revision":1,"body":{}}"#)
            #expect(late.status == 409)
            #expect(try late.json["code"].text == "conflict")
            #expect(try await max.send("POST", "\(path)/check", body: #"{"body":\#(Self.script)}"#).json["flaws"] == [])
            #expect(
                try await max.send("POST", "\(path)/check", body: #"{"body":{"start":"x"}}"#).json["flaws"].list.count == 2)
            #expect(try await max.send("POST", "\(path)/publish", body: #"{"revision":1}"#).status == 409)
            #expect(try await max.send("POST", "\(path)/publish", body: #"{"revision":2}"#).json["version"].number == 1)
            // Once more is the same once.
            #expect(try await max.send("POST", "\(path)/publish", body: #"{"revision":2}"#).json["version"].number == 1)

            let read = try await ana.get(path).json
            #expect(read["draft"] == .null)
            #expect(read["published"]["version"].number == 1)
            #expect(read["published"]["by"].text == "Max")
            #expect(read["published"]["body"]["steps"][0]["say"] == ["en": "Hello {customer.name}", "tr": "Merhaba"])
            #expect(try await ana.get("/api/documents?kind=form").json["documents"] == [])
            let listed = try await ana.get("/api/documents?kind=script&project=\(ProjectID.serviceDesk)").json["documents"][0]
            #expect(listed["name"] == ["en": "No internet"])
            #expect(listed["published"].number == 1)
            #expect(try await ana.get("\(path)/versions/1").json["body"]["start"].text == "hello")
            for version in ["2", "0", "x", "99999999999999999999"] {
                #expect(try await ana.get("\(path)/versions/\(version)").status == 404)
            }
            #expect(try await test.client.signedIn(as: "cleo").get(path).status == 404)
            #expect(try await test.client.signedIn(as: "cleo").get("/api/documents").json["documents"] == [])

            let description = SchemaCheck(document: try await max.get("/api/openapi.json").json)
            #expect(description.faults(in: read, as: "Document") == [])
            #expect(description.faults(in: try await max.get(path).json, as: "Document") == [])
            #expect(description.faults(in: try await max.get("/api/documents").json, as: "DocumentList") == [])
            #expect(description.faults(in: try refused.json, as: "Problem") == [])

            // That it was made and published stands in the audit, with who did it.
            let trail = try await test.store.audit(AuditFilter(reach: .all), limit: 100).rows.map { $0.audit.question.map(\.text) }
            #expect(trail.contains(["document=made", "kind=script"]))
            #expect(trail.contains(["document=published", "version=1"]))
        }
    }

    @Test func `what is no document is refused with its field`() async throws {
        try await TestCentre.run { test in
            let max = try await test.client.signedIn(as: "max")
            func refusal(_ kind: String, _ key: String, _ body: String, of project: ProjectID) async throws -> JSON {
                let answer = try await make(max, kind, key, body, of: project)
                #expect(answer.status == 422)
                return try answer.json["errors"][0]
            }
            #expect(try await refusal("poem", "a", "{}", of: .serviceDesk)["field"].text == "kind")
            #expect(try await refusal("form", "A!", "{}", of: .serviceDesk)["rule"].text == "malformed")
            #expect(try await refusal("form", String(repeating: "a", count: 41), "{}", of: .serviceDesk)["rule"].text == "tooLong")
            // Of the shop Max knows nothing.
            #expect(try await refusal("form", "a", "{}", of: .shop)["field"].text == "project")
            #expect(
                try await refusal("form", "a", #"{"fields":[{"key":"x","kind":"poem"}]}"#, of: .serviceDesk)["rule"].text == "malformed")
            #expect(try await refusal("form", "a", #"{"name":{"de":"Auftrag"}}"#, of: .serviceDesk)["rule"].text == "malformed")
            #expect(try await refusal("script", "a", #"{"steps":7}"#, of: .serviceDesk)["rule"].text == "malformed")
            #expect(try await make(max, "form", "same", "{}").status == 200)
            #expect(try await make(max, "form", "same", "{}").json["code"].text == "keyTaken")
            // A script may have the same key, and a command sent again is the same command.
            let body = #"{"project":"\#(ProjectID.serviceDesk)","kind":"script","key":"same","body":{}}"#
            let first = try await max.send("POST", "/api/documents", body: body, headers: ["Idempotency-Key": "one"])
            let again = try await max.send("POST", "/api/documents", body: body, headers: ["Idempotency-Key": "one"])
            #expect(first.status == 200 && first.body == again.body)
            #expect(try await max.get("/api/documents").json["documents"].list.count == 2)
            let long = String(repeating: "x", count: 1024 * 1024)
            #expect(try await make(max, "form", "long", #"{"name":{"en":"\#(long)"}}"#).status == 413)
            // In six scripts and with markup it is a text like any other.
            let name = #"{"en":"<b>x</b>","ur":"فارم","ka":"ფორმა","hi":"फ़ॉर्म"}"#
            #expect(try await make(max, "form", "texts", #"{"name":\#(name)}"#).status == 200)
            let texts = try await max.get("/api/documents").json["documents"].list.first { $0["key"].text == "texts" }
            #expect(texts?["name"] == ["en": "<b>x</b>", "ur": "فارم", "ka": "ფორმა", "hi": "फ़ॉर्म"])
        }
    }

    @Test func `a dropped draft leaves what is published`() async throws {
        try await TestCentre.run { test in
            let id = try await published(test, "form", "order", Self.form)
            let max = try await test.client.signedIn(as: "max")
            let saved = try await max.send("PUT", "/api/documents/\(id)/draft", body: #"{"revision":0,"body":{"name":{"en":"New"}}}"#)
            #expect(try saved.json["revision"].number == 2)
            #expect(try await max.get("/api/documents").json["documents"][0]["hasDraft"].flag == true)
            #expect(try await max.send("DELETE", "/api/documents/\(id)/draft").status == 204)
            #expect(try await max.get("/api/documents/\(id)").json["draft"] == .null)
            #expect(try await max.get("/api/documents").json["documents"][0]["name"]["en"].text == "Order")
            // Another draft is another revision: an old window's is not taken for it.
            #expect(
                try await max.send("PUT", "/api/documents/\(id)/draft", body: #"{"revision":0,"body":{}}"#).json["revision"].number == 3)
        }
    }

    // MARK: The desk

    @Test func `a contact is handled by what was in force when it began`() async throws {
        try await TestCentre.run { test in
            let script = try await published(test, "script", "no-internet", Self.script)
            let form = try await published(test, "form", "order", Self.form)
            let (ana, desk) = try await talk(test)
            let max = try await test.client.signedIn(as: "max")
            func version(_ client: Client, _ path: String) async throws -> [Int?] {
                let work = try await client.get("\(path)/work").json
                return [work["script"]["version"].number, work["forms"][0]["version"].number]
            }
            #expect(try await version(ana, desk) == [1, 1])
            for id in [script, form] {
                let body = id == script ? Self.script : Self.form
                _ = try await max.send("PUT", "/api/documents/\(id)/draft", body: #"{"revision":0,"body":\#(body)}"#)
                #expect(try await max.send("POST", "/api/documents/\(id)/publish", body: #"{"revision":2}"#).json["version"].number == 2)
            }
            #expect(try await version(ana, desk) == [1, 1])
            test.clock.advance(.seconds(1))
            let ben = try await test.client.signedIn(as: "ben")
            _ = try await ben.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let second = try await test.call()
            try await test.answer()
            #expect(try await version(ben, "/api/desk/contacts/\(second)") == [2, 2])
            // Nobody has the work of somebody else's contact.
            #expect(try await ana.get("/api/desk/contacts/\(second)/work").status == 409)

            #expect(try await max.send("POST", "/api/documents/\(script)/retire", body: "{}").status == 200)
            #expect(try await max.send("POST", "/api/documents/\(script)/retire", body: "{}").status == 409)
            #expect(try await version(ana, desk) == [1, 1])
            #expect(try await ana.get("/api/documents/\(script)").status == 404)
            try await test.hangUp(second)
            test.clock.advance(.seconds(1))
            let done = try await ben.send(
                "POST", "/api/desk/contacts/\(second)/complete", body: #"{"disposition":"\#(DispositionID.solved)"}"#)
            #expect(done.status == 200)
            let third = try await test.call()
            try await test.answer()
            #expect(try await version(ben, "/api/desk/contacts/\(third)") == [nil, 2])
        }
    }

    @Test func `the way through a script is kept, and one that it does not have refused`() async throws {
        try await TestCentre.run { test in
            let both = Self.script.replacingOccurrences(of: "\"inbound\"", with: "\"outbound\"")
            try await published(test, "script", "calling-out", both)
            let (ana, desk) = try await talk(test)
            #expect(try await ana.get("\(desk)/work").json["script"] == .null)
            #expect(try await ana.send("PUT", "\(desk)/script", body: #"{"steps":[],"current":"hello"}"#).status == 404)
        }
        try await TestCentre.run { test in
            try await published(test, "script", "no-internet", Self.script)
            let (ana, desk) = try await talk(test)
            #expect(try await ana.get("\(desk)/work").json["script"]["run"] == ["steps": [], "current": "hello"])
            let way = #"{"steps":[{"step":"hello","answer":"ok"}],"current":"lamp"}"#
            #expect(try await ana.send("PUT", "\(desk)/script", body: way).status == 200)
            #expect(
                try await ana.get("\(desk)/work").json["script"]["run"]
                    == ["steps": [["step": "hello", "answer": "ok"]], "current": "lamp"])
            let wrong = try await ana.send(
                "PUT", "\(desk)/script", body: #"{"steps":[{"step":"hello","answer":"maybe"}],"current":"lamp"}"#)
            #expect(wrong.status == 422)
            #expect(try wrong.json["errors"][0]["field"].text == "steps.0")
            #expect(try await ana.send("PUT", "\(desk)/script", body: #"{"steps":[],"current":null}"#).status == 422)
            let end = #"{"steps":[{"step":"hello","answer":"no"}],"current":null}"#
            #expect(try await ana.send("PUT", "\(desk)/script", body: end).status == 200)
            #expect(try await ana.get("\(desk)/work").json["script"]["run"]["current"] == .null)
            let description = SchemaCheck(document: try await ana.get("/api/openapi.json").json)
            #expect(description.faults(in: try await ana.get("\(desk)/work").json, as: "ContactWork") == [])
        }
    }

    @Test func `what is typed is kept field by field, and an answer only if all of it is right`() async throws {
        try await TestCentre.run { test in
            let form = try await published(test, "form", "order", Self.form)
            let (ana, desk) = try await talk(test)
            let order = FormAtDesk(client: ana, desk: desk, form: form)
            let typed = try await order.keep(#"{"amount":"1,"}"#)
            #expect(typed.status == 200)
            let more = try await order.keep(#"{"home":{"street":"Rust"},"card":"4242","price":"9"}"#)
            #expect(more.status == 200)
            // Half typed as it is; of a card not even that.
            #expect(try await order.values()["amount"].text == "1,")
            #expect(try await order.values()["home"]["street"].text == "Rust")
            #expect(try await order.values()["card"] == .missing)
            #expect(try await order.values()["price"] == .missing)
            let emptied = try await order.keep(#"{"home":{}}"#)
            #expect(emptied.status == 200)
            #expect(try await order.values() == ["amount": "1,"])
            let unknown = try await order.keep(#"{"nothing":"x"}"#)
            #expect(try unknown.json["errors"][0]["rule"].text == "unknown")
            let newer = try await ana.send("PUT", "\(desk)/forms/\(form)/values", body: #"{"version":2,"values":{}}"#)
            #expect(newer.status == 409)
            let long = String(repeating: "1", count: 4001)
            let longest = try await order.keep(#"{"amount":"\#(long.dropLast())"}"#)
            #expect(longest.status == 200)
            let longer = try await order.keep(#"{"amount":"\#(long)"}"#)
            #expect(try longer.json["errors"][0]["rule"].text == "tooLong")

            let wrong = try await order.submit(#"{"amount":"11","gift":"perhaps","how":"post"}"#)
            #expect(wrong.status == 422)
            let errors = try wrong.json["errors"].list.map {
                "\($0["field"].text ?? "") \($0["rule"].text ?? "") \($0["expected"].text ?? "-")"
            }
            #expect(errors == ["amount tooLarge 10", "gift malformed -", "home required -"])
            #expect(try await ana.get("\(desk)/work").json["forms"][0]["submittedAt"] == .null)

            let right = #"{"amount":"2.0","price":"1","card":"4242 4242 4242 4242","how":"","home":{"city":"Batumi"}}"#
            #expect(try await order.submit(right).status == 200)
            #expect(try await order.values() == ["amount": "2", "price": "25.00", "card": "•••• 4242"])
            #expect(try await ana.get("\(desk)/work").json["forms"][0]["submittedAt"].number != nil)
            // Changed and sent again, with the card's last digits in place of the card.
            let changed = try await order.submit(#"{"amount":"3","card":"•••• 4242","how":"post","home":{"city":"Batumi"}}"#)
            #expect(changed.status == 200)
            #expect(try await order.values()["price"].text == "37.50")
            let foreign = try await order.submit(#"{"amount":"3","card":"•••• 1111"}"#)
            #expect(foreign.status == 422)

            // Nothing of it is in the log but that there is an answer; and no card's number anywhere.
            let contact = try #require(ContactID(String(desk.dropFirst("/api/desk/contacts/".count))))
            let entries = try await test.store.entries(of: contact)
            var answers = 0
            for entry in entries { if case .formSubmitted = entry.event { answers += 1 } }
            #expect(answers == 2)
            let work = try await test.store.work(of: contact)
            let written = "\(work)"
            #expect(!written.contains("4242 4242"))

            try await story(of: contact, test)
        }
    }

    /// The story tells it in the reader's language, and the log who read it.
    private func story(of contact: ContactID, _ test: TestCentre) async throws {
        let sue = try await test.client.signedIn(as: "sue")
        _ = try await sue.send("PATCH", "/api/session", body: #"{"language":"tr"}"#)
        let told = try await sue.get("/api/contacts/\(contact)/work").json
        #expect(told["script"] == .null)
        let form = told["forms"][0]
        #expect(form["name"].text == "Sipariş")
        #expect(form["submittedBy"].text == "Ana")
        #expect(
            form["fields"].list.map { $0["label"].text } == ["Miktar", "Price", "Card", "How", "Address"])
        #expect(form["fields"][3]["value"].text == "By post")
        #expect(form["fields"][4]["value"]["city"].text == "Batumi")
        #expect(SchemaCheck(document: try await sue.get("/api/openapi.json").json).faults(in: told, as: "StoryWork") == [])
        let rows = try await test.store.audit(AuditFilter(reach: .all), limit: 100).rows
        #expect(rows.contains { $0.audit.action == .saw && $0.audit.subject == .contact(contact) })
        #expect(try await test.client.signedIn(as: "cleo").get("/api/contacts/\(contact)/work").status == 404)
    }

    @Test func `a closed contact takes no more answers`() async throws {
        try await TestCentre.run { test in
            let form = try await published(test, "form", "order", Self.form)
            let contact = try await test.handledCall()
            let ana = try await test.client.signedIn(as: "ana")
            for (method, path) in [("PUT", "values"), ("POST", "submit")] {
                let answer = try await ana.send(
                    method, "/api/desk/contacts/\(contact)/forms/\(form)/\(path)", body: #"{"version":1,"values":{"amount":"1"}}"#)
                #expect(answer.status == 409)
            }
            #expect(
                try await ana.get("/api/contacts/\(contact)/work").json == [
                    "script": .null, "forms": [], "proposals": [], "concessions": [], "approvals": [],
                ])
        }
    }
}

/// A form as the desk of a contact's agent has it.
private struct FormAtDesk {
    let client: Client
    let desk: String
    let form: String

    func values() async throws -> JSON { try await client.get("\(desk)/work").json["forms"][0]["values"] }

    func keep(_ values: String) async throws -> Client.Answer {
        try await client.send("PUT", "\(desk)/forms/\(form)/values", body: #"{"version":1,"values":\#(values)}"#)
    }

    func submit(_ values: String) async throws -> Client.Answer {
        try await client.send("POST", "\(desk)/forms/\(form)/submit", body: #"{"version":1,"values":\#(values)}"#)
    }
}
