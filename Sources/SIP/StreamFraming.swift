/// Finds messages in a stream of bytes (RFC 3261 section 18.3), however they were cut or glued together, and the keep-alives between
/// them (RFC 5626 section 4.4.1).
package struct StreamFraming: Sendable {
    package enum Piece: Sendable, Equatable {
        case message([UInt8])
        /// Two empty lines: one is to be sent back.
        case ping
        /// One empty line: the answer to a ping of ours.
        case pong
        /// The rest has not come yet.
        case incomplete
        /// No SIP, or more than is allowed: nothing behind it can be found.
        case broken
    }

    private let messageMax: Int
    private var buffer: [UInt8] = []
    private var start = 0
    /// Up to here no end of headers was found.
    private var scanned = 0
    /// Where the message ends, once its headers are whole.
    private var end: Int?
    private var pongsDue = 0
    private var hasEmptyLine = false
    private var isBroken = false

    /// - Parameter limits: `messageBytesMax` holds for headers and body together.
    package init(limits: Limits) { messageMax = limits.messageBytesMax }

    /// Part of a message has come.
    package var isInMessage: Bool { !isBroken && start < buffer.count }

    package mutating func append(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            scanned -= start
            end = end.map { $0 - start }
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// A ping of ours went out.
    package mutating func pinged() { pongsDue = min(pongsDue + 1, 8) }

    /// The next piece; `incomplete` until more is appended.
    package mutating func next() -> Piece {
        guard !isBroken else { return .broken }
        if end == nil, let piece = emptyLine() { return piece }
        if end == nil {
            guard let body = endOfHeaders() else {
                return buffer.count - start > messageMax ? fail() : .incomplete
            }
            guard let length = contentLength(start..<body), length <= messageMax - min(body - start, messageMax) else { return fail() }
            end = body + length
        }
        guard let end, end <= buffer.count else { return .incomplete }
        let message = Array(buffer[start..<end])
        start = end
        scanned = end
        self.end = nil
        hasEmptyLine = false
        return .message(message)
    }

    private mutating func fail() -> Piece {
        isBroken = true
        buffer = []
        (start, scanned, end) = (0, 0, nil)
        return .broken
    }

    private mutating func emptyLine() -> Piece? {
        guard start < buffer.count, buffer[start] == 0x0D || buffer[start] == 0x0A else {
            // What begins with anything else than a letter of a method or of `SIP/` is no message.
            guard start < buffer.count else { return .incomplete }
            return buffer[start].isTokenByte ? nil : fail()
        }
        let length = buffer[start] == 0x0A ? 1 : 2
        guard start + length <= buffer.count else { return .incomplete }
        guard buffer[start + length - 1] == 0x0A else { return fail() }
        start += length
        scanned = max(scanned, start)
        if pongsDue > 0 {
            pongsDue -= 1
            return .pong
        }
        hasEmptyLine.toggle()
        return hasEmptyLine ? .pong : .ping
    }

    /// Behind the empty line that ends the headers.
    private mutating func endOfHeaders() -> Int? {
        var position = max(scanned, start)
        while position < buffer.count {
            if buffer[position] == 0x0A {
                // The line before may end with CRLF or with LF alone.
                var next = position + 1
                if next < buffer.count, buffer[next] == 0x0D { next += 1 }
                guard next < buffer.count else { break }
                if buffer[next] == 0x0A { return next + 1 }
            }
            position += 1
        }
        scanned = position
        return nil
    }

    /// Content-Length, which a stream must have; nil if it has none, two that differ, or no number.
    private func contentLength(_ head: Range<Int>) -> Int? {
        var found: Int?
        var position = head.lowerBound
        while position < head.upperBound {
            let lineEnd = buffer[position..<head.upperBound].firstIndex(of: 0x0A) ?? head.upperBound
            var cursor = Cursor(buffer, in: position..<lineEnd)
            position = lineEnd + 1
            guard let name = cursor.token(), HeaderName(buffer, name) == .contentLength else { continue }
            cursor.skipSpace()
            guard cursor.skip(UInt8(ascii: ":")) else { continue }
            cursor.skipSpace()
            guard let number = cursor.number(), number <= UInt64(messageMax), found == nil || found == Int(number) else { return nil }
            found = Int(number)
        }
        return found
    }
}
