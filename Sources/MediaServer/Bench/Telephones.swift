import Audio
import Glibc
import Primitives
import RTP
import SRTP
import Synchronization

/// The phones of a benchmark: all legs speak from one socket, 50 packets a second each, spread over the 20 ms, and hear at
/// the same socket on a thread of its own. Each packet of G.711 carries the moment at which it was sent. Some legs may be browsers'.
// @unchecked: what the listening thread counts is its own until `finish` has joined it; the rest is atomic, or belongs to
// the one who speaks.
final class Telephones: @unchecked Sendable {
    /// What was heard since `forget`.
    struct Heard {
        var count: UInt64 = 0
        var delays = Delays()
    }

    private static let host: IPAddress = .v4(0x7F00_0002)

    /// Where each leg sends.
    var targets: [NetworkAddress] = []
    /// The legs that are browsers, by their places in `targets`.
    private var browsers: [Int: BrowserLeg] = [:]
    /// The same by the server's ports.
    private var ports: [UInt16: BrowserLeg] = [:]
    private let socket: Int32
    private(set) var address = NetworkAddress(Telephones.host, port: 0)
    private var listener = pthread_t()
    private let isForgetting = Atomic(false)
    private var heard = Heard()
    /// Packets of each leg since the beginning.
    private var rounds: UInt32 = 0

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw MediaServerError.cannotStart(errno: errno) }
        // The listener may be kept from its core for some milliseconds: forced where we may, else as much as we get.
        var size: Int32 = 16 << 20
        let length = socklen_t(MemoryLayout<Int32>.size)
        if setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, length) < 0 { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, length) }
        // A second without a packet is the end. The kernel notes when each came: also if we look at it late.
        var second = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &second, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, length)
        var local = Self.socketAddress(address)
        var localLength = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &local) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, localLength) == 0 && getsockname(socket, pointer, &localLength) == 0
            }
        }
        guard isBound else {
            let error = errno
            close(socket)
            throw MediaServerError.cannotBind(Self.host, errno: error)
        }
        address = NetworkAddress(Self.host, port: UInt16(bigEndian: local.sin_port))
    }

    deinit { close(socket) }

    /// Connects the browser of a leg. Before anybody listens.
    func connect(_ leg: Int, to port: MediaServer.BrowserPort, as identity: BrowserIdentity, speaking coding: Coding) throws {
        var shake = try BrowserHandshake(identity, port: port)
        let target = targets[leg]
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2048, alignment: 16)
        let control = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 16)
        defer {
            buffer.deallocate()
            control.deallocate()
        }
        var waiting = shake.begin(at: Clock.monotonic().timestamp)
        while true {
            for datagram in waiting { datagram.withUnsafeBytes { send($0, to: Self.socketAddress(target)) } }
            if let keys = shake.keys {
                let browser = BrowserLeg(keys: keys, coding: coding)
                browsers[leg] = browser
                ports[target.port] = browser
                return
            }
            let (length, _, port) = receive(into: buffer, control: control)
            guard length >= 0 else { throw MediaServerError.cannotStart(errno: ETIMEDOUT) }
            guard port == target.port else { continue }
            waiting = shake.take(UnsafeRawBufferPointer(rebasing: buffer[..<length]), at: Clock.monotonic().timestamp)
        }
    }

    func listen() throws {
        let error = pthread_create(
            &listener, nil,
            { context in
                if let context { Unmanaged<Telephones>.fromOpaque(context).takeUnretainedValue().hear() }
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        guard error == 0 else { throw MediaServerError.cannotStart(errno: error) }
    }

    /// What was heard until now does not count.
    func forget() { isForgetting.store(true, ordering: .relaxed) }

    /// Waits until nothing comes any more.
    func finish() -> Heard {
        pthread_join(listener, nil)
        return heard
    }

    /// All legs speak by the clock.
    ///
    /// - Returns: the packets sent.
    @discardableResult
    func speak(seconds: Int) -> UInt64 {
        let remotes = targets.map(Self.socketAddress)
        let voice = BenchVoice()
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 2048, alignment: 16)
        defer { bytes.deallocate() }
        var sent: UInt64 = 0
        let begun = Clock.monotonic()
        let first = rounds
        for millisecond in 0..<UInt32(seconds * 1000) {
            let due = begun + UInt64(millisecond) * 1_000_000
            var time = Clock.monotonic()
            while time < due {
                usleep(UInt32(truncatingIfNeeded: (due - time) / 1000))  // polling: phones speak by the clock
                time = Clock.monotonic()
            }
            rounds = first &+ millisecond / 20
            for leg in stride(from: Int(millisecond % 20), to: remotes.count, by: 20) {
                let browser = browsers[leg]
                let length = voice.write(
                    rounds, of: UInt32(truncatingIfNeeded: leg), in: browser?.coding ?? .pcma, at: Self.wallTime(), into: bytes)
                guard let whole = browser.map({ $0.protect(bytes, length: length) }) ?? length else { continue }
                send(UnsafeRawBufferPointer(rebasing: bytes[..<whole]), to: remotes[leg])
                sent += 1
            }
        }
        rounds = rounds &+ 1
        return sent
    }

    private func hear() {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 2048, alignment: 16)
        let control = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 16)
        defer {
            bytes.deallocate()
            control.deallocate()
        }
        while true {
            let (length, arrived, port) = receive(into: bytes, control: control)
            if length < 0 { return }
            let datagram = UnsafeMutableRawBufferPointer(rebasing: bytes[..<length])
            // Reports do not count.
            guard Datagram(UnsafeRawBufferPointer(datagram)) == .rtp else { continue }
            if let browser = ports[port], !browser.unprotect(datagram) { continue }
            if isForgetting.exchange(false, ordering: .relaxed) { heard = Heard() }
            heard.count += 1
            if let delay = BenchVoice.delay(of: UnsafeRawBufferPointer(datagram), at: arrived) {
                heard.delays.add(1, in: Delays.bucket(of: delay))
            }
        }
    }

    private func send(_ datagram: UnsafeRawBufferPointer, to remote: sockaddr_in) {
        withUnsafePointer(to: remote) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(socket, datagram.baseAddress, datagram.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// - Returns: the length (-1: nothing came), when it came to the socket, in nanoseconds of the wall clock, and the port it came from.
    private func receive(
        into buffer: UnsafeMutableRawBufferPointer, control: UnsafeMutableRawBufferPointer
    ) -> (length: Int, at: UInt64, from: UInt16) {
        var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
        var source = sockaddr_in()
        let received = withUnsafeMutablePointer(to: &part) { part in
            withUnsafeMutablePointer(to: &source) { source in
                var message = msghdr()
                message.msg_iov = part
                message.msg_iovlen = 1
                message.msg_name = UnsafeMutableRawPointer(source)
                message.msg_namelen = socklen_t(MemoryLayout<sockaddr_in>.size)
                message.msg_control = control.baseAddress
                message.msg_controllen = control.count
                let length = recvmsg(socket, &message, 0)
                // The only control message is a timespec, after a header of 16 bytes.
                guard length >= 0, message.msg_controllen >= 32 else { return (length, UInt64(0)) }
                let time = control.loadUnaligned(fromByteOffset: 16, as: timespec.self)
                return (length, UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
            }
        }
        return (received.0, received.1, UInt16(bigEndian: source.sin_port))
    }

    /// What the kernel's arrival times are on.
    private static func wallTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func socketAddress(_ address: NetworkAddress) -> sockaddr_in {
        var result = sockaddr_in()
        result.sin_family = sa_family_t(AF_INET)
        result.sin_port = address.port.bigEndian
        if case .v4(let word) = address.host { result.sin_addr.s_addr = word.bigEndian }
        return result
    }
}
