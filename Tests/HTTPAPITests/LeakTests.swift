import Calls
import Centre
import Contacts
import Foundation
import Hummingbird
import Operation
import Organization
import Primitives
import Routing
import Testing

@testable import HTTPAPI

/// What is one project's does not come out of it: every route asked by every role of another project about things that there are, with their
/// true ids, and every stream of theirs while something happens to them.
struct LeakTests {
    /// The shop's people; what they look for is the service desk's.
    private static let outsiders: [(login: String, role: Role)] = [
        ("cleo", .agent), ("sam", .senior), ("sid", .supervisor), ("mia", .manager), ("cli", .client),
    ]

    /// The service desk with something of everything, each with a word by which it is known.
    private struct Treasure {
        var customer, document, form, product, proposal, approval: String
        /// Ana talks with him.
        var live: LegID
        /// It is over.
        var closed: ContactID

        static let words =
            [
                "Quillfeather", "577987654", "owes the miller", "behind the chapel", "Is the lamp on", "Bluebell", "Fibre of five hundred",
                "asks Ptolemy", "Crowbar Alley", "mends a pump", "\(QueueID.internet)", "Service desk",
            ] + agent
        static let agent = ["\(AgentID.ana)", "\"Ana\""]
        var ids: [String] { [customer, document, form, product, proposal, approval, "\(live)", "\(closed)"] }
    }

    @Test func `nobody of another project is told of anything, or changes it, by any route`() async throws {
        try await run { test, treasure in
            let max = try await test.client.signedIn(as: "max")
            let before = try await state(of: treasure, max, test)
            for (login, _) in Self.outsiders {
                let client = try await test.client.signedIn(as: login)
                for route in test.server.table.routes
                where !["GET /api/stream", "DELETE /api/session", "POST /api/session"].contains(route.name) {
                    let values = try #require(RightsTests.cases[route.name])
                    for query in queries(for: route, treasure) {
                        // Nobody may send more than so much at once.
                        test.clock.advance(.seconds(1))
                        let answer = try await client.send(
                            route.method.rawValue, path(of: route, treasure) + query, body: values.body, headers: values.headers)
                        // What it is about may be repeated; what it says may not.
                        let told = treasure.ids.reduce(answer.text) { $0.replacingOccurrences(of: $1, with: "") }
                        // Who is signed on is the house's telephone book: any agent can call any other.
                        let isBook = route.path == "/api/desk/colleagues"
                        let leaked = Treasure.words.filter { told.contains($0) && !(isBook && Treasure.agent.contains($0)) }
                        #expect(leaked == [], "\(login): \(route.name)\(query): \(answer.status)")
                    }
                }
            }
            for (path, now) in try await state(of: treasure, max, test) { #expect(now == before[path], "\(path)") }
        }
    }

    @Test func `nobody of another project hears of anything by his stream`() async throws {
        try await run { test, treasure in
            var streams: [(login: String, client: Client, stream: EventStream)] = []
            for (login, _) in Self.outsiders {
                let client = try await test.client.signedIn(as: login)
                streams.append((login, client, try await client.stream()))
            }
            let (ana, max) = (try await test.client.signedIn(as: "ana"), try await test.client.signedIn(as: "max"))
            let desk = "/api/desk/contacts/\(treasure.live)"
            let patch = #"{"fields":{"note":{"was":"owes the miller","now":"owes the miller twice"}}}"#
            for (method, path, body) in [
                ("PATCH", "/api/customers/\(treasure.customer)", patch), ("PUT", "\(desk)/draft", #"{"note":"behind the chapel"}"#),
                ("POST", "/api/desk/help", #"{"wanted":true}"#),
                ("POST", "\(desk)/approvals", #"{"kind":"refund","amount":"7","note":"asks Ptolemy"}"#),
            ] {
                let answer = try await ana.send(method, path, body: body)
                #expect(answer.status == 200, "\(path): \(answer.text)")
            }
            #expect(
                try await max.send("POST", "/api/floor/messages", body: #"{"text":"Bluebell","agent":"\#(AgentID.ana)"}"#).status == 200)
            try await test.call(from: "+995577987654")
            try await test.hangUp(treasure.live)
            // What is theirs comes after it, to those who have a floor or a desk.
            try await test.call(.ordersNumber, from: "+995599000000")
            for (login, client, stream) in streams {
                var heard: [EventStream.Event] = []
                if login != "cli" {
                    heard = try await stream.events { event in
                        return ["lines", "floor"].contains(event.name)
                            && (try? event.data["queues"].list.contains {
                                try $0["id"].text == "\(QueueID.orders)" && $0["waiting"].number == 1
                            }) == true
                    }
                }
                #expect(try await client.send("DELETE", "/api/session").status == 204)
                heard += try await stream.end()
                // Not even that something was asked.
                #expect(!heard.contains { $0.name == "approvals" }, "\(login)")
                let text = heard.map { "\($0.name) \($0.data)" }.joined(separator: "\n")
                #expect(Treasure.words.filter { text.contains($0) } == [], "\(login)")
                #expect(treasure.ids.filter { text.contains($0) } == [], "\(login)")
            }
        }
    }

    // MARK: What there is

    private func run(_ story: @Sendable (TestCentre, Treasure) async throws -> Void) async throws {
        try await TestCentre.run(changing: { setUp in
            let hash = setUp.users[0].passwordHash
            for (number, outsider) in Self.outsiders.enumerated() where outsider.role != .agent {
                setUp.users.append(
                    UserAccount(
                        user: User(
                            id: UserID(high: 9, low: UInt64(100 + number)), agent: nil, team: outsider.role == .senior ? .blue : nil,
                            projects: [.shop],
                            role: outsider.role),
                        login: outsider.login, name: outsider.login.capitalized, language: .english, passwordHash: hash))
            }
            setUp.projects[0].jobDescription = Localised([.english: "mends a pump"])
        }) { test in try await story(test, try await fill(test)) }
    }

    private func fill(_ test: TestCentre) async throws -> Treasure {
        let (ana, max) = (try await test.client.signedIn(as: "ana"), try await test.client.signedIn(as: "max"))
        func made(_ client: Client, _ method: String, _ path: String, _ body: String, _ headers: [String: String] = [:]) async throws
            -> JSON
        {
            test.clock.advance(.seconds(1))
            let answer = try await client.send(method, path, body: body, headers: headers)
            try #require(answer.status == 200, "\(method) \(path): \(answer.text)")
            return try answer.json
        }
        func id(_ client: Client, _ path: String, _ body: String) async throws -> String {
            let answer = try await made(client, "POST", path, body)
            return try #require(try answer["id"].text)
        }
        func document(_ kind: String, _ body: String) async throws -> String {
            let whole = #"{"project":"\#(ProjectID.serviceDesk)","kind":"\#(kind)","key":"first","body":\#(body)}"#
            let id = try await id(max, "/api/documents", whole)
            _ = try await made(max, "POST", "/api/documents/\(id)/publish", #"{"revision":1}"#)
            return id
        }
        let script = try await document(
            "script",
            #"{"name":{"en":"S"},"direction":"both","start":"a","steps":[{"key":"a","say":{"en":"Is the lamp on"},"answers":[]}],"objections":[]}"#
        )
        let form = try await document(
            "form", #"{"name":{"en":"F"},"fields":[{"key":"mare","kind":"text","label":{"en":"Mare"},"required":false,"lengthMax":80}]}"#)
        let project = "?project=\(ProjectID.serviceDesk)"
        _ = try await made(
            max, "PUT", "/api/products/authority\(project)",
            #"{"revision":0,"currency":"GEL","limits":[{"role":"agent","discount":"5","refund":"1","goodwill":"0"},{"role":"senior","discount":"5","refund":"50","goodwill":"0"},{"role":"supervisor","discount":"5","refund":"50","goodwill":"0"},{"role":"manager","discount":"5","refund":"50","goodwill":"0"}]}"#
        )
        let product = try await id(
            max, "/api/products",
            #"{"project":"\#(ProjectID.serviceDesk)","key":"fibre","fields":{"name":{"en":"Fibre of five hundred"},"about":{},"category":"","price":"40","per":"month","regions":[],"replaces":[],"answers":[],"retired":false}}"#
        )
        _ = try await made(
            max, "POST", "/api/gazetteers/import\(project)", "street,city\nCrowbar Alley,Gori\n", ["Content-Type": "text/csv"])
        let customer = try await id(
            ana, "/api/customers",
            #"{"project":"\#(ProjectID.serviceDesk)","kind":"person","name":"Zebulon Quillfeather","languages":[],"numbers":[{"number":"+995577987654","label":""}],"emails":[],"addresses":[],"note":"owes the miller"}"#
        )
        _ = try await made(ana, "PUT", "/api/desk/presence", #"{"state":"ready"}"#)
        var legs: [LegID] = []
        var proposal = ""
        var approval = ""
        for turn in 1...2 {
            let leg = try await test.call(from: "+995577987654")
            legs.append(leg)
            try await test.answer()
            let desk = "/api/desk/contacts/\(leg)"
            _ = try await made(ana, "PUT", "\(desk)/customer", #"{"customer":"\#(customer)"}"#)
            _ = try await made(ana, "POST", "\(desk)/forms/\(form)/submit", #"{"version":1,"values":{"mare":"Bluebell"}}"#)
            _ = try await made(
                ana, "POST", "\(desk)/proposals", #"{"product":"fibre","discount":"0","state":"proposed","note":"asks Ptolemy"}"#)
            _ = try await made(ana, "POST", "\(desk)/approvals", #"{"kind":"refund","amount":"5","note":"asks Ptolemy"}"#)
            let there = try await ana.get("\(desk)/proposals").json
            proposal = try #require(try there["proposals"][0]["id"].text)
            approval = try #require(try there["approvals"][0]["id"].text)
            guard turn == 1 else { break }
            try await test.hangUp(leg)
            _ = try await made(
                ana, "POST", "\(desk)/complete", #"{"disposition":"\#(DispositionID.solved)","note":"behind the chapel"}"#)
        }
        return Treasure(
            customer: customer, document: script, form: form, product: product, proposal: proposal, approval: approval, live: legs[1],
            closed: ContactID(sameAs: legs[0]))
    }

    /// Whatever somebody could have changed, as a manager of the project sees it, and the call itself.
    private func state(of treasure: Treasure, _ max: Client, _ test: TestCentre) async throws -> [String: JSON] {
        var told: [String: JSON] = [:]
        for path in [
            "/api/documents", "/api/documents/\(treasure.document)", "/api/documents/\(treasure.form)",
            "/api/products?project=\(ProjectID.serviceDesk)", "/api/customers/\(treasure.customer)",
            "/api/customers/\(treasure.customer)/timeline", "/api/contacts/\(treasure.closed)/work",
            "/api/contacts/\(treasure.live)/work", "/api/gazetteers",
        ] {
            test.clock.advance(.seconds(1))
            let answer = try await max.get(path)
            #expect(answer.status == 200, "\(path)")
            told[path] = try answer.json
        }
        let engine = await test.centre.read { engine in
            (engine.contacts[ContactID(sameAs: treasure.live)], engine.routing.agents[.ana]?.state)
        }
        told["engine"] = .text("\(engine)")
        return told
    }

    // MARK: How it is asked for

    private func path(of route: Route, _ treasure: Treasure) -> String {
        let parts = route.path.split(separator: "/")
        let named = parts.enumerated().map { place, part -> String in
            let owner = place > 0 ? parts[place - 1] : ""
            return switch part {
            case "{contact}": "\(treasure.live)"
            case "{form}": treasure.form
            case "{proposal}": treasure.proposal
            case "{approval}": treasure.approval
            case "{version}": "1"
            case "{agent}": "\(AgentID.ana)"
            case "{project}": "\(ProjectID.serviceDesk)"
            case "{channel}": "call"
            case "{id}":
                switch owner {
                case "customers": treasure.customer
                case "documents": treasure.document
                case "products": treasure.product
                case "approvals": treasure.approval
                default: "\(treasure.closed)"
                }
            default: part.hasPrefix("{") ? "\(treasure.live)" : String(part)
            }
        }
        return "/" + named.joined(separator: "/")
    }

    /// Without anything, and with all that can be asked for.
    private func queries(for route: Route, _ treasure: Treasure) -> [String] {
        let values = [
            "project": "\(ProjectID.serviceDesk)", "queue": "\(QueueID.internet)", "agent": "\(AgentID.ana)", "customer": treasure.customer,
            "contact": "\(treasure.closed)", "number": "577987654", "from": "2020-01-01", "through": "2020-12-31", "by": "queue",
            "street": "Crowbar Alley", "purpose": "export",
        ]
        let wide = route.query.compactMap { parameter -> String? in
            parameter.name == "text"
                ? "text=\(route.path.contains("gazetteer") ? "crowb" : "quill")" : values[parameter.name].map { "\(parameter.name)=\($0)" }
        }
        guard !wide.isEmpty else { return [""] }
        return ["", "?" + wide.joined(separator: "&").replacingOccurrences(of: " ", with: "%20")]
    }
}
