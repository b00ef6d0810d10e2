import Operation
import Organization

/// Whose phones are which: whom they ring by the names of their users, and who calls from them.
struct PeopleOfPhones {
    private var agentsByUser: [String: AgentID] = [:]
    private var agentsByPhone: [PhoneID: [AgentID]] = [:]

    init() {}

    init(_ setUp: SetUp) {
        let users = Dictionary(setUp.phones.map { ($0.id, $0.user) }, uniquingKeysWith: { first, _ in first })
        for agent in setUp.agents {
            guard let phone = agent.phone else { continue }
            agentsByPhone[phone, default: []].append(agent.id)
            guard let user = users[phone], agentsByUser[user] == nil else { continue }
            agentsByUser[user] = agent.id
        }
    }

    /// The colleague whom agents' phones reach by this name.
    func agent(named user: String) -> AgentID? { agentsByUser[user] }

    /// Those who sit at the phone, one after another or by turns.
    func agents(at phone: PhoneID) -> [AgentID] { agentsByPhone[phone] ?? [] }
}
