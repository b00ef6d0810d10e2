import Centre
import Foundation
import Operation
import Synchronization

@testable import Storage

/// Hears what the writer says, and lets a test wait for it.
final class Recorder: Sendable {
    private struct State {
        var committed: [LogPosition] = []
        var failures: [String] = []
        var waiters: [(LogPosition, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var committed: [LogPosition] { state.withLock(\.committed) }
    var failures: [String] { state.withLock(\.failures) }

    func start(_ store: Store) {
        store.startWriting(
            onCommitted: { position in
                let due = self.state.withLock { state in
                    state.committed.append(position)
                    let due = state.waiters.filter { $0.0 <= position }
                    state.waiters.removeAll { $0.0 <= position }
                    return due
                }
                for waiter in due { waiter.1.resume() }
            },
            onFailure: { reason in
                let due = self.state.withLock { state in
                    state.failures.append(reason)
                    defer { state.waiters = [] }
                    return state.waiters
                }
                for waiter in due { waiter.1.resume() }
            })
    }

    /// Returns when everything through `position` is committed, or the writer has failed.
    func wait(for position: LogPosition) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if (state.committed.last ?? .start) >= position || !state.failures.isEmpty { return true }
                state.waiters.append((position, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    /// Stores everything a history has brought about so far, from behind `position` on.
    func store(_ history: History, in store: Store, after position: LogPosition = .start) async {
        for batch in history.batches where batch.through > position { store.append(batch) }
        await wait(for: history.engine.position)
    }
}
