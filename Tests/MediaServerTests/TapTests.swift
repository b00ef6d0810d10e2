import Audio
import Foundation
import Glibc
import Logging
import Primitives
import RTP
import Recording
import Synchronization
import Testing

@testable import MediaServer

/// Hears what a tap hears, and keeps it.
private final class Listener: TapListener {
    struct Heard {
        var number: UInt32
        var from: [Int16]
        var to: [Int16]
        var isPrivate: Bool
    }

    private let frames = Mutex<[Heard]>([])
    private let ended = Atomic<Bool>(false)

    func hear(_ frame: borrowing TappedFrame) {
        func samples(_ pointer: UnsafePointer<Int16>?) -> [Int16] {
            pointer.map { Array(UnsafeBufferPointer(start: $0, count: 160)) } ?? Array(repeating: 0, count: 160)
        }
        let heard = Heard(number: frame.number, from: samples(frame.from), to: samples(frame.to), isPrivate: frame.isPrivate)
        frames.withLock { $0.append(heard) }
    }

    func end() { ended.store(true, ordering: .releasing) }

    var all: [Heard] { frames.withLock { $0 } }
    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    func forget() { frames.withLock { $0 = [] } }
}

private func has(_ frequency: Double, _ samples: [Int16]) -> Bool { ToneDetector(frequency: frequency).share(in: samples) > 0.5 }

@Suite(.serialized, .timeLimit(.minutes(2))) struct TapTests {
    /// Both say their tones by the clock for so long.
    private func talk(
        _ customer: Floor.Party, _ customerSays: Double, _ agent: Floor.Party?, _ agentSays: Double, milliseconds: Int,
        isLost: (Int) -> Bool = { _ in false }
    ) {
        let begun = Clock.monotonic()
        for round in 0..<milliseconds / 20 {
            if isLost(round) {
                _ = customer.phone.spoken(Tone([UInt16(customerSays)]))
            } else {
                customer.phone.speak(Tone([UInt16(customerSays)]), to: customer.port)
            }
            if let agent { agent.phone.speak(Tone([UInt16(agentSays)]), to: agent.port) }
            Clock.sleep(until: begun + UInt64(round + 1) * 20_000_000)  // polling: by the clock, as phones speak
        }
    }

    /// What was heard after the buffers have filled.
    private func steady(_ listener: Listener) -> (from: [Int16], to: [Int16]) {
        let frames = listener.all.dropFirst(10)
        return (frames.flatMap(\.from), frames.flatMap(\.to))
    }

    @Test(arguments: [(Codec.pcmu, Codec.pcmu), (.pcma, .pcma), (.pcmu, .pcma)])
    func `a relayed talk is heard with each side by itself`(pair: (Codec, Codec)) throws {
        let floor = try Floor()
        let customer = try floor.party(pair.0)
        let agent = try floor.party(pair.1)
        floor.server.bridge(customer.id, agent.id)
        let listener = Listener()
        let began = Clock.monotonic()
        floor.server.listen(to: customer.id, by: listener)
        talk(customer, 450, agent, 700, milliseconds: 600)
        let (count, passed) = (listener.all.count, Int((Clock.monotonic() - began) / 20_000_000))
        let heard = steady(listener)
        #expect(has(450, heard.from) && !has(700, heard.from))
        #expect(has(700, heard.to) && !has(450, heard.to))
        // A frame for each 20 ms by the clock, 30 or more, whatever came when.
        #expect((passed - 3...passed + 1).contains(count), "\(count) in \(passed) times 20 ms")
        #expect(zip(listener.all, listener.all.dropFirst()).allSatisfy { $1.number == $0.number + 1 })
    }

    @Test func `music, a room and a second talk are on one line of time`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        let other = try floor.party()
        let listener = Listener()
        floor.server.listen(to: customer.id, by: listener)
        floor.server.bridge(customer.id, agent.id)
        talk(customer, 450, agent, 700, milliseconds: 400)
        floor.server.play(customer.id, .tone(.ringBack))
        talk(customer, 450, nil, 0, milliseconds: 200)
        let room = ID<MediaRoom>(high: 2, low: 9)
        for party in [customer, other] { try floor.server.join(party.id, room: room) }
        listener.forget()
        talk(customer, 450, other, 1000, milliseconds: 600)
        let heard = steady(listener)
        #expect(has(450, heard.from) && has(1000, heard.to))
        #expect(zip(listener.all, listener.all.dropFirst()).allSatisfy { $1.number == $0.number + 1 })
    }

    @Test func `lost packets take no time away`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        let listener = Listener()
        floor.server.listen(to: customer.id, by: listener)
        talk(customer, 450, agent, 700, milliseconds: 800) { $0 % 4 == 3 }
        #expect((38...43).contains(listener.all.count))
        #expect(has(450, steady(listener).from))
    }

    @Test func `in a pause there is neither speech nor a key, also not of the moments around it`() throws {
        let floor = try Floor()
        let customer = try floor.party(telephoneEvent: nil)
        let agent = try floor.party()
        floor.server.bridge(customer.id, agent.id)
        let listener = Listener()
        floor.server.listen(to: customer.id, by: listener)
        talk(customer, 450, agent, 700, milliseconds: 300)
        floor.server.keepPrivate(customer.id, true)
        // The two tones of the key 5.
        let begun = Clock.monotonic()
        for round in 0..<20 {
            customer.phone.speak(Tone([770, 1336]), to: customer.port)
            agent.phone.speak(Tone([1000]), to: agent.port)
            Clock.sleep(until: begun + UInt64(round + 1) * 20_000_000)  // polling: by the clock, as phones speak
        }
        floor.server.keepPrivate(customer.id, false)
        talk(customer, 450, agent, 700, milliseconds: 400)
        let paused = listener.all.filter(\.isPrivate)
        #expect((17...24).contains(paused.count))
        #expect(paused.allSatisfy { $0.from.allSatisfy { $0 == 0 } && $0.to.allSatisfy { $0 == 0 } })
        for frame in listener.all where !frame.isPrivate {
            #expect(ToneDetector(frequency: 1336).share(in: frame.from) < 0.2 && ToneDetector(frequency: 1000).share(in: frame.to) < 0.2)
        }
        #expect(has(450, listener.all.suffix(10).flatMap(\.from)))
    }

    @Test func `the listener is told when the party is gone, or never was there`() throws {
        let floor = try Floor()
        let customer = try floor.party()
        let listener = Listener()
        let late = Listener()
        floor.server.listen(to: customer.id, by: listener)
        floor.server.close(customer.id)
        floor.server.listen(to: customer.id, by: late)
        #expect(late.hasEnded)
        let deadline = Clock.monotonic() + 5_000_000_000
        while !listener.hasEnded, Clock.monotonic() < deadline { sched_yield() }
        #expect(listener.hasEnded)
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct RecordingKeeperTests {
    private static let key = RecordingKey(name: "test", bytes: Array(repeating: 7, count: 32))

    private func folder() -> RecordingFolder {
        let path = FileManager.default.temporaryDirectory.appending(path: "callfloor-recordings-\(UUID())").path
        return RecordingFolder(path)
    }

    private func ring() throws -> RecordingKeyRing { RecordingKeyRing(try #require(Self.key)) }

    private func speak(_ ring: RecordingRing, _ numbers: Range<UInt32>, isPrivate: Bool = false) {
        let samples = [Int16](repeating: 1000, count: 160)
        for number in numbers {
            samples.withUnsafeBufferPointer { samples in
                ring.hear(
                    TappedFrame(
                        from: isPrivate ? nil : samples.baseAddress, to: nil, number: number, isPrivate: isPrivate))
            }
        }
    }

    private func map(_ id: ID<SealedRecording>, in folder: RecordingFolder) throws -> (RecordingMap, [UInt8]) {
        let reader = try folder.open(id)
        let opener = try RecordingOpener(reader.header, keys: ring())
        var sound: [UInt8] = []
        let map = try RecordingMap(opener, size: reader.size(), read: { try reader.read($0, $1) }) { sound += $1.prefix($1.count / 2) }
        return (map, sound)
    }

    @Test func `what is heard is in the file when the recording ends, and within a second before that`() throws {
        let folder = folder()
        let keeper = try RecordingKeeper(folder, keys: ring())
        let id = ID<SealedRecording>(high: 0x0199_0000_0000_7000, low: 1)
        let ring = try #require(keeper.begin(id, at: Timestamp(microseconds: 1)))
        speak(ring, 5..<65)
        let deadline = Clock.monotonic() + 5_000_000_000
        var blocks: UInt32 = 0
        while blocks < 60, Clock.monotonic() < deadline {
            blocks = (try? map(id, in: folder).0.blocks) ?? 0
            sched_yield()
        }
        #expect(blocks == 60)
        #expect(try map(id, in: folder).0.ending == .cut)
        speak(ring, 65..<70, isPrivate: true)
        speak(ring, 90..<100)
        ring.end()
        keeper.shutdown()
        let (map, sound) = try map(id, in: folder)
        #expect(map.ending == .whole)
        #expect(map.silences.paused == [60..<65] && map.silences.lost == [65..<85])
        #expect(sound.allSatisfy { abs(Int(G711.fromMuLaw[Int($0)]) - 1000) < 40 })
        #expect(keeper.figures.open == 0 && keeper.figures.error == nil)
    }

    @Test func `a disk that does not take it is told of, and of it when it does again`() throws {
        let folder = folder()
        let told = Mutex<[Bool]>([])
        let keeper = try RecordingKeeper(folder, keys: ring()) { error in told.withLock { $0.append(error == nil) } }
        let id = ID<SealedRecording>(high: 0x0199_0000_0000_7000, low: 2)
        // A file lies where the day's folder should be.
        let day = String(folder.path(of: id).prefix { $0 != "." }.dropLast(37))
        close(open(day, O_CREAT | O_WRONLY, 0o600))
        let ring = try #require(keeper.begin(id, at: Timestamp(microseconds: 1)))
        let deadline = Clock.monotonic() + 10_000_000_000
        var number: UInt32 = 0
        func until(_ wanted: [Bool]) {
            while told.withLock({ $0 }) != wanted, Clock.monotonic() < deadline {
                speak(ring, number..<number + 1)
                number += 1
                Clock.sleep(until: Clock.monotonic() + 20_000_000)  // polling: by the clock, as phones speak
            }
        }
        until([false])
        unlink(day)
        until([false, true])
        ring.end()
        keeper.shutdown()
        #expect(told.withLock { $0 } == [false, true])
        let (map, _) = try map(id, in: folder)
        #expect(map.ending == .whole)
        #expect(map.silences.lost.count == 1 && keeper.figures.lost > .zero)
    }

    @Test func `an erased recording is opened by no key, also not where another name of its file is left`() throws {
        let folder = folder()
        let keeper = try RecordingKeeper(folder, keys: ring())
        let id = ID<SealedRecording>(high: 0x0199_0000_0000_7000, low: 3)
        let ring = try #require(keeper.begin(id, at: Timestamp(microseconds: 1)))
        speak(ring, 0..<10)
        ring.end()
        keeper.shutdown()
        let path = folder.path(of: id)
        #expect(link(path, path + ".copy") == 0)
        try folder.erase(id)
        #expect(throws: (any Error).self) { try folder.open(id) }
        #expect(rename(path + ".copy", path) == 0)
        let reader = try folder.open(id)
        #expect(throws: RecordingHeader.Unreadable.erased) { try RecordingOpener(reader.header, keys: try self.ring()) }
        #expect(try reader.size() == RecordingHeader.length)
        try folder.erase(id)
        try folder.erase(id)
    }

    @Test func `a new key wraps what the old one did`() throws {
        let folder = folder()
        let keeper = try RecordingKeeper(folder, keys: ring())
        let id = ID<SealedRecording>(high: 0x0199_0000_0000_7000, low: 4)
        let ring = try #require(keeper.begin(id, at: Timestamp(microseconds: 1)))
        speak(ring, 0..<10)
        ring.end()
        keeper.shutdown()
        let both = try RecordingKeyRing(
            parsing: RecordingKeyRing.line(name: "test", bytes: Array(repeating: 7, count: 32))
                + RecordingKeyRing.line(name: "next", bytes: Array(repeating: 8, count: 32)))
        #expect(try folder.rewrap(id, by: both))
        #expect(try !folder.rewrap(id, by: both))
        let header = try folder.open(id).header
        #expect(throws: RecordingHeader.Unreadable.keyMissing("next")) { try RecordingOpener(header, keys: try self.ring()) }
        #expect((try? RecordingOpener(header, keys: RecordingKeyRing(both.newest))) != nil)
    }
}
