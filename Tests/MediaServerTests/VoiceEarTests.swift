import Audio
import Primitives
import RTP
import Testing

@testable import MediaServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct VoiceEarTests {
    /// Both speak at the same time for so long; a tone with the loudness of a voice.
    private func talk(_ customer: Floor.Party, _ agent: Floor.Party?, milliseconds: Int) {
        let begun = Clock.monotonic()
        for round in 0..<milliseconds / 20 {
            customer.phone.speak(Tone([450]), to: customer.port)
            if let agent { agent.phone.speak(Tone([700]), to: agent.port) }
            Clock.sleep(until: begun + UInt64(round + 1) * 20_000_000)  // polling: by the clock, as phones speak
        }
    }

    @Test func `a relayed talk is measured while it is to be, and in no pause`() throws {
        let floor = try Floor()
        let (customer, agent) = (try floor.party(), try floor.party())
        floor.server.bridge(customer.id, agent.id)
        let ear = VoiceEar()
        floor.server.listen(to: customer.id, by: ear)
        talk(customer, agent, milliseconds: 400)
        ear.listen(true)
        talk(customer, agent, milliseconds: 1500)
        floor.server.keepPrivate(customer.id, true)
        talk(customer, agent, milliseconds: 600)
        floor.server.keepPrivate(customer.id, false)
        ear.listen(false)
        talk(customer, agent, milliseconds: 400)
        let seen = try #require(ear.read())
        #expect(!seen.isWhole && (65...85).contains(seen.reading.frames))
        floor.server.stopListening(to: customer.id, by: ear)
        let end = Clock.monotonic() + 2_000_000_000
        while ear.read()?.isWhole != true, Clock.monotonic() < end { Clock.sleep(until: Clock.monotonic() + 5_000_000) }  // polling
        let (reading, isWhole) = try #require(ear.read())
        #expect(isWhole && (65...90).contains(reading.frames))
        #expect((40...90).contains(reading.talkOverFrames))
        #expect(reading.said.activeFrames > 40 && reading.heard.activeFrames > 40)
    }

    @Test func `nobody who does not ask loses the end`() throws {
        let floor = try Floor()
        let (customer, agent) = (try floor.party(), try floor.party())
        floor.server.bridge(customer.id, agent.id)
        let ear = VoiceEar()
        ear.listen(true)
        floor.server.listen(to: customer.id, by: ear)
        // More than the ring holds.
        talk(customer, agent, milliseconds: 5200)
        floor.server.close(customer.id)
        let end = Clock.monotonic() + 2_000_000_000
        while ear.read()?.isWhole != true, Clock.monotonic() < end { Clock.sleep(until: Clock.monotonic() + 5_000_000) }  // polling
        #expect(try #require(ear.read()).reading.frames > 240)
    }
}
