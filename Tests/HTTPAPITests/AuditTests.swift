import Calls
import Centre
import Contacts
import Foundation
import Hummingbird
import Operation
import Organization
import Primitives
import Storage
import Testing

@testable import HTTPAPI

/// Who saw what, as the log tells it.
struct AuditTests {
    /// The audit without the sign-ins, oldest first: action, subject, whose it was, the question.
    private func trail(_ test: TestCentre, all: Bool = false) async throws -> [String] {
        let rows = try await test.store.audit(AuditFilter(reach: .all), limit: 1000).rows.reversed()
        return rows.filter { all || $0.audit.action != .signedIn && $0.audit.action != .changed }.map { row in
            let login = test.setUp.users.first { $0.user.id == row.user }?.login ?? "-"
            return (["\(login) \(row.audit.action) \(row.audit.subject.kind)"] + row.audit.question.map(\.text)).joined(separator: " ")
        }
    }

    // MARK: The table

    @Test func `every route says what it means for the audit, and those that show data are these`() async throws {
        try await TestCentre.run { test in
            var seen: [String: AuditMeaning] = [:]
            for route in test.server.table.routes {
                switch route.audit {
                case .nothing(let reason): #expect(reason.count > 3, "\(route.path)")
                case .inTheLog: break
                case .byHandler:
                    #expect(
                        [
                            "/api/session", "/api/recordings/{id}/sound", "/api/wallboards/{id}/link",
                            "/api/documents", "/api/contacts/{id}/work", "/api/customers", "/api/customers/{id}",
                            "/api/customers/{id}/consents/{channel}", "/api/customers/{id}/merge", "/api/customers/{id}/unmerge",
                            "/api/customers/import", "/api/customers/{id}/erase", "/api/gazetteers/import",
                            "/api/gazetteers/{project}", "/api/products", "/api/products/{id}",
                            "/api/products/reasons", "/api/products/authority", "/api/products/licences", "/api/approvals",
                            "/api/approvals/{id}/decision", "/api/desk/contacts/{contact}/proposals",
                            "/api/desk/contacts/{contact}/proposals/{proposal}", "/api/desk/contacts/{contact}/concessions",
                            "/api/desk/contacts/{contact}/approvals",
                            "/api/desk/contacts/{contact}/approvals/{approval}/withdraw", "/api/desk/contacts/{contact}/customer",
                        ].contains(route.path))
                case .seen: seen["\(route.method.rawValue) \(route.path)"] = route.audit
                }
            }
            #expect(
                seen == [
                    "GET /api/contacts": .searched(.contacts), "GET /api/contacts/{id}": .saw(.contact), "GET /api/figures": .saw(.figures),
                    "GET /api/client-report": .saw(.figures), "GET /api/products/{id}/answered": .searched(.customers),
                    "GET /api/audit": .saw(.audit), "POST /api/audit/chain": .seen(.checked, .log),
                    "GET /api/set-up": .saw(.setUp), "GET /api/set-up/changes": .saw(.setUp), "GET /api/set-up/file": .exported(.setUp),
                    "GET /api/customers": .searched(.customers), "GET /api/customers/{id}": .saw(.customer),
                    "GET /api/customers/{id}/timeline": .saw(.customer), "GET /api/customers/{id}/kept": .exported(.customer),
                    "GET /api/customers/export": .exported(.customers),
                ])
        }
    }

    // MARK: Looks

    @Test func `an answer leaves when it is durable who got it, and what he asked without what he typed`() async throws {
        try await TestCentre.run { test in
            let contact = try await test.handledCall()
            let sue = try await test.client.signedIn(as: "sue")
            let before = try await test.store.audit(AuditFilter(reach: .all), limit: 1000).rows.count
            #expect(try await sue.get("/api/contacts/\(contact)").status == 200)
            // Durable: a reader of the database sees it at once.
            #expect(try await test.store.audit(AuditFilter(reach: .all), limit: 1000).rows.count == before + 1)
            _ = try await sue.get("/api/contacts?number=%2B995322550000&outcome=handled&queue=\(QueueID.internet)")
            _ = try await sue.get("/api/figures?from=2026-11-16&through=2026-11-17&queue=\(QueueID.internet)")
            #expect(
                try await trail(test) == [
                    "sue saw contact", "sue searched contacts queue=\(QueueID.internet) number outcome=handled",
                    "sue saw figures from=2026-11-16 through=2026-11-17 queue=\(QueueID.internet)",
                ])
            let rows = try await test.store.audit(AuditFilter(reach: .all), limit: 3).rows
            #expect(rows.allSatisfy { $0.audit.project == test.setUp.queues.first { $0.queue.id == .internet }?.queue.project })
            #expect(rows[2].audit.subject == .contact(contact))
        }
    }

    @Test func `what is refused or not there was not seen`() async throws {
        try await TestCentre.run { test in
            let contact = try await test.handledCall()
            let cleo = try await test.client.signedIn(as: "cleo")
            #expect(try await cleo.get("/api/contacts/\(contact)").status == 404)
            #expect(try await cleo.get("/api/contacts?outcome=nonsense").status == 422)
            #expect(try await cleo.get("/api/figures").status == 422)
            #expect(try await cleo.get("/api/audit").status == 403)
            #expect(try await trail(test) == [])
        }
    }

    @Test func `a look that goes on is one entry, and the next one another`() async throws {
        try await TestCentre.run { test in
            test.clock.stop()
            let path = "/api/contacts/\(try await test.handledCall())"
            let (sue, max) = (try await test.client.signedIn(as: "sue"), try await test.client.signedIn(as: "max"))
            // Every half minute for ten minutes.
            for _ in 0..<20 {
                _ = try await sue.get(path)
                test.clock.advance(.seconds(30))
            }
            #expect(try await trail(test) == ["sue saw contact"])
            _ = try await max.get(path)
            test.clock.advance(.seconds(60))
            _ = try await sue.get(path)
            #expect(try await trail(test) == ["sue saw contact", "max saw contact", "sue saw contact"])
            // Until when somebody looked is to be seen, too.
            for _ in 0..<40 {
                test.clock.advance(.seconds(30))
                _ = try await sue.get(path)
            }
            #expect(try await trail(test).count == 4)
        }
    }

    @Test func `how figures are cut is the same look; what is saved as a file is another`() async throws {
        try await TestCentre.run { test in
            let max = try await test.client.signedIn(as: "max")
            let question = "/api/figures?from=2026-11-16&through=2026-11-17"
            for by in ["queue", "agent", "project"] { _ = try await max.get("\(question)&by=\(by)") }
            #expect(try await trail(test) == ["max saw figures from=2026-11-16 through=2026-11-17 by=queue"])
            #expect(try await max.get("\(question)&purpose=export").status == 200)
            #expect(try await trail(test).last == "max exported figures from=2026-11-16 through=2026-11-17")
            #expect(try await max.get("/api/audit?purpose=export&limit=10000").status == 200)
            #expect(try await trail(test).last == "max exported audit")
        }
    }

    @Test func `who hears a recording is one entry, however he goes to and fro in it, and after a quarter of an hour the next`() {
        let recording = Audit.Term("recording", RecordingID(high: 1, low: 1).description).map { [$0] } ?? []
        let look = LookBook.Look(UserID(high: 1, low: 1), Audit(.heard, .contact(ContactID(high: 1, low: 1)), question: recording))
        let start = Timestamp(microseconds: 1)
        var book = LookBook()
        #expect(book.again(look, at: start) == nil)
        book.keep(look, at: start, LogPosition(1))
        // He listens for minutes before he goes elsewhere.
        for minutes in [4, 9, 14] { #expect(book.again(look, at: start + .seconds(60 * minutes)) == LogPosition(1)) }
        #expect(book.again(look, at: start + LookBook.hearing) == nil)
        // Another one's hearing, and another recording's, are their own.
        let another = LookBook.Look(UserID(high: 1, low: 2), look.audit)
        #expect(book.again(another, at: start) == nil)
        #expect(book.again(LookBook.Look(look.user, Audit(.heard, .contact(ContactID(high: 1, low: 1)))), at: start) == nil)
        book.forget(look)
        #expect(book.again(look, at: start) == nil)
    }

    @Test func `looks at the same moment are one`() async throws {
        try await TestCentre.run { test in
            let path = "/api/contacts/\(try await test.handledCall())"
            let sue = try await test.client.signedIn(as: "sue")
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<20 { tasks.addTask { try await sue.get(path).status } }
                for try await status in tasks { #expect(status == 200) }
            }
            #expect(try await trail(test) == ["sue saw contact"])
        }
    }

    // MARK: Coming and going

    @Test func `who signs in, by which door, out, and with a wrong password stands there`() async throws {
        try await TestCentre.run(seats: ["agent.localhost": "ana"]) { test in
            let sue = try await test.client.signedIn(as: "sue")
            _ = try await sue.send("DELETE", "/api/session")
            for login in ["sue", "nobody"] {
                let wrong = try await test.client.send("POST", "/api/session", body: #"{"login":"\#(login)","password":"x"}"#)
                #expect(wrong.status == 401)
            }
            let seat = try await test.client.get(
                "/api/session", headers: ["Host": "agent.localhost:\(test.client.port)", "Sec-Fetch-Site": "same-origin"])
            #expect(seat.status == 200)
            let found = try await trail(test, all: true).filter { !$0.contains("setUp") }
            #expect(
                found == [
                    "sue signedIn account way=password", "sue signedOut account", "sue signInFailed account",
                    "ana signedIn account way=seat",
                ])
            let metrics = try await test.client.get("/metrics").text
            #expect(metrics.contains(#"callfloor_sign_in_failures_total{login="known"} 1"#))
            #expect(metrics.contains(#"callfloor_sign_in_failures_total{login="unknown"} 1"#))
            // Nobody was signed in: the entry is nobody's, and is found by the login it was tried with.
            let entries = try await test.store.entries(after: .start, limit: 1000)
            let failed = try #require(
                entries.first { if case .audited(let audit) = $0.event { audit.action == .signInFailed } else { false } })
            #expect(failed.actor == .network)
        }
    }

    // MARK: The list

    @Test func `the list says who did what in words, and which question it was`() async throws {
        try await TestCentre.run { test in
            let contact = try await test.handledCall()
            let (sue, ada) = (try await test.client.signedIn(as: "sue"), try await test.client.signedIn(as: "ada"))
            _ = try await sue.get("/api/contacts/\(contact)")
            _ = try await sue.get("/api/contacts?queue=\(QueueID.internet)&number=995")
            let sueID = try #require(test.setUp.users.first { $0.login == "sue" })
            let answer = try await ada.get("/api/audit?user=\(sueID.user.id)&action=searched").json
            let entry = answer["entries"][0]
            #expect(entry["person"].text == sueID.name && entry["subject"].text == "contacts")
            let terms = entry["question"]
            #expect(terms[0]["name"].text == "queue" && terms[0]["text"].text?.isEmpty == false)
            #expect(terms[1]["name"].text == "number" && terms[1]["value"] == .null)
            let looked = try await ada.get("/api/audit?contact=\(contact)&action=saw").json
            #expect(looked["entries"][0]["contact"].text == contact.description && looked["entries"].list.count == 1)
            #expect(try await ada.get("/api/audit?from=2020-01-01&through=2020-01-02").json["entries"].list.count == 0)
            for wrong in ["limit=0", "limit=201", "before=x", "from=yesterday", "user=x", "action=x", "from=2026-11-17&through=2026-11-16"]
            {
                #expect(try await ada.get("/api/audit?\(wrong)").status == 422, "\(wrong)")
            }
        }
    }

    @Test func `a manager sees the audit of his projects and of their people only`() async throws {
        try await TestCentre.run { test in
            let sale = try await test.handledCall(.ordersNumber, by: "cleo")
            let contact = try await test.handledCall()
            let (ada, max) = (try await test.client.signedIn(as: "ada"), try await test.client.signedIn(as: "max"))
            for id in [sale, contact] { #expect(try await ada.get("/api/contacts/\(id)").status == 200) }
            let seen = try await max.get("/api/audit?action=saw&subject=contact").json["entries"]
            #expect(seen.list.count == 1 && seen[0]["contact"].text == contact.description)
            let people = Set(try await max.get("/api/audit").json["people"].list.compactMap { $0["name"].text })
            let cleo = try #require(test.setUp.users.first { $0.login == "cleo" }),
                ana = try #require(test.setUp.users.first { $0.login == "ana" })
            #expect(people.contains(ana.name) && !people.contains(cleo.name))
            let signedIn = try await max.get("/api/audit?action=signedIn&limit=200").json["entries"].list.compactMap { $0["person"].text }
            #expect(signedIn.contains(ana.name) && !signedIn.contains(cleo.name))
        }
    }

    @Test func `a contact's story tells who looked at it to who may know`() async throws {
        try await TestCentre.run { test in
            let contact = try await test.handledCall()
            let (sue, max) = (try await test.client.signedIn(as: "sue"), try await test.client.signedIn(as: "max"))
            #expect(try await sue.get("/api/contacts/\(contact)").json["seenBy"] == .null)
            let seen = try await max.get("/api/contacts/\(contact)").json["seenBy"]
            let name = try #require(test.setUp.users.first { $0.login == "sue" }?.name)
            #expect(seen.list.count == 1 && seen[0]["person"].text == name && seen[0]["looks"].number == 1)
        }
    }

    // MARK: The chain

    @Test func `the chain is checked in the background, and what was changed is named`() async throws {
        try await TestCentre.run { test in
            _ = try await test.handledCall()
            let max = try await test.client.signedIn(as: "max")
            #expect(try await max.get("/api/audit/chain").json["state"].text == "unchecked")
            let whole = try await checked(max, "{}")
            #expect(whole["state"].text == "whole" && whole["flaw"] == .null)
            let mark = try #require(whole["mark"].text.flatMap { ChainMark($0) })
            #expect(mark.position.number == whole["checked"].number.map { Int64($0) })
            // The same entry still has the same hash; another was never there.
            #expect(try await checked(max, #"{"expecting":"\#(mark)"}"#)["state"].text == "whole")
            let later = ChainMark(LogPosition(1_000_000), mark.hash)
            let cut = try await checked(max, #"{"expecting":"\#(later)"}"#)
            #expect(cut["state"].text == "broken" && cut["flaw"]["kind"].text == "cutOff")
            #expect(try await max.send("POST", "/api/audit/chain", body: #"{"expecting":"5"}"#).status == 422)
            #expect(try await trail(test) == ["max checked log"])
        }
    }

    @Test func `the machine's administrator has the chain checked by his token`() async throws {
        try await TestCentre.run { test in
            let client = AdministratorClient(host: "127.0.0.1", port: test.client.port, token: TestCentre.administrationToken)
            guard case .whole(let entries, let mark?) = try await client.verifyChain(expecting: nil, onProgress: { _, _ in }) else {
                Issue.record("not whole")
                return
            }
            #expect(entries > 0)
            var other = try #require(ChainMark(mark))
            other.hash[0] ^= 1
            #expect(
                try await client.verifyChain(expecting: other, onProgress: { _, _ in })
                    == .broken(entries: entries, flaw: .rewritten(other.position)))
            let stranger = AdministratorClient(host: "127.0.0.1", port: test.client.port, token: "guess")
            await #expect(throws: AdministratorClient.Refused.self) {
                try await stranger.verifyChain(expecting: nil, onProgress: { _, _ in })
            }
            #expect(try await trail(test).last == "- checked log")
        }
    }

    private func checked(_ client: Client, _ body: String) async throws -> JSON {
        #expect(try await client.send("POST", "/api/audit/chain", body: body).status == 202)
        while true {
            let chain = try await client.get("/api/audit/chain").json
            if chain["state"].text != "running" { return chain }
            try await Task.sleep(for: .milliseconds(5))  // polling
        }
    }

    // MARK: Looks that go on

    @Test func `the book of looks does not grow without bound`() {
        var book = LookBook()
        let start = Timestamp(microseconds: 1)
        for number in 0..<(LookBook.looksMax + 10) {
            let look = LookBook.Look(UserID(high: 1, low: UInt64(number)), Audit(.saw, .figures))
            #expect(book.again(look, at: start) == nil)
            book.keep(look, at: start, LogPosition(1))
        }
        #expect(book.count <= LookBook.looksMax)
    }
}
