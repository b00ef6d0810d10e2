import Primitives
import Testing

@testable import SIP

/// Whole lives of calls on virtual time, with everything that both sides do at the wrong moment, on a bad network.
struct LongCallTests {
    private struct Story {
        var network: Network
        var chance: Random
        let ours: ID<SIPLeg>
        var theirs: ID<SIPLeg>?
        /// The legs that have ended by their reports or by their owner.
        var ended: [Set<ID<SIPLeg>>] = [[], []]

        init(seed: UInt64) {
            network = Network([.anyone(at: .host(1), seed: seed), .anyone(at: .host(2), seed: seed ^ 0xABC)], seed: seed)
            chance = Random(seed: seed &* 991)
            ours = ID(high: 7, low: seed)
            network.loss = 0.12 * chance.fraction()
            network.doubling = 0.1
            network.delayMax = .milliseconds(Int64(1 + chance.next() % 250))
        }

        func leg(of agent: Int) -> ID<SIPLeg>? { agent == 0 ? ours : theirs }

        /// Lets time pass; whatever is offered is taken, now and then refused.
        mutating func run(for span: Duration) {
            var chance = chance
            var ended = ended
            var theirs = theirs
            network.run(for: span) { network, agent, report in
                switch report {
                case .callArrived(let leg, _): theirs = leg
                case .reoffered(let leg, let body):
                    network.order(chance.chance(0.1) ? .refuse(leg, status: 488) : .answer(leg, body: body + [1]), by: agent)
                case .cancelled(let leg), .ended(let leg, _), .refused(let leg, _): ended[agent].insert(leg)
                default: break
                }
            }
            (self.chance, self.ended, self.theirs) = (chance, ended, theirs)
        }

        mutating func order(_ order: (ID<SIPLeg>) -> Order, by agent: Int) {
            if let leg = leg(of: agent) { network.order(order(leg), by: agent) }
        }

        mutating func pause(_ milliseconds: UInt64) { run(for: .milliseconds(Int64(chance.next() % milliseconds))) }
    }

    @Test func `a call of an hour with holds, glares, signs of life and a crash ends cleanly on both sides`() throws {
        var talked = 0
        var crashed = 0
        for seed in UInt64(1)...60 {
            var story = Story(seed: seed)
            story.network.order(Talk.invite(story.ours), by: 0)
            story.pause(3_000)
            if story.chance.chance(0.5) { story.order({ .progress($0, body: Array("early".utf8)) }, by: 1) }
            story.pause(2_000)
            if story.chance.chance(0.5) { story.order({ .ring($0) }, by: 1) }
            story.pause(4_000)
            // A race now and then: the caller gives up while the other one answers.
            if story.chance.chance(0.2) { story.order({ .end($0) }, by: 0) }
            story.order({ .answer($0, body: Array("answer".utf8)) }, by: 1)
            story.run(for: .seconds(10))
            let isTalk = story.network.reports[0].contains { if case .answered = $0 { true } else { false } }
            if isTalk { talked += 1 }
            let end = story.network.now + .seconds(3_600)
            while story.network.now < end {
                switch story.chance.next() % 6 {
                case 0:
                    // Both at once.
                    for agent in 0...1 { story.order({ .reoffer($0, body: Array("both".utf8)) }, by: agent) }
                case 1: story.order({ .reoffer($0, body: Array("hold".utf8)) }, by: 0)
                case 2: story.order({ .reoffer($0, body: Array("held".utf8)) }, by: 1)
                case 3: story.order({ .probe($0) }, by: Int(story.chance.next() % 2))
                case 4:
                    let agent = Int(story.chance.next() % 2)
                    guard isTalk, let leg = story.leg(of: agent), let record = story.network.agents[agent].record(of: leg) else { break }
                    crashed += 1
                    try story.network.restart(agent, leg, record.bytes, seed: story.chance.next())
                    story.order({ .reoffer($0, body: Array("back".utf8)) }, by: agent)
                default: break
                }
                story.pause(500_000)
            }
            // Whatever happened: a call in talk is still there on both sides, and of no other is anything left.
            for agent in 0...1 {
                let isThere = story.leg(of: agent).map { story.network.agents[agent].legs[$0] != nil } ?? false
                #expect(isThere == isTalk, "seed \(seed), agent \(agent): \(story.network.reports[agent].suffix(3))")
            }
            let last = Int(story.chance.next() % 2)
            story.order({ .end($0) }, by: last)
            if story.chance.chance(0.3) { story.order({ .end($0) }, by: 1 - last) }
            story.run(for: .seconds(120))
            for (number, agent) in story.network.agents.enumerated() {
                #expect(agent.load == (0, 0), "seed \(seed), agent \(number)")
            }
            story.run(for: .seconds(7_200))
            for agent in story.network.agents { #expect(agent.nextDeadline == nil, "seed \(seed)") }
        }
        #expect(talked > 30 && crashed > 100)
    }

    @Test func `a caller who gives up at any moment leaves nothing behind, whatever was said before the answer`() throws {
        for seed in UInt64(1)...200 {
            var story = Story(seed: seed)
            story.network.order(Talk.invite(story.ours), by: 0)
            var givesUp = story.chance.next() % 8
            for step in UInt64(0)..<8 {
                if step == givesUp {
                    story.order({ .end($0) }, by: 0)
                    givesUp = 99
                }
                switch story.chance.next() % 5 {
                case 0: story.order({ .ring($0) }, by: 1)
                case 1: story.order({ .progress($0, body: [UInt8(truncatingIfNeeded: step)]) }, by: 1)
                case 2: story.order({ .answer($0, body: [2]) }, by: 1)
                case 3: story.order({ .reoffer($0, body: [3]) }, by: Int(step % 2))
                default: break
                }
                story.pause(1_500)
            }
            story.run(for: .seconds(400))
            for agent in 0...1 {
                if let leg = story.leg(of: agent), story.network.agents[agent].legs[leg] != nil {
                    Issue.record("seed \(seed): the leg of agent \(agent) is stuck")
                }
                #expect(story.network.agents[agent].load == (0, 0), "seed \(seed)")
            }
            story.run(for: .seconds(7_200))
            for agent in story.network.agents { #expect(agent.nextDeadline == nil, "seed \(seed)") }
        }
    }
}
