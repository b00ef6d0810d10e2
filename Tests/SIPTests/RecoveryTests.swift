import Primitives
import Testing

@testable import SIP

/// Calls that outlive the process: records of dialogs, and what becomes of a call that is put back.
struct RecoveryTests {
    private let back = Array("back".utf8)
    private let taken = Array("taken".utf8)

    /// A call that has just arrived at agent 1.
    private func ringing(seed: UInt64 = 1) throws -> (network: Network, ours: ID<SIPLeg>, theirs: ID<SIPLeg>) {
        var network = Network([.anyone(at: .host(1), seed: seed), .anyone(at: .host(2), seed: seed &+ 1)], seed: seed)
        let ours = ID<SIPLeg>(high: 1, low: seed)
        network.order(Talk.invite(ours), by: 0)
        network.run(for: .milliseconds(50))
        return (network, ours, try #require(network.arrivals(at: 1).last))
    }

    @Test func `a call in talk is heard again after the restart of the called side, and either side hangs up`() throws {
        for seed in UInt64(1)...40 {
            var talk = try Talk(seed: seed)
            talk.network.loss = 0.1
            talk.network.doubling = 0.1
            talk.network.delayMax = .milliseconds(200)
            try talk.network.restart(Talk.phone, talk.theirs, talk.network.filed(talk.theirs, by: Talk.phone), seed: seed &+ 500)
            talk.network.order(.reoffer(talk.theirs, body: back), by: Talk.phone)
            talk.network.run(for: .seconds(40), answering())
            #expect(talk.reports(of: Talk.caller) == [.reoffered(talk.ours, body: back)], "seed \(seed)")
            #expect(talk.reports(of: Talk.phone) == [.reanswered(talk.theirs, body: taken)], "seed \(seed)")
            // And the other way round, so that both know the other's numbers.
            talk.network.order(.reoffer(talk.ours, body: back), by: Talk.caller)
            talk.network.run(for: .seconds(40), answering())
            #expect(talk.reports(of: Talk.caller).last == .reanswered(talk.ours, body: taken), "seed \(seed)")
            let who = Int(seed % 2)
            talk.network.order(.end(who == Talk.caller ? talk.ours : talk.theirs), by: who)
            talk.network.run(for: .seconds(100))
            let ended: Report = who == Talk.caller ? .ended(talk.theirs, .bye) : .ended(talk.ours, .bye)
            #expect(talk.network.reports[1 - who].last == ended, "seed \(seed)")
            talk.expectNothingLeft("seed \(seed)")
        }
    }

    @Test func `the side that called goes on too, after many requests that the record does not know`() throws {
        var talk = try Talk()
        let filed = try talk.network.filed(talk.ours, by: Talk.caller)
        for _ in 0..<5 {
            talk.network.order(.reoffer(talk.ours, body: [1]), by: Talk.caller)
            talk.network.order(.reoffer(talk.theirs, body: [2]), by: Talk.phone)
            talk.network.run(for: .seconds(20), answering())
        }
        try talk.network.restart(Talk.caller, talk.ours, filed)
        talk.network.order(.reoffer(talk.ours, body: back), by: Talk.caller)
        talk.network.run(for: .seconds(1), answering())
        #expect(talk.network.reports[Talk.caller].last == .reanswered(talk.ours, body: taken))
        talk.network.order(.end(talk.theirs), by: Talk.phone)
        talk.network.run(for: .seconds(40))
        #expect(talk.network.reports[Talk.caller].last == .ended(talk.ours, .bye))
    }

    @Test func `a second restart with the same record goes beyond the numbers of the first`() throws {
        var talk = try Talk()
        let filed = try talk.network.filed(talk.theirs, by: Talk.phone)
        for seed in UInt64(1)...3 {
            try talk.network.restart(Talk.phone, talk.theirs, filed, seed: seed)
            for _ in 0..<5 {
                talk.network.order(.reoffer(talk.theirs, body: back), by: Talk.phone)
                talk.network.run(for: .milliseconds(200), answering())
                #expect(talk.network.reports[Talk.phone].last == .reanswered(talk.theirs, body: taken), "restart \(seed)")
                talk.network.reports[Talk.phone].removeAll()
            }
        }
    }

    @Test func `numbers leap further the longer a call has lasted, and never near their end`() {
        #expect(DialogRecord.sequenceLeap(after: .zero) == 1_000)
        #expect(DialogRecord.sequenceLeap(after: .milliseconds(50)) == 1_005)
        #expect(DialogRecord.sequenceLeap(after: .seconds(3_600)) == 361_000)
        #expect(DialogRecord.sequenceLeap(after: .seconds(1_000_000_000)) == DialogRecord.sequenceLeap(after: .seconds(86_400)))
        #expect(DialogRecord.sequenceLeap(after: .seconds(-5)) == 1_000)
        #expect(DialogRecord.sequenceLeap(after: .seconds(86_400)) < 1 << 24)
    }

    @Test func `a call that ended while nobody was there is found out`() throws {
        var talk = try Talk()
        let filed = try talk.network.filed(talk.theirs, by: Talk.phone)
        talk.network.loss = 1
        talk.network.order(.end(talk.ours), by: Talk.caller)
        talk.network.run(for: .seconds(40))
        talk.network.loss = 0
        try talk.network.restart(Talk.phone, talk.theirs, filed)
        talk.network.order(.reoffer(talk.theirs, body: back), by: Talk.phone)
        talk.network.run(for: .seconds(40))
        #expect(talk.network.reports[Talk.phone].last == .ended(talk.theirs, .gone))
        talk.expectNothingLeft()
    }

    @Test func `a caller who waits is answered after the restart, although the 200 may have been promised before`() throws {
        for seed in UInt64(1)...40 {
            var (network, ours, theirs) = try ringing(seed: seed)
            network.order(.ring(theirs), by: 1)
            network.run(for: .seconds(3))
            let filed = try network.filed(theirs, by: 1)
            network.loss = 0.1
            network.delayMax = .milliseconds(200)
            try network.restart(1, theirs, filed, answering: taken)
            network.run(for: .seconds(30))
            #expect(network.reports[0].last == .answered(ours, body: taken), "seed \(seed)")
            #expect(network.reports[1].last == .confirmed(theirs), "seed \(seed)")
            network.order(.end(theirs), by: 1)
            network.run(for: .seconds(100))
            #expect(network.agents.allSatisfy { $0.load == (0, 0) }, "seed \(seed)")
        }
    }

    @Test func `a caller who waits keeps waiting over the restart, hears the ringing again, and may give up`() throws {
        for answers in [true, false] {
            var (network, ours, theirs) = try ringing()
            network.order(.ring(theirs), by: 1)
            network.run(for: .seconds(3))
            let filed = try network.filed(theirs, by: 1)
            try network.restart(1, theirs, filed)
            network.run(for: .seconds(20))
            #expect(network.reports[0] == [.ringing(ours), .ringing(ours)])
            network.order(answers ? .answer(theirs, body: taken) : .end(ours), by: answers ? 1 : 0)
            network.run(for: .seconds(2))
            #expect(network.reports[1].last == (answers ? .confirmed(theirs) : .cancelled(theirs)))
            network.order(.end(theirs), by: 1)
            network.run(for: .seconds(100))
            #expect(network.agents.allSatisfy { $0.load == (0, 0) })
        }
    }

    @Test func `a copy of the INVITE that comes after the restart is no second call`() throws {
        var (network, _, theirs) = try ringing()
        let invitation = network.sent[0].bytes
        try network.restart(1, theirs, network.filed(theirs, by: 1))
        let before = network.reports[1].count
        network.deliver(invitation, from: .host(1), to: 1)
        #expect(network.startLines(of: 1).last == "SIP/2.0 100 Trying")
        #expect(network.reports[1].count == before)
        #expect(network.agents[1].load.legs == 1)
    }

    @Test func `an answer whose ACK was not seen goes out again until it is`() throws {
        var (network, ours, theirs) = try ringing()
        network.loss = 1
        network.order(.answer(theirs, body: taken), by: 1)
        let filed = try network.filed(theirs, by: 1)
        network.loss = 0
        try network.restart(1, theirs, filed)
        network.run(for: .seconds(2))
        #expect(network.reports[0].last == .answered(ours, body: taken))
        #expect(network.reports[1].last == .confirmed(theirs))
        // And once more with a record that is older than the ACK.
        try network.restart(1, theirs, filed, answering: taken)
        network.run(for: .seconds(2))
        #expect(network.reports[0].count == 1)
        #expect(network.reports[1].suffix(2) == [.confirmed(theirs), .confirmed(theirs)])
    }

    @Test func `a change that was never answered is asked for again`() throws {
        var talk = try Talk()
        talk.network.order(.reoffer(talk.ours, body: back), by: Talk.caller)
        talk.network.run(for: .milliseconds(20))
        try talk.network.restart(Talk.phone, talk.theirs, talk.network.filed(talk.theirs, by: Talk.phone))
        talk.network.run(for: .seconds(5), answering())
        #expect(talk.reports(of: Talk.caller) == [.reanswered(talk.ours, body: taken)])
    }

    @Test func `a phone that rings for a process that died stops ringing`() throws {
        for seed in UInt64(1)...40 {
            var (network, ours, theirs) = try ringing(seed: seed)
            network.order(.ring(theirs), by: 1)
            network.run(for: .seconds(1))
            let filed = try network.filed(ours, by: 0)
            network.loss = 0.1
            network.delayMax = .milliseconds(200)
            try network.restart(0, ours, filed, seed: seed &+ 900)
            let before = network.reports[0].count
            network.run(for: .seconds(100))
            #expect(network.reports[1].last == .cancelled(theirs), "seed \(seed)")
            #expect(network.reports[0].count == before, "seed \(seed)")
            #expect(network.agents.allSatisfy { $0.load == (0, 0) }, "seed \(seed)")
        }
    }

    /// The CANCEL had the branch of the INVITE that was challenged: nobody rang by that.
    @Test func `a call that was sent again with a password is taken back as it was sent last`() throws {
        let (leg, now) = (ID<SIPLeg>(high: 1, low: 9), Network.start)
        var agent = TrunkCallTests.agent()
        _ = agent.perform(
            .invite(leg, to: .trunk(TrunkCallTests.trunk, user: "+99532100"), callerUser: "1", callerName: nil, body: []), at: now)
        let first = try #require(agent.resolved(1, [Candidate(.host(40))], lifetime: .seconds(300), at: now).sentBytes.first)
        let again = agent.receive(reply(401, to: first, [TrunkCallTests.challenge]), from: .host(40), at: now).sentBytes
        let second = try #require(again.last)
        _ = agent.receive(reply(180, to: second), from: .host(40), at: now)
        let record = try #require(agent.record(of: leg))
        var next = TrunkCallTests.agent()
        let cancel = try #require(next.restore(leg, record, answering: nil, at: now).sentBytes.first)
        #expect(cancel.text.hasPrefix("CANCEL "))
        #expect(header("Via", of: cancel) == header("Via", of: second) && header("CSeq", of: cancel) == "2 CANCEL")
    }

    @Test func `a phone that answers a process that died is hung up`() throws {
        for seed in UInt64(1)...40 {
            var (network, ours, theirs) = try ringing(seed: seed)
            let filed = try network.filed(ours, by: 0)
            network.loss = 0.1
            network.order(.answer(theirs, body: taken), by: 1)
            try network.restart(0, ours, filed, seed: seed &+ 900)
            network.run(for: .seconds(100))
            #expect(network.reports[1].last == .ended(theirs, .bye), "seed \(seed)")
            #expect(network.reports[0].isEmpty, "seed \(seed)")
            #expect(network.agents.allSatisfy { $0.load == (0, 0) }, "seed \(seed)")
        }
    }

    @Test func `nothing is filed of a call that we have hung up, and nothing is put back twice`() throws {
        var talk = try Talk()
        let record = try #require(talk.network.agents[Talk.phone].record(of: talk.theirs))
        #expect(talk.network.agents[Talk.phone].restore(ID(high: 5, low: 5), record, answering: nil, at: talk.network.now).isEmpty)
        #expect(talk.network.agents[Talk.phone].load.legs == 1)
        talk.network.order(.end(talk.theirs), by: Talk.phone)
        #expect(talk.network.agents[Talk.phone].record(of: talk.theirs) == nil)
    }

    // MARK: The stored form

    /// Records of all stages, with what is hard to store in them.
    private func records() throws -> [DialogRecord] {
        var (network, ours, theirs) = try ringing()
        var all: [DialogRecord] = [try #require(network.agents[0].record(of: ours)), try #require(network.agents[1].record(of: theirs))]
        network.order(.answer(theirs, body: Array("v=0\r\n\\n\0".utf8) + [0xFF, 0x0A]), by: 1)
        all.append(try #require(network.agents[1].record(of: theirs)))
        network.run(for: .seconds(1))
        all.append(try #require(network.agents[1].record(of: theirs)))
        all.append(try #require(network.agents[0].record(of: ours)))
        all[4].dialog.routes = [Array("<sip:192.0.2.3;lr>".utf8), Array("\"\\\"\" <sip:[2001:db8::1]:5061;transport=tls>".utf8)]
        all[3].dialog.phone = RegistrationTests.phone
        all[4].dialog.peer = Hop(.tls, NetworkAddress(.v6(high: 0x2001_0DB8_0000_0000, low: 1), port: 5061))
        return all
    }

    @Test func `a record comes back as it was`() throws {
        for record in try records() { #expect(DialogRecord(parsing: record.bytes) == record) }
    }

    @Test func `a record of version 1 stays readable`() throws {
        let text = """
            callfloor-dialog 1
            host 192.0.2.9
            call-id abc@x
            local-tag L
            remote-tag R
            local <sip:1@192.0.2.1>;tag=L
            remote "A \\\\"B" <sip:2@192.0.2.9>;tag=R
            target sip:2@192.0.2.9
            route <sip:192.0.2.3;lr>
            local-sequence 7
            remote-sequence 12
            peer tcp:192.0.2.9:5060
            follows-contact \("")
            description v=0\\r\\no=-\\r\\n
            from-the-future x

            """
        let record = try #require(DialogRecord(parsing: Array(text.utf8)))
        #expect(record.dialog.remote.text == "\"A \\\"B\" <sip:2@192.0.2.9>;tag=R")
        #expect(record.dialog.routes.map(\.text) == ["<sip:192.0.2.3;lr>"])
        #expect(record.dialog.localSequence == 7 && record.dialog.remoteSequence == 12)
        #expect(record.dialog.peer == Hop(.tcp, .host(9)))
        #expect(record.dialog.followsContact && !record.dialog.isCaller)
        #expect(record.description.text == "v=0\r\no=-\r\n")
        #expect(record.stage == .established)
    }

    @Test func `what is cut off, doubled or from another version is no record`() throws {
        let whole = try #require(try records().last).bytes
        for count in 0..<whole.count { #expect(DialogRecord(parsing: Array(whole.prefix(count))) == nil || whole[count - 1] == 0x0A) }
        #expect(DialogRecord(parsing: whole + Array("host 192.0.2.9\n".utf8)) == nil)
        #expect(DialogRecord(parsing: Array(whole.text.replacing("dialog 1", with: "dialog 2").utf8)) == nil)
        #expect(DialogRecord(parsing: Array(whole.text.replacing("call-id ", with: "call-id \\n").utf8)) == nil)
    }

    @Test func `20,000 mutations of records never trap, nor do the calls that they make`() throws {
        var random = Random(seed: 3261)
        let seeds = try records().map(\.bytes)
        var understood = 0
        for _ in 0..<20_000 {
            var bytes = seeds[Int(random.next() % UInt64(seeds.count))]
            for _ in 0...random.next() % 3 where !bytes.isEmpty {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 5 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 12)))
                case 2: bytes.insert(contentsOf: Array("99999999999".utf8), at: place)
                case 3: bytes[place] ^= 0x20
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
                }
            }
            guard let record = DialogRecord(parsing: bytes) else { continue }
            understood += 1
            var agent = UserAgent.anyone(at: .host(1), seed: 1)
            let leg = ID<SIPLeg>(high: 1, low: 1)
            _ = agent.restore(leg, record, answering: understood % 2 == 0 ? [1] : nil, at: Network.start)
            _ = agent.perform(.reoffer(leg, body: [1]), at: Network.start)
            _ = agent.timePassed(at: Network.start + .seconds(1))
            _ = agent.perform(.end(leg), at: Network.start)
        }
        #expect(understood > 1_000)
    }
}
