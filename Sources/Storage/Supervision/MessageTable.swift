import Operation
import Organization
import Primitives

/// What supervisors have told agents, and who has not read it. Nothing of it stands in the log but that somebody was told something.
enum MessageTable {
    static func write(_ message: Message, to connection: any Connection) throws {
        try connection.run(dropOld, ["before": .of(message.at - Message.age)])
        try connection.run(dropUnread)
        try connection.run(
            insert, ["id": .of(message.id), "sender": .of(message.sender), "text": .of(message.text), "at": .of(message.at)])
        for agent in message.agents { try connection.run(address, ["message": .of(message.id), "agent": .of(agent)]) }
    }

    fileprivate static func all(since: Timestamp, on connection: any Connection) throws -> [Message] {
        var messages: [Message] = []
        try connection.forEach(unread, ["since": .of(since)]) { row in
            let id: MessageID = try row.id()
            let (sender, text, at): (UserID, String, Timestamp) = (try row.id(), try row.text(), try row.time())
            let agent: AgentID = try row.id()
            if messages.last?.id == id {
                messages[messages.count - 1].agents.append(agent)
            } else {
                messages.append(Message(id: id, sender: sender, text: text, at: at, agents: [agent]))
            }
        }
        return messages
    }

    private static let dropOld = Statement("DELETE FROM message WHERE sent_at < $before")
    private static let dropUnread = Statement("DELETE FROM message_unread WHERE message NOT IN (SELECT id FROM message)")
    private static let insert = Statement(
        "INSERT INTO message (id, sender, text, sent_at) VALUES ($id, $sender, $text, $at) ON CONFLICT (id) DO NOTHING")
    private static let address = Statement(
        "INSERT INTO message_unread (message, agent) VALUES ($message, $agent) ON CONFLICT (message, agent) DO NOTHING")
    private static let unread = Statement(
        """
        SELECT message.id, message.sender, message.text, message.sent_at, message_unread.agent
        FROM message JOIN message_unread ON message_unread.message = message.id WHERE message.sent_at >= $since
        ORDER BY message.sent_at, message.id, message_unread.agent
        """)
    fileprivate static let read = Statement("DELETE FROM message_unread WHERE message = $message AND agent = $agent")
}

extension Store {
    /// The messages since a moment that somebody has not read, oldest first.
    package func unreadMessages(since: Timestamp) async throws -> [Message] {
        try await readers.read { try MessageTable.all(since: since, on: $0) }
    }

    package func messageRead(_ message: MessageID, by agent: AgentID) async throws {
        try await writer.write { connection -> Void in
            try connection.run(MessageTable.read, ["message": .of(message), "agent": .of(agent)])
        }
    }
}
