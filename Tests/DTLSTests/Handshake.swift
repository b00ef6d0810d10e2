import DTLS
import Primitives
import SRTP

/// A browser and us with a network between, on time that only passes when the test says so.
struct Handshake {
    static let start = Timestamp(microseconds: 1_790_000_000_000_000)
    static let ours = identity()
    static let theirs = identity()

    static func identity() -> DTLSIdentity? { DTLSIdentity(validFrom: start - .seconds(86_400), until: start + .seconds(86_400 * 365)) }

    enum Side: Int, CaseIterable {
        case server, client
    }

    struct Datagram {
        var to: Side
        var bytes: [UInt8]
        var at: Timestamp
    }

    let ends: [DTLSConnection]
    var now = start
    var network: [Datagram] = []
    var keys: [SRTPKeyingMaterial?] = [nil, nil]
    var failures: [DTLSConnection.Failure?] = [nil, nil]
    var closed = [false, false]
    var sent = 0
    /// How long each datagram takes, in order of sending; nil: it is lost.
    var delay: (_ number: Int, _ to: Side) -> Duration? = { _, _ in .milliseconds(10) }

    init?(serverExpects: DTLSFingerprint? = theirs?.fingerprint, clientExpects: DTLSFingerprint? = ours?.fingerprint) {
        guard let ours = Self.ours, let theirs = Self.theirs, let serverExpects, let clientExpects,
            let server = DTLSConnection(ours, expecting: [serverExpects]),
            let client = DTLSConnection(theirs, as: .client, expecting: [clientExpects])
        else { return nil }
        ends = [server, client]
    }

    mutating func take(_ directives: [DTLSConnection.Directive], from side: Side) {
        let other: Side = side == .server ? .client : .server
        for directive in directives {
            switch directive {
            case .send(let bytes):
                sent += 1
                if let span = delay(sent, other) { network.append(Datagram(to: other, bytes: bytes, at: now + span)) }
            case .connected(let material): keys[side.rawValue] = material
            case .closed: closed[side.rawValue] = true
            case .failed(let failure): failures[side.rawValue] = failure
            }
        }
    }

    mutating func deliver(_ bytes: [UInt8], to side: Side) {
        take(bytes.withUnsafeBytes { ends[side.rawValue].receive($0, at: now) }, from: side)
    }

    /// Until nothing happens any more, at most for `span`.
    mutating func run(for span: Duration = .seconds(60)) {
        let end = now + span
        while true {
            let arrival = network.map(\.at).min()
            let deadline = ends.compactMap(\.deadline).min()
            guard let next = [arrival, deadline].compactMap({ $0 }).min(), next <= end else { return }
            now = max(now, next)
            if let place = network.indices.filter({ network[$0].at <= now }).min(by: { network[$0].at < network[$1].at }) {
                let datagram = network.remove(at: place)
                deliver(datagram.bytes, to: datagram.to)
            } else {
                for side in Side.allCases { take(ends[side.rawValue].pass(at: now), from: side) }
            }
        }
    }

    mutating func begin() {
        take(ends[Side.client.rawValue].begin(at: now), from: .client)
    }

    var isConnected: Bool { keys.allSatisfy { $0 != nil } }
}
