import Audio
import DTLS
import Primitives
import RTP
import Testing

@testable import MediaServer

/// Whether a tone is the one heard.
func hasTone(_ frequency: Double, in heard: [Phone.Heard]) -> Bool {
    !heard.isEmpty && ToneDetector(frequency: frequency).share(in: Phone.samples(heard)) > 0.5
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct BrowserTests {
    // MARK: To connect and talk

    @Test func `a browser connects on one port and talks with a phone of the other law, packet by packet`() throws {
        let floor = try Floor()
        let customer = try floor.party(.pcma)
        let agent = try floor.browser()
        #expect(agent.answers.first?.mapped == agent.phone.address)
        floor.server.bridge(customer.id, agent.id)
        var there: [Phone.Heard] = []
        var here: [Phone.Heard] = []
        for _ in 0..<20 {
            customer.phone.speak(Tone([440]), to: customer.port)
            if let packet = agent.nextSound() { there.append(packet) }
            agent.speak(Tone([660]))
            if let packet = customer.phone.next() { here.append(packet) }
        }
        #expect(there.count == 20 && there.allSatisfy { $0.packet.payloadType == 0 && $0.payload.count == 160 })
        #expect(here.count == 20 && here.allSatisfy { $0.packet.payloadType == 8 && $0.payload.count == 160 })
        #expect(hasTone(440, in: there) && hasTone(660, in: here))
        #expect(floor.reaches { $0.relayDelay.count >= 40 })
    }

    @Test func `two browsers talk, also when they live on different threads`() throws {
        let floor = try Floor { $0.threads = 3 }
        let first = try floor.browser()
        let second = try floor.browser(host: "127.0.0.4")
        floor.server.bridge(first.id, second.id)
        // Until both are on one thread nobody is put through.
        for _ in 0..<250 {
            first.speak(Tone([440]))
            if second.nextSound(within: 20) != nil { break }
        }
        second.forget()
        for (speaker, listener) in [(first, second), (second, first), (first, second)] {
            let heard = (0..<10).compactMap { _ in
                speaker.speak(Tone([440]))
                return listener.nextSound()
            }
            #expect(heard.count == 10 && hasTone(440, in: heard))
        }
    }

    @Test func `a server at all addresses takes browsers by IPv4 and tells them so`() throws {
        let floor = try Floor { $0.address = .v6(high: 0, low: 0) }
        let browser = try floor.browser()
        #expect(browser.answers.first?.mapped == browser.phone.address)
        floor.server.play(browser.id, .tone(Tone([440])))
        #expect(hasTone(440, in: browser.hear(10)))
    }

    @Test func `what a browser is to hear waits until it is there`() throws {
        let floor = try Floor { $0.prompts = ["greeting": Tone([500]).samples()] }
        let browser = try Browser(floor)
        try floor.server.connectBrowser(browser.id, to: Browser.remote())
        floor.server.play(browser.id, .prompt("greeting", then: .tone(Tone([900]))))
        #expect(floor.figures(of: browser.id) { _ in true }?.packetsOut == 0)
        #expect(browser.connect())
        let heard = browser.hear(Tone([500]).samples().count / 160 + 20)
        #expect(hasTone(500, in: Array(heard.prefix(5))))
        #expect(hasTone(900, in: Array(heard.suffix(10))))
        #expect(floor.ear.hears { $0 == .promptFinished(browser.id) })
    }

    @Test func `one stream goes to a browser for its whole shift`() throws {
        let floor = try Floor()
        let agent = try floor.browser()
        var heard: [Phone.Heard] = []
        for _ in 0..<3 {
            let customer = try floor.party()
            floor.server.bridge(agent.id, customer.id)
            for _ in 0..<5 {
                customer.phone.speak(Tone([440]), to: customer.port)
                if let packet = agent.nextSound() { heard.append(packet) }
            }
            // Silence until the next customer, which keeps the way open.
            floor.server.close(customer.id)
            heard += agent.hear(5)
        }
        #expect(heard.count == 30)
        #expect(Set(heard.map(\.packet.ssrc)).count == 1)
        for (earlier, later) in zip(heard, heard.dropFirst()) { #expect(later.packet.sequence == earlier.packet.sequence &+ 1) }
    }

    @Test func `sequence numbers roll over, on both sides`() throws {
        let floor = try Floor()
        let customer = try floor.party(.pcmu)
        let agent = try floor.browser()
        floor.server.bridge(customer.id, agent.id)
        let sound = [UInt8](repeating: 0x55, count: 160)
        var numbers: [UInt16] = []
        // Twice around, in steps that a receiver still takes for losses.
        for step in 0..<60 as Range<UInt16> {
            customer.phone.startAt(sequence: step &* 2_500)
            customer.phone.send(customer.phone.packet(payloadType: 0, sound), to: customer.port)
            numbers.append(try #require(agent.nextSound()).packet.sequence)
            agent.phone.startAt(sequence: 30_000 &+ step &* 2_500)
            agent.send(agent.phone.packet(payloadType: 0, sound))
            #expect(customer.phone.next() != nil)
        }
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 &+ 2_500 })
    }

    @Test func `three in a room, two of them browsers, each hear the others`() throws {
        let floor = try Floor()
        let room = ID<MediaRoom>(high: 2, low: 1)
        let customer = try floor.party()
        let agent = try floor.browser()
        let supervisor = try floor.browser(host: "127.0.0.4")
        for id in [customer.id, agent.id, supervisor.id] { try floor.server.join(id, room: room) }
        func heard() -> [[Double]] {
            var heard: [[Phone.Heard]] = [[], [], []]
            for _ in 0..<30 {
                customer.phone.speak(Tone([450]), to: customer.port)
                agent.speak(Tone([700]))
                supervisor.speak(Tone([1000]))
                if let packet = customer.phone.next() { heard[0].append(packet) }
                if let packet = agent.nextSound() { heard[1].append(packet) }
                if let packet = supervisor.nextSound() { heard[2].append(packet) }
            }
            return heard.map { packets in
                [450, 700, 1000].filter { ToneDetector(frequency: $0).share(in: Phone.samples(packets.suffix(15))) > 0.15 }
            }
        }
        let expected: [[Double]] = [[700, 1000], [450, 1000], [450, 700]]
        var found = heard()
        for _ in 0..<5 where found != expected { found = heard() }
        #expect(found == expected)
    }

    @Test func `on hold a browser hears music and is not heard`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.browser()
        floor.server.bridge(customer.id, agent.id)
        floor.server.hear(agent.id, .sendOnly)
        agent.speak(Tone([440]))
        #expect(floor.figures(of: agent.id) { $0.dropped[.held] == 1 } != nil)
        customer.phone.speak(Tone([440]), to: customer.port)
        #expect(agent.nextSound() != nil)
        floor.server.hear(agent.id, .sendReceive)
        agent.speak(Tone([440]))
        #expect(customer.phone.next()?.packet.payloadType == 8)
        #expect(floor.figures(of: customer.id) { $0.packetsOut == 1 } != nil)
    }

    @Test func `keys go to a browser and come from it`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: 101)
        let agent = try floor.browser()
        floor.server.bridge(customer.id, agent.id)
        agent.speak(Tone([440]))
        _ = customer.phone.next()
        for (index, block) in TelephoneEvents.blocks(for: "7").enumerated() {
            agent.send(agent.phone.packet(payloadType: 126, marker: index == 0, block.bytes))
        }
        #expect(floor.ear.hears { $0 == .digit(agent.id, "7", .milliseconds(100)) })
        let relayed = customer.phone.hear(TelephoneEvents.blocks(for: "7").count)
        #expect(relayed.allSatisfy { $0.packet.payloadType == 101 && $0.payload.first == 7 })
        floor.server.play(agent.id, .silence)
        try floor.server.press(agent.id, "3")
        let pressed = agent.hear(30).filter { $0.packet.payloadType == 126 }
        #expect(pressed.count == 7 && pressed.allSatisfy { $0.payload.first == 3 })
    }

    // MARK: To go and to come back

    @Test func `a browser that is closed by us hears goodbye and the end of the handshake`() throws {
        let floor = try Floor()
        let browser = try floor.browser()
        floor.server.play(browser.id, .silence)
        _ = browser.hear(2)
        floor.server.close(browser.id)
        var saidGoodbye = false
        while !browser.isClosed {
            guard let heard = browser.next(within: 1000) else { break }
            if case .report(let bytes) = heard, try bytes.withUnsafeBytes({ try RTCP.read($0) }).saidGoodbye { saidGoodbye = true }
        }
        #expect(saidGoodbye && browser.isClosed)
    }

    @Test func `a tab that is closed is told, and what it still sends is not heard`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.browser()
        floor.server.bridge(customer.id, agent.id)
        agent.carryOut(agent.dtls.close())
        #expect(floor.ear.hears { $0 == .browserClosed(agent.id) })
        agent.speak(Tone([440]))
        #expect(floor.figures(of: agent.id) { $0.dropped[.unauthenticated] == 1 } != nil)
        #expect(floor.figures(of: customer.id) { _ in true }?.packetsOut == 0)
    }

    @Test func `a browser whose network is gone is lost soon, told once, and back when it is heard again`() throws {
        let floor = try Floor { $0.browserLostAfter = .milliseconds(300) }
        let agent = try floor.browser()
        agent.speak(Tone([440]))
        #expect(floor.ear.hears { if case .browserLost(agent.id, let span) = $0 { span >= .milliseconds(300) } else { false } })
        agent.speak(Tone([440]))
        #expect(floor.ear.hears { $0 == .browserBack(agent.id) })
        #expect(floor.ear.hears { _ in floor.ear.all.count { if case .browserLost = $0 { true } else { false } } == 2 })
        agent.check()
        #expect(floor.ear.hears { _ in floor.ear.all.count { $0 == .browserBack(agent.id) } == 2 })
    }

    @Test func `a browser that sends no sound is not lost while it checks`() throws {
        let floor = try Floor { $0.browserLostAfter = .milliseconds(50) }
        let muted = try floor.browser()
        let mirror = try floor.browser(host: "127.0.0.4")
        // The last thing heard of it are checks, long after the last sound.
        muted.check()
        mirror.speak(Tone([440]))
        #expect(floor.ear.hears { if case .browserLost(mirror.id, _) = $0 { true } else { false } })
        #expect(!floor.ear.all.contains { if case .browserLost(muted.id, _) = $0 { true } else { false } })
    }

    @Test func `after an ICE restart the browser is found at its new place under the same keys`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.browser()
        floor.server.bridge(customer.id, agent.id)
        customer.phone.speak(Tone([440]), to: customer.port)
        let before = try #require(agent.nextSound())
        let former = agent.credentials
        agent.credentials = try floor.server.restartBrowser(agent.id)
        try floor.server.connectBrowser(agent.id, to: Browser.remote())
        #expect(agent.credentials != former)
        // The old way works until the new one is found.
        customer.phone.speak(Tone([440]), to: customer.port)
        #expect(agent.nextSound()?.packet.sequence == before.packet.sequence &+ 1)
        agent.phone = try Phone(.pcmu, host: "127.0.0.5")
        agent.phone.startAt(sequence: 40_000)
        agent.check()
        #expect(agent.next(within: 200) == nil && agent.answers.last?.mapped == agent.phone.address)
        customer.phone.speak(Tone([440]), to: customer.port)
        #expect(agent.nextSound()?.packet.sequence == before.packet.sequence &+ 2)
        agent.speak(Tone([440]))
        #expect(customer.phone.next() != nil)
        #expect(floor.ear.all.count { $0 == .browserConnected(agent.id) } == 1)
        #expect(throws: MediaServerError.noBrowser) { try floor.server.restartBrowser(customer.id) }
    }

    @Test func `another certificate asks for another handshake, after which only its keys are good`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.browser()
        floor.server.bridge(customer.id, agent.id)
        let renewed = try #require(Browser.makeIdentity())
        let again = try Browser(floor, identity: renewed)
        try floor.server.connectBrowser(agent.id, to: Browser.remote(fingerprint: renewed.fingerprint))
        // The same connection: its port, its place, its credentials.
        agent.speak(Tone([440]))
        #expect(customer.phone.next() != nil)
        again.phone = agent.phone
        again.credentials = agent.credentials
        again.portOverride = agent.port
        #expect(again.connect())
        #expect(floor.ear.hears { _ in floor.ear.all.count { $0 == .browserConnected(agent.id) } == 2 })
        agent.speak(Tone([440]))
        #expect(floor.figures(of: agent.id) { $0.dropped[.unauthenticated] == 1 } != nil)
        again.speak(Tone([440]))
        #expect(customer.phone.next() != nil)
    }

    // MARK: A test call

    @Test func `a test call plays the party's own voice back a second late`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.browser()
        floor.server.bridge(customer.id, agent.id)
        agent.speak(Tone([440]))
        #expect(customer.phone.next() != nil)
        func isEcho() -> Bool {
            floor.server.echo(agent.id, true)
            _ = floor.figures(of: agent.id) { _ in true }
            agent.forget()
            var heard: [Phone.Heard] = []
            for _ in 0..<120 {
                agent.speak(Tone([440]))
                if let packet = agent.nextSound() { heard.append(packet) }
            }
            return Level.decibels(of: Phone.samples(heard[..<40])) < -60 && hasTone(440, in: Array(heard[80...]))
        }
        // On a busy machine this test may speak too late: then it is asked again, from the beginning.
        var isHeard = isEcho()
        for _ in 0..<5 where !isHeard {
            floor.server.play(agent.id, .silence)
            isHeard = isEcho()
        }
        #expect(isHeard)
        #expect(floor.figures(of: customer.id) { _ in true }?.packetsOut ?? 0 > 50)
        floor.server.echo(agent.id, false)
        _ = floor.figures(of: agent.id) { _ in true }
        agent.forget()
        let silence = agent.hear(20).suffix(10)
        #expect(Level.decibels(of: Phone.samples(silence)) < -60)
    }
}
