import NIOCore

/// One event stream of HTTP/1.1 as a browser reads it: out of its chunks (RFC 9112 section 7.1), cut into events (HTML Living Standard,
/// section 9.2.6).
final class EventStreamReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    struct Broken: Error {}

    private var received = ByteBuffer()
    private var body = ByteBuffer()
    private var isBegun = false
    private var opened: EventLoopPromise<Void>?
    private let onEvent: (_ name: String, _ data: ByteBufferView, _ bytes: Int) -> Void

    /// - Parameters:
    ///   - opened: kept when the first desk has come; broken when the connection closes before.
    ///   - onEvent: told of each event, and how many bytes it took.
    init(opened: EventLoopPromise<Void>, onEvent: @escaping (_ name: String, _ data: ByteBufferView, _ bytes: Int) -> Void) {
        self.opened = opened
        self.onEvent = onEvent
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        if !isBegun, !readHead() { return }
        while readChunk() {}
        while readEvent() {}
        received.discardReadBytes()
        body.discardReadBytes()
    }

    func channelInactive(context: ChannelHandlerContext) {
        opened?.fail(Broken())
        opened = nil
        context.fireChannelInactive()
    }

    private func readHead() -> Bool {
        guard let end = Self.index(after: "\r\n\r\n", in: received.readableBytesView) else { return false }
        let head = String(buffer: received.readSlice(length: end - received.readerIndex) ?? ByteBuffer())
        isBegun = head.hasPrefix("HTTP/1.1 200 ")
        return isBegun
    }

    private func readChunk() -> Bool {
        guard let start = Self.index(after: "\r\n", in: received.readableBytesView) else { return false }
        let line = received.viewBytes(at: received.readerIndex, length: start - received.readerIndex - 2) ?? received.readableBytesView
        guard let length = Int(String(decoding: line, as: UTF8.self), radix: 16), length > 0,
            received.writerIndex - start >= length + 2
        else { return false }
        received.moveReaderIndex(to: start)
        body.writeImmutableBuffer(received.readSlice(length: length) ?? ByteBuffer())
        received.moveReaderIndex(forwardBy: 2)
        return true
    }

    private func readEvent() -> Bool {
        guard let end = Self.index(after: "\n\n", in: body.readableBytesView),
            let event = body.readSlice(length: end - body.readerIndex)?.readableBytesView
        else { return false }
        var name = ""
        var data = event[event.endIndex...]
        for line in event.split(separator: UInt8(ascii: "\n")) {
            if line.starts(with: "event: ".utf8) { name = String(decoding: line.dropFirst(7), as: UTF8.self) }
            if line.starts(with: "data: ".utf8) { data = line.dropFirst(6) }
        }
        if name == "desk" {
            opened?.succeed()
            opened = nil
        }
        onEvent(name, data, event.count)
        return true
    }

    /// The whole numbers that stand after each `mark`.
    static func times(after mark: String, in bytes: ByteBufferView) -> [Int64] {
        var found: [Int64] = []
        var rest = bytes
        while let start = index(after: mark, in: rest) {
            rest = rest[start...]
            if let number = Int64(String(decoding: rest.prefix { (0x30...0x39).contains($0) }, as: UTF8.self)) { found.append(number) }
        }
        return found
    }

    private static func index(after mark: String, in bytes: ByteBufferView) -> ByteBufferView.Index? {
        let mark = Array(mark.utf8)
        guard let first = mark.first, let last = bytes.indices.dropLast(mark.count - 1).last else { return nil }
        var index = bytes.startIndex
        while index <= last, let next = bytes[index...last].firstIndex(of: first) {
            if bytes[next..<next + mark.count].elementsEqual(mark) { return next + mark.count }
            index = next + 1
        }
        return nil
    }
}
