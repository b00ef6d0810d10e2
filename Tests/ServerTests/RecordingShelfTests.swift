import Foundation
import HTTPAPI
import Primitives
import Recording
import Testing

@testable import MediaServer
@testable import Server

struct RecordingShelfTests {
    private static let key = RecordingKey(name: "test", bytes: Array(repeating: 7, count: 32))

    /// A recording of some seconds, as a server leaves it that was killed.
    private static func cut(seconds: Int, _ body: (RecordingShelf, ID<SealedRecording>, _ path: String) throws -> Void) throws {
        let folder = RecordingFolder(FileManager.default.temporaryDirectory.appending(path: "callfloor-shelf-\(UUID())").path)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let keys = RecordingKeyRing(try #require(key))
        let keeper = try RecordingKeeper(folder, keys: keys)
        let id = ID<SealedRecording>(high: 0x0199_0000_0000_7000, low: 1)
        let ring = try #require(keeper.begin(id, at: Timestamp(microseconds: 1)))
        for number in 0..<UInt32(50 * seconds) {
            let samples = [Int16](repeating: Int16(1000 + number), count: 160)
            samples.withUnsafeBufferPointer {
                ring.hear(TappedFrame(from: $0.baseAddress, to: nil, number: number, isPrivate: false))
            }
        }
        keeper.shutdown()
        try body(RecordingShelf(folder, keys: keys), id, folder.path(of: id))
    }

    private func bytes(ofSecond second: Int) -> Range<Int> {
        second * RecordingPort.bytesPerSecond..<(second + 1) * RecordingPort.bytesPerSecond
    }

    @Test func `a recording without its end is gone through once, and not for each part that is played`() throws {
        try Self.cut(seconds: 4) { shelf, id, path in
            #expect(try shelf.contents(of: id).ending == .cut && shelf.contents(of: id).length == .seconds(4))
            let last = try shelf.sound(of: id, bytes(ofSecond: 3))
            #expect(last.contains { $0 != 0 })
            // Whoever went through it again would come no further than its first frame.
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try file.seek(toOffset: UInt64(RecordingHeader.length + 100))
            let byte = try #require(file.read(upToCount: 1)?.first)
            try file.seek(toOffset: UInt64(RecordingHeader.length + 100))
            try file.write(contentsOf: [byte ^ 1])
            #expect(try shelf.sound(of: id, bytes(ofSecond: 3)) == last)
            #expect(try shelf.contents(of: id).length == .seconds(4))
            shelf.forget(id)
            #expect(try shelf.contents(of: id).ending == .broken)
        }
    }

    @Test func `a recording that has grown is gone through again, and what was known of it still plays`() throws {
        try Self.cut(seconds: 4) { shelf, id, path in
            let whole = try Data(contentsOf: URL(filePath: path))
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try file.truncate(atOffset: UInt64(whole.count / 2))
            let before = try shelf.contents(of: id)
            #expect(before.ending == .cut && before.length < .seconds(3))
            let first = try shelf.sound(of: id, bytes(ofSecond: 0))
            try file.seek(toOffset: 0)
            try file.write(contentsOf: whole)
            #expect(try shelf.sound(of: id, bytes(ofSecond: 0)) == first)
            #expect(try shelf.contents(of: id).length == .seconds(4))
            #expect(try shelf.sound(of: id, bytes(ofSecond: 3)).contains { $0 != 0 })
        }
    }
}
