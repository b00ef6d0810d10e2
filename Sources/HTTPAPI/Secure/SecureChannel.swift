import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// HTTP/2 or HTTP/1.1 over TLS, for those who finish the handshake in time.
struct SecureChannel: HTTPChannelHandler {
    private let base: HTTP2UpgradeChannel

    var responder: Responder { base.responder }

    init(_ certificate: ServerCertificate, stream: HTTP1Channel.Configuration, responder: @escaping Responder) throws {
        base = try HTTP2UpgradeChannel(
            tlsConfiguration: certificate.configuration(),
            configuration: .init(
                idleTimeout: Limits.idleConnection, gracefulCloseTimeout: Limits.lastAnswers, streamConfiguration: stream),
            responder: responder)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP2UpgradeChannel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            // Behind TLS itself, and before what takes the event for the choice of the protocol.
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HandshakeClock(), position: .after(pipeline.handler(type: NIOSSLServerHandler.self)))
            return value
        }
    }

    func handle(value: HTTP2UpgradeChannel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// Closes a connection that says nothing, or too little: the idle limits of HTTP count only from the end of the handshake.
private final class HandshakeClock: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    private var deadline: Scheduled<Void>?

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(Limits.handshake)) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { deadline?.cancel() }
        context.fireUserInboundEventTriggered(event)
    }
}
