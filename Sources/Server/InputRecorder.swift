import Centre
import Foundation
import Operation
import Primitives

/// Writes every step to a file for `simulate --replay`. It runs on the engine's loop: a switch for journeys and for
/// finding faults, not for a busy floor.
/// Touched on that loop only; hence unchecked.
final class InputRecorder: @unchecked Sendable {
    private let file: FileHandle
    private var writer: RecordingWriter

    init(path: String, seed: UInt64, start: LogPosition) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        writer = RecordingWriter(start: start)
        write(writer.header(seed: seed))
    }

    func record(_ step: StepRecord) { write(writer.lines(of: step)) }

    func close() { try? file.close() }

    private func write(_ lines: [String]) {
        // A full disk costs the recording, never the call.
        try? file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
