import NIOCore

/// The end of the pipeline of SIP's socket for datagrams.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let endpoint: SIPEndpoint

    init(_ endpoint: SIPEndpoint) { self.endpoint = endpoint }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { endpoint.receive(unwrapInboundIn(data)) }

    func channelReadComplete(context: ChannelHandlerContext) { endpoint.burstEnded() }

    func channelInactive(context: ChannelHandlerContext) {
        endpoint.lost(context.channel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { endpoint.failed(error) }
}
