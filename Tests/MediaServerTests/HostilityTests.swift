import Audio
import Glibc
import Primitives
import Synchronization
import Testing

@testable import MediaServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct HostilityTests {
    @Test func `a flood to one port does not disturb the talk on others`() throws {
        let floor = try Floor()
        let victim = try floor.party()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        _ = floor.carry(Tone([440]), from: customer, to: agent, packets: 2)
        let flood = try Flood(to: victim.port)
        let before = floor.server.statistics
        for index in 0..<200 {
            customer.phone.speak(Tone([440]), to: customer.port)
            #expect(agent.phone.next() != nil, "packet \(index)")
        }
        #expect(floor.reaches { $0.packetsIn - before.packetsIn > 5000 })
        flood.stop()
        #expect(floor.reaches { $0.relayDelay.since(before.relayDelay).count >= 200 })
        #expect(floor.reaches { $0.dropped[.stranger] ?? 0 > 4000 })
    }
}

/// Sends garbage to one port on a thread of its own until it is stopped: some 20,000 datagrams a second, four hundred times a call's.
/// Faster, it would take the processor from whoever else is tested.
// @unchecked: the handle is written before anybody else sees the flood, and joined once.
private final class Flood: @unchecked Sendable {
    private let phone: Phone
    private let target: NetworkAddress
    private var handle = pthread_t()
    private let isOver = Atomic(false)

    init(to target: NetworkAddress) throws {
        phone = try Phone(host: "127.0.0.66")
        self.target = target
        let error = pthread_create(
            &handle, nil,
            { context in
                if let context { Unmanaged<Flood>.fromOpaque(context).takeUnretainedValue().pour() }
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        guard error == 0 else { throw MediaServerError.cannotStart(errno: error) }
    }

    func stop() {
        isOver.store(true, ordering: .relaxed)
        pthread_join(handle, nil)
    }

    private func pour() {
        var random = Random(seed: 66)
        var bytes = [UInt8](repeating: 0, count: 172)
        while !isOver.load(ordering: .relaxed) {
            for _ in 0..<40 {
                bytes[0] = UInt8(truncatingIfNeeded: random.next())
                phone.send(bytes, to: target)
            }
            usleep(2_000)  // polling: the pace of the flood
        }
    }
}
