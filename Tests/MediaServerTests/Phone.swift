import Audio
import Glibc
import Primitives
import RTP
import Synchronization

@testable import MediaServer

/// A phone's media on a real socket of this machine. Whatever it waits for has a deadline.
final class Phone {
    static let patience: Int32 = 5000  // milliseconds: far more than a busy machine needs

    struct Heard {
        var packet: Packet
        var payload: [UInt8]
    }

    let address: NetworkAddress
    let codec: Codec
    private let socket: Int32
    private var sequence: UInt16 = 100
    private var timestamp: UInt32 = 16_000
    var ssrc: UInt32 = 0x5050
    private var spoken = 0

    /// - Parameter host: one of 127.0.0.0/8.
    init(_ codec: Codec = .pcma, host: String = "127.0.0.2", port: UInt16 = 0) throws {
        self.codec = codec
        let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.socket = socket
        guard socket >= 0, let ip = IPAddress(host) else { throw MediaServerError.cannotStart(errno: errno) }
        var size: Int32 = 4 << 20
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var local = Self.sockaddr(NetworkAddress(ip, port: port))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &local) {
            $0.withMemoryRebound(to: Glibc.sockaddr.self, capacity: 1) { pointer in
                Glibc.bind(socket, pointer, length) == 0 && getsockname(socket, pointer, &length) == 0
            }
        }
        address = NetworkAddress(ip, port: UInt16(bigEndian: local.sin_port))
        guard bound else { throw MediaServerError.cannotBind(ip, errno: errno) }
    }

    deinit { Glibc.close(socket) }

    // Saying

    /// Goes on with the numbers of another one: the same stream from another socket.
    func startAt(sequence: UInt16) { self.sequence = sequence }

    func send(_ bytes: [UInt8], to target: NetworkAddress) {
        var remote = Self.sockaddr(target)
        _ = withUnsafePointer(to: &remote) {
            $0.withMemoryRebound(to: Glibc.sockaddr.self, capacity: 1) {
                sendto(socket, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The next 20 ms of `tone`, as one packet.
    func speak(_ tone: Tone, to target: NetworkAddress, marker: Bool = false) { send(spoken(tone, marker: marker), to: target) }

    /// The same before it is sent.
    func spoken(_ tone: Tone, marker: Bool = false) -> [UInt8] {
        defer { timestamp &+= 160 }
        return packet(payloadType: codec.payloadType, marker: marker, codec.encode(samples(of: tone)))
    }

    /// The next 20 ms of `tone`.
    func samples(of tone: Tone) -> [Int16] {
        let samples = tone.samples()
        defer { spoken += 160 }
        return (0..<160).map { samples[(spoken + $0) % samples.count] }
    }

    /// These samples, as one packet.
    func say(_ samples: some Collection<Int16>, to target: NetworkAddress) {
        send(packet(payloadType: codec.payloadType, codec.encode(samples)), to: target)
        timestamp &+= UInt32(samples.count)
    }

    /// A press of a key, with all its packets.
    func press(_ key: Character, payloadType: UInt8, to target: NetworkAddress) {
        for (index, block) in TelephoneEvents.blocks(for: key).enumerated() {
            send(packet(payloadType: payloadType, marker: index == 0, block.bytes), to: target)
        }
        timestamp &+= 960
    }

    func packet(payloadType: UInt8, marker: Bool = false, _ payload: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 12) + payload
        let header = Packet(
            marker: marker, payloadType: payloadType, sequence: sequence, timestamp: timestamp, ssrc: ssrc, payload: 12..<bytes.count)
        sequence &+= 1
        _ = bytes.withUnsafeMutableBytes { header.writeHeader(into: $0) }
        return bytes
    }

    // Hearing

    /// The next datagram; nil if none comes in time.
    func datagram(within milliseconds: Int32 = patience) -> [UInt8]? {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 2048)
        let count = recv(socket, &bytes, bytes.count, 0)
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }

    func next(within milliseconds: Int32 = patience) -> Heard? {
        guard let bytes = datagram(within: milliseconds) else { return nil }
        return bytes.withUnsafeBytes { raw in
            (try? Packet(parsing: raw)).map { Heard(packet: $0, payload: Array(raw[$0.payload])) }
        }
    }

    func hear(_ count: Int) -> [Heard] {
        var heard: [Heard] = []
        while heard.count < count, let packet = next() { heard.append(packet) }
        return heard
    }

    /// Throws away what waits at the socket.
    func forget() { while datagram(within: 0) != nil {} }

    static func samples(_ heard: some Sequence<Heard>) -> [Int16] {
        heard.flatMap { (Codec(rawValue: $0.packet.payloadType) ?? .pcma).decode($0.payload) }
    }

    private static func sockaddr(_ address: NetworkAddress) -> sockaddr_in {
        var result = sockaddr_in()
        result.sin_family = sa_family_t(AF_INET)
        result.sin_port = address.port.bigEndian
        if case .v4(let word) = address.host { result.sin_addr.s_addr = word.bigEndian }
        return result
    }
}

/// What a media server told, waited for with a deadline.
final class Ear: Sendable {
    private let events = Mutex<[MediaEvent]>([])
    private let pipe: (read: Int32, write: Int32)

    init() {
        var ends: [Int32] = [0, 0]
        Glibc.pipe(&ends)
        pipe = (ends[0], ends[1])
    }

    deinit {
        close(pipe.read)
        close(pipe.write)
    }

    func note(_ event: MediaEvent) {
        events.withLock { $0.append(event) }
        var byte: UInt8 = 1
        write(pipe.write, &byte, 1)
    }

    var all: [MediaEvent] { events.withLock { $0 } }

    /// Whether an event such as `condition` says comes in time.
    func hears(_ condition: (MediaEvent) -> Bool) -> Bool {
        let deadline = Clock.monotonic() + UInt64(Phone.patience) * 1_000_000
        while !all.contains(where: condition) {
            let now = Clock.monotonic()
            guard now < deadline else { return false }
            var descriptor = pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, Int32((deadline - now) / 1_000_000) + 1)
            var byte: UInt8 = 0
            read(pipe.read, &byte, 1)
        }
        return true
    }
}
