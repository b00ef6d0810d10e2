import CNetwork
import Glibc
import Primitives
import Synchronization

/// An RTP socket on an even port and its RTCP socket on the next one (RFC 3550 section 11).
struct SocketPair: Sendable {
    let port: UInt16
    let rtp: Int32
    let rtcp: Int32
}

/// The ports of the media server. Some pairs stand open in advance, so that a call's answer does not wait for the
/// kernel; a port that a call has left rests before the next call gets it, because phones send on for a while.
final class PortPool: Sendable {
    /// Ports tried before we give up because other programs hold them.
    private static let attemptsMax = 32

    private struct State {
        /// Never used yet; taken from the end, the lowest first.
        var fresh: [UInt16]
        /// Left by a call, the longest ago first, from `head` on.
        var resting: [(port: UInt16, until: UInt64)] = []
        var head = 0
        var ready: [SocketPair] = []
        /// Pairs in the hands of sessions.
        var taken = 0
        var isClosed = false
    }

    private let address: IPAddress
    private let readyTarget: Int
    private let rest: UInt64
    private let state: Mutex<State>

    init(_ configuration: MediaServer.Configuration) throws {
        address = configuration.address
        readyTarget = configuration.pairsReady
        rest = configuration.quarantine.nanoseconds
        // The upper port of a pair must lie in the range too.
        let even = configuration.ports.filter { $0 % 2 == 0 && $0 < configuration.ports.upperBound }
        guard !even.isEmpty else { throw MediaServerError.configuration(key: "ports", expected: "an even port and the next one") }
        state = Mutex(State(fresh: even.reversed()))
        let first = try take()
        give(back: first, restFor: 0)
        refill(upTo: readyTarget)
    }

    /// A pair of open sockets.
    func take() throws -> SocketPair {
        try state.withLock { state in
            guard !state.isClosed else { throw MediaServerError.isShutDown }
            let pair = try state.ready.popLast() ?? open(&state)
            state.taken += 1
            return pair
        }
    }

    /// Closes the sockets; the port rests. To what still arrives the kernel answers that nobody listens.
    func give(back pair: SocketPair) { give(back: pair, restFor: rest) }

    /// Opens a few pairs in advance, if there are not enough.
    func refill(upTo count: Int? = nil) {
        state.withLock { state in
            guard !state.isClosed else { return }
            // Two for each call that ends are enough to catch up, and soon done.
            let missing = min(readyTarget - state.ready.count, count ?? 2)
            for _ in 0..<max(0, missing) {
                guard let pair = try? open(&state) else { return }
                state.ready.insert(pair, at: 0)
            }
        }
    }

    var sockets: Int { state.withLock { 2 * ($0.ready.count + $0.taken) } }

    func shutdown() {
        state.withLock { state in
            state.isClosed = true
            for pair in state.ready {
                close(pair.rtp)
                close(pair.rtcp)
            }
            state.ready = []
        }
    }

    private func give(back pair: SocketPair, restFor rest: UInt64) {
        close(pair.rtp)
        close(pair.rtcp)
        let until = Clock.monotonic().addingReportingOverflow(rest)
        state.withLock { state in
            state.taken -= 1
            state.resting.append((pair.port, until.overflow ? .max : until.partialValue))
        }
    }

    private func open(_ state: inout State) throws -> SocketPair {
        for _ in 0..<Self.attemptsMax {
            guard let port = nextPort(&state) else { throw MediaServerError.portsExhausted }
            let rtp = network_udp_open(network_address(NetworkAddress(address, port: port)), 0, 0)
            guard rtp >= 0 else {
                try setAside(port, errno: -rtp, in: &state)
                continue
            }
            let rtcp = network_udp_open(network_address(NetworkAddress(address, port: port + 1)), 0, 0)
            guard rtcp >= 0 else {
                close(rtp)
                try setAside(port, errno: -rtcp, in: &state)
                continue
            }
            return SocketPair(port: port, rtp: rtp, rtcp: rtcp)
        }
        throw MediaServerError.portsExhausted
    }

    private func nextPort(_ state: inout State) -> UInt16? {
        if let port = state.fresh.popLast() { return port }
        guard state.head < state.resting.count, state.resting[state.head].until <= Clock.monotonic() else { return nil }
        let port = state.resting[state.head].port
        state.head += 1
        if state.head > 64, state.head * 2 > state.resting.count {
            state.resting.removeFirst(state.head)
            state.head = 0
        }
        return port
    }

    /// A port that another program holds is tried again later; any other failure concerns all ports.
    private func setAside(_ port: UInt16, errno: Int32, in state: inout State) throws {
        state.resting.append((port, Clock.monotonic() &+ rest))
        guard errno == EADDRINUSE else { throw MediaServerError.cannotBind(address, errno: errno) }
    }
}

extension network_address {
    init(_ address: NetworkAddress) {
        switch address.host {
        case .v4(let word): self.init(high: 0, low: UInt64(word), port: address.port, is_v6: 0)
        case .v6(let high, let low): self.init(high: high, low: low, port: address.port, is_v6: 1)
        }
    }

    @inline(__always)
    func hasHost(of other: network_address) -> Bool { low == other.low && high == other.high && is_v6 == other.is_v6 }

    @inline(__always)
    func isSame(as other: network_address) -> Bool { hasHost(of: other) && port == other.port }
}
