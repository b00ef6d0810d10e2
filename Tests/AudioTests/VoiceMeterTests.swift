import Audio
import Primitives
import Testing

/// Talks whose facts are known, from some seeds each.
struct VoiceMeterTests {
    private static let seeds: [UInt64] = [1, 3, 8, 13]

    private func seconds(_ frames: UInt32) -> Double { Double(frames) * 0.02 }

    private func isNear(_ value: Double, _ wanted: Double, share: Double = 0.1) -> Bool { abs(value - wanted) <= wanted * share }

    @Test(arguments: seeds) func `three seconds of talk-over are measured within a tenth`(seed: UInt64) {
        var talk = SyntheticTalk(seconds: 30, seed: seed)
        talk.noise(.said, at: -58)
        talk.noise(.heard, at: -62)
        talk.speech(.said, from: 1, to: 13, at: -24)
        talk.speech(.heard, from: 10, to: 22, at: -28)
        talk.speech(.said, from: 22.5, to: 29, at: -24)
        let reading = talk.measured()
        #expect(isNear(seconds(reading.talkOverFrames), 3), "\(seconds(reading.talkOverFrames))")
        #expect(reading.talkOvers >= 1 && reading.talkOvers <= 3)
        #expect(reading.deadAirFrames == 0)
        #expect(isNear(seconds(reading.said.activeFrames), 18.5) && isNear(seconds(reading.heard.activeFrames), 12))
    }

    @Test(arguments: seeds) func `eight seconds of dead air are measured within a tenth`(seed: UInt64) {
        var talk = SyntheticTalk(seconds: 30, seed: seed)
        talk.noise(.said, at: -52)
        talk.noise(.heard, at: -60)
        talk.speech(.heard, from: 1, to: 8, at: -26)
        talk.speech(.said, from: 10, to: 14, at: -26)
        talk.speech(.heard, from: 22, to: 29, at: -26)
        let reading = talk.measured()
        #expect(isNear(seconds(reading.deadAirFrames), 8), "\(seconds(reading.deadAirFrames))")
        #expect(reading.deadAirLongest == reading.deadAirFrames)
        #expect(reading.talkOverFrames == 0)
    }

    @Test(arguments: seeds) func `a voice raised by 12 dB is measured within a tenth`(seed: UInt64) {
        var talk = SyntheticTalk(seconds: 40, seed: seed)
        talk.noise(.said, at: -60)
        talk.speech(.said, from: 0.5, to: 20, at: -30)
        talk.speech(.said, from: 22, to: 30, at: -18)
        talk.speech(.heard, from: 30.5, to: 39, at: -26)
        let reading = talk.measured()
        #expect(isNear(reading.said.rise, 12), "\(reading.said.rise)")
        #expect(isNear(seconds(reading.said.raisedFrames), 8), "\(seconds(reading.said.raisedFrames))")
        #expect(reading.heard.raisedFrames == 0)
    }

    @Test(arguments: seeds) func `the levels of both sides and what is heard between the words`(seed: UInt64) throws {
        var talk = SyntheticTalk(seconds: 30, seed: seed)
        talk.noise(.said, at: -50)
        talk.noise(.heard, at: -44)
        talk.speech(.said, from: 2, to: 12, at: -22)
        talk.speech(.heard, from: 14, to: 26, at: -27)
        let reading = talk.measured()
        let (said, heard) = try (#require(reading.said.level), #require(reading.heard.level))
        #expect(abs(said + 22) < 1.5 && abs(heard + 27) < 1.5, "\(said) \(heard)")
        let (quiet, noisy) = try (#require(reading.said.noise), #require(reading.heard.noise))
        #expect(abs(quiet + 50) < 1.5 && abs(noisy + 44) < 1.5, "\(quiet) \(noisy)")
        #expect(reading.signs.contains(.heardNoise) && !reading.signs.contains(.saidNoise))
    }

    @Test(arguments: seeds) func `an echo of 120 ms and -20 dB is found, also under noise`(seed: UInt64) throws {
        var talk = SyntheticTalk(seconds: 30, seed: seed)
        talk.speech(.heard, from: 0.5, to: 12, at: -22)
        talk.speech(.said, from: 13, to: 18, at: -26)
        talk.speech(.heard, from: 18.5, to: 29, at: -22)
        talk.echo(from: .said, after: 0.12, weakerBy: 20)
        talk.noise(.said, at: -55)
        let reading = talk.measured()
        let loss = try #require(reading.said.echoReturnLoss)
        #expect(abs(loss - 20) < 2, "\(loss)")
        #expect(abs(try #require(reading.said.echoDelay) / .milliseconds(120) - 1) < 0.1)
        #expect(reading.heard.echoReturnLoss == nil)
    }

    @Test(arguments: 20...27 as ClosedRange<UInt64>) func `two voices that have nothing to do with each other are no echo`(seed: UInt64) {
        var talk = SyntheticTalk(seconds: 20, seed: seed)
        talk.noise(.said, at: -50)
        talk.noise(.heard, at: -50)
        talk.speech(.said, from: 0.5, to: 19, at: -22)
        talk.speech(.heard, from: 1, to: 19.5, at: -28)
        let reading = talk.measured()
        #expect(reading.said.echoReturnLoss == nil && reading.heard.echoReturnLoss == nil)
    }

    @Test func `silence is dead air and nobody's voice`() {
        let reading = SyntheticTalk(seconds: 10, seed: 1).measured()
        #expect(reading.frames == 500 && reading.deadAirFrames == 500)
        #expect(reading.said.level == nil && reading.heard.level == nil && reading.said.noise == nil)
    }

    @Test(arguments: seeds) func `who talks alone talks over nobody`(seed: UInt64) {
        var talk = SyntheticTalk(seconds: 20, seed: seed)
        talk.noise(.heard, at: -50)
        talk.speech(.said, from: 0.2, to: 20, at: -26)
        let reading = talk.measured()
        #expect(reading.talkOverFrames == 0 && reading.deadAirFrames == 0)
        #expect(reading.said.raisedFrames == 0, "\(reading.said.rise)")
    }

    @Test(arguments: seeds) func `lost packets change little`(seed: UInt64) {
        var talk = SyntheticTalk(seconds: 30, seed: seed)
        talk.noise(.said, at: -58)
        talk.noise(.heard, at: -58)
        talk.speech(.said, from: 1, to: 13, at: -24)
        talk.speech(.heard, from: 10, to: 20, at: -28)
        talk.speech(.heard, from: 28, to: 30, at: -28)
        let reading = talk.measured(losing: 0.05)
        #expect(isNear(seconds(reading.talkOverFrames), 3, share: 0.15), "\(seconds(reading.talkOverFrames))")
        #expect(isNear(seconds(reading.deadAirFrames), 8), "\(seconds(reading.deadAirFrames))")
    }

    @Test func `what is not to be measured is not, and no silence goes on over it`() {
        var talk = SyntheticTalk(seconds: 9, seed: 4)
        talk.speech(.said, from: 0, to: 3, at: -26)
        var meter = VoiceMeter()
        var frame = 0
        talk.read { said, heard in
            // Six seconds of silence, of which three are a pause in the middle.
            if frame < 225 || frame >= 375 { meter.hear(said: said, heard: heard) } else { meter.rest() }
            frame += 1
        }
        meter.rest()
        #expect(meter.reading.frames == 300 && meter.reading.deadAirFrames == 0)
    }

    @Test func `a sign stands while something is wrong, and goes by itself`() {
        var talk = SyntheticTalk(seconds: 30, seed: 4)
        talk.speech(.said, from: 0, to: 8, at: -26)
        talk.speech(.heard, from: 2, to: 6, at: -26)
        talk.speech(.said, from: 20, to: 30, at: -26)
        var meter = VoiceMeter()
        var frame = 0
        var signs: [Int: VoiceReading.Signs] = [:]
        talk.read { said, heard in
            meter.hear(said: said, heard: heard)
            if frame % 50 == 0 { signs[frame / 50] = meter.reading.signs }
            frame += 1
        }
        #expect(signs[2]?.isDisjoint(with: [.talkOver, .deadAir]) == true)
        #expect(signs[5]?.contains(.talkOver) == true)
        #expect(signs[11]?.contains(.talkOver) == false)
        #expect(signs[14]?.contains(.deadAir) == true && signs[22]?.contains(.deadAir) == false)
        #expect(signs[29]?.contains(.saidGood) == true)
    }
}
