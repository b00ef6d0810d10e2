import Synchronization

/// Whether something asynchronous has come back yet.
final class Answer: Sendable {
    private let done = Atomic(false)

    var isThere: Bool { done.load(ordering: .acquiring) }

    func note<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        let value = try await body()
        done.store(true, ordering: .releasing)
        return value
    }
}
