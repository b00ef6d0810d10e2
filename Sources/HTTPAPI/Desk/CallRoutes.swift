import Centre
import Contacts
import Hummingbird
import Operation
import Organization
import Primitives

/// What an agent does with the call in his slot.
struct CallRoutes: Sendable {
    let centre: CentreActor

    var routes: [Route] {
        [
            command(
                "end", "Ends a call whose customer is still there; only for a reason, and for abuse only after a warning.",
                takes: Dismissal.self, problems: [.reasonNeeded, .warningNeeded]
            ) { agent, contact, dismissal in .dismissalWanted(agent, contact, try dismissal.checked()) },
            command("warn", "Keeps that the agent has warned the customer.", takes: Nothing.self) { agent, contact, _ in
                .warningGiven(agent, contact)
            },
            command(
                "ring-again", "Rings the agent's phone again for a customer on whom it hung up.", takes: Nothing.self
            ) { agent, contact, _ in .phoneWanted(agent, contact) },
            command(
                "hand-over", "Gives the contact to the supervisors of its queue, before all who came later.", takes: Nothing.self,
                problems: [.noEscalation]
            ) { agent, contact, _ in .handOverWanted(agent, contact) },
        ]
    }

    /// A command of the agent about the contact in his slot.
    private func command<Body: WireInput>(
        _ deed: String, _ summary: String, takes: Body.Type, problems: [Problem.Code] = [],
        _ input: @escaping @Sendable (AgentID, ContactID, Body) throws -> Input
    ) -> Route {
        let centre = centre
        return .command(
            .post, "/api/desk/contacts/{contact}/\(deed)", summary, access: .may(.handleContacts, atLeast: .own), takes: takes,
            problems: [.notFound, .staleState] + problems
        ) { call, body in
            let (caller, agent) = try call.agent()
            let wanted = try input(agent, call.id("contact"), body)
            let position = try await centre.perform(wanted, by: caller.account.user.id, key: call.commandKey())
            return PositionWire(position: position.number)
        }
    }
}
