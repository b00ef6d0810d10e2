import Foundation
import Hummingbird
import Organization
import Testing

@testable import HTTPAPI

/// Every route with every role: the statuses that the rights ask for, written down by hand and not derived from the table.
struct RightsTests {
    private static let logins: [Role: String] = [
        .agent: "ana", .senior: "ben", .supervisor: "sue", .manager: "max", .administrator: "ada",
    ]

    struct Case {
        var body: String?
        var headers: [String: String] = [:]
        /// Agent, senior, supervisor, manager, administrator, nobody.
        var statuses: [Int]
    }

    private static let productFields =
        #"{"name":{},"about":{},"category":"","price":"","per":"month","regions":[],"replaces":[],"answers":[],"retired":false}"#
    private static let proposalWish = #"{"product":"x","discount":"0","state":"proposed","note":""}"#

    static let cases: [String: Case] = [
        "POST /api/session": Case(body: #"{"login":"x","password":"x"}"#, statuses: [401, 401, 401, 401, 401, 401]),
        "GET /api/session": Case(statuses: [200, 200, 200, 200, 200, 401]),
        "PATCH /api/session": Case(body: #"{"language":"en"}"#, statuses: [200, 200, 200, 200, 200, 401]),
        "DELETE /api/session": Case(statuses: [204, 204, 204, 204, 204, 401]),
        "GET /api/stream": Case(statuses: [200, 200, 200, 200, 200, 401]),
        "GET /api/desk": Case(statuses: [200, 200, 403, 403, 403, 401]),
        "PUT /api/desk/presence": Case(body: #"{"state":"off"}"#, statuses: [200, 200, 403, 403, 403, 401]),
        "GET /api/desk/colleagues": Case(statuses: [200, 200, 403, 403, 403, 401]),
        "POST /api/desk/dial": Case(body: #"{"number":"+995322550001"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/offers/{offer}/decline": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "PUT /api/desk/contacts/{contact}/draft": Case(body: #"{"note":""}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/complete": Case(
            body: #"{"disposition":"\#(DispositionID.solved)"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/end": Case(body: #"{"reason":"test"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/warn": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/ring-again": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/hand-over": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/hold": Case(body: #"{}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/retrieve": Case(body: #"{}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/record": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/stop-recording": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/pause-recording": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/resume-recording": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "GET /api/contacts/{id}/recordings": Case(statuses: [403, 404, 404, 404, 404, 401]),
        "GET /api/recordings/{id}": Case(statuses: [403, 404, 404, 404, 404, 401]),
        "GET /api/recordings/{id}/sound": Case(statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/recordings/{id}/hold": Case(body: #"{"held":true}"#, statuses: [403, 403, 403, 404, 404, 401]),
        "POST /api/recordings/{id}/erase": Case(body: "{}", statuses: [403, 403, 403, 404, 404, 401]),
        "POST /api/desk/contacts/{contact}/mute": Case(body: #"{}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/unmute": Case(body: #"{}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/wrap-up": Case(body: #"{}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/no-wrap-up": Case(body: #"{}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/keys": Case(body: #"{"keys":"1"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/transfer": Case(
            body: #"{"queue":"\#(QueueID.internet)"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "GET /api/desk/contacts/{contact}/targets": Case(statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/consult": Case(
            body: #"{"agent":"\#(AgentID.ben)"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/consult/change": Case(
            body: #"{"stage":"conference"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/consult/complete": Case(
            body: #"{}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/consult/cancel": Case(
            body: #"{}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/answer": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/decline": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "GET /api/desk/audio": Case(statuses: [200, 200, 403, 403, 403, 401]),
        "POST /api/desk/audio": Case(body: #"{"offer":"v=0"}"#, statuses: [503, 503, 403, 403, 403, 401]),
        "POST /api/desk/audio/{audio}/test": Case(body: #"{"on":true}"#, statuses: [404, 404, 403, 403, 403, 401]),
        "DELETE /api/desk/audio/{audio}": Case(statuses: [404, 404, 403, 403, 403, 401]),
        "GET /api/customer": Case(statuses: [404, 404, 404, 404, 404, 404]),
        "POST /api/customer/calls": Case(body: #"{"number":"1","offer":"v=0"}"#, statuses: [404, 404, 404, 404, 404, 404]),
        "POST /api/customer/calls/{call}/keys": Case(body: #"{"key":"1","keys":"1"}"#, statuses: [404, 404, 404, 404, 404, 404]),
        "POST /api/customer/calls/{call}/end": Case(body: #"{"key":"1"}"#, statuses: [404, 404, 404, 404, 404, 404]),
        "GET /api/customer/calls/{call}": Case(statuses: [404, 404, 404, 404, 404, 404]),
        "GET /api/floor": Case(statuses: [403, 200, 200, 200, 200, 401]),
        "POST /api/floor/contacts/{contact}/supervise": Case(body: #"{"mode":"monitor"}"#, statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/contacts/{contact}/supervise/microphone": Case(body: #"{"open":true}"#, statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/contacts/{contact}/supervise/end": Case(body: "{}", statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/contacts/{contact}/take-over": Case(body: "{}", statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/agents/{agent}/presence": Case(body: #"{"presence":"off"}"#, statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/agents/{agent}/log-out": Case(body: "{}", statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/agents/{agent}/seat": Case(
            body: #"{"beside":"01970000-0000-7007-8000-000000000007"}"#, statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/agents/{agent}/seat/end": Case(body: "{}", statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/agents/{agent}/sign-off": Case(body: #"{"signedOff":true}"#, statuses: [403, 404, 404, 404, 404, 401]),
        "GET /api/floor/agents/{agent}/seats": Case(statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/desk/seat/end": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/floor/agents/{agent}/free": Case(body: "{}", statuses: [403, 404, 404, 404, 404, 401]),
        "POST /api/floor/messages": Case(
            body: #"{"text":"Hello","agent":"\#(AgentID.ana)"}"#, statuses: [403, 200, 200, 200, 200, 401]),
        "POST /api/desk/messages/{id}/read": Case(body: "{}", statuses: [200, 200, 403, 403, 403, 401]),
        "POST /api/desk/help": Case(body: #"{"wanted":true}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "GET /api/contacts": Case(statuses: [200, 200, 200, 200, 200, 401]),
        // Without its days it refuses those who may ask.
        "GET /api/figures": Case(statuses: [422, 422, 422, 422, 422, 401]),
        "GET /api/products": Case(statuses: [200, 200, 200, 200, 200, 401]),
        "POST /api/products": Case(
            body: #"{"project":"\#(ProjectID.serviceDesk)","key":"x","fields":\#(productFields)}"#,
            statuses: [403, 403, 403, 422, 422, 401]),
        "PUT /api/products/{id}": Case(
            body: #"{"revision":1,"fields":\#(productFields)}"#, statuses: [403, 403, 403, 404, 404, 401]),
        "PUT /api/products/reasons": Case(body: #"{"revision":0,"reasons":[]}"#, statuses: [403, 403, 403, 422, 422, 401]),
        "PUT /api/products/authority": Case(
            body: #"{"revision":0,"currency":"GEL","limits":[]}"#, statuses: [403, 403, 403, 422, 422, 401]),
        "PUT /api/products/licences": Case(body: #"{"revision":0,"licences":[]}"#, statuses: [403, 403, 403, 422, 422, 401]),
        "GET /api/products/{id}/answered": Case(statuses: [403, 403, 404, 404, 404, 401]),
        "GET /api/desk/contacts/{contact}/proposals": Case(statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/proposals": Case(body: proposalWish, statuses: [409, 409, 403, 403, 403, 401]),
        "PUT /api/desk/contacts/{contact}/proposals/{proposal}": Case(body: proposalWish, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/concessions": Case(
            body: #"{"kind":"refund","amount":"1","note":"x"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/approvals": Case(
            body: #"{"kind":"refund","amount":"1","note":"x"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/approvals/{approval}/withdraw": Case(body: "{}", statuses: [409, 409, 403, 403, 403, 401]),
        "GET /api/approvals": Case(statuses: [403, 200, 200, 200, 403, 401]),
        "POST /api/approvals/{id}/decision": Case(body: #"{"approved":true}"#, statuses: [403, 404, 404, 404, 403, 401]),
        "GET /api/client-report": Case(statuses: [403, 403, 403, 403, 403, 401]),
        "GET /api/contacts/{id}": Case(statuses: [404, 404, 404, 404, 404, 401]),
        "GET /api/audit": Case(statuses: [403, 403, 403, 200, 200, 401]),
        "GET /api/audit/chain": Case(statuses: [403, 403, 403, 200, 200, 401]),
        "POST /api/audit/chain": Case(body: "{}", statuses: [403, 403, 403, 202, 202, 401]),
        "POST /api/set-up": Case(
            body: "a: 1", headers: ["Content-Type": "application/yaml"], statuses: [403, 403, 403, 403, 200, 401]),
        "GET /api/set-up": Case(statuses: [403, 403, 403, 403, 200, 401]),
        "GET /api/set-up/file": Case(statuses: [403, 403, 403, 403, 200, 401]),
        "GET /api/set-up/changes": Case(statuses: [403, 403, 403, 403, 200, 401]),
        "POST /api/set-up/changes/{id}/undo": Case(statuses: [403, 403, 403, 403, 404, 401]),
        "POST /api/set-up/trunks/{key}/test": Case(statuses: [403, 403, 403, 403, 404, 401]),
        "GET /api/floor/warnings": Case(statuses: [403, 403, 200, 200, 200, 401]),
        "GET /api/documents": Case(statuses: [200, 200, 200, 200, 200, 401]),
        "POST /api/documents": Case(
            body: #"{"project":"\#(ProjectID.serviceDesk)","kind":"nothing","key":"x","body":{}}"#,
            statuses: [403, 403, 403, 422, 422, 401]),
        "GET /api/documents/{id}": Case(statuses: [404, 404, 404, 404, 404, 401]),
        "GET /api/documents/{id}/versions/{version}": Case(statuses: [404, 404, 404, 404, 404, 401]),
        "PUT /api/documents/{id}/draft": Case(body: #"{"revision":0,"body":{}}"#, statuses: [403, 403, 403, 404, 404, 401]),
        "DELETE /api/documents/{id}/draft": Case(statuses: [403, 403, 403, 404, 404, 401]),
        "POST /api/documents/{id}/check": Case(body: #"{"body":{}}"#, statuses: [403, 403, 403, 404, 404, 401]),
        "POST /api/documents/{id}/publish": Case(body: #"{"revision":1}"#, statuses: [403, 403, 403, 404, 404, 401]),
        "POST /api/documents/{id}/retire": Case(body: "{}", statuses: [403, 403, 403, 404, 404, 401]),
        "GET /api/desk/contacts/{contact}/work": Case(statuses: [409, 409, 403, 403, 403, 401]),
        "PUT /api/desk/contacts/{contact}/script": Case(body: #"{"steps":[],"current":"a"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "PUT /api/desk/contacts/{contact}/forms/{form}/values": Case(
            body: #"{"version":1,"values":{}}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "POST /api/desk/contacts/{contact}/forms/{form}/submit": Case(
            body: #"{"version":1,"values":{}}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "GET /api/gazetteers": Case(statuses: [403, 403, 403, 200, 200, 401]),
        "POST /api/gazetteers/import": Case(
            body: "street,city", headers: ["Content-Type": "text/csv"], statuses: [403, 403, 403, 422, 422, 401]),
        "DELETE /api/gazetteers/{project}": Case(body: "{}", statuses: [403, 403, 403, 404, 404, 401]),
        "GET /api/gazetteer": Case(statuses: [422, 422, 422, 422, 422, 401]),
        "GET /api/gazetteer/check": Case(statuses: [422, 422, 422, 422, 422, 401]),
        "GET /api/customers": Case(statuses: [200, 200, 200, 200, 200, 401]),
        "POST /api/customers": Case(
            body:
                #"{"project":"\#(ProjectID.serviceDesk)","kind":"person","name":"","languages":[],"numbers":[],"emails":[],"addresses":[],"note":""}"#,
            statuses: [422, 422, 422, 422, 422, 401]),
        "GET /api/customers/{id}": Case(statuses: [404, 404, 404, 404, 404, 401]),
        "PATCH /api/customers/{id}": Case(body: #"{"fields":{}}"#, statuses: [404, 404, 404, 404, 404, 401]),
        "PUT /api/customers/{id}/consents/{channel}": Case(body: #"{"state":"given"}"#, statuses: [404, 404, 404, 404, 404, 401]),
        "GET /api/customers/{id}/timeline": Case(statuses: [404, 404, 404, 404, 404, 401]),
        "POST /api/customers/{id}/merge": Case(
            body: #"{"other":"\#(ProjectID.serviceDesk)"}"#, statuses: [403, 403, 404, 404, 404, 401]),
        "POST /api/customers/{id}/unmerge": Case(
            body: #"{"other":"\#(ProjectID.serviceDesk)"}"#, statuses: [403, 403, 404, 404, 404, 401]),
        "POST /api/customers/{id}/open": Case(body: "{}", statuses: [404, 404, 404, 404, 404, 401]),
        "GET /api/customers/{id}/kept": Case(statuses: [403, 403, 404, 404, 404, 401]),
        "POST /api/customers/{id}/erase": Case(body: #"{"reason":"asked"}"#, statuses: [403, 403, 404, 404, 404, 401]),
        "GET /api/customers/export": Case(statuses: [403, 403, 422, 422, 422, 401]),
        "POST /api/customers/import": Case(
            body: "name", headers: ["Content-Type": "text/csv"], statuses: [403, 403, 422, 422, 422, 401]),
        "GET /api/desk/contacts/{contact}/customer": Case(statuses: [409, 409, 403, 403, 403, 401]),
        "PUT /api/desk/contacts/{contact}/customer": Case(
            body: #"{"customer":"\#(ProjectID.serviceDesk)"}"#, statuses: [409, 409, 403, 403, 403, 401]),
        "GET /api/contacts/{id}/work": Case(statuses: [404, 404, 404, 404, 404, 401]),
        "GET /api/alerts": Case(statuses: [403, 200, 200, 200, 200, 401]),
        "GET /api/wallboards": Case(statuses: [403, 403, 403, 403, 200, 401]),
        "POST /api/wallboards/{id}/link": Case(statuses: [403, 403, 403, 403, 404, 401]),
        "DELETE /api/wallboards/{id}/link": Case(statuses: [403, 403, 403, 403, 404, 401]),
        // A link opens it, and not who somebody is.
        "GET /api/wall/{token}": Case(statuses: [404, 404, 404, 404, 404, 404]),
        "GET /api/wall/{token}/stream": Case(statuses: [404, 404, 404, 404, 404, 404]),
        "POST /api/first-administrator": Case(
            body: #"{"token":"x","login":"x","name":"x","password":"x","language":"en"}"#, statuses: [403, 403, 403, 403, 403, 403]),
        "GET /metrics": Case(statuses: [200, 200, 200, 200, 200, 200]),
        "GET /health/ready": Case(statuses: [200, 200, 200, 200, 200, 200]),
        "GET /health/live": Case(statuses: [200, 200, 200, 200, 200, 200]),
        "GET /health": Case(statuses: [200, 200, 200, 200, 200, 200]),
        "GET /api/openapi.json": Case(statuses: [200, 200, 200, 200, 200, 401]),
    ]

    @Test func `every route answers every role, and nobody, as the rights say`() async throws {
        try await TestCentre.run { test in
            let table = test.server.table.routes
            #expect(Set(table.map(\.name)) == Set(Self.cases.keys))
            for route in table {
                let expected = try #require(Self.cases[route.name])
                let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? Substring(UUID().uuidString) : $0 }
                for (index, role) in (Role.allCases.filter { $0 != .client }.map(Optional.some) + [nil]).enumerated() {
                    var client = test.client
                    if let role { client = try await client.signedIn(as: #require(Self.logins[role])) }
                    let status: Int
                    if route.path == "/api/stream", role != nil {
                        // It would not end by itself; that it opens is the answer.
                        let stream = try await client.stream()
                        stream.close()
                        status = 200
                    } else {
                        status = try await client.send(
                            route.method.rawValue, "/" + path.joined(separator: "/"), body: expected.body, headers: expected.headers
                        ).status
                    }
                    #expect(status == expected.statuses[index], "\(route.name) as \(role.map(\.rawValue) ?? "nobody")")
                }
            }
        }
    }

    @Test func `a client is answered by what was made for him, and by nothing else`() async throws {
        try await TestCentre.run { test in
            let kim = try await test.client.signedIn(as: "kim")
            var open: Set<String> = []
            // Signing out would end it.
            for route in test.server.table.routes where route.path != "/api/stream" && route.name != "DELETE /api/session" {
                let values = try #require(Self.cases[route.name])
                let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? Substring(UUID().uuidString) : $0 }
                // Nobody may send more than so much at once.
                test.clock.advance(.seconds(1))
                let status = try await kim.send(
                    route.method.rawValue, "/" + path.joined(separator: "/"), body: values.body, headers: values.headers
                ).status
                // What answers nobody at all the same way is open to everybody.
                if status != 403, status != values.statuses.last { open.insert(route.name) }
            }
            #expect(open == ["GET /api/session", "PATCH /api/session", "GET /api/client-report"])
            #expect(try await kim.get("/api/session").json["permissions"] == .object(["viewClientReport": .text("project")]))
        }
    }

    @Test func `somebody who handles no contacts has no desk, whatever his role`() async throws {
        try await TestCentre.run { test in
            let sue = try await test.client.signedIn(as: "sue")
            #expect(try await sue.get("/api/session").json["permissions"]["handleContacts"] == .missing)
        }
    }
}

extension Route {
    var name: String { "\(method.rawValue) \(path)" }
}
