import Calls
import Centre
import Logging
import Operation
import Organization
import Primitives
import Storage

/// Lets go what the projects' rules do not keep any longer.
struct RetentionSweep: Sendable {
    let store: Store
    let centre: CentreActor
    /// Forgets a recording's key and its file; returns when they are gone.
    let erase: @Sendable (RecordingID) async throws -> Void
    let logger: Logger

    static let pageSize = 200

    /// What came of a recording that was due.
    private enum Outcome {
        case erased
        /// Somebody keeps it since, or was quicker.
        case left
        case failed(any Error)
    }

    /// How it went.
    private struct Tally {
        var failed = 0
        var first: (recording: RecordingID, reason: any Error)?
    }

    func run(at now: Timestamp) async {
        var tally = Tally()
        do {
            let setUp = try await store.wholeSetUp()
            // Retired projects keep their recordings no longer than others.
            for named in setUp.known.projects + setUp.retired.projects {
                let project = named.project
                try await sweep(project.id, before: now - .seconds(86_400) * project.recording.days, &tally)
            }
        } catch {
            logger.error("recordings that are due could not be looked for", metadata: ["reason": "\(error)"])
        }
        // Once for all: a disk that fails fails for each of them.
        guard let first = tally.first else { return }
        logger.error(
            "recordings that are due could not be erased",
            metadata: ["count": "\(tally.failed)", "first": "\(first.recording)", "reason": "\(first.reason)"])
    }

    private func sweep(_ project: ProjectID, before: Timestamp, _ tally: inout Tally) async throws {
        while case let due = try await store.recordingsDue(of: project, before: before, limit: Self.pageSize), !due.isEmpty {
            var isStuck = true
            for recording in due {
                switch await erase(recording) {
                case .erased: isStuck = false
                case .left: break
                case .failed(let error):
                    tally.failed += 1
                    if tally.first == nil { tally.first = (recording.id, error) }
                }
            }
            // The same page would come again, and again.
            if isStuck { return }
        }
    }

    /// - Parameter due: as it stood when its page was read: the last of a page is come to a good while later.
    private func erase(_ due: RecordingRow) async -> Outcome {
        do {
            guard let recording = try await store.recording(due.id), !recording.isHeld, recording.erasedAt == nil else { return .left }
            try await erase(recording.id)
            let position = try await centre.submit(
                .recordingFated(recording.id, recording.contact, recording.project, .erased(.retention)), by: .system)
            try await centre.durable(through: position)
            return .erased
        } catch {
            return .failed(error)
        }
    }
}
