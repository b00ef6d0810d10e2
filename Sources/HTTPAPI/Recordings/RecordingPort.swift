import Calls
import Primitives

/// What the HTTP side asks of the part that has the recordings' files and keys.
package struct RecordingPort: Sendable {
    /// What a recording has, as far as its file is as it was written.
    package struct Contents: Sendable, Hashable {
        package enum Ending: String, Sendable, CaseIterable {
            case whole
            /// Its end is missing: the server was killed, or the talk goes on.
            case cut
            /// What follows was altered, or is gone.
            case broken
        }

        package var length: Duration
        package var ending: Ending
        /// Kept out of it by somebody.
        package var pauses: [Range<Duration>]
        /// Not kept, because the disk did not take it.
        package var gaps: [Range<Duration>]
        /// The loudest of each part of the same length, 0 to 100, of what the customer said, and of what he heard.
        package var customer: [Int]
        package var centre: [Int]

        package init(
            length: Duration, ending: Ending, pauses: [Range<Duration>], gaps: [Range<Duration>], customer: [Int], centre: [Int]
        ) {
            self.length = length
            self.ending = ending
            self.pauses = pauses
            self.gaps = gaps
            self.customer = customer
            self.centre = centre
        }
    }

    /// Why a recording cannot be played.
    package enum Unplayable: Error, Hashable {
        /// There is no file.
        case missing
        /// The key that its own is wrapped by is not there, or is another one.
        case locked
    }

    /// Parts of the waves.
    package static let wavesMax = 600
    /// Of the sound: two sides, 16 bits, 8,000 samples a second.
    package static let bytesPerSecond = 32_000

    package var contents: @Sendable (RecordingID) async throws -> Contents
    /// These bytes of the sound: 16-bit samples, little-endian, the customer's and the centre's in turn.
    package var sound: @Sendable (RecordingID, Range<Int>) async throws -> [UInt8]
    /// Forgets its key and its file; returns when they are gone.
    package var erase: @Sendable (RecordingID) async throws -> Void

    package init(
        contents: @escaping @Sendable (RecordingID) async throws -> Contents,
        sound: @escaping @Sendable (RecordingID, Range<Int>) async throws -> [UInt8],
        erase: @escaping @Sendable (RecordingID) async throws -> Void
    ) {
        self.contents = contents
        self.sound = sound
        self.erase = erase
    }

    /// Where there are no recordings.
    package static let none = RecordingPort(
        contents: { _ in throw Unplayable.missing }, sound: { _, _ in throw Unplayable.missing }, erase: { _ in })
}
