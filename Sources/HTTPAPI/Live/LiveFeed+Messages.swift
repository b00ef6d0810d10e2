import Operation
import Organization
import Primitives
import Storage

/// What supervisors have told agents: kept here as it stands in its table, and shown at once.
extension LiveFeed {
    func readMessages() async throws {
        messages = [:]
        for message in try await store.unreadMessages(since: now() - Message.age) { keep(message) }
    }

    func take(_ message: Message) async {
        keep(message)
        await sendDesks(of: Set(message.agents))
    }

    func messageRead(_ message: MessageID, by agent: AgentID) async {
        messages[agent]?.removeAll { $0.id == message }
        await sendDesks(of: [agent])
    }

    /// Those that the agent has not read, the oldest first; what is too old is not shown any more.
    func unread(by agent: AgentID) -> [Message] {
        let start = now() - Message.age
        return (messages[agent] ?? []).filter { $0.at >= start }
    }

    private func keep(_ message: Message) {
        for agent in message.agents where messages[agent]?.contains(where: { $0.id == message.id }) != true {
            messages[agent, default: []].append(message)
            // Who never looks does not fill our memory.
            if messages[agent, default: []].count > Limits.messagesMax { messages[agent]?.removeFirst() }
        }
    }
}
