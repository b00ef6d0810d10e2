import Primitives
import RTP

/// Several datagrams of one sender, each behind a byte that tells its length: packets, key presses, loss, another source.
func fuzzRTP(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    var decoder = TelephoneEvents.Decoder()
    var reception: Reception?
    var outgoing = OutgoingStream(ssrc: 7, sequence: 65_500, timestamp: 0xFFFF_FF00)
    var now: UInt32 = 0xFFFF_0000
    while let length = rest.popFirst() {
        let datagram = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        // A buffer of its own, so that the address sanitizer sees what is read beyond its end.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: datagram.count, alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: datagram)
        now = now &+ UInt32(length) &* 160
        guard let packet = try? Packet(parsing: UnsafeRawBufferPointer(buffer)) else { continue }
        promise(
            packet.payload.lowerBound >= Packet.headerLength && packet.payload.upperBound <= buffer.count, "payload beyond the datagram")

        if reception == nil {
            reception = Reception(packet, arrival: now)
        } else {
            reception?.receive(packet, arrival: now, isTimed: packet.payloadType != 101)
        }
        if length % 8 == 0 { _ = reception?.report(lastSenderReport: now, delay: 1) }
        if packet.payloadType == 101,
            let block = TelephoneEvents.Block(parsing: UnsafeRawBufferPointer(rebasing: buffer[packet.payload]))
        {
            promise(block.bytes.count == TelephoneEvents.payloadLength, "a block is four bytes")
            _ = decoder.receive(block, timestamp: packet.timestamp)
        } else {
            _ = decoder.passed(timestamp: packet.timestamp)
        }
        if length % 16 == 1 { outgoing.switchSource() }
        if length % 16 == 2 { _ = outgoing.next(payloadType: 0, samples: 160, payload: 12..<172, at: now) }
        guard let sent = outgoing.relay(packet, payloadType: 0, at: now), let start = sent.writeHeader(into: buffer) else { continue }
        let written = try? Packet(parsing: UnsafeRawBufferPointer(rebasing: buffer[start..<sent.payload.upperBound]))
        promise(written?.sequence == sent.sequence && written?.ssrc == 7, "a relayed packet is no packet")
    }
}

func fuzzRTCP(_ bytes: UnsafeRawBufferPointer) {
    guard let received = try? RTCP.read(bytes) else { return }
    promise(received.blocks <= RTCP.packetsMax * 31, "more blocks than packets can hold")
    var written = [UInt8](repeating: 0, count: RTCP.lengthMax)
    let block = RTCP.ReportBlock(
        ssrc: received.senderReport ?? 0, fractionLost: 1, lost: -1, highest: 2, jitter: 3, lastSenderReport: received.senderReport ?? 0,
        delay: 4)
    let length = written.withUnsafeMutableBytes {
        RTCP.write(
            into: $0, ssrc: 9, sender: received.senderReport.map { .init(ntp: UInt64($0) << 16, timestamp: 1, packets: 2, octets: 3) },
            block: block, cname: UInt64(received.blocks), goodbye: received.saidGoodbye)
    }
    let again = try? written.prefix(length ?? 0).withUnsafeBytes { try RTCP.read($0) }
    promise(
        again?.senderReport == received.senderReport && again?.saidGoodbye == received.saidGoodbye, "what is written is not what is read")
}

func fuzzSTUN(_ bytes: UnsafeRawBufferPointer) {
    let source = NetworkAddress(.v6(high: 0x2001_0DB8_0000_0000, low: 1), port: 5060)
    let answer = STUN.answer(to: bytes, from: source)
    guard let message = try? STUN.Message(parsing: bytes) else {
        promise(answer == nil, "what cannot be read is answered")
        return
    }
    _ = (message.mappedAddress, message.username, message.realm, message.software, message.error, message.unknownAttributes)
    _ = message.isIntact { covered in Array(covered.prefix(20)) }
    guard let answer else { return }
    let read = try? STUN.Message(parsing: answer[...])
    promise(read?.transaction == message.transaction, "an answer is not that to the question")
    promise(read?.kind == .failure ? read?.unknownAttributes == message.unknown() : read?.mappedAddress == source, "a wrong answer")
    promise(answer.count <= 144, "an answer that amplifies: \(answer.count) bytes")
}
