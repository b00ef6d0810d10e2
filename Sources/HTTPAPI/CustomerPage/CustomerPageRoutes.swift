import Calls
import Centre
import Contacts
import Hummingbird
import Operation
import Organization
import Primitives
import Storage

/// A telephone for anyone on a page: what the demo's customer calls with. Off elsewhere: whoever can open the page can call.
struct CustomerPageRoutes: Sendable {
    /// Nil: the page is not offered.
    let port: CustomerPagePort?
    let centre: CentreActor
    let store: Store
    let names: NameBook
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            .read(
                "/api/customer", "The numbers that a customer can call from a page.", access: .open,
                audit: .nothing(because: "numbers for everybody"), answers: CustomerLinesWire.self,
                problems: [.notFound]
            ) { _ in
                let port = try offered()
                let numbers = try await store.setUp().entryPoints.map { entry in
                    CustomerLinesWire.NumberWire(
                        number: entry.number, name: names.current.queue(entry.entryPoint.queue, in: entry.entryPoint.language))
                }
                return CustomerLinesWire(numbers: numbers, iceServers: port.iceServers().map { .init($0) })
            },
            post("/api/customer/calls", "Calls a number from a browser.", takes: CustomerCall.self) { _, call in
                let port = try offered()
                var random = Random(seed: .random(in: 0 ... .max))
                let leg = LegID(at: now(), using: &random)
                let wanted = try call.checked()
                let answer = try await port.call(wanted.number, wanted.offer, leg)
                return Response(json: CustomerAnswer(call: leg.description, key: answer.key, answer: answer.description))
            },
            post("/api/customer/calls/{call}/keys", "Presses keys.", takes: CustomerKeys.self) { call, keys in
                try await offered().press(call.id("call"), keys.key, keys.checked())
                return Response(status: .noContent)
            },
            post("/api/customer/calls/{call}/end", "Hangs up.", takes: CustomerEnd.self) { call, end in
                try await offered().end(call.id("call"), end.key)
                return Response(status: .noContent)
            },
            .read(
                "/api/customer/calls/{call}", "How the call stands.", access: .open,
                audit: .nothing(because: "a customer's own call"), answers: CustomerCallWire.self,
                query: [.init(name: "key", schema: .string, summary: "The call's key.")], problems: [.notFound]
            ) { call in
                let leg: LegID = try call.id("call")
                try await offered().check(leg, call.query("key") ?? "")
                return CustomerCallWire(state: await state(of: ContactID(sameAs: leg)).rawValue)
            },
        ]
    }

    private func offered() throws -> CustomerPagePort {
        guard let port else { throw Problem(.notFound) }
        return port
    }

    private func state(of contact: ContactID) async -> CustomerCallWire.State {
        await centre.read { engine in
            switch engine.contacts[contact]?.state {
            case .arriving, .toldClosed, .queued, .offered, .dialling: .waiting
            case .talking: engine.calls[contact]?.isHeld == true ? .held : .talking
            case .leftBehind: .held
            case .outside: .talking
            case .wrapUp, .writeUp, nil: .ended
            }
        }
    }

    private func post<Body: WireInput>(
        _ path: String, _ summary: String, takes: Body.Type, _ handle: @escaping @Sendable (Call, Body) async throws -> Response
    ) -> Route {
        let isCall = Body.self == CustomerCall.self
        return Route(
            method: .post, path: path, summary: summary, access: .open, kind: .session,
            audit: .nothing(because: "a customer's own call"), body: .json(Body.self),
            answer: isCall
                ? .init(status: .ok, contentType: "application/json", schema: .reference(CustomerAnswer.self))
                : .init(status: .noContent, contentType: nil, schema: nil),
            problems: [.notFound, .invalid] + (isCall ? [.browserUnsuitable, .unavailable] : [])
        ) { call in
            try await handle(call, Body.read(call.body))
        }
    }
}

/// `GET /api/customer`
struct CustomerLinesWire: WireType {
    var numbers: [NumberWire]
    var iceServers: [AudioSettingsWire.ICEServerWire]

    static let schemaName = "CustomerLines"
    static let schema = Schema.object([
        .required("numbers", .array(.reference(NumberWire.self))),
        .required("iceServers", .array(.reference(AudioSettingsWire.ICEServerWire.self))),
    ])

    struct NumberWire: WireType, Hashable {
        var number: String
        var name: String

        static let schemaName = "CustomerNumber"
        static let schema = Schema.object([.required("number", .string), .required("name", .string)])
    }
}

/// `POST /api/customer/calls`
struct CustomerCall: WireInput {
    var number: String
    var offer: String

    static let schemaName = "CustomerCall"
    static let schema = Schema.object([.required("number", .string), .required("offer", .string)])

    func checked() throws -> Self {
        var check = FieldCheck()
        check.text(number, "number", limit: Limits.numberMax)
        check.text(offer, "offer", limit: Limits.descriptionMax)
        try check.pass()
        return self
    }
}

struct CustomerAnswer: WireType {
    var call: String
    var key: String
    var answer: String

    static let schemaName = "CustomerAnswer"
    static let schema = Schema.object([.required("call", .id), .required("key", .string), .required("answer", .string)])
}

struct CustomerKeys: WireInput {
    var key: String
    var keys: String

    static let schemaName = "CustomerKeys"
    static let schema = Schema.object([.required("key", .string), .required("keys", .string)])

    func checked() throws -> String { try KeyPresses(keys: keys).checked() }
}

struct CustomerEnd: WireInput {
    var key: String

    static let schemaName = "CustomerEnd"
    static let schema = Schema.object([.required("key", .string)])
}

struct CustomerCallWire: WireType {
    var state: String

    enum State: String, CaseIterable {
        case waiting, talking, held, ended
    }

    static let schemaName = "CustomerCallState"
    static let schema = Schema.object([.required("state", .enumeration(State.allCases.map(\.rawValue)))])
}
