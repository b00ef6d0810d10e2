import Crypto
import Primitives
import Testing

@testable import Recording

struct RecordingFormatTests {
    @Test func `what was recorded is played again, each side by itself`() throws {
        let recording = try Recorded(frames: [sound(0, 50), sound(50, 17), sound(67, 50, isLast: true)])
        let played = try recording.played()
        #expect(played.map.ending == .whole)
        #expect(played.map.blocks == 117)
        #expect(played.customer == bytes(0..<117, side: 1))
        #expect(played.centre == bytes(0..<117, side: 2))
    }

    @Test func `cut off anywhere, it plays up to there and says so`() throws {
        let recording = try Recorded(frames: [sound(0, 2), sound(2, 1), sound(3, 2, isLast: true)])
        for length in RecordingHeader.length..<recording.file.count {
            let played = try Recorded(file: Array(recording.file[..<length]), recording).played()
            #expect(played.map.ending == .cut)
            let whole = recording.ends.lastIndex { $0 <= length }.map { [0, 2, 3, 5][$0 + 1] } ?? 0
            #expect(played.customer == bytes(0..<UInt32(whole), side: 1), "cut to \(length) bytes")
        }
    }

    @Test func `an altered byte anywhere is noticed, and what comes before it is played`() throws {
        let recording = try Recorded(frames: [sound(0, 2), sound(2, 1), sound(3, 1, isLast: true)])
        for place in recording.file.indices {
            var file = recording.file
            file[place] ^= 0x10
            let altered = Recorded(file: file, recording)
            if RecordingHeader.slots[0].contains(place) || RecordingHeader.slots[1].contains(place) {
                // The other slot has the key, too.
                #expect(try altered.played().map.ending == .whole, "byte \(place)")
            } else if place < 48 {
                #expect(throws: RecordingHeader.Unreadable.self, "byte \(place)") { try altered.played() }
            } else {
                let played = try altered.played()
                #expect(played.map.ending != .whole, "byte \(place)")
                let before = recording.ends.lastIndex { $0 <= place }.map { [2, 3, 4][$0] } ?? 0
                #expect(played.customer == bytes(0..<UInt32(before), side: 1), "byte \(place)")
            }
        }
    }

    @Test func `a frame that is left out, or put elsewhere, is noticed`() throws {
        let recording = try Recorded(frames: [sound(0, 1), sound(1, 1), sound(2, 1, isLast: true)])
        let frames = zip([RecordingHeader.length] + recording.ends, recording.ends).map { Array(recording.file[$0..<$1]) }
        let head = Array(recording.file[..<RecordingHeader.length])
        #expect(try Recorded(file: head + frames[0] + frames[2], recording).played().map.ending == .broken)
        #expect(try Recorded(file: head + frames[1] + frames[0] + frames[2], recording).played().map.blocks == 0)
        #expect(try Recorded(file: recording.file + frames[2], recording).played().map.ending == .broken)
        let other = try Recorded(frames: [sound(0, 1)], id: 3)
        #expect(try Recorded(file: head + other.file[RecordingHeader.length...], recording).played().map.ending == .broken)
    }

    @Test func `a pause has its time and no sound, and a gap is told from it`() throws {
        let recording = try Recorded(frames: [
            sound(0, 3), RecordedFrame(start: 3, .paused(blocks: 50)), RecordedFrame(start: 53, .paused(blocks: 7)), sound(60, 1),
            sound(100, 2, isAfterGap: true), RecordedFrame(start: 102, .sound(customer: [], centre: []), isLast: true),
        ])
        let played = try recording.played()
        #expect(played.map.ending == .whole)
        #expect(played.map.silences.paused == [3..<60])
        #expect(played.map.silences.lost == [61..<100])
        #expect(recording.ends[2] - recording.ends[0] == 2 * (RecordedFrame.Head.length + 16))
    }

    @Test func `a moment is found without reading what comes before it`() throws {
        var frames = (0..<100).map { sound(UInt32($0) * 50, 50) }
        frames.append(sound(6000, 1, isLast: true, isAfterGap: true))
        let played = try Recorded(frames: frames).played()
        #expect(played.map.places(of: 1234..<1240).map(\.head.start) == [1200])
        #expect(played.map.places(of: 1249..<1251).map(\.head.start) == [1200, 1250])
        #expect(played.map.places(of: 5200..<5900).isEmpty)
        #expect(played.map.places(of: 0..<6001).count == 101)
    }

    @Test func `without its key, or with another of its name, nothing is played`() throws {
        let recording = try Recorded(frames: [sound(0, 1, isLast: true)])
        let stranger = RecordingKeyRing(try key("other", 9))
        let liar = RecordingKeyRing(try key("first", 9))
        #expect(throws: RecordingHeader.Unreadable.keyMissing("first")) { try recording.played(by: stranger) }
        #expect(throws: RecordingHeader.Unreadable.keyWrong("first")) { try recording.played(by: liar) }
    }

    @Test func `a key is wrapped anew in one slot after the other, and can be read at every moment`() throws {
        var recording = try Recorded(frames: [sound(0, 1, isLast: true)])
        let both = try RecordingKeyRing(
            parsing: "first \(String(repeating: "01", count: 32))\nsecond \(String(repeating: "02", count: 32))")
        let header = try RecordingHeader(parsing: recording.file)
        let secret = try header.secret(by: both)
        for (step, slot) in RecordingHeader.slots.enumerated() {
            // Killed while it was written.
            var torn = recording
            torn.file.replaceSubrange(slot, with: Array(repeating: 0xA5, count: slot.count))
            #expect(try torn.played(by: both).map.ending == .whole)
            let wrapped = try header.wrapped(secret, by: both.newest, nonce: Array(repeating: UInt8(step) + 7, count: 12))
            recording.file.replaceSubrange(slot, with: wrapped)
            #expect(try recording.played(by: both).map.ending == .whole)
        }
        #expect(try RecordingHeader(parsing: recording.file).keyNames == ["second", "second"])
        #expect(try recording.played(by: RecordingKeyRing(both.newest)).map.ending == .whole)
        #expect(throws: RecordingHeader.Unreadable.keyMissing("second")) { try recording.played() }
    }

    @Test func `once its key is overwritten no key of the centre opens it`() throws {
        var recording = try Recorded(frames: [sound(0, 1, isLast: true)])
        for slot in RecordingHeader.slots { recording.file.replaceSubrange(slot, with: Array(repeating: 0, count: slot.count)) }
        #expect(throws: RecordingHeader.Unreadable.erased) { try recording.played() }
    }

    @Test(arguments: [
        ("", RecordingKeyRing.Flaw.empty), ("# nothing\n", .empty), ("a 00", .line(1)),
        ("a \(String(repeating: "0", count: 64))\nB \(String(repeating: "0", count: 64))", .line(2)),
        ("a \(String(repeating: "0", count: 64))\na \(String(repeating: "1", count: 64))", .twice("a")),
        ("a \(String(repeating: "g", count: 64))", .line(1)), ("a \(String(repeating: "0", count: 64)) b", .line(1)),
    ])
    func `a wrong key file says where it is wrong`(_ text: String, _ flaw: RecordingKeyRing.Flaw) {
        #expect(throws: flaw) { try RecordingKeyRing(parsing: text) }
    }

    @Test func `the last key of the file is the newest, and a line that we write is read`() throws {
        let lines = RecordingKeyRing.line(name: "2026-11", bytes: Array(0..<32)) + RecordingKeyRing.line(name: "b", bytes: Array(32..<64))
        let ring = try RecordingKeyRing(parsing: "# keys\n\n" + lines)
        #expect(ring.keys.map(\.name) == ["2026-11", "b"])
        #expect(ring.newest.name == "b")
        #expect(ring.keys[0].check != ring.keys[1].check)
    }

    @Test func `a frame longer than a second is refused`() throws {
        let recording = try Recorded(frames: [])
        var sealer = RecordingSealer(recording.header, secret: Recorded.secret)
        #expect(throws: RecordingSealer.Refused.tooLong) { _ = try sealer.seal(sound(0, 51)) }
        #expect(throws: RecordingSealer.Refused.uneven) {
            _ = try sealer.seal(RecordedFrame(start: 0, .sound(customer: Array(repeating: 0, count: 160), centre: [])))
        }
    }
}

// MARK: A recording in memory

private struct Recorded {
    static let secret = SymmetricKey(data: [UInt8](repeating: 0x5C, count: 32))

    var file: [UInt8]
    var header: RecordingHeader
    /// Where each frame ends.
    var ends: [Int] = []

    init(frames: [RecordedFrame], id: UInt64 = 2) throws {
        header = try RecordingHeader(
            id: ID(high: 1, low: id), startedAt: Timestamp(microseconds: 5), secret: Self.secret, wrappedBy: key("first", 1),
            nonces: [Array(repeating: 1, count: 12), Array(repeating: 2, count: 12)])
        file = header.bytes
        var sealer = RecordingSealer(header, secret: Self.secret)
        for frame in frames {
            file += try sealer.seal(frame)
            ends.append(file.count)
        }
    }

    init(file: [UInt8], _ other: Recorded) {
        self.file = file
        header = other.header
    }

    func played(by keys: RecordingKeyRing? = nil) throws -> (map: RecordingMap, customer: [UInt8], centre: [UInt8]) {
        let opener = try RecordingOpener(RecordingHeader(parsing: file), keys: keys ?? RecordingKeyRing(key("first", 1)))
        var customer: [UInt8] = []
        var centre: [UInt8] = []
        let map = RecordingMap(opener, size: file.count) { offset, count in
            Array(file[min(offset, file.count)..<min(offset + count, file.count)])
        } heard: { head, sound in
            customer += sound.prefix(sound.count / 2)
            centre += sound.suffix(sound.count / 2)
        }
        return (map, customer, centre)
    }
}

private func key(_ name: String, _ byte: UInt8) throws -> RecordingKey {
    try #require(RecordingKey(name: name, bytes: Array(repeating: byte, count: 32)))
}

private func sound(_ start: UInt32, _ blocks: UInt32, isLast: Bool = false, isAfterGap: Bool = false) -> RecordedFrame {
    RecordedFrame(
        start: start, .sound(customer: bytes(start..<start + blocks, side: 1), centre: bytes(start..<start + blocks, side: 2)),
        isLast: isLast, isAfterGap: isAfterGap)
}

private func bytes(_ blocks: Range<UInt32>, side: UInt8) -> [UInt8] {
    blocks.flatMap { block in (0..<UInt32(RecordedFrame.blockLength)).map { UInt8(truncatingIfNeeded: block &* 7 &+ $0 &* UInt32(side)) } }
}
