import Primitives
import Testing

@testable import SIP

/// What holds for every call, whatever the network does and whenever either side loses patience.
struct LossyNetworkTests {
    /// Ten calls between two agents under one seed; the reports of each leg, and a checksum of all that was sent.
    private func story(seed: UInt64) -> (network: Network, legs: [ID<SIPLeg>], checksum: UInt64) {
        var network = Network([.anyone(at: .host(1), seed: seed), .anyone(at: .host(2), seed: seed ^ 0xFF)], seed: seed)
        var chance = Random(seed: seed &* 31)
        network.loss = 0.3 * chance.fraction()
        network.doubling = 0.3
        network.delayMax = .milliseconds(Int64(1 + chance.next() % 900))
        var legs: [ID<SIPLeg>] = []
        for number in 0..<10 {
            let leg = ID<SIPLeg>(high: seed, low: UInt64(number))
            legs.append(leg)
            network.order(
                .invite(leg, to: .uri(SIPURI(user: "1", at: .host(2)), at: .host(2)), callerUser: nil, callerName: nil, body: [1]), by: 0)
            let endsAt = network.now + .milliseconds(Int64(chance.next() % 4_000))
            while network.now < endsAt {
                network.run(for: .milliseconds(Int64(50 + chance.next() % 500))) { network, agent, report in
                    switch report {
                    case .callArrived(let leg, _):
                        switch chance.next() % 5 {
                        case 0: network.order(.refuse(leg, status: 486), by: agent)
                        case 1: network.order(.end(leg), by: agent)
                        case 2: network.order(.ring(leg), by: agent)
                        default: network.order(.answer(leg, body: [2]), by: agent)
                        }
                    case .confirmed(let leg), .answered(let leg, _), .ringing(let leg):
                        if chance.chance(0.3) { network.order(.end(leg), by: agent) }
                    default: break
                    }
                }
            }
            if chance.chance(0.7) { network.order(.end(leg), by: 0) }
        }
        network.run(for: .seconds(500))
        for leg in legs { network.order(.end(leg), by: 0) }
        network.run(for: .seconds(500))
        var checksum: UInt64 = 0xCBF2_9CE4_8422_2325
        for datagram in network.sent { for byte in datagram.bytes { checksum = (checksum ^ UInt64(byte)) &* 0x100_0000_01B3 } }
        return (network, legs, checksum)
    }

    @Test func `every leg ends once and nothing is left behind`() {
        for seed in UInt64(1)...150 {
            let (network, _, _) = story(seed: seed)
            for (number, agent) in network.agents.enumerated() {
                #expect(agent.load.legs == 0 && agent.load.transactions == 0, "seed \(seed), agent \(number): \(agent.load)")
                var ended: Set<ID<SIPLeg>> = []
                for report in network.reports[number] {
                    let leg: ID<SIPLeg>
                    var ends = false
                    switch report {
                    case .callArrived(let id, _), .ringing(let id), .answered(let id, _), .confirmed(let id), .reoffered(let id, _),
                        .lateAnswer(let id, _), .reanswered(let id, _), .reofferRefused(let id, _),
                        .earlyMedia(let id, _), .keyPressed(let id, _, _),
                        .transferWanted(let id, _, _):
                        leg = id
                    case .cancelled(let id), .refused(let id, _), .ended(let id, _): (leg, ends) = (id, true)
                    case .registered, .unregistered, .trunkRegistered, .trunkFailed, .trunkTested: continue
                    }
                    #expect(!ended.contains(leg), "seed \(seed): \(report) after the end")
                    if ends { ended.insert(leg) }
                }
            }
        }
    }

    @Test func `the same seed sends the same bytes under every hash seed`() {
        // Swift draws a new hash seed for each process: a constant says that it decides nothing.
        #expect(story(seed: 42).checksum == 16_024_169_621_149_378_906)
    }
}
