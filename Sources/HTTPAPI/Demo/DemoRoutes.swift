import Hummingbird
import Logging
import Operation

/// What only a demo can be asked: they exist nowhere else, and there only for whoever sits in one of its seats (`OneClickSeats`): on this
/// machine, at exactly these names, through no proxy.
struct DemoRoutes: Sendable {
    /// Nil: this is no demo.
    let port: DemoPort?

    var routes: [Route] {
        guard let port else { return [] }
        let traffic = Route.AnswerShape(status: .ok, contentType: "application/json", schema: .reference(DemoTrafficWire.self))
        return [
            .read(
                "/api/demo/traffic", "How many simulated customers call.", access: .signedIn,
                audit: Self.audit, answers: DemoTrafficWire.self,
                problems: [.forbidden]
            ) { call in
                try seated(call)
                return DemoTrafficWire(port.traffic())
            },
            Route(
                method: .put, path: "/api/demo/traffic", summary: "Lets more or fewer simulated customers call.", access: .signedIn,
                kind: .session, audit: Self.audit, body: .json(DemoTrafficWish.self), answer: traffic, problems: [.forbidden]
            ) { call in
                try seated(call)
                port.changeTraffic(try DemoTrafficWish.read(call.body).checked())
                return Response(json: DemoTrafficWire(port.traffic()))
            },
            .read(
                "/api/demo/plug", "What pulling the plug did the last time.", access: .signedIn,
                audit: Self.audit, answers: PlugPullWire.self,
                problems: [.forbidden]
            ) { call in
                try seated(call)
                return PlugPullWire(port.pull() ?? .none)
            },
            Route(
                method: .post, path: "/api/demo/plug", summary: "Kills the server in the middle of everything and starts it again.",
                access: .signedIn, kind: .session, audit: Self.audit, answer: Route.AnswerShape(status: .accepted),
                problems: [.forbidden, .staleState]
            ) { call in
                try seated(call)
                guard port.pullPlug() else { throw Problem(.staleState) }
                call.logger.notice("the plug is pulled")
                return Response(status: .accepted)
            },
        ]
    }

    private static let audit = AuditMeaning.nothing(because: "nobody real is in the demo")

    private func seated(_ call: Call) throws {
        guard try call.signedIn().account.login == call.seat else { throw Problem(.forbidden) }
    }
}

/// `GET /api/demo/traffic`
struct DemoTrafficWire: WireType {
    var factor: Int
    var factorMax: Int
    var callsAMinute: Int

    static let schemaName = "DemoTraffic"
    static let schema = Schema.object([
        .required("factor", .integer), .required("factorMax", .integer), .required("callsAMinute", .integer),
    ])

    init(_ traffic: DemoTraffic) {
        factor = traffic.factor
        factorMax = DemoTraffic.factors.upperBound
        callsAMinute = traffic.callsAMinute
    }
}

/// `PUT /api/demo/traffic`
struct DemoTrafficWish: WireInput {
    var factor: Int

    static let schemaName = "DemoTrafficWish"
    static let schema = Schema.object([.required("factor", .integer)])

    func checked() throws -> Int {
        guard DemoTraffic.factors.contains(factor) else { throw Problem.invalid("factor", .notAllowed) }
        return factor
    }
}

/// `GET /api/demo/plug`
struct PlugPullWire: WireType {
    var number: Int
    var open: Int
    var lost: Int
    var lostPages: Int
    var ended: Int
    var waiting: Int
    var keptPlace: Int
    var talks: Int
    var heardAgain: Int
    var awaited: Int
    var milliseconds: Int
    var over: Bool

    static let schemaName = "PlugPull"
    static let schema = Schema.object(
        ["number", "open", "lost", "lostPages", "ended", "waiting", "keptPlace", "talks", "heardAgain", "awaited", "milliseconds"]
            .map { .required($0, .integer) } + [.required("over", .boolean)])

    init(_ pull: PlugPull) {
        number = pull.number
        open = pull.open
        lost = pull.lost
        lostPages = pull.lostPages
        ended = pull.ended
        waiting = pull.waiting
        keptPlace = pull.keptPlace
        talks = pull.talks
        heardAgain = pull.heardAgain
        awaited = pull.awaited
        milliseconds = pull.milliseconds
        over = pull.isOver
    }
}
