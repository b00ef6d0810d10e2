import CNetwork
import NIOCore
import NIOPosix
import Primitives
import SIP
import Synchronization

/// Finds servers by name (RFC 3263 section 4.2) on threads of its own: one slow name server must not stop all calls.
final class NameResolver: Sendable {
    struct Found: Sendable, Equatable {
        var candidates: [Candidate] = []
        /// How long DNS says that it stays so.
        var lifetime: Duration = .zero
    }

    static let threads = 2
    /// Questions that wait; the next is answered with nothing at once, and its call is refused instead of late.
    static let waitingMax = 256
    /// Services and addresses taken from one answer.
    static let recordsMax = 16
    /// What a hosts file says has no lifetime.
    static let hostsLifetime: Duration = .seconds(60)
    private static let answerBytesMax = 4_096

    private let pool = NIOThreadPool(numberOfThreads: NameResolver.threads)
    private let waiting = Atomic(0)
    private let server: NetworkAddress?
    private let isV6: Bool

    /// - Parameters:
    ///   - server: the name server to ask; nil: those of the system.
    ///   - isV6: which addresses can be reached from our socket.
    init(server: NetworkAddress?, isV6: Bool) {
        self.server = server
        self.isV6 = isV6
        pool.start()
    }

    /// Returns at once: a question that DNS does not answer would hold up a stop for a minute.
    func close() { pool.shutdownGracefully { _ in } }

    func resolve(_ name: String, port: UInt16?, _ transport: Transport, on loop: any EventLoop) -> EventLoopFuture<Found> {
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.waitingMax else {
            waiting.subtract(1, ordering: .relaxed)
            return loop.makeSucceededFuture(Found())
        }
        return pool.runIfActive(eventLoop: loop) {
            defer { self.waiting.subtract(1, ordering: .relaxed) }
            return self.find(name, port: port, transport)
        }.recover { _ in Found() }
    }

    // MARK: On a thread of the pool

    private func find(_ name: String, port: UInt16?, _ transport: Transport) -> Found {
        guard port == nil else { return addresses(of: name, port: port ?? transport.port, transport) }
        let service =
            switch transport {
            case .udp: "_sip._udp."
            case .tcp: "_sip._tcp."
            case .tls: "_sips._tcp."
            }
        let records = ask(service + name, network_dns_srv)
        // No such record: the name itself, at the usual port.
        guard !records.isEmpty else { return addresses(of: name, port: transport.port, transport) }
        var found = Found(lifetime: .seconds(Int64.max / 2_000_000_000))
        for record in records {
            let target = Self.text(record.target)
            // RFC 2782: a single dot says that there is no such service.
            guard !target.isEmpty, target != "." else { continue }
            let places = addresses(of: target, port: record.address.port, transport)
            found.lifetime = min(found.lifetime, min(places.lifetime, .seconds(Int64(record.seconds))))
            found.candidates += places.candidates.map { Candidate($0.hop, priority: record.priority, weight: record.weight) }
        }
        return found.candidates.isEmpty ? Found() : found
    }

    private func addresses(of name: String, port: UInt16, _ transport: Transport) -> Found {
        var records = ask(name, isV6 ? network_dns_aaaa : network_dns_a)
        var lifetime = records.map { Duration.seconds(Int64($0.seconds)) }.min() ?? Self.hostsLifetime
        if records.isEmpty, server == nil {
            records = Self.read { network_host_addresses(name, $0, $1) }
            lifetime = Self.hostsLifetime
        }
        let hops = records.filter { ($0.address.is_v6 != 0) == isV6 }.map { record in
            let host: IPAddress =
                isV6 ? .v6(high: record.address.high, low: record.address.low) : .v4(UInt32(truncatingIfNeeded: record.address.low))
            return Hop(transport, NetworkAddress(host, port: port))
        }
        return hops.isEmpty ? Found() : Found(candidates: hops.map { Candidate($0) }, lifetime: lifetime)
    }

    private func ask(_ name: String, _ kind: some BinaryInteger) -> [network_dns_record] {
        var answer = [UInt8](repeating: 0, count: Self.answerBytesMax)
        let length: Int32
        if let server, case .v4(let word) = server.host {
            var address = network_address(high: 0, low: UInt64(word), port: server.port, is_v6: 0)
            length = network_dns_ask(&address, name, Int32(kind), &answer, Int32(answer.count))
        } else {
            length = network_dns_ask(nil, name, Int32(kind), &answer, Int32(answer.count))
        }
        return length > 0 ? Self.records(in: Array(answer.prefix(Int(length))), Int32(kind)) : []
    }

    /// The records of one kind in an answer of DNS.
    static func records(in answer: [UInt8], _ kind: Int32) -> [network_dns_record] {
        read { network_dns_read(answer, Int32(clamping: answer.count), kind, $0, $1) }
    }

    private static func read(_ fill: (UnsafeMutablePointer<network_dns_record>, Int32) -> Int32) -> [network_dns_record] {
        [network_dns_record](unsafeUninitializedCapacity: recordsMax) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            count = min(max(0, Int(fill(base, Int32(recordsMax)))), recordsMax)
        }
    }

    /// The name that a record leads to.
    static func text(_ name: some Any) -> String {
        withUnsafeBytes(of: name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
