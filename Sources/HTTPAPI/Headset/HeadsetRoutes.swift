import Calls
import Centre
import Contacts
import Hummingbird
import Operation
import Organization
import Primitives
import Routing

/// The agent's browser as his phone: its audio connection, and what rings on it.
struct HeadsetRoutes: Sendable {
    let centre: CentreActor
    let headsets: HeadsetPort
    let now: @Sendable () -> Timestamp

    private static let access = Route.Access.may(.handleContacts, atLeast: .own)

    var routes: [Route] {
        [
            .read(
                "/api/desk/audio", "What a browser has to know before it offers its call.", access: Self.access,
                audit: .nothing(because: "how sound finds us"),
                answers: AudioSettingsWire.self
            ) { call in
                AudioSettingsWire(
                    iceServers: headsets.iceServers(try call.signedIn().account.user.id).map { .init($0) },
                    reconnectSeconds: Int(CentreEngine.interruptionMax / .seconds(1)))
            },
            Route(
                method: .post, path: "/api/desk/audio",
                summary:
                    "Connects the agent's browser as his headset, or renews its connection: after a change of its network, or for another codec.",
                access: Self.access, kind: .session, audit: .inTheLog, body: .json(AudioOffer.self),
                answer: .init(status: .ok, contentType: "application/json", schema: .reference(AudioAnswer.self)),
                problems: [.invalid, .notFound, .browserUnsuitable, .unavailable]
            ) { call in
                let (_, agent) = try call.agent()
                var random = Random(seed: .random(in: 0 ... .max))
                let offer = try AudioOffer.read(call.body).checked(new: HeadsetID(at: now(), using: &random))
                let answer = try await headsets.connect(agent, offer)
                return Response(json: AudioAnswer(audio: answer.headset.description, answer: answer.description))
            },
            Route(
                method: .delete, path: "/api/desk/audio/{audio}", summary: "Ends the connection.", access: Self.access, kind: .session,
                audit: .inTheLog,
                answer: .init(status: .noContent, contentType: nil, schema: nil), problems: [.notFound]
            ) { call in
                let (_, agent) = try call.agent()
                try await headsets.disconnect(agent, call.id("audio"))
                return Response(status: .noContent)
            },
            Route(
                method: .post, path: "/api/desk/audio/{audio}/test",
                summary: "Lets the agent hear his own voice a second later, or no more.",
                access: Self.access, kind: .session, audit: .inTheLog, body: .json(AudioTest.self),
                answer: .init(status: .noContent, contentType: nil, schema: nil), problems: [.notFound, .staleState]
            ) { call in
                let (_, agent) = try call.agent()
                try await headsets.test(agent, call.id("audio"), AudioTest.read(call.body).on)
                return Response(status: .noContent)
            },
            .command(
                .post, "/api/desk/contacts/{contact}/answer", "Takes the contact that rings on the agent's headset.", access: Self.access,
                audit: .inTheLog,
                takes: Nothing.self, problems: [.notFound, .staleState, .answerAtPhone]
            ) { call, _ in
                let (_, agent) = try call.agent()
                let contact: ContactID = try call.id("contact")
                guard await headsets.rings(agent, contact) else { throw await refusal(of: contact, to: agent) }
                return try await perform(.answerWanted(agent, contact), for: call)
            },
            .command(
                .post, "/api/desk/contacts/{contact}/decline", "Does not take the contact that rings for the agent, on whatever phone.",
                access: Self.access, audit: .inTheLog, takes: Nothing.self, problems: [.notFound, .staleState]
            ) { call, _ in
                let (_, agent) = try call.agent()
                return try await perform(.declineWanted(agent, call.id("contact")), for: call)
            },
        ]
    }

    private func perform(_ input: Input, for call: Call) async throws -> PositionWire {
        let user = try call.signedIn().account.user.id
        return PositionWire(position: try await centre.perform(input, by: user, key: call.commandKey()).number)
    }

    /// Why there is nothing to answer: the contact rings at the agent's phone, or not for him at all.
    private func refusal(of contact: ContactID, to agent: AgentID) async -> Problem {
        let ringsForHim = await centre.read { engine in
            switch engine.routing.agents[agent]?.state.routing {
            case .offered(_, contact): true
            case .consulted(contact):
                engine.calls[contact]?.consult?.stage == .ringing || engine.contacts[contact].map { engine.isRung(agent, in: $0) } == true
            default: false
            }
        }
        return Problem(ringsForHim ? .answerAtPhone : .staleState)
    }
}

extension Problem {
    init(_ refusal: BrowserRefusal) {
        switch refusal {
        case .malformed: self = .invalid("offer", .malformed)
        case .number: self = .invalid("number", .unknown)
        case .unsuitable: self.init(.browserUnsuitable)
        case .unknown: self.init(.notFound)
        case .inCall: self.init(.staleState)
        case .unavailable: self.init(.unavailable, retryAfter: 5)
        }
    }
}
