import Centre
import HTTPTypes
import Operation
import Organization
import Primitives
import Storage

/// Learning on the job: who sits beside whom, and who may work alone.
extension SupervisionRoutes {
    /// A mentor seats himself, a supervisor either of the two.
    var seat: Route {
        .command(
            .post, "/api/floor/agents/{agent}/seat", "Lets an agent sit beside another, of whom one is a trainee.",
            access: .may(.directAgents, atLeast: .team), audit: .inTheLog, takes: SeatWish.self,
            problems: [.notFound, .agentBusy, .notSignedOn, .traineeNeeded, .seatTaken]
        ) { call, wish in
            let guest = try directed(call)
            let host = try wish.checked()
            guard try reached(by: call.signedIn()).contains(host) else { throw Problem(.notFound) }
            return try await perform(.seatWanted(guest, beside: host), for: call)
        }
    }

    var seatEnd: Route {
        .command(
            .post, "/api/floor/agents/{agent}/seat/end", "Lets two who sit beside each other go on by themselves.",
            access: .may(.directAgents, atLeast: .team), audit: .inTheLog, takes: Nothing.self, problems: [.notFound, .staleState]
        ) { call, _ in
            try await perform(.seatEndWanted(directed(call)), for: call)
        }
    }

    var signOff: Route {
        .command(
            .post, "/api/floor/agents/{agent}/sign-off", "Lets a trainee work alone, or takes that back.",
            access: .may(.directAgents, atLeast: .team), audit: .inTheLog, takes: SignOffWish.self, problems: [.notFound]
        ) { call, wish in
            let agent = try directed(call)
            // Nobody says of himself that he may work alone.
            guard try call.signedIn().account.user.agent != agent else { throw Problem(.forbidden) }
            return try await perform(.signOffWanted(agent, isSignedOff: wish.signedOff), for: call)
        }
    }

    /// Either of the two ends it at his own desk.
    var seatLeft: Route {
        .command(
            .post, "/api/desk/seat/end", "Ends sitting beside somebody, or having somebody beside oneself.",
            access: .may(.handleContacts, atLeast: .own), audit: .inTheLog, takes: Nothing.self, problems: [.staleState]
        ) { call, _ in
            let (_, agent) = try call.agent()
            return try await perform(.seatEndWanted(agent), for: call)
        }
    }

    var seats: Route {
        .read(
            "/api/floor/agents/{agent}/seats", "The hours that an agent has sat beside others, and others beside him.",
            access: .may(.directAgents, atLeast: .team), audit: .nothing(because: "no customer's data"), answers: SeatHoursWire.self,
            problems: [.notFound]
        ) { call in
            let agent = try directed(call)
            let now = now()
            let spans = try await store.seats(of: agent)
            return SeatHoursWire(
                total: spans.reduce(0) { $0 + (($1.until ?? now) - $1.since).milliseconds },
                seats: spans.map { SeatSpanWire($0, names: names.current) })
        }
    }
}
