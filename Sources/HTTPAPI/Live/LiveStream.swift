import NIOCore
import Operation
import Organization
import Primitives
import Synchronization

/// One reader of the live feed, between the feed that writes and the connection that sends. What waits is bounded: a
/// reader who does not keep up is cut off, and begins anew with the whole state.
final class LiveStream: Sendable {
    private struct State {
        var pending = ByteBuffer()
        var isFinished = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let abort: @Sendable () -> Void

    /// - Parameter abort: closes the connection at once.
    init(abort: @escaping @Sendable () -> Void) {
        self.abort = abort
    }

    /// Hands over bytes to be sent; never waits.
    func send(_ bytes: ByteBuffer) {
        write(bytes)
        flush()
    }

    /// Hands over bytes that go out together with what follows, by `flush` at the latest.
    func write(_ bytes: ByteBuffer) {
        let (waiting, isTooSlow) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            guard !state.isFinished else { return (nil, false) }
            guard state.pending.readableBytes + bytes.readableBytes <= Limits.streamPendingMax else {
                state.isFinished = true
                state.pending.clear()
                defer { state.waiting = nil }
                return (state.waiting, true)
            }
            // The bytes may be those of a thousand readers: alone they need no copy.
            if state.pending.readableBytes == 0 { state.pending = bytes } else { state.pending.writeImmutableBuffer(bytes) }
            return (nil, false)
        }
        waiting?.resume()
        if isTooSlow { abort() }
    }

    func flush() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.pending.readableBytes > 0 else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// What was handed over before still goes out, then the stream ends.
    func finish() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isFinished = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Everything that waits, as soon as there is something; nil at the end. For one reader.
    func next() async -> ByteBuffer? {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state -> Bool in
                if state.pending.readableBytes > 0 || state.isFinished { return true }
                state.waiting = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { state in
            guard state.pending.readableBytes > 0 else { return nil }
            defer { state.pending = ByteBuffer() }
            return state.pending
        }
    }
}

/// Server-Sent Events as bytes (HTML Living Standard, section 9.2.6).
enum ServerSentEvent {
    static func bytes(_ event: String, id: Int64?, _ data: some Encodable) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeString("event: \(event)\n")
        if let id { bytes.writeString("id: \(id)\n") }
        // JSON without indentation has no line ends, so one `data:` line holds it.
        bytes.writeString("data: ")
        bytes.writeImmutableBuffer(json(data))
        bytes.writeString("\n\n")
        return bytes
    }

    /// Shows that the line lives. An event, because a browser hides comments from the page.
    static func beat(at now: Timestamp) -> ByteBuffer { bytes("beat", id: nil, ["now": now.milliseconds]) }
    static let ended = ByteBuffer(string: "event: ended\ndata: {}\n\n")
}

/// `event: contact`: a contact was closed.
struct ContactClosedWire: WireType {
    var id: String
    var project: String

    static let schemaName = "ContactClosed"
    static let schema = Schema.object([.required("id", .id), .required("project", .id)])
}
