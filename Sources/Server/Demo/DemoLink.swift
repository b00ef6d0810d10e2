import Glibc
import NIOCore
import NIOPosix

/// The line between the demo's server and its keeper: texts of one line each, over a pair of sockets that only these two have. When it ends,
/// the other process is gone.
///
/// Bound to its event loop, but for `send`; hence unchecked.
final class DemoLink: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let onLine: @Sendable (String) -> Void
    private let onEnd: @Sendable () -> Void
    private var pending = ByteBuffer()
    private var channel: (any Channel)?

    /// Bytes of one line; with a longer one the link ends. A count of all the contacts that there may be is shorter.
    private static let lineMax = 256 * 1024

    private init(onLine: @escaping @Sendable (String) -> Void, onEnd: @escaping @Sendable () -> Void) {
        self.onLine = onLine
        self.onEnd = onEnd
    }

    /// Two ends of a line that no program inherits that is started by this one.
    static func pair() throws -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw IOError(errnoCode: errno, reason: "socketpair")
        }
        return (ends[0], ends[1])
    }

    /// Takes over one end, which is closed when the link ends. Both closures are called on `loop`.
    static func open(
        _ descriptor: Int32, on loop: any EventLoop, onLine: @escaping @Sendable (String) -> Void, onEnd: @escaping @Sendable () -> Void
    ) -> EventLoopFuture<DemoLink> {
        let link = DemoLink(onLine: onLine, onEnd: onEnd)
        return ClientBootstrap(group: loop)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(link) }
            }
            .withConnectedSocket(descriptor)
            .map { channel in
                link.channel = channel
                return link
            }
    }

    /// May be called anywhere once the link is open; what the other end will never read is dropped.
    func send(_ line: String) {
        channel?.writeAndFlush(ByteBuffer(string: "\(line)\n"), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        pending.writeBuffer(&bytes)
        while let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let line = pending.readString(length: end - pending.readerIndex) ?? ""
            pending.moveReaderIndex(forwardBy: 1)
            onLine(line)
        }
        pending.discardReadBytes()
        if pending.readableBytes > Self.lineMax { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { onEnd() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
