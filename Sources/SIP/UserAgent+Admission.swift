import Primitives

extension UserAgent {
    /// How much of a stranger's message is looked at before it is read.
    private static let lookMax = 2_048

    /// Whether a message is read at all. A look at its first bytes and a number or two decide: this is what each message of a
    /// flood costs.
    mutating func isHeard(_ message: [UInt8], from source: Hop, at now: Timestamp) -> Bool {
        guard let first = message.first(where: { $0 != 0x0D && $0 != 0x0A }) else {
            // RFC 5626 section 4.4.1: empty lines keep the way through a NAT open.
            figures.keepAlives += 1
            return false
        }
        if configuration.acceptsAnyone || directory.knows(source.host) || legsByHost[source.host] != nil { return true }
        let belongs: Bool
        let isWorthwhile: Bool
        if first == UInt8(ascii: "S"), Self.begins(message, "SIP/2.0 ") {
            (belongs, isWorthwhile) = (answersRequest(message), false)
        } else {
            belongs = belongsToCall(message)
            // A phone at home registers, or calls and hangs up by digest; what else an unknown sends, nobody answers.
            isWorthwhile =
                switch first {
                case UInt8(ascii: "R"): Self.begins(message, "REGISTER ")
                case UInt8(ascii: "I"): Self.begins(message, "INVITE ")
                case UInt8(ascii: "B"): Self.begins(message, "BYE ")
                case UInt8(ascii: "A"): Self.begins(message, "ACK ")
                case UInt8(ascii: "C"): Self.begins(message, "CANCEL ")
                default: false
                }
        }
        if belongs { return true }
        guard isWorthwhile else {
            figures.droppedAsStrange += 1
            return false
        }
        guard admission.admits(stranger: source.host, limits: configuration.limits, at: now) else {
            figures.droppedAsTooMany += 1
            return false
        }
        return true
    }

    /// Whether `message` has a tag of ours: who knows it is the other side of that call, from wherever it sends.
    private func belongsToCall(_ message: [UInt8]) -> Bool {
        guard !legsByTag.isEmpty else { return false }
        return Self.contains(message, after: ";tag=", Tokens.length) { legsByTag[$0] != nil }
    }

    /// Whether `message` has the branch of a request of ours.
    private func answersRequest(_ message: [UInt8]) -> Bool {
        guard !clients.isEmpty else { return false }
        return Self.contains(message, after: ";branch=", Message.magicCookie.count + Tokens.length) {
            clients[$0] != nil || aliases[$0] != nil
        }
    }

    private static func begins(_ message: [UInt8], _ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            message.withUnsafeBufferPointer { bytes in
                var start = 0
                while start < bytes.count, bytes[start] == 0x0D || bytes[start] == 0x0A { start += 1 }
                guard bytes.count - start >= word.count else { return false }
                for index in 0..<word.count where bytes[start + index] != word[index] { return false }
                return true
            }
        }
    }

    /// Whether somewhere in what is looked at, behind `mark`, there stand `length` bytes that are `wanted`.
    private static func contains(_ message: [UInt8], after mark: StaticString, _ length: Int, wanted: ([UInt8]) -> Bool) -> Bool {
        mark.withUTF8Buffer { mark in
            message.withUnsafeBufferPointer { bytes in
                let end = min(bytes.count, lookMax) - mark.count - length
                var position = 0
                while position <= end {
                    if bytes[position] == mark[0] {
                        var same = 1
                        while same < mark.count, bytes[position + same] == mark[same] { same += 1 }
                        if same == mark.count {
                            let start = position + mark.count
                            if wanted(Array(bytes[start..<start + length])) { return true }
                        }
                    }
                    position += 1
                }
                return false
            }
        }
    }

    // MARK: Calls of those we know

    /// Whether one more call of `origin` is let in; otherwise it has been told so. A clear answer at once is worth more to a caller than
    /// a late one: his network tries another way (RFC 3261 section 21.5.4).
    mutating func admits(_ request: Incoming, from origin: Invitation.Source, at now: Timestamp) -> Bool {
        let limits = configuration.limits
        let rate = directory.invitesPerSecond(of: origin, limits: limits)
        if !admission.wasRefused(request.key), admission.admits(call: origin, perSecond: rate, limits: limits, at: now) { return true }
        refuseAsTooMany(request)
        return false
    }

    mutating func refuseAsTooMany(_ request: Incoming) {
        figures.refusedAsTooMany += 1
        admission.remember(refused: request.key)
        reply(to: request, with: 503, lines: Self.comeBackLine)
    }

    mutating func sendAgain(_ bytes: [UInt8], to hop: Hop) {
        figures.copiesSent += 1
        send(bytes, to: hop)
    }
}
