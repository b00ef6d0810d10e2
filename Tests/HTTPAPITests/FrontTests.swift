import Foundation
import Hummingbird
import Testing

@testable import HTTPAPI

struct FrontTests {
    @Test func `pages and files are served with their types, and asked for again by their tag`() async throws {
        try await TestCentre.run { test in
            for path in ["/", "/desk", "/floor", "/contacts", "/contacts/0190-x", "/sign-in"] {
                let page = try await test.client.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.header("Content-Type") == "text/html; charset=utf-8")
                #expect(page.text.contains("Callfloor"))
            }
            let script = try await test.client.get("/base/text.js")
            #expect(script.header("Content-Type") == "text/javascript; charset=utf-8")
            #expect(script.header("Cache-Control") == "no-cache")
            let tag = try #require(script.header("ETag"))
            let same = try await test.client.get("/base/text.js", headers: ["If-None-Match": tag])
            #expect(same.status == 304)
            #expect(same.body.isEmpty)

            try Data("export const a = 22;".utf8).write(to: test.webFolder.appending(path: "base/text.js"))
            #expect(try await test.client.get("/base/text.js", headers: ["If-None-Match": tag]).text == "export const a = 22;")

            let head = try await test.client.send("HEAD", "/base/text.js")
            #expect(head.status == 200)
            #expect(head.header("Content-Length") == "20")
            #expect(head.body.isEmpty)
            #expect(try await test.client.send("HEAD", "/health").status == 200)
        }
    }

    @Test(arguments: [
        "/../secret.txt", "/base/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/base/%2e%2e%2f..%2fsecret.txt",
        "/..\\secret.txt", "/%5c..%5csecret.txt", "//secret.txt", "/.hidden", "/base//text.js", "/base", "/base/", "/base/text.js%00.html",
        "/leak.txt", "/missing.js", "/contacts/a/b", "/%ff",
    ])
    func `nothing outside of the front end's folder is served`(path: String) async throws {
        try await TestCentre.run { test in
            let answer = try await test.client.get(path)
            #expect(answer.status == 404)
            #expect(try answer.json["code"].text == "notFound")
        }
    }

    @Test func `every answer carries the headers that keep browsers safe`() async throws {
        try await TestCentre.run { test in
            for path in ["/", "/health", "/api/session", "/api/nothing", "/nothing"] {
                let answer = try await test.client.get(path)
                let policy = try #require(answer.header("Content-Security-Policy"))
                #expect(policy.hasPrefix("default-src 'self'; "))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                #expect(answer.header("Referrer-Policy") == "same-origin")
                #expect(answer.header("Cache-Control") == (path == "/" ? "no-cache" : "no-store"))
            }
        }
    }

    @Test func `what is too large or no route is refused as a problem`() async throws {
        try await TestCentre.run { test in
            let large = #"{"login":"\#(String(repeating: "a", count: 70_000))","password":"x"}"#
            let tooLarge = try await test.client.send("POST", "/api/session", body: large)
            #expect(tooLarge.status == 413)
            #expect(try tooLarge.json["code"].text == "tooLarge")
            // Only claimed, never sent.
            let claimed = try await test.client.send(
                "POST", "/api/session", headers: ["Content-Type": "application/json", "Content-Length": "99999999999"])
            #expect(claimed.status == 413)
            for (method, path) in [("GET", "/api"), ("GET", "/api/nothing"), ("PUT", "/api/session"), ("POST", "/health"), ("POST", "/")] {
                let answer = try await test.client.send(method, path)
                #expect(answer.status == 404, "\(method) \(path)")
                #expect(answer.header("Content-Type") == "application/problem+json")
            }
            let form = try await test.client.send(
                "POST", "/api/session", body: "login=ana", headers: ["Content-Type": "application/x-www-form-urlencoded"])
            #expect(try form.json["errors"][0]["field"].text == "Content-Type")
            let header = try await test.client.get("/health", headers: ["X-Long": String(repeating: "a", count: 40_000)])
            #expect(header.status == 400)
        }
    }

    @Test func `the description lists every route, and what is sent is as described`() async throws {
        try await TestCentre.run { test in
            let ada = try await test.client.signedIn(as: "ada")
            let document = try await ada.get("/api/openapi.json").json
            #expect(document["openapi"].text == "3.1.0")
            #expect(document["info"]["version"].text == "1.2.3")
            for route in test.server.table.routes {
                let operation = document["paths"][route.path][route.method.rawValue.lowercased()]
                #expect(operation["summary"].text == route.summary)
                #expect(["200", "201", "202", "204"].contains { operation["responses"][$0] != .missing })
            }
            #expect(document["paths"]["/api/desk"]["get"]["x-permission"].text == "handleContacts:own")
            let references = Set("\(document)".matches(of: /#\/components\/schemas\/(\w+)/).map { String($0.1) })
            for name in references { #expect(document["components"]["schemas"][name] != .missing, "\(name)") }

            let check = SchemaCheck(document: document)
            try await test.handledCall(note: "first")
            let ana = try await test.client.signedIn(as: "ana")
            let stream = try await ana.stream()
            _ = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            let leg = try await test.call()
            let ringing = try await stream.next("desk") { $0["contact"]["state"].text == "ringing" }
            #expect(check.faults(in: ringing, as: "Desk") == [])
            stream.close()
            try await test.answer()
            let answers = [
                ("Desk", try await ana.get("/api/desk")), ("Floor", try await ada.get("/api/floor")),
                ("ContactList", try await ada.get("/api/contacts")), ("ContactStory", try await ada.get("/api/contacts/\(leg)")),
                ("Figures", try await ada.get("/api/figures?from=2026-11-20&through=2027-01-01&interval=week&by=disposition")),
                ("Session", try await ana.get("/api/session")), ("Problem", try await ana.get("/api/floor")),
                ("Health", try await ana.get("/health")), ("Health", try await ana.get("/health/ready")),
                ("Position", try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"off"}"#)),
            ]
            for (name, answer) in answers { #expect(check.faults(in: try answer.json, as: name) == [], "\(name)") }
        }
    }
}
