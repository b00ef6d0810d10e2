import Audio
import Glibc
import Logging
import Primitives
import RTP
import Synchronization
import Testing

@testable import MediaServer

/// How many relayed calls one core carries. Not a test of every day:
///
///     CALLFLOOR_BENCH=1 CALLFLOOR_BENCH_CALLS=1000 swift test -c release -Xswiftc -enable-testing --filter RelayBenchmark
///
/// Every leg sends 50 packets a second; each packet carries the moment at which it was sent. Speaking and listening
/// take a second core.
@Suite(.enabled(if: environment("CALLFLOOR_BENCH") == "1")) struct RelayBenchmark {
    @Test func `relayed G711 calls on one core`() throws {
        let calls = environment("CALLFLOOR_BENCH_CALLS").flatMap { Int($0) } ?? 1000
        let seconds = environment("CALLFLOOR_BENCH_SECONDS").flatMap { Int($0) } ?? 10
        let legs = 2 * calls
        let floor = try Floor(ports: UInt16(clamping: 2 * legs + 2)) {
            $0.silenceLimit = .seconds(1000)
            $0.isUrgent = environment("CALLFLOOR_BENCH_URGENT") != "0"
        }
        let phone = try Phone()
        let ids = (0..<legs).map { _ in floor.id() }
        let begunOpening = Clock.monotonic()
        let ports = try ids.map { try floor.server.open($0) }
        let opening = Double(Clock.monotonic() - begunOpening) / Double(legs) / 1000
        for id in ids { floor.server.connect(id, to: phone.address, codec: .pcma, telephoneEvent: 101) }
        for leg in stride(from: 0, to: legs, by: 2) { floor.server.bridge(ids[leg], ids[leg + 1]) }

        let listener = Listener(phone)
        try listener.start()
        var bytes = phone.packet(payloadType: 8, [UInt8](repeating: 0xD5, count: 160))
        func speak(milliseconds: Int) {
            let begun = Clock.monotonic()
            for millisecond in 0..<milliseconds {
                let due = begun + UInt64(millisecond) * 1_000_000
                while Clock.monotonic() < due { usleep(200) }  // polling: the pace of phones is by the clock
                let phase = millisecond % 20
                let round = UInt32(truncatingIfNeeded: begun / 20_000_000) &+ UInt32(millisecond / 20)
                for leg in stride(from: phase, to: legs, by: 20) {
                    bytes.withUnsafeMutableBytes { raw in
                        let packet = Packet(
                            marker: false, payloadType: 8, sequence: UInt16(truncatingIfNeeded: round), timestamp: round &* 160,
                            ssrc: UInt32(leg), payload: 12..<172)
                        _ = packet.writeHeader(into: raw)
                        raw.storeBytes(of: wallTime(), toByteOffset: 12, as: UInt64.self)
                    }
                    phone.send(bytes, to: ports[leg])
                }
            }
        }
        speak(milliseconds: 1000)
        listener.reset()
        let before = floor.server.statistics
        let begun = Clock.monotonic()
        speak(milliseconds: 1000 * seconds)
        let elapsed = Double(Clock.monotonic() - begun) / 1e9
        let after = floor.server.statistics
        // The last packets are on their way: the listener ends when nothing has come for a second.
        let delays = listener.finish()

        let packets = Double(after.packetsOut - before.packetsOut)
        let busy = (after.processorTime - before.processorTime).inSeconds
        let perPacket = busy / packets * 1e6
        let dropped = after.dropped.filter { $0.value > 0 }
        func percentile(_ share: Double) -> Double { Double(delays[Int(Double(delays.count - 1) * share)]) / 1000 }
        print(
            """
            relay: \(calls) calls for \(elapsed) s, \(Int(packets / elapsed)) packets/s
              in \(after.packetsIn - before.packetsIn), out \(Int(packets)), heard \(delays.count), dropped \(dropped)
              processor \(busy / elapsed * 100) % of a core, \(perPacket) µs a packet: \(Int(1e6 / (100 * perPacket))) calls on a core
              delay µs: p50 \(percentile(0.5)), p99 \(percentile(0.99)), p99.9 \(percentile(0.999)), max \(percentile(1))
              in the thread p99 \(after.relayDelay.percentile(0.99)), open() \(opening) µs
            """)
        #expect(Double(delays.count) > 0.99 * packets)
    }

    /// Receives on a thread of its own.
    // @unchecked: the delays are the thread's until `finish` has joined it; the rest is atomic or never changes.
    private final class Listener: @unchecked Sendable {
        private let phone: Phone
        private var delays: [UInt64] = []
        private let isResetting = Atomic(false)
        private var handle = pthread_t()

        init(_ phone: Phone) {
            self.phone = phone
            delays.reserveCapacity(4_000_000)
        }

        func start() throws {
            let context = Unmanaged.passUnretained(self)
            let error = pthread_create(
                &handle, nil,
                { context in
                    if let context { Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue().listen() }
                    return nil
                }, context.toOpaque())
            guard error == 0 else { throw MediaServerError.cannotStart(errno: error) }
        }

        func reset() { isResetting.store(true, ordering: .relaxed) }

        /// In nanoseconds, sorted.
        func finish() -> [UInt64] {
            pthread_join(handle, nil)
            return delays.sorted()
        }

        private func listen() {
            phone.noteArrivals()
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2048, alignment: 16)
            let control = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 16)
            defer {
                buffer.deallocate()
                control.deallocate()
            }
            while true {
                let (count, arrived) = phone.receive(into: buffer, control: control)
                if count < 0 { return }
                guard count == 172 else { continue }
                let sent = buffer.loadUnaligned(fromByteOffset: 12, as: UInt64.self)
                if isResetting.exchange(false, ordering: .relaxed) { delays.removeAll(keepingCapacity: true) }
                delays.append(arrived > sent ? arrived - sent : 0)
            }
        }
    }
}

/// What the kernel's arrival times are on.
private func wallTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
