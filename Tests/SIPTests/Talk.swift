import Primitives
import Testing

@testable import SIP

/// Two agents in a call on the virtual network: 0 has called 1.
struct Talk {
    static let caller = 0
    static let phone = 1

    var network: Network
    let ours: ID<SIPLeg>
    let theirs: ID<SIPLeg>

    /// Calls and answers without a loss.
    init(seed: UInt64 = 1, _ agents: [UserAgent]? = nil) throws {
        network = Network(agents ?? [.anyone(at: .host(1), seed: seed), .anyone(at: .host(2), seed: seed &+ 1)], seed: seed)
        ours = ID(high: 1, low: seed)
        network.order(Self.invite(ours), by: Self.caller)
        network.run(for: .milliseconds(50))
        theirs = try #require(network.arrivals(at: Self.phone).last)
        network.order(.answer(theirs, body: Array("answer".utf8)), by: Self.phone)
        network.run(for: .seconds(1))
        #expect(network.reports[Self.phone].last == .confirmed(theirs))
    }

    static func invite(_ leg: ID<SIPLeg>, _ body: String = "offer") -> Order {
        .invite(
            leg, to: .uri(SIPURI(user: "100", at: .host(2)), at: .host(2)), callerUser: "200", callerName: nil, body: Array(body.utf8))
    }

    /// A request of the caller within the dialog, as the phone gets it.
    func request(_ method: String, sequence: Int, lines: [String] = [], body: String = "") throws -> [UInt8] {
        let dialog = try #require(network.agents[Self.phone].legs[theirs]).dialog
        let own = [
            "From: \(dialog.remote.text)", "To: \(dialog.local.text)", "Call-ID: \(dialog.callID.text)", "CSeq: \(sequence) \(method)",
            "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK\(method)\(sequence)",
            "Contact: <sip:192.0.2.1:5060>",
        ]
        return SIPTests.request(method, lines: own + lines, body: body)
    }

    /// What was reported since the call was made.
    func reports(of agent: Int) -> [Report] { Array(network.reports[agent].drop { !$0.isStart }.dropFirst()) }

    /// The first words of the start lines an agent has sent from `index` on.
    func verbs(of agent: Int) -> [String] { network.startLines(of: agent).map { String($0.prefix { $0 != " " }) } }

    /// Nobody holds anything, and once the timers without a reason have come nobody wants to be woken.
    mutating func expectNothingLeft(_ note: String = "") {
        for (number, agent) in network.agents.enumerated() { #expect(agent.load == (0, 0), "agent \(number) \(note)") }
        network.run(for: .seconds(7_200))
        for (number, agent) in network.agents.enumerated() {
            #expect(agent.load == (0, 0), "agent \(number) \(note)")
            #expect(agent.nextDeadline == nil, "agent \(number) \(note)")
        }
    }
}

extension Report {
    /// The last report of a call being made.
    fileprivate var isStart: Bool {
        switch self {
        case .answered, .confirmed: true
        default: false
        }
    }
}

extension Network {
    /// The calls that have arrived at an agent.
    func arrivals(at agent: Int) -> [ID<SIPLeg>] {
        reports[agent].compactMap { report in
            if case .callArrived(let leg, _) = report { return leg }
            return nil
        }
    }
}

/// Answers each offer at once, as the owner of a leg does.
func answering(_ body: String = "taken") -> (inout Network, Int, Report) -> Void {
    { network, agent, report in
        if case .reoffered(let leg, _) = report { network.order(.answer(leg, body: Array(body.utf8)), by: agent) }
    }
}
