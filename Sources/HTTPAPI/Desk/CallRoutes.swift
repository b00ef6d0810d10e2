import Calls
import Centre
import Contacts
import Hummingbird
import Operation
import Organization
import Primitives

/// What an agent does with the call in his slot.
struct CallRoutes: Sendable {
    let centre: CentreActor
    /// Keeps keys where the call is until they are pressed; nil forgets them. They may be a card's number: no input and no log has them.
    let keepKeys: @Sendable (ID<Keys>, String?) async -> Void
    let numbers: NumberDesk
    let names: NameBook
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            command(
                "end", "Ends a call whose customer is still there; only for a reason, and for abuse only after a warning.",
                takes: Dismissal.self, problems: [.reasonNeeded, .warningNeeded]
            ) { agent, contact, dismissal in .dismissalWanted(agent, contact, try dismissal.checked()) },
            command("warn", "Keeps that the agent has warned the customer.", takes: Nothing.self) { agent, contact, _ in
                .warningGiven(agent, contact)
            },
            command("hold", "Puts the customer on hold: he hears music.", takes: Nothing.self) { agent, contact, _ in
                .holdWanted(agent, contact, true)
            },
            command("retrieve", "Takes the customer back.", takes: Nothing.self, problems: [.heldAtPhone]) { agent, contact, _ in
                .holdWanted(agent, contact, false)
            },
            command("mute", "Lets nobody hear the agent.", takes: Nothing.self) { agent, contact, _ in .muteWanted(agent, contact, true) },
            command("unmute", "Lets the agent be heard again.", takes: Nothing.self) { agent, contact, _ in
                .muteWanted(agent, contact, false)
            },
            command("record", "Has the talk recorded, where the project leaves it to the agent.", takes: Nothing.self) {
                agent, contact, _ in
                .recordingWanted(agent, contact, true)
            },
            command("stop-recording", "Ends that.", takes: Nothing.self) { agent, contact, _ in .recordingWanted(agent, contact, false) },
            command(
                "pause-recording",
                "Keeps what follows out of the recording, and from those who listen in: while a card's number is said or pressed.",
                takes: Nothing.self
            ) { agent, contact, _ in .privacyWanted(agent, contact, true) },
            command("resume-recording", "Ends that; the talk's end does, too.", takes: Nothing.self) { agent, contact, _ in
                .privacyWanted(agent, contact, false)
            },
            command("wrap-up", "Asks for time after the talk, where the queue gives it on request.", takes: Nothing.self) {
                agent, contact, _ in
                .wrapUpWanted(agent, contact, true)
            },
            command("no-wrap-up", "Takes that back.", takes: Nothing.self) { agent, contact, _ in .wrapUpWanted(agent, contact, false) },
            .command(
                .post, "/api/desk/contacts/{contact}/keys", "Presses keys for the customer's side.",
                access: .may(.handleContacts, atLeast: .own),
                audit: .nothing(because: "keys may be a card's number, and are kept nowhere"), takes: KeyPresses.self,
                problems: [.notFound, .staleState]
            ) { call, keys in
                try await press(keys.checked(), for: call)
            },
            command(
                "ring-again", "Rings the agent's phone again for a customer on whom it hung up.", takes: Nothing.self
            ) { agent, contact, _ in .phoneWanted(agent, contact) },
            numberCommand(
                "consult", "Calls a free colleague, whoever is next in a queue, or a number outside; the customer hears music.",
                takes: ConsultWish.self, problems: [.nobodyFree]
            ) { agent, contact, wish in
                switch try wish.checked() {
                case .agent(let colleague): .inside(.consultWanted(agent, contact, with: colleague))
                case .queue(let queue): .inside(.queueConsultWanted(agent, contact, queue))
                case .number(let number): .outside(number) { .outsideConsultWanted(agent, contact, $0) }
                }
            },
            command(
                "consult/change", "Lets the agent talk with the colleague, with the customer, or all three together.",
                takes: ConsultChange.self, problems: [.heldAtPhone]
            ) { agent, contact, change in .consultChangeWanted(agent, contact, try change.checked()) },
            command("consult/complete", "Leaves the customer to the colleague.", takes: Nothing.self) { agent, contact, _ in
                .consultEndWanted(agent, contact, isTransfer: true)
            },
            command("consult/cancel", "Ends the consult; the agent talks with the customer.", takes: Nothing.self) { agent, contact, _ in
                .consultEndWanted(agent, contact, isTransfer: false)
            },
            numberCommand(
                "transfer", "Sends the contact to a queue, to a free colleague or to a number outside; it keeps its rank.",
                takes: TransferWish.self
            ) { agent, contact, wish in
                switch try wish.checked() {
                case .inside(let target): .inside(.transferWanted(agent, contact, to: target))
                case .number(let number): .outside(number) { .outsideTransferWanted(agent, contact, $0) }
                }
            },
            .read(
                "/api/desk/contacts/{contact}/targets", "Where the contact in the agent's slot can be sent.",
                access: .may(.handleContacts, atLeast: .own),
                audit: .nothing(because: "colleagues and queues"), answers: TransferTargetsWire.self, problems: [.notFound, .staleState]
            ) { call in
                let (caller, agent) = try call.agent()
                let contact: ContactID = try call.id("contact")
                guard let targets = await centre.read({ $0.transferTargets(of: contact, for: agent) }) else { throw Problem(.staleState) }
                return TransferTargetsWire(targets, names: names.current, language: caller.language)
            },
            command(
                "hand-over",
                "Gives the contact to whoever is named for it if he is free, else to the supervisors of its queue, before all who came later.",
                takes: Nothing.self, problems: [.noEscalation, .agentNotFree]
            ) { agent, contact, _ in .handOverWanted(agent, contact) },
        ]
    }

    private func press(_ keys: String, for call: Call) async throws -> PositionWire {
        let (caller, agent) = try call.agent()
        var random = Random(seed: .random(in: 0 ... .max))
        let id = ID<Keys>(at: now(), using: &random)
        let wanted = Input.keysWanted(agent, try call.id("contact"), id)
        await keepKeys(id, keys)
        do {
            let position = try await centre.perform(wanted, by: caller.account.user.id, key: call.commandKey())
            await keepKeys(id, nil)
            return PositionWire(position: position.number)
        } catch {
            await keepKeys(id, nil)
            throw error
        }
    }

    /// What becomes of a wish that may name a number outside.
    private enum Wanted {
        case inside(Input)
        /// The number, and what is asked of the engine once it is kept for a leg.
        case outside(String, (LegID) -> Input)
    }

    private func numberCommand<Body: WireInput>(
        _ deed: String, _ summary: String, takes: Body.Type, problems: [Problem.Code] = [],
        _ wanted: @escaping @Sendable (AgentID, ContactID, Body) throws -> Wanted
    ) -> Route {
        .command(
            .post, "/api/desk/contacts/{contact}/\(deed)", summary, access: .may(.handleContacts, atLeast: .own),
            audit: .inTheLog, takes: takes,
            problems: [.notFound, .staleState, .agentNotFree, .noTrunk, .destinationNotAllowed, .callsLimit, .callsPerHourLimit] + problems
        ) { call, body in
            let (caller, agent) = try call.agent()
            let contact: ContactID = try call.id("contact")
            let key = try call.commandKey()
            switch try wanted(agent, contact, body) {
            case .inside(let input):
                return PositionWire(position: try await centre.perform(input, by: caller.account.user.id, key: key).number)
            case .outside(let number, let input):
                guard let project = await centre.read({ $0.contacts[contact]?.project }) else { throw Problem(.staleState) }
                var random = Random(seed: .random(in: 0 ... .max))
                let leg = LegID(at: now(), using: &random)
                let accepted = try await numbers.accept(number, leg, project, agent)
                do {
                    let position = try await centre.perform(
                        input(leg), by: caller.account.user.id, key: key,
                        filings: [.outside(contact, leg, number: accepted.number.description)])
                    await numbers.settle(leg)
                    return PositionWire(position: position.number)
                } catch {
                    await numbers.settle(leg)
                    throw error
                }
            }
        }
    }

    /// A command of the agent about the contact in his slot.
    private func command<Body: WireInput>(
        _ deed: String, _ summary: String, takes: Body.Type, problems: [Problem.Code] = [],
        _ input: @escaping @Sendable (AgentID, ContactID, Body) throws -> Input
    ) -> Route {
        let centre = centre
        return .command(
            .post, "/api/desk/contacts/{contact}/\(deed)", summary, access: .may(.handleContacts, atLeast: .own),
            audit: .inTheLog, takes: takes,
            problems: [.notFound, .staleState] + problems
        ) { call, body in
            let (caller, agent) = try call.agent()
            let wanted = try input(agent, call.id("contact"), body)
            let position = try await centre.perform(wanted, by: caller.account.user.id, key: call.commandKey())
            return PositionWire(position: position.number)
        }
    }
}
