import Audio
import HTTPAPI
import MediaServer
import Primitives
import Recording
import Synchronization

/// Reads recordings: each is gone through once, from its beginning to its end or to what is wrong with it; then any part is found at once.
final class RecordingShelf: Sendable {
    private struct Volume: Sendable {
        /// Of the file when it was gone through: one that is still written has grown a moment later.
        let size: Int
        let reader: RecordingReader
        let opener: RecordingOpener
        let map: RecordingMap
        let contents: RecordingPort.Contents
    }

    /// Kept open at a time; who plays one asks for it again and again.
    private static let openMax = 32
    private static let blockBytes = 640

    private let folder: RecordingFolder
    private let keys: RecordingKeyRing
    private let volumes = Mutex<[(id: ID<SealedRecording>, volume: Volume)]>([])

    init(_ folder: RecordingFolder, keys: RecordingKeyRing) {
        self.folder = folder
        self.keys = keys
    }

    func contents(of id: ID<SealedRecording>) throws -> RecordingPort.Contents {
        try volume(id) { try $0.reader.size() == $0.size }.contents
    }

    func forget(_ id: ID<SealedRecording>) { volumes.withLock { $0.removeAll { $0.id == id } } }

    /// Bytes of the sound with 16 bits a sample, the customer's and the centre's in turn; silence where nothing was kept.
    func sound(of id: ID<SealedRecording>, _ range: Range<Int>) throws -> [UInt8] {
        let first = range.lowerBound / Self.blockBytes
        let last = (range.upperBound + Self.blockBytes - 1) / Self.blockBytes
        // What was appended since changes nothing of what was there.
        let volume = try volume(id) { try Int($0.map.blocks) >= last || $0.reader.size() == $0.size }
        var sound = [UInt8](repeating: 0, count: (last - first) * Self.blockBytes)
        let table = G711.fromMuLaw
        for place in volume.map.places(of: UInt32(clamping: first)..<UInt32(clamping: last)) where !place.head.isPaused {
            let sealed = try volume.reader.read(place.offset + RecordedFrame.Head.length, place.head.sealedLength)
            // It was whole when it was gone through.
            guard let bytes = volume.opener.open(place.head, sealed) else { break }
            let half = bytes.count / 2
            for index in 0..<half {
                let sample = (Int(place.head.start) - first) * RecordedFrame.blockLength + index
                guard sample >= 0, 4 * sample + 3 < sound.count else { continue }
                let customer = UInt16(bitPattern: table[Int(bytes[index])])
                let centre = UInt16(bitPattern: table[Int(bytes[half + index])])
                sound[4 * sample] = UInt8(truncatingIfNeeded: customer)
                sound[4 * sample + 1] = UInt8(truncatingIfNeeded: customer >> 8)
                sound[4 * sample + 2] = UInt8(truncatingIfNeeded: centre)
                sound[4 * sample + 3] = UInt8(truncatingIfNeeded: centre >> 8)
            }
        }
        let start = range.lowerBound - first * Self.blockBytes
        return Array(sound[start..<start + range.count])
    }

    /// - Parameter serves: whether what was found in the file before is still what is to be known of it.
    private func volume(_ id: ID<SealedRecording>, where serves: (Volume) throws -> Bool) throws -> Volume {
        if let known = volumes.withLock({ $0.first { $0.id == id } }), try serves(known.volume) { return known.volume }
        let volume = try open(id)
        volumes.withLock { volumes in
            volumes.removeAll { $0.id == id }
            if volumes.count >= Self.openMax { volumes.removeFirst() }
            volumes.append((id, volume))
        }
        return volume
    }

    private func open(_ id: ID<SealedRecording>) throws -> Volume {
        let reader: RecordingReader
        let opener: RecordingOpener
        do {
            reader = try folder.open(id)
            opener = try RecordingOpener(reader.header, keys: keys)
        } catch let error as RecordingHeader.Unreadable {
            switch error {
            case .keyMissing, .keyWrong: throw RecordingPort.Unplayable.locked
            case .notARecording, .unknownVersion, .erased: throw RecordingPort.Unplayable.missing
            }
        } catch {
            throw RecordingPort.Unplayable.missing
        }
        var peaks: [(customer: UInt8, centre: UInt8)] = []
        let size = try reader.size()
        let map = try RecordingMap(opener, size: size, read: { try reader.read($0, $1) }) { head, sound in
            while peaks.count < Int(head.start) { peaks.append((0, 0)) }
            for block in 0..<head.blocks { peaks.append(head.isPaused ? (0, 0) : Self.peaks(of: sound, block, of: head.blocks)) }
        }
        return Volume(size: size, reader: reader, opener: opener, map: map, contents: Self.contents(map, peaks))
    }

    private static func peaks(of sound: [UInt8], _ block: Int, of count: Int) -> (UInt8, UInt8) {
        func peak(_ start: Int) -> UInt8 {
            // µ-law's bits, inverted: the louder, the greater, and the sign on top.
            sound[start..<start + RecordedFrame.blockLength].reduce(0) { max($0, ~$1 & 0x7F) }
        }
        return (peak(block * RecordedFrame.blockLength), peak((count + block) * RecordedFrame.blockLength))
    }

    private static func contents(_ map: RecordingMap, _ peaks: [(customer: UInt8, centre: UInt8)]) -> RecordingPort.Contents {
        func span(_ blocks: Range<UInt32>) -> Range<Duration> {
            .milliseconds(20 * Int64(blocks.lowerBound))..<(.milliseconds(20 * Int64(blocks.upperBound)))
        }
        let count = min(RecordingPort.wavesMax, peaks.count)
        let parts = (0..<count).map { part in
            peaks[part * peaks.count / count..<max(part * peaks.count / count + 1, (part + 1) * peaks.count / count)]
        }
        let silences = map.silences
        let ending: RecordingPort.Contents.Ending =
            switch map.ending {
            case .whole: .whole
            case .cut: .cut
            case .broken: .broken
            }
        func height(_ peak: UInt8) -> Int { Int(peak) * 100 / 127 }
        return RecordingPort.Contents(
            length: .milliseconds(20 * Int64(map.blocks)), ending: ending, pauses: silences.paused.map(span), gaps: silences.lost.map(span),
            customer: parts.map { height($0.reduce(0) { max($0, $1.customer) }) },
            centre: parts.map { height($0.reduce(0) { max($0, $1.centre) }) })
    }
}
