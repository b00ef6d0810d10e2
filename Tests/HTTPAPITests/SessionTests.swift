import Testing

@testable import HTTPAPI

struct SessionTests {
    @Test func `who signs in gets a cookie that scripts cannot read, and his name and rights`() async throws {
        try await TestCentre.run { test in
            let answer = try await test.client.send("POST", "/api/session", body: #"{"login":"ana","password":"correct horse"}"#)
            #expect(answer.status == 200)
            let cookie = try #require(answer.header("Set-Cookie"))
            #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"))
            let session = try answer.json
            #expect(session["user"]["name"].text == "Ana")
            #expect(session["user"]["agent"].flag == true)
            #expect(
                session["permissions"] == [
                    "handleContacts": "own", "viewContacts": "own", "viewFigures": "own", "viewCustomers": "project", "readAPI": "all",
                ])

            let ana = try await test.client.signedIn(as: "ana")
            #expect(try await ana.get("/api/session").json == session)
            #expect(try await test.client.get("/api/session").json["code"].text == "signInNeeded")
        }
    }

    @Test func `a wrong password and an unknown login are answered alike`() async throws {
        try await TestCentre.run { test in
            let wrong = try await test.client.send("POST", "/api/session", body: #"{"login":"ana","password":"wrong"}"#)
            let unknown = try await test.client.send("POST", "/api/session", body: #"{"login":"nobody","password":"wrong"}"#)
            #expect(wrong.status == 401)
            #expect(try wrong.json["code"].text == "wrongCredentials")
            #expect(wrong.body == unknown.body)
            #expect(wrong.header("Set-Cookie") == nil)
        }
    }

    @Test func `what is wrong with a sign-in is said field by field`() async throws {
        try await TestCentre.run { test in
            let long = String(repeating: "a", count: 129)
            for (body, errors) in [
                (#"{"login":"","password":""}"#, ["login required", "password required"]),
                (#"{"login":"ana"}"#, ["password required"]), (#"{"login":null,"password":"x"}"#, ["login required"]),
                (#"{"login":7,"password":"x"}"#, ["login malformed"]), (#"{"login":"#, ["body malformed"]),
                (#"{"login":"\#(long)","password":"x"}"#, ["login tooLong"]),
            ] {
                let answer = try await test.client.send("POST", "/api/session", body: body)
                #expect(answer.status == 422)
                #expect(answer.header("Content-Type") == "application/problem+json")
                #expect(try answer.json["errors"].list.map { "\($0["field"].text ?? "") \($0["rule"].text ?? "")" } == errors)
            }
            // What we do not know is no mistake.
            let more = #"{"login":"ana","password":"correct horse","colour":"red"}"#
            #expect(try await test.client.send("POST", "/api/session", body: more).status == 200)
        }
    }

    @Test func `after ten wrong passwords a login has to wait, whoever knows the right one`() async throws {
        try await TestCentre.run { test in
            for _ in 1...10 {
                let answer = try await test.client.send("POST", "/api/session", body: #"{"login":"ana","password":"wrong"}"#)
                #expect(answer.status == 401)
            }
            let right = #"{"login":"ana","password":"correct horse"}"#
            let refused = try await test.client.send("POST", "/api/session", body: right)
            #expect(refused.status == 429)
            #expect(try refused.json["code"].text == "tooManyAttempts")
            #expect((1...300).contains(try #require(refused.header("Retry-After").flatMap { Int($0) })))
            // Others are not held up.
            _ = try await test.client.signedIn(as: "ben")
            test.clock.advance(.seconds(301))
            #expect(try await test.client.send("POST", "/api/session", body: right).status == 200)
        }
    }

    @Test func `a page of another site changes nothing`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            for headers in [
                ["Origin": "http://evil.example"], ["Origin": ""], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
                ["Sec-Fetch-Site": "same-site"], ["Origin": "http://127.0.0.1.evil.example:\(test.client.port)"],
            ] {
                let answer = try await ana.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#, headers: headers)
                #expect(answer.status == 403, "\(headers)")
                #expect(try answer.json["code"].text == "foreignOrigin")
            }
            #expect(try await ana.get("/api/desk").json["presence"]["state"].text == "off")
            let own = try await ana.send(
                "PUT", "/api/desk/presence", body: #"{"state":"ready"}"#, headers: ["Sec-Fetch-Site": "same-origin"])
            #expect(own.status == 200)
        }
    }

    @Test func `signing out ends the session and its streams, not those of others`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            let other = try await test.client.signedIn(as: "ana")
            let stream = try await ana.stream()
            let otherStream = try await other.stream()
            _ = try await stream.next("desk")
            _ = try await otherStream.next("desk")

            let answer = try await ana.send("DELETE", "/api/session")
            #expect(answer.status == 204)
            #expect(answer.header("Set-Cookie")?.contains("Max-Age=0") == true)
            #expect(try await stream.end().last?.name == "ended")
            #expect(try await ana.get("/api/session").status == 401)

            _ = try await other.send("PUT", "/api/desk/presence", body: #"{"state":"ready"}"#)
            _ = try await otherStream.next("desk") { $0["presence"]["state"].text == "ready" }
            otherStream.close()
        }
    }

    @Test func `a session ends twelve hours after its last use`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            test.clock.advance(.seconds(11 * 3600))
            let used = try await ana.get("/api/session")
            #expect(used.status == 200)
            #expect(used.header("Set-Cookie")?.hasPrefix("callfloor_session=\(ana.cookie ?? "")") == true)
            test.clock.advance(.seconds(11 * 3600))
            #expect(try await ana.get("/api/session").status == 200)
            test.clock.advance(.seconds(12 * 3600 + 1))
            #expect(try await ana.get("/api/session").status == 401)
        }
    }

    @Test func `the language is chosen once and holds for texts and later sessions`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            let changed = try await sue.send("PATCH", "/api/session", body: #"{"language":"tr"}"#)
            #expect(try changed.json["user"]["language"].text == "tr")
            #expect(try await sue.get("/api/floor").json["queues"][0]["name"].text == "İnternet")
            let later = try await test.client.signedIn(as: "sue")
            #expect(try await later.get("/api/session").json["user"]["language"].text == "tr")
            let refused = try await sue.send("PATCH", "/api/session", body: #"{"language":"fr"}"#)
            #expect(refused.status == 422)
            #expect(try refused.json["errors"][0]["field"].text == "language")
            #expect(try refused.json["errors"][0]["rule"].text == "unknown")
        }
    }

    @Test func `a user's commands come at a bounded rate, others' are not held up`() async throws {
        try await TestCentre.run { test in
            let ana = try await test.client.signedIn(as: "ana")
            let ben = try await test.client.signedIn(as: "ben")
            test.clock.stop()
            let ready = #"{"state":"ready"}"#
            for _ in 1...Int(Limits.commands.atOnce) {
                #expect(try await ana.send("PUT", "/api/desk/presence", body: ready).status == 200)
            }
            let refused = try await ana.send("PUT", "/api/desk/presence", body: ready)
            #expect(refused.status == 429)
            #expect(refused.header("Retry-After") == "1")
            #expect(try await ana.get("/api/desk").status == 200)
            #expect(try await ben.send("PUT", "/api/desk/presence", body: ready).status == 200)
            test.clock.advance(.seconds(1))
            #expect(try await ana.send("PUT", "/api/desk/presence", body: ready).status == 200)
        }
    }
}
