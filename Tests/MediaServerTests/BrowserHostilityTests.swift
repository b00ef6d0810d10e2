import Audio
import DTLS
import Primitives
import RTP
import Testing

@testable import MediaServer

/// What is not the browser's is dropped, counted and never heard.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BrowserHostilityTests {
    /// A customer and a browser that talk.
    private struct Talk {
        let floor: Floor
        let customer: Floor.Party
        let agent: Browser
        let stranger: Phone

        init() throws {
            floor = try Floor()
            customer = try floor.party()
            agent = try floor.browser()
            // Of the browser's own host: even that is not enough.
            stranger = try Phone(.pcmu, host: "127.0.0.3")
            floor.server.bridge(customer.id, agent.id)
            #expect(isHeard)
        }

        /// Whether the next thing that the customer hears is what the browser says now.
        var isHeard: Bool {
            agent.speak(Tone([440]))
            guard let packet = customer.phone.next() else { return false }
            return ToneDetector(frequency: 440).share(in: Phone.samples([packet])) > 0.5 && customer.phone.datagram(within: 0) == nil
        }

        func drops(_ reason: DropReason, _ count: UInt64) -> Bool {
            floor.figures(of: agent.id) { $0.dropped[reason] == count } != nil
        }
    }

    @Test func `forged checks change nothing`() throws {
        let talk = try Talk()
        let agent = talk.agent
        let forged: [[UInt8]] = [
            // Another's password; another's name; no signature; a broken one; no check at all.
            agent.makeCheck(password: "anotherpasswordofnobody1"),
            { () -> [UInt8] in
                let real = agent.credentials
                defer { agent.credentials = real }
                agent.credentials = ICECredentials(user: "whowhowho", password: real.password)
                return agent.makeCheck()
            }(),
            STUN.Writer(.request, transaction: STUN.TransactionID(high: 1, low: 1)).finished(fingerprint: true),
            agent.makeCheck().dropLast(1) + [0],
            STUN.Writer(.indication, transaction: STUN.TransactionID(high: 1, low: 2)).finished(fingerprint: true),
        ]
        for bytes in forged { talk.stranger.send(bytes, to: agent.port) }
        #expect(talk.drops(.check, UInt64(forged.count)))
        #expect(talk.isHeard)
        // Nothing goes to the stranger but refusals.
        while let answer = talk.stranger.datagram(within: 0) {
            #expect(try STUN.Message(parsing: answer[...]).kind == .failure)
        }
    }

    @Test func `a flood of checks is cut off, and the browser's own are answered`() throws {
        let talk = try Talk()
        let flood = talk.agent.makeCheck(password: "anotherpasswordofnobody1")
        for _ in 0..<150 { talk.stranger.send(flood, to: talk.agent.port) }
        #expect(talk.drops(.check, 150))
        let answered = talk.agent.answers.count
        talk.agent.check()
        while talk.agent.answers.count == answered, talk.agent.next() != nil {}
        #expect(talk.agent.answers.last?.kind == .success)
        #expect(talk.isHeard)
    }

    @Test func `handshakes and sound from elsewhere are a stranger's`() throws {
        let talk = try Talk()
        talk.stranger.send([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], to: talk.agent.port)
        // The browser's own packets, sent by somebody else.
        talk.stranger.send(talk.agent.protected(talk.agent.phone.spoken(Tone([900]))), to: talk.agent.port)
        talk.stranger.send(talk.agent.phone.spoken(Tone([900])), to: talk.agent.port)
        #expect(talk.drops(.stranger, 3))
        #expect(talk.isHeard)
    }

    @Test func `sound without protection, changed on the way or under other keys is not heard`() throws {
        let talk = try Talk()
        let agent = talk.agent
        agent.phone.send(agent.phone.spoken(Tone([900])), to: agent.port)
        var changed = agent.protected(agent.phone.spoken(Tone([900])))
        changed[40] ^= 1
        agent.phone.send(changed, to: agent.port)
        agent.phone.send(Array(changed.prefix(20)), to: agent.port)
        var report: [UInt8] = [0x80, 201, 0, 1, 0, 0, 0, 1]
        report += [UInt8](repeating: 0x80, count: 24)
        agent.phone.send(report, to: agent.port)
        #expect(talk.floor.figures(of: agent.id) { ($0.dropped[.unauthenticated] ?? 0) + ($0.dropped[.malformed] ?? 0) == 4 } != nil)
        #expect(talk.isHeard)
    }

    @Test func `sound that was recorded and comes again is not heard`() throws {
        let talk = try Talk()
        let packet = talk.agent.protected(talk.agent.phone.spoken(Tone([440])))
        talk.agent.phone.send(packet, to: talk.agent.port)
        #expect(talk.customer.phone.next() != nil)
        for _ in 0..<3 { talk.agent.phone.send(packet, to: talk.agent.port) }
        #expect(talk.drops(.replayed, 3))
        #expect(talk.isHeard)
    }

    @Test func `who has another certificate than was announced is refused and not heard`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let other = try #require(Browser.makeIdentity())
        let browser = try Browser(floor, identity: other)
        try floor.server.connectBrowser(browser.id, to: Browser.remote())
        floor.server.bridge(customer.id, browser.id)
        #expect(!browser.connect())
        #expect(floor.ear.hears { $0 == .browserRefused(browser.id, .fingerprint) })
        browser.phone.speak(Tone([900]), to: browser.port)
        let figures = floor.figures(of: browser.id) { $0.dropped[.unauthenticated] == 1 }
        #expect(figures?.dropped[.handshake] ?? 0 >= 1)
        #expect(floor.figures(of: customer.id) { _ in true }?.packetsOut == 0)
        #expect(!floor.ear.all.contains(.browserConnected(browser.id)))
    }

    @Test func `what comes before the description is not read, nor what a description cannot mean`() throws {
        let floor = try Floor()
        let browser = try Browser(floor)
        browser.check()
        while browser.answers.isEmpty, browser.next(within: 100) != nil {}
        browser.carryOut(browser.dtls.begin(at: browser.now))
        #expect(floor.figures(of: browser.id) { $0.dropped[.notConnected] ?? 0 > 0 } != nil)
        #expect(browser.answers.last?.kind == .success)
        #expect(throws: MediaServerError.self) { try floor.server.connectBrowser(browser.id, to: Browser.remote(fingerprint: nil)) }
        #expect(throws: MediaServerError.self) {
            try floor.server.connectBrowser(browser.id, to: BrowserRemote(fingerprints: Browser.remote().fingerprints, formats: []))
        }
        #expect(throws: MediaServerError.noBrowser) { try floor.server.connectBrowser(floor.id(), to: Browser.remote()) }
        let phone = try floor.party()
        #expect(throws: MediaServerError.noBrowser) { try floor.server.connectBrowser(phone.id, to: Browser.remote()) }
    }

    @Test func `DTLS that never ends costs no more than its allowance`() throws {
        let talk = try Talk()
        for _ in 0..<150 { talk.agent.phone.send([22, 254, 253, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0], to: talk.agent.port) }
        // Here and there one is answered by the last flight, in case the browser has not had it.
        #expect(talk.floor.figures(of: talk.agent.id) { $0.dropped[.handshake] ?? 0 >= 145 } != nil)
        #expect(talk.isHeard)
        #expect(!talk.floor.ear.all.contains { if case .browserRefused = $0 { true } else { false } })
    }

    /// Each datagram of checks and handshake, in both directions, is lost, doubled, kept back or cut with these chances.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `a browser connects over a network that loses, doubles, reorders and cuts`(seed: UInt64) throws {
        let floor = try Floor()
        let browser = try Browser(floor)
        try floor.server.connectBrowser(browser.id, to: Browser.remote())
        var random = Random(seed: seed)
        var kept: [Browser.Way: [[UInt8]]] = [:]
        browser.network = { datagram, way in
            var arriving = [datagram]
            if random.chance(0.1) { arriving = [] }
            if random.chance(0.1) { arriving.append(datagram) }
            if random.chance(0.1) { arriving.append(Array(datagram.prefix(Int.random(in: 0..<datagram.count, using: &random)))) }
            if random.chance(0.1) {
                kept[way, default: []] += arriving
                return []
            }
            return arriving + (kept.removeValue(forKey: way) ?? [])
        }
        #expect(browser.connect(within: .seconds(30)), "seed \(seed): \(browser.failure as Any), \(floor.ear.all)")
        browser.network = { datagram, _ in [datagram] }
        // The nomination may have been lost.
        browser.check()
        #expect(floor.ear.hears { $0 == .browserConnected(browser.id) }, "seed \(seed)")
        floor.server.play(browser.id, .tone(Tone([440])))
        #expect(hasTone(440, in: browser.hear(10)))
    }
}
