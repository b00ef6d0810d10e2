import Audio
import Glibc
import Logging
import Primitives
import RTP
import Synchronization
import Testing

@testable import MediaServer

/// A media server with an ear, and parties connected to it.
final class Floor {
    struct Party {
        var id: ID<MediaSession>
        var phone: Phone
        /// Where the server listens to this party.
        var port: NetworkAddress
    }

    let server: MediaServer
    let ear = Ear()
    private var count: UInt64 = 0

    // Each test has ports of its own: a port that rests must not be another test's.
    private static let nextRange = Mutex<UInt16>(20_000)

    init(ports count: UInt16 = 20, _ change: (inout MediaServer.Configuration) -> Void = { _ in }) throws {
        let first = Self.nextRange.withLock { next in
            defer { next += (count + 1) & ~1 }
            return next
        }
        var configuration = MediaServer.Configuration(
            address: .v4(0x7F00_0001), ports: first...first + count - 1, seed: UInt64(first))
        configuration.pairsReady = 2
        // Many servers run side by side in tests, and must leave the phones their share.
        configuration.isUrgent = false
        change(&configuration)
        server = try MediaServer(configuration, logger: Logger(label: "test"), onEvent: ear.note)
    }

    deinit { server.shutdown() }

    func id() -> ID<MediaSession> {
        count += 1
        return ID(high: 1, low: count)
    }

    func party(_ codec: Codec = .pcma, telephoneEvent: UInt8? = 101, host: String = "127.0.0.2") throws -> Party {
        let party = Party(id: id(), phone: try Phone(codec, host: host), port: .init(.v4(0), port: 0))
        let port = try server.open(party.id)
        server.connect(party.id, to: party.phone.address, codec: codec, telephoneEvent: telephoneEvent)
        return Party(id: party.id, phone: party.phone, port: port)
    }

    /// `speaker` says the tone, packet by packet, until `listener` has heard `count` of them.
    func carry(_ tone: Tone, from speaker: Party, to listener: Party, packets count: Int = 20) -> [Phone.Heard] {
        var heard: [Phone.Heard] = []
        for _ in 0..<count {
            speaker.phone.speak(tone, to: speaker.port)
            guard let packet = listener.phone.next() else { break }
            heard.append(packet)
        }
        return heard
    }

    /// Waits until a figure is what it should be.
    func reaches(_ condition: (MediaStatistics) -> Bool) -> Bool {
        let deadline = Clock.monotonic() + UInt64(Phone.patience) * 1_000_000
        while Clock.monotonic() < deadline {
            if condition(server.statistics) { return true }
            sched_yield()
        }
        return false
    }
}

/// The sockets of this process on the ports of a server: other tests run beside.
func openSockets(of server: MediaServer) -> Int {
    (0..<4096 as Range<Int32>).count { descriptor in
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isSocket = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        guard isSocket, address.sin_family == sa_family_t(AF_INET) else { return false }
        return server.configuration.ports.contains(UInt16(bigEndian: address.sin_port))
            && UInt32(bigEndian: address.sin_addr.s_addr) == 0x7F00_0001
    }
}

func openDescriptors() -> Int {
    (0..<4096 as Range<Int32>).count { fcntl($0, F_GETFD) >= 0 }
}
