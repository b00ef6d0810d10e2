import Primitives

@testable import SIP

/// One message: its headers, its addresses and digests, and the answer that it would get.
func fuzzSIP(_ bytes: UnsafeRawBufferPointer) {
    guard let message = Message(parsing: Array(bytes)) else { return }
    promise(message.bytes.count == bytes.count, "reading changed the length")
    promise(message.fields.count <= Limits().headersMax, "more headers than the limit")
    for field in message.fields {
        _ = message.text(field.value)
        _ = message.number(field.name)
        _ = message.tokens(field.name)
        for address in message.addresses(field.name) ?? [] {
            _ = (address.tag(in: message.bytes), address.name(in: message.bytes))
            check(message.bytes.part(address.uri))
        }
        if let credentials = DigestCredentials(message.bytes, field.value) { _ = credentials.realm }
    }
    check(message.bytes.part(message.uri))
    let source = Hop.udp(NetworkAddress(.v4(0xC000_0209), port: 5060))
    guard case .request = message.kind, let path = ReplyPath(to: message, from: source) else { return }
    let answer = path.response(400, reason: "No", tag: Array("ours".utf8), lines: Array("Server: x\r\n".utf8), body: [1, 2, 3])
    guard let read = Message(parsing: answer) else { return promise(false, "our own answer cannot be read") }
    guard message.defect == nil else { return }
    promise(read.defect == nil || read.defect?.status == 513, "our own answer is malformed: \(String(describing: read.defect))")
    promise(read.text(read.callID) == message.text(message.callID), "the answer is of another call")
    promise(read.cseq?.number == message.cseq?.number, "the answer is to another request")
}

private func check(_ text: ArraySlice<UInt8>) {
    guard let uri = try? SIPURI(parsing: text) else { return }
    let written = Array(uri.description.utf8)
    guard let again = try? SIPURI(parsing: written[...]) else { return promise(false, "a URI that we wrote cannot be read: \(uri)") }
    promise(again.means(uri), "\(uri) became \(again)")
}
