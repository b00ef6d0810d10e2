import Audio
import Glibc
import Primitives
import RTP
import Testing

@testable import MediaServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct SoundTests {
    @Test(arguments: [Codec.pcma, .pcmu]) func `ring-back is heard at its frequency`(codec: Codec) throws {
        let floor = try Floor()
        let customer = try floor.party(codec)
        floor.server.play(customer.id, .tone(.ringBack))
        let samples = Phone.samples(customer.phone.hear(20))
        #expect(ToneDetector(frequency: 425).share(in: samples) > 0.97)
        floor.server.play(customer.id, .tone(.ringBackUK))
        // What was on its way is passed over.
        let british = Phone.samples(customer.phone.hear(20).suffix(15))
        #expect(ToneDetector(frequency: 400).share(in: british) > 0.3)
        #expect(ToneDetector(frequency: 450).share(in: british) > 0.3)
    }

    @Test func `a prompt is played to its end and reported, then comes the next sound`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        // 100 ms and a bit: the rest of its last packet is silence.
        try floor.server.loadPrompt("greeting.en", samples: Array(Tone([600]).samples().prefix(850)))
        floor.server.play(customer.id, .prompt("greeting.en", then: .tone(Tone([425]))))
        let heard = customer.phone.hear(26)
        #expect(floor.ear.hears { $0 == .promptFinished(customer.id) })
        #expect(ToneDetector(frequency: 600).share(in: Phone.samples(heard.prefix(5))) > 0.97)
        #expect(ToneDetector(frequency: 425).share(in: Phone.samples(heard.dropFirst(6))) > 0.97)
        #expect(floor.ear.all.filter { $0 == .promptFinished(customer.id) }.count == 1)
    }

    @Test func `a prompt that is not there is finished at once`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        floor.server.play(customer.id, .prompt("nowhere", then: .tone(Tone([425]))))
        #expect(floor.ear.hears { $0 == .promptFinished(customer.id) })
        #expect(ToneDetector(frequency: 425).share(in: Phone.samples(customer.phone.hear(10))) > 0.97)
    }

    @Test func `sounds come every 20 ms and music goes on where it was`() throws {
        let ramp = (0..<16_000).map { Int16($0 * 2) }
        let floor = try Floor { $0.music = ramp }
        let customer = try floor.party()
        floor.server.play(customer.id, .music)
        let begun = Clock.monotonic()
        let first = customer.phone.hear(50)
        let took = Double(Clock.monotonic() - begun) / 1e9
        #expect((0.95...1.5).contains(took))
        floor.server.play(customer.id, .silence)
        var last = first.last
        while let next = customer.phone.next(), next.payload.contains(where: { $0 != Codec.pcma.silence }) { last = next }
        floor.server.play(customer.id, .music)
        var next = customer.phone.next()
        while let packet = next, packet.payload.allSatisfy({ $0 == Codec.pcma.silence }) { next = customer.phone.next() }
        let before = try #require(last.map { Phone.samples([$0]) }?.last)
        let after = try #require(next.map { Phone.samples([$0]) }?.first)
        // A-law's step here is at most 1,024.
        #expect((-1024...1024).contains(Int(after) - Int(before)))
    }

    @Test func `a party from whom nothing comes is reported after each further limit, until it speaks again`() throws {
        // The silence is looked at every second.
        let floor = try Floor { $0.silenceLimit = .milliseconds(1500) }
        let customer = try floor.party()
        func silences() -> [Duration] {
            floor.ear.all.compactMap { if case .silent(customer.id, let span) = $0 { span } else { nil } }
        }
        #expect(floor.ear.hears { _ in silences().count == 2 })
        let told = silences()
        #expect(told[0] >= .milliseconds(1500) && told[0] < .milliseconds(4500))
        #expect(told[1] >= told[0] + .milliseconds(1500))
        customer.phone.speak(Tone([440]), to: customer.port)
        #expect(floor.ear.hears { $0 == .firstPacket(customer.id) })
        #expect(floor.ear.hears { _ in silences().count == 3 })
        // Counted from the packet on: less than what was told before.
        #expect(silences()[2] < told[1])
    }

    @Test func `whoever was told not to send is not called silent`() throws {
        let floor = try Floor { $0.silenceLimit = .milliseconds(200) }
        let held = try floor.party()
        let silent = try floor.party()
        floor.server.hear(held.id, .sendOnly)
        func isSilent(_ party: Floor.Party) -> (MediaEvent) -> Bool {
            { if case .silent(party.id, _) = $0 { true } else { false } }
        }
        #expect(floor.ear.hears { _ in floor.ear.all.filter(isSilent(silent)).count == 2 })
        #expect(floor.ear.all.filter(isSilent(held)).isEmpty)
    }

    @Test func `reports go out regularly, and a goodbye at the end`() throws {
        let floor = try Floor { $0.reportInterval = .milliseconds(60) }
        // RTCP goes to the port after the phone's: one is tried until both are free.
        var phones: (rtp: Phone, rtcp: Phone)?
        for _ in 0..<20 where phones == nil {
            let rtp = try Phone()
            if let rtcp = try? Phone(port: rtp.address.port + 1) { phones = (rtp, rtcp) }
        }
        let (phone, control) = try #require(phones)
        let session = floor.id()
        let port = try floor.server.open(session)
        #expect(port.port % 2 == 0)
        floor.server.connect(session, to: phone.address, codec: .pcma, telephoneEvent: nil)
        for _ in 0..<5 { phone.speak(Tone([440]), to: port) }
        floor.server.play(session, .silence)
        let ssrc = try #require(phone.next()).packet.ssrc
        var report = try #require(control.datagram())
        while report[0] & 0x1F == 0 || report[1] != 200 { report = try #require(control.datagram()) }
        // The report block speaks of this phone's SSRC.
        #expect(report[28..<32] == [0, 0, 0x50, 0x50])
        #expect(report[4..<8].reduce(0) { $0 << 8 | UInt32($1) } == ssrc)
        floor.server.close(session)
        var saidGoodbye = false
        while !saidGoodbye, let bytes = control.datagram() {
            saidGoodbye = try bytes.withUnsafeBytes { try RTCP.read($0) }.saidGoodbye
        }
        #expect(saidGoodbye)
    }

    @Test func `sound files of a folder become prompts`() throws {
        var template = Array("/tmp/prompts-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { rmdir(folder) }
        for (name, wav) in [
            ("b.tr", WAV(samples: Tone([600]).samples())), ("a.en", WAV(samples: [Int16](repeating: 0, count: 16_000), rate: 16_000)),
        ] {
            let file = try #require(fopen("\(folder)/\(name).wav", "wb"))
            fwrite(wav.bytes, 1, wav.bytes.count, file)
            fclose(file)
        }
        defer { for name in ["a.en", "b.tr"] { unlink("\(folder)/\(name).wav") } }
        let floor = try Floor()
        #expect(try floor.server.loadPrompts(in: folder) == ["a.en", "b.tr"])
        #expect(throws: MediaServerError.unreadable("/nowhere", errno: ENOENT)) { try floor.server.loadPrompts(in: "/nowhere") }
        let customer = try floor.party()
        floor.server.play(customer.id, .prompt("b.tr", then: .silence))
        #expect(ToneDetector(frequency: 600).share(in: Phone.samples(customer.phone.hear(10))) > 0.97)
    }
}
