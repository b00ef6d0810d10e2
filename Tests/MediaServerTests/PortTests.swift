import Audio
import Glibc
import Logging
import Primitives
import Testing

@testable import MediaServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct PortTests {
    @Test func `ports run out with a word, and come back after their rest`() throws {
        let floor = try Floor(ports: 6) { $0.quarantine = .milliseconds(300) }
        let sessions = try (0..<3).map { _ in
            let id = floor.id()
            return (id, try floor.server.open(id))
        }
        #expect(Set(sessions.map(\.1.port)).count == 3)
        #expect(sessions.allSatisfy { $0.1.port % 2 == 0 && $0.1.host == .v4(0x7F00_0001) })
        #expect(throws: MediaServerError.portsExhausted) { try floor.server.open(floor.id()) }
        floor.server.close(sessions[1].0)
        #expect(floor.reaches { $0.sockets == 4 })
        #expect(throws: MediaServerError.portsExhausted) { try floor.server.open(floor.id()) }
        #expect(floor.reaches { _ in (try? floor.server.open(floor.id()).port) == sessions[1].1.port })
    }

    @Test func `a session is opened once, and commands for unknown ones are ignored`() throws {
        let floor = try Floor()
        let id = floor.id()
        _ = try floor.server.open(id)
        #expect(throws: MediaServerError.alreadyOpen) { try floor.server.open(id) }
        let unknown = floor.id()
        floor.server.play(unknown, .music)
        floor.server.bridge(id, unknown)
        floor.server.bridge(id, id)
        floor.server.unbridge(unknown)
        floor.server.close(unknown)
        floor.server.close(id)
        floor.server.close(id)
        #expect(floor.server.statistics.sessions == 0)
    }

    @Test func `packets before the description are dropped`() throws {
        let floor = try Floor()
        let port = try floor.server.open(floor.id())
        let phone = try Phone()
        phone.speak(Tone([440]), to: port)
        #expect(floor.reaches { $0.dropped[.notConnected] == 1 })
    }

    @Test func `a wrong configuration is refused with its key`() {
        func start(_ change: (inout MediaServer.Configuration) -> Void) throws {
            var configuration = MediaServer.Configuration(address: .v4(0x7F00_0001), ports: 19_000...19_001, seed: 1)
            change(&configuration)
            try MediaServer(configuration, logger: Logger(label: "test")) { _ in }.shutdown()
        }
        #expect(throws: MediaServerError.configuration(key: "ports", expected: "an even port and the next one")) {
            try start { $0.ports = 19_001...19_002 }
        }
        #expect(throws: MediaServerError.configuration(key: "threads", expected: "1 to 64")) { try start { $0.threads = 0 } }
        // 192.0.2.1 is nobody's (RFC 5737).
        #expect(throws: MediaServerError.cannotBind(.v4(0xC000_0201), errno: EADDRNOTAVAIL)) { try start { $0.address = .v4(0xC000_0201) } }
    }

    @Test func `fifty sessions that close under load leave nothing open`() throws {
        let floor = try Floor(ports: 200) { $0.quarantine = .zero }
        let phone = try Phone()
        for _ in 0..<10 {
            let ids = (0..<50).map { _ in floor.id() }
            let ports = try ids.map { try floor.server.open($0) }
            for id in ids { floor.server.connect(id, to: phone.address, codec: .pcma, telephoneEvent: 101) }
            for pair in stride(from: 0, to: 50, by: 2) {
                floor.server.bridge(ids[pair], ids[pair + 1])
                phone.speak(Tone([440]), to: ports[pair])
            }
            for index in ids.indices {
                phone.speak(Tone([440]), to: ports[(index + 1) % 50])
                if index % 3 == 0 { floor.server.play(ids[index], .music) }
                floor.server.close(ids[index])
                phone.speak(Tone([440]), to: ports[(index + 2) % 50])
            }
            #expect(floor.reaches { $0.sessions == 0 && $0.sockets <= 4 })
            #expect(openSockets(of: floor.server) <= 4)
        }
        floor.server.shutdown()
        #expect(throws: MediaServerError.isShutDown) { try floor.server.open(floor.id()) }
        #expect(floor.server.statistics.sockets == 0)
        #expect(openSockets(of: floor.server) == 0)
    }

    @Test func `servers that shut down with parties in them leave nothing open`() throws {
        let before = openDescriptors()
        for _ in 0..<20 {
            let floor = try Floor(ports: 80) { $0.threads = 3 }
            let parties = try (0..<20).map { _ in try floor.party() }
            for pair in stride(from: 0, to: 20, by: 2) { floor.server.bridge(parties[pair].id, parties[19 - pair].id) }
            floor.server.shutdown()
            #expect(openSockets(of: floor.server) == 0)
        }
        // Each would leave an epoll and an event descriptor for every thread; tests beside this one open a few.
        #expect(openDescriptors() < before + 60)
    }
}
