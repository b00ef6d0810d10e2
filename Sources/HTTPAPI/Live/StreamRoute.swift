import Hummingbird
import NIOCore

/// The live feed as Server-Sent Events.
struct StreamRoute: Sendable {
    let feed: LiveFeed

    var routes: [Route] {
        [
            Route(
                method: .get, path: "/api/stream",
                summary: """
                    Server-Sent Events: `troubles` (Troubles), `desk` (Desk), `lines` (Lines: what changed on it) and `voice` (VoiceNow: how \
                    his talk sounds) for agents, `floor` (Floor) and `alerts` (Alerts) for who may see it, `contact` (ContactClosed), \
                    `beat` with the time (`now`) every 15 seconds, and `ended` when the session is over. The whole state comes first, \
                    then what changes.
                    """,
                access: .signedIn, kind: .stream,
                // It must also open, and tell of it, while nothing can be stored.
                audit: .inTheLog,
                answer: Route.AnswerShape(status: .ok, contentType: "text/event-stream", schema: .string), problems: [.unavailable],
                handle: { try await follow($0) })
        ]
    }

    private func follow(_ call: Call) async throws -> Response {
        let caller = try call.signedIn()
        guard await feed.hasRoom else { throw Problem(.unavailable, retryAfter: 5) }
        let feed = self.feed
        return .stream(call) {
            try await feed.open($0, for: caller)
        } drop: {
            await feed.drop($0)
        }
    }
}

extension Response {
    /// An answer that goes on until its stream ends or its reader leaves. It begins with the body, so that a HEAD request opens none.
    ///
    /// - Parameters:
    ///   - open: takes the stream, and returns what `drop` wants.
    ///   - drop: lets it go.
    static func stream(
        _ call: Call, open: @escaping @Sendable (LiveStream) async throws -> Int, drop: @escaping @Sendable (Int) async -> Void
    ) -> Response {
        let (request, abort) = (call.request, call.abort)
        let executor = LoopExecutor(call.loop)
        let body = ResponseBody { writer in
            let stream = LiveStream(abort: abort)
            try await request.body.consumeWithInboundCloseHandler { _ in
                // Unknown to the feed until it is open, so here is where it begins and ends.
                guard let id = try? await open(stream) else { return }
                do {
                    try await withTaskExecutorPreference(executor) {
                        while let bytes = await stream.next() { try await writer.write(bytes) }
                    }
                } catch {
                    await drop(id)
                    throw error
                }
                await drop(id)
            } onInboundClosed: {
                stream.finish()
            }
            try await writer.finish(nil)
        }
        var response = Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
        // A proxy must hand events on as they come.
        if let name = HeaderName("X-Accel-Buffering") { response.headers[name] = "no" }
        return response
    }
}

/// A header's name; Hummingbird hands on only the collection.
typealias HeaderName = HTTPFields.Element.Name
