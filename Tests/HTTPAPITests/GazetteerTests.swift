import Foundation
import Organization
import Primitives
import Testing

@testable import HTTPAPI

/// A gazetteer from its file to an address that is typed, and one that a form refuses.
struct GazetteerTests {
    private static let file = """
        street,city,postcode,names,houses
        Rustaveli Avenue,Tbilisi,0108,რუსთაველის გამზირი,1-60
        Rustaveli Street,Batumi,6000,,
        26 May Street,Tbilisi,,,
        """

    private func bring(_ text: String, _ query: String = "", by client: Client) async throws -> Client.Answer {
        try await client.send(
            "POST", "/api/gazetteers/import?project=\(ProjectID.serviceDesk)\(query)", body: text, headers: ["Content-Type": "text/csv"])
    }

    private func ask(_ query: String, by client: Client) async throws -> Client.Answer {
        try await client.get("/api/gazetteer?project=\(ProjectID.serviceDesk)&\(query)")
    }

    /// Until the index is built.
    private func ready(_ client: Client) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await ask("text=x", by: client).json["isReady"].flag != true {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(10))  // polling
        }
    }

    @Test func `streets are brought in, all or none, and found while somebody types`() async throws {
        try await TestCentre.run { test in
            let (max, ana) = (try await test.client.signedIn(as: "max"), try await test.client.signedIn(as: "ana"))
            let none = try await ask("text=rust", by: ana)
            #expect(try none.json["hasStreets"].flag == false && none.json["suggestions"] == [])
            let flawed = Self.file + "\n,Gori,,,\nHill,Gori,,,9-1"
            let preview = try await bring(flawed, "&preview=true", by: max)
            #expect(
                try preview.json["refused"] == [
                    ["row": 5, "field": "street", "rule": "required", "limit": .null],
                    ["row": 6, "field": "houses", "rule": "malformed", "limit": .null],
                ], "\(preview.text)")
            #expect(try await bring(flawed, by: max).json["imported"].flag == false)
            #expect(try await max.get("/api/gazetteers").json["gazetteers"] == [])
            let done = try await bring(flawed, "&partly=true", by: max)
            #expect(try done.json["imported"].flag == true && done.json["streets"].number == 3 && done.json["places"].number == 2)
            try await ready(ana)
            let found = try await ask("text=rustaveli%2012&city=Tbilisi", by: ana)
            #expect(
                try found.json["suggestions"].list.first == [
                    "street": "Rustaveli Avenue", "houseNumber": "12", "city": "Tbilisi", "region": "", "postcode": "0108", "country": "",
                    "match": "prefix",
                ], "\(found.text)")
            #expect(try await ask("text=rust&limit=1", by: ana).json["suggestions"].list.count == 1)
            let listed = try await max.get("/api/gazetteers").json["gazetteers"].list
            #expect(try listed.count == 1 && listed[0]["isReady"].flag == true && listed[0]["streets"].number == 3)
            // Another file takes its place as a whole.
            #expect(try await bring("street,city\nHill,Gori", by: max).json["imported"].flag == true)
            try await ready(ana)
            #expect(try await ask("text=rust", by: ana).json["suggestions"] == [])
            #expect(try await ask("text=hill", by: ana).json["suggestions"].list.count == 1)
            #expect(try await max.send("DELETE", "/api/gazetteers/\(ProjectID.serviceDesk)", body: "{}").status == 200)
            #expect(try await ask("text=hill", by: ana).json["hasStreets"].flag == false)
            #expect(try await max.send("DELETE", "/api/gazetteers/\(ProjectID.serviceDesk)", body: "{}").status == 404)
        }
    }

    @Test func `what is no gazetteer is refused by name`() async throws {
        try await TestCentre.run { test in
            let max = try await test.client.signedIn(as: "max")
            for (text, rule, value) in [("street,colour\n", "unknown", "colour"), ("street\nHill", "required", "city")] {
                let bad = try await bring(text, by: max)
                #expect(bad.status == 422)
                #expect(try bad.json["errors"].list[0]["rule"].text == rule)
                #expect(try bad.json["errors"].list[0]["value"].text == value)
            }
            #expect(try await bring("street,city\n", by: max).status == 422)
            for query in [
                "text=a&limit=0", "text=a&limit=21", "text=\(String(repeating: "a", count: 201))",
                "city=\(String(repeating: "a", count: 201))",
            ] {
                #expect(try await ask(query, by: max).status == 422, "\(query)")
            }
            #expect(try await ask("text=\(String(repeating: "a", count: 200))&limit=20", by: max).status == 200)
            #expect(try await max.get("/api/gazetteer?text=a").status == 422)
        }
    }

    @Test func `a form refuses an address that the gazetteer does not know, if there is one`() async throws {
        try await TestCentre.run { test in
            let max = try await test.client.signedIn(as: "max")
            let body = #"{"name":{"en":"Taxi"},"fields":[{"key":"from","kind":"address","label":{"en":"From"},"gazetteer":"require"}]}"#
            let made = try await max.send(
                "POST", "/api/documents", body: #"{"project":"\#(ProjectID.serviceDesk)","kind":"form","key":"taxi","body":\#(body)}"#)
            let form = try #require(made.json["id"].text)
            #expect(try await max.send("POST", "/api/documents/\(form)/publish", body: #"{"revision":1}"#).status == 200)
            #expect(try await max.get("/api/documents/\(form)").json["published"]["body"]["fields"][0]["gazetteer"].text == "require")
            test.clock.advance(.seconds(1))
            let ana = try await test.client.signedIn(as: "ana")
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let leg = try await test.call()
            try await test.answer()
            func submit(_ from: String) async throws -> Client.Answer {
                try await ana.send(
                    "POST", "/api/desk/contacts/\(leg)/forms/\(form)/submit", body: #"{"version":1,"values":{"from":\#(from)}}"#)
            }
            let unknown = #"{"street":"Elsewhere","city":"Tbilisi"}"#
            #expect(try await submit(unknown).status == 200)
            _ = try await bring(Self.file, by: max)
            try await ready(ana)
            let refused = try await submit(unknown)
            #expect(refused.status == 422)
            #expect(try refused.json["errors"][0]["field"].text == "from")
            #expect(try refused.json["errors"][0]["rule"].text == "unknownAddress")
            #expect(try await submit(#"{"street":"Rustaveli Avenue","houseNumber":"61","city":"Tbilisi"}"#).status == 422)
            #expect(try await submit(#"{"street":"rustaveli avenue","houseNumber":"12","city":"Tbilisi"}"#).status == 200)
            #expect(try await submit("{}").status == 200)
        }
    }

    @Test func `an address is checked part by part`() async throws {
        try await TestCentre.run { test in
            let max = try await test.client.signedIn(as: "max")
            func why(_ query: String) async throws -> JSON {
                let answer = try await max.get("/api/gazetteer/check?project=\(ProjectID.serviceDesk)&\(query)")
                let why = try answer.json["why"]
                #expect(try answer.json["known"].flag == (why == .null))
                return why
            }
            #expect(try await why("street=Nowhere") == .null)
            _ = try await bring(Self.file, by: max)
            try await ready(max)
            #expect(try await why("street=rustaveli%20avenue&houseNumber=12&city=Tbilisi&postcode=0108") == .null)
            #expect(try await why("street=Nowhere") == "street")
            #expect(try await why("street=Rustaveli%20Avenue&city=Batumi") == "city")
            #expect(try await why("street=Rustaveli%20Avenue&houseNumber=61") == "houseNumber")
            #expect(try await why("street=Rustaveli%20Avenue&postcode=1") == "postcode")
            #expect(try await max.get("/api/gazetteer/check?project=\(ProjectID.serviceDesk)").status == 422)
        }
    }
}
