import NIOCore
import Organization

/// How the voices of a talk are: a few bytes to its agent's desk when something about them changes, and flags in his row on the floor.
extension LiveFeed {
    func writeVoices(of agents: Set<AgentID>) {
        for agent in agents.sorted() {
            guard let open = openDesks[agent] else { continue }
            let bytes = ServerSentEvent.bytes("voice", id: nil, VoiceWire(announcements.voice(of: agent)))
            for reader in open.readers { reader.stream.write(bytes) }
        }
    }

    /// To one who has just opened his desk; also that there is nothing, because he may have seen something before he lost the connection.
    func sendVoice(to reader: Reader, of agent: AgentID) {
        reader.stream.send(ServerSentEvent.bytes("voice", id: nil, VoiceWire(announcements.voice(of: agent))))
    }
}
