import Primitives

/// What every answer to a request repeats (RFC 3261 section 8.2.6.2), written once, and where answers go.
struct ReplyPath: Sendable, Equatable {
    /// Via, From, Call-ID and CSeq as lines.
    let head: [UInt8]
    /// The value of To as it came.
    let to: [UInt8]
    let toHasTag: Bool
    let recordRoutes: [UInt8]
    let destination: Hop
    /// The same if that is a connection and it is gone.
    let fallback: Hop?

    /// nil without a Via to go back by. One that cannot be read is repeated as it is, and the answer goes to where it came from.
    init?(to message: Message, from source: Hop) {
        guard message.value(of: .via) != nil else { return nil }
        let via = message.via
        let bytes = message.bytes
        var head: [UInt8] = []
        head.reserveCapacity(512)
        var isFirst = true
        var recordRoutes: [UInt8] = []
        for field in message.fields {
            switch field.name {
            case .via:
                head.append("Via: ")
                if isFirst, let via {
                    Self.appendReceived(via, field.value, bytes, source, to: &head)
                    isFirst = false
                } else {
                    head.append(contentsOf: bytes.part(field.value))
                }
                head.append("\r\n")
            case .from: head.appendLine("From: ", bytes.part(field.value))
            case .callID: head.appendLine("Call-ID: ", bytes.part(field.value))
            case .cseq: head.appendLine("CSeq: ", bytes.part(field.value))
            case .recordRoute: recordRoutes.appendLine("Record-Route: ", bytes.part(field.value))
            default: break  // not repeated
            }
        }
        self.head = head
        self.recordRoutes = recordRoutes
        to = message.value(of: .to).map { Array(bytes.part($0)) } ?? []
        toHasTag = message.to?.tag(in: bytes) != nil || message.to == nil
        fallback =
            source.transport.isReliable ? Hop(source.transport, NetworkAddress(source.host, port: via?.port ?? source.transport.port)) : nil
        // RFC 3261 section 18.2.2 and RFC 3581 section 4, but for `maddr`: an answer goes to nobody but the one who asked.
        if let via, !source.transport.isReliable, via.parameters.value(of: "rport", in: bytes) == nil {
            destination = Hop(source.transport, NetworkAddress(source.host, port: via.port ?? source.transport.port))
        } else {
            destination = source
        }
    }

    /// Writes an answer. `lines` are further header lines, each with its line break.
    func response(_ status: Int, reason: String? = nil, tag: [UInt8], lines: [UInt8] = [], body: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head.count + to.count + lines.count + body.count + 128)
        bytes.append("SIP/2.0 ")
        bytes.append(number: status)
        bytes.append(" ")
        bytes.append(reason ?? Self.reason(status))
        bytes.append("\r\n")
        bytes.append(contentsOf: head)
        bytes.append("To: ")
        bytes.append(contentsOf: to)
        // A 100 carries no tag of ours (section 8.2.6.2).
        if !toHasTag, status > 100 {
            bytes.append(";tag=")
            bytes.append(contentsOf: tag)
        }
        bytes.append("\r\n")
        bytes.append(contentsOf: lines)
        if !body.isEmpty { bytes.append("Content-Type: application/sdp\r\n") }
        bytes.append("Content-Length: ")
        bytes.append(number: body.count)
        bytes.append("\r\n\r\n")
        bytes.append(contentsOf: body)
        return bytes
    }

    /// The top Via with where its message really came from (RFC 3261 section 18.2.1, RFC 3581 section 4).
    private static func appendReceived(_ via: Via, _ field: Range<Int>, _ bytes: [UInt8], _ source: Hop, to head: inout [UInt8]) {
        let rport = via.parameters.value(of: "rport", in: bytes)
        if let rport, rport.isEmpty {
            head.append(contentsOf: bytes.part(field.lowerBound..<rport.lowerBound))
            head.append("=")
            head.append(number: source.address.port)
            head.append(contentsOf: bytes.part(rport.lowerBound..<via.whole.upperBound))
        } else {
            head.append(contentsOf: bytes.part(field.lowerBound..<via.whole.upperBound))
        }
        let host = source.host.description
        if rport != nil || !bytes.part(via.host).elementsEqual(host.utf8) {
            head.append(";received=")
            head.append(host)
        }
        head.append(contentsOf: bytes.part(via.whole.upperBound..<field.upperBound))
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 100: "Trying"
        case 180: "Ringing"
        case 183: "Session Progress"
        case 200: "OK"
        case 202: "Accepted"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 415: "Unsupported Media Type"
        case 416: "Unsupported URI Scheme"
        case 420: "Bad Extension"
        case 422: "Session Interval Too Small"
        case 423: "Interval Too Brief"
        case 480: "Temporarily Unavailable"
        case 481: "Call/Transaction Does Not Exist"
        case 482: "Loop Detected"
        case 483: "Too Many Hops"
        case 484: "Address Incomplete"
        case 486: "Busy Here"
        case 487: "Request Terminated"
        case 469: "Bad Info Package"
        case 488: "Not Acceptable Here"
        case 491: "Request Pending"
        case 500: "Server Internal Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 504: "Server Time-out"
        case 505: "Version Not Supported"
        case 513: "Message Too Large"
        case 600: "Busy Everywhere"
        case 603: "Decline"
        case 604: "Does Not Exist Anywhere"
        case ..<200: "Progress"
        case ..<300: "OK"
        case ..<400: "Redirection"
        case ..<500: "Request Failure"
        case ..<600: "Server Failure"
        default: "Global Failure"
        }
    }
}
