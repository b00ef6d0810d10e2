import Primitives

// Keys pressed, as INFO tells of them: the two usual bodies that no RFC describes (RFC 6086 appendix A.2 knows them).
extension UserAgent {
    mutating func receiveInfo(_ request: Incoming, _ id: ID<SIPLeg>, _ leg: Leg, at now: Timestamp) {
        var leg = leg
        leg.dialog.remoteSequence = request.cseq.number
        let message = request.message
        // RFC 6086 section 4.2.2: we have agreed on no package.
        if message.value(of: .infoPackage) != nil {
            return refuse(request, with: 469, lines: Array("Recv-Info: \r\n".utf8), id, leg, at: now)
        }
        var pressed: KeyPress?
        if !message.body.isEmpty {
            let type = message.value(of: .contentType).map { message.bytes.part($0) } ?? []
            let body = message.bytes.part(message.body)
            if Self.isMediaType(type, "application/dtmf-relay") {
                pressed = KeyPress(relayed: body)
            } else if Self.isMediaType(type, "application/dtmf") {
                pressed = KeyPress(alone: body)
            } else {
                return refuse(
                    request, with: 415, lines: Array("Accept: application/dtmf-relay, application/dtmf\r\n".utf8), id, leg, at: now)
            }
            guard pressed != nil else { return refuse(request, with: 400, id, leg, at: now) }
        }
        open(.request(RequestServerTransaction()), request.key, path: request.path, merge: [], leg: nil)
        respond(200, request.path.response(200, tag: leg.dialog.localTag, lines: serverLine), through: request.key, at: now)
        store(leg, as: id)
        guard let pressed, !leg.isAbandoned else { return }
        report(.keyPressed(id, pressed.key, pressed.duration))
    }

    // MARK: Is anybody there?

    mutating func probe(_ id: ID<SIPLeg>, at now: Timestamp) {
        guard var leg = legs[id], case .established = leg.stage, !leg.isAbandoned, leg.probeUntil == nil else { return }
        leg.probeUntil = now + configuration.limits.probeMax
        _ = ask("OPTIONS", of: &leg, lines: contactLine(over: leg.dialog.destination.transport) + capabilityLines, for: .probe, id, at: now)
        store(leg, as: id)
    }

    /// Any answer will do, but that there is no such call.
    mutating func receiveProbed(_ status: Int, _ id: ID<SIPLeg>, _ leg: Leg, at now: Timestamp) {
        guard leg.probeUntil != nil, !leg.isAbandoned else { return }
        if Self.endsDialog(status) { return lose(id, leg, at: now) }
        var leg = leg
        leg.probeUntil = nil
        store(leg, as: id)
    }
}

/// One key and how long it was held.
struct KeyPress: Equatable {
    let key: Character
    let duration: Duration

    /// How long a key counts as held if nobody says, and at most.
    private static let usual: Int64 = 250
    private static let longest: Int64 = 10_000

    /// `application/dtmf-relay`: the lines `Signal=5` and `Duration=160`.
    init?(relayed body: ArraySlice<UInt8>) {
        var signal: Character?
        var milliseconds = Self.usual
        for line in body.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = line[..<equals].filter { !$0.isSpace }
            let value = Array(line[(equals + 1)...].filter { !$0.isSpace })
            if name.equalsIgnoringCase("signal") {
                signal = Self.key(value)
            } else if name.equalsIgnoringCase("duration"), let number = decimal(value, value.indices) {
                milliseconds = Int64(min(number, UInt64(Self.longest)))
            }
        }
        guard let signal else { return nil }
        key = signal
        duration = .milliseconds(milliseconds)
    }

    /// `application/dtmf`: nothing but the key.
    init?(alone body: ArraySlice<UInt8>) {
        guard let key = Self.key(body.filter { !$0.isSpace && $0 != 0x0A && $0 != 0x0D }) else { return nil }
        self.key = key
        duration = .milliseconds(Self.usual)
    }

    /// The key itself, or its number in RFC 4733 section 3.2 (10 is the star).
    private static func key(_ value: [UInt8]) -> Character? {
        let keys = Array("0123456789*#ABCD".utf8)
        if value.count == 1, let first = value.first {
            let upper = first.isLetter ? first & 0xDF : first
            return keys.contains(upper) ? Character(UnicodeScalar(upper)) : nil
        }
        guard value.count == 2, let number = decimal(value, value.indices), number < 16 else { return nil }
        return Character(UnicodeScalar(keys[Int(number)]))
    }
}
