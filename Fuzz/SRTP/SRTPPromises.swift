import SRTP

/// One datagram of somebody without the keys, behind a byte that says for which profile and which port: it is never authentic, never
/// remembered, and does not disturb those who talk. Then the same bytes as what we are to send.
func fuzzSRTP(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let profile: SRTPProfile = choice & 1 == 0 ? .aeadAES128GCM : .aes128CounterHMACSHA1
    let isControl = choice & 2 != 0
    let exported = (0..<profile.keyingLength).map { UInt8(truncatingIfNeeded: $0) }
    guard let material = SRTPKeyingMaterial(exported: exported, profile: profile), let server = SRTPSession(material, as: .server),
        let client = SRTPSession(material, as: .client)
    else { return promise(false, "no session") }

    // A buffer of its own, so that the address sanitizer sees what is read or written beyond its end.
    let length = bytes.count - 1
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 1)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: bytes[1...])
    let verdict = isControl ? server.unprotectControl(buffer) : server.unprotect(buffer)
    if case .authentic = verdict { promise(false, "authentic without a key") }

    let roomy = UnsafeMutableRawBufferPointer.allocate(byteCount: length + SRTPSession.overheadMax, alignment: 1)
    defer { roomy.deallocate() }
    roomy.copyBytes(from: bytes[1...])
    let outcome = isControl ? client.protectControl(roomy, length: length) : client.protect(roomy, length: length)
    guard case .protected(let whole) = outcome else { return }
    let sent = UnsafeMutableRawBufferPointer(rebasing: roomy[..<whole])
    let heard = isControl ? server.unprotectControl(sent) : server.unprotect(sent)
    promise(heard == .authentic(length: length), "what is sent is not heard: \(heard)")
    promise(roomy.prefix(length).elementsEqual(bytes[1...]), "what is heard is not what was said")
}
