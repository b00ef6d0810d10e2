import Primitives
import Testing

@testable import SIP

extension Hop {
    static func host(_ last: UInt32, port: UInt16 = 5060) -> Hop { .udp(.host(last, port: port)) }
}

extension NetworkAddress {
    static func host(_ last: UInt32, port: UInt16 = 5060) -> NetworkAddress { NetworkAddress(.v4(0xC000_0200 | last), port: port) }
}

/// User agents on virtual time, and between them a network that loses, doubles and reorders by its seed.
struct Network {
    struct Datagram {
        var at: Timestamp
        var order: Int
        var from: Hop
        var to: Hop
        var bytes: [UInt8]
    }

    static let start = Timestamp(microseconds: 1_800_000_000_000_000)

    var now = Network.start
    var agents: [UserAgent]
    var reports: [[Report]]
    var sent: [Datagram] = []
    /// What the agents want to be looked up.
    var questions: [(agent: Int, number: UInt64, server: RemoteServer)] = []
    var loss = 0.0
    var doubling = 0.0
    var delayMax: Duration = .milliseconds(10)
    var random: Random
    private var flying: [Datagram] = []
    private var count = 0

    init(_ agents: [UserAgent], seed: UInt64 = 1) {
        self.agents = agents
        reports = agents.map { _ in [] }
        random = Random(seed: seed)
    }

    mutating func order(_ order: Order, by agent: Int) {
        let actions = agents[agent].perform(order, at: now)
        take(actions, from: agent)
    }

    /// The process of an agent dies and starts again with what was filed of one leg.
    mutating func restart(
        _ agent: Int, _ leg: ID<SIPLeg>, _ filed: [UInt8], answering body: [UInt8]? = nil, seed: UInt64 = 99
    ) throws {
        let record = try #require(DialogRecord(parsing: filed))
        agents[agent] = UserAgent(agents[agent].configuration, random: Random(seed: seed))
        let actions = agents[agent].restore(leg, record, answering: body, at: now)
        take(actions, from: agent)
    }

    /// What an agent would file of a leg now.
    func filed(_ leg: ID<SIPLeg>, by agent: Int) throws -> [UInt8] { try #require(agents[agent].record(of: leg)).bytes }

    /// Answers the oldest question.
    mutating func answer(_ candidates: [Candidate], lifetime: Duration = .seconds(300)) {
        guard !questions.isEmpty else { return }
        let (agent, number, _) = questions.removeFirst()
        let actions = agents[agent].resolved(number, candidates, lifetime: lifetime, at: now)
        take(actions, from: agent)
    }

    /// Lets an agent hear a datagram at once.
    mutating func deliver(_ bytes: [UInt8], from source: Hop, to agent: Int) {
        let actions = agents[agent].receive(bytes, from: source, at: now)
        take(actions, from: agent)
    }

    mutating func run(for span: Duration, _ react: (inout Network, Int, Report) -> Void = { _, _, _ in }) {
        let end = now + span
        var seen = reports.map(\.count)
        while true {
            for agent in agents.indices {
                while seen[agent] < reports[agent].count {
                    seen[agent] += 1
                    react(&self, agent, reports[agent][seen[agent] - 1])
                }
            }
            var next = end
            for agent in agents { if let deadline = agent.nextDeadline { next = min(next, max(deadline, now)) } }
            let datagram = flying.min { ($0.at, $0.order) < ($1.at, $1.order) }
            if let datagram, datagram.at <= next {
                now = max(now, datagram.at)
                flying.removeAll { $0.order == datagram.order }
                if let receiver = agents.firstIndex(where: { $0.configuration.address == datagram.to.address }) {
                    deliver(datagram.bytes, from: datagram.from, to: receiver)
                }
                continue
            }
            now = max(now, next)
            var woke = false
            for agent in agents.indices {
                if let deadline = agents[agent].nextDeadline, deadline <= now {
                    let actions = agents[agent].timePassed(at: now)
                    take(actions, from: agent)
                    woke = true
                }
            }
            if !woke, now >= end { return }
        }
    }

    private mutating func take(_ actions: [Action], from agent: Int) {
        for action in actions {
            switch action {
            case .report(let report): reports[agent].append(report)
            case .resolve(let number, let name, let port, let transport):
                questions.append((agent, number, RemoteServer(name, port: port, transport: transport)))
            case .send(let bytes, let to):
                let from = Hop(to.transport, agents[agent].configuration.address)
                sent.append(Datagram(at: now, order: sent.count, from: from, to: to, bytes: bytes))
                let copies = random.chance(loss) ? 0 : random.chance(doubling) ? 2 : 1
                for _ in 0..<copies {
                    count += 1
                    let delay = Duration.microseconds(Int64(random.next() % UInt64(max(1, delayMax.microseconds))))
                    flying.append(Datagram(at: now + delay, order: count, from: from, to: to, bytes: bytes))
                }
            }
        }
    }

    /// The start lines sent by one agent, in order.
    func startLines(of agent: Int) -> [String] {
        sent.filter { $0.from.address == agents[agent].configuration.address }.map { $0.bytes.prefix { $0 != 0x0D }.text }
    }
}

extension UserAgent {
    static func anyone(at address: NetworkAddress, seed: UInt64, limits: Limits = Limits()) -> UserAgent {
        UserAgent(Configuration(address: address, realm: "test", acceptsAnyone: true, limits: limits), random: Random(seed: seed))
    }
}

extension [Action] {
    /// The status codes of the answers among these.
    var statuses: [Int] { sentBytes.compactMap { Int($0.prefix(11).suffix(3).text) } }
    var sentBytes: [[UInt8]] {
        compactMap { action in
            if case .send(let bytes, _) = action { return bytes }
            return nil
        }
    }
    var reports: [Report] {
        compactMap { action in
            if case .report(let report) = action { return report }
            return nil
        }
    }
}

/// A request as text, with what every request needs; `lines` come on top or instead of the defaults of the same name.
func request(_ method: String, _ uri: String = "sip:100@192.0.2.1", branch: String = "one", lines: [String] = [], body: String = "")
    -> [UInt8]
{
    var all = [
        "Via: SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bK\(branch)", "Max-Forwards: 70", "From: <sip:200@example.com>;tag=a",
        "To: <sip:100@example.com>", "Call-ID: story", "CSeq: 1 \(method)", "Contact: <sip:200@192.0.2.9>",
    ]
    for line in lines {
        let name = line.prefix { $0 != ":" }
        all.removeAll { $0.hasPrefix(name + ":") }
        all.append(line)
    }
    if !body.isEmpty { all.append("Content-Type: application/sdp") }
    all.append("Content-Length: \(body.utf8.count)")
    return Array((["\(method) \(uri) SIP/2.0"] + all + ["", body]).joined(separator: "\r\n").utf8)
}

/// The value of a header of a message.
func header(_ name: String, of bytes: [UInt8]) -> String? {
    bytes.text.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.utf8.count + 2)) }
}
