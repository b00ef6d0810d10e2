import Primitives

/// What has to be known of a call so that it goes on after a restart: filed by `UserAgent.record(of:)`, given back to
/// `UserAgent.restore`.
package struct DialogRecord: Sendable, Equatable {
    /// Their INVITE, which is still to be answered, or whose 2xx may not have arrived.
    struct Arrival: Sendable, Equatable {
        var transaction: [UInt8]
        var path: ReplyPath
        var sequence: UInt32
        var demand = Leg.Reliability.Demand.none
        /// The newest RSeq that was used.
        var number: UInt32 = 0
        var isRinging = false
        var isAnswered = false
        /// It had no description, so our 2xx makes the offer.
        var wantsOffer = false
    }

    /// Our INVITE, not yet answered for good: enough to take it back.
    struct Calling: Sendable, Equatable {
        var branch: [UInt8]
        var uri: [UInt8]
        var destination: Hop
    }

    enum Stage: Sendable, Equatable {
        case arrived(Arrival)
        case calling(Calling)
        case established
    }

    var host: IPAddress
    var dialog: Dialog
    var stage: Stage
    /// Our newest session description; empty if there was none.
    var description: [UInt8] = []
    /// What was agreed on refreshing; its times are not kept.
    var session: SessionTimer?
    /// The other side takes UPDATE (RFC 3311).
    var allowsUpdate = false

    /// How far our numbers jump when a dialog is put back, at least: requests sent after the record was written are not known, and an
    /// old number would be refused (RFC 3261 section 12.2.2).
    static let sequenceLeap: UInt32 = 1_000
    /// And further by this for each second that the call has lasted: a second restart with the same record, because nothing could be
    /// filed meanwhile, must get beyond what the first one used. No call has so many requests in a second.
    private static let sequenceLeapPerSecond: Int64 = 100
    /// Longer calls leap no further, so that the numbers stay far below 2**31 (section 8.1.1.5).
    private static let leapingMax = Duration.seconds(86_400)

    /// How far the numbers of a call jump that began so long ago.
    static func sequenceLeap(after age: Duration) -> UInt32 {
        let milliseconds = min(max(age, .zero), leapingMax).milliseconds
        return sequenceLeap + UInt32(clamping: milliseconds * sequenceLeapPerSecond / 1_000)
    }

    /// Our INVITE rang when it was filed: it can only be taken back.
    package var isRinging: Bool { if case .calling = stage { true } else { false } }

    /// Their INVITE had not had our answer, or we do not know that it arrived.
    package var isUnconfirmed: Bool { if case .arrived = stage { true } else { false } }

    /// Where the other side was last heard from.
    package var peer: Hop { dialog.peer }

    /// How long an answer that is sent again is understood: after that their end knows nothing of the INVITE any more, only of the call
    /// (RFC 6026 section 7.2, timer M; less a while for the restart itself).
    package static let answerMax = Duration.seconds(28)

    /// The call is older than `answerMax`: if it is still there, it was answered and acknowledged.
    package mutating func settle() {
        if isUnconfirmed { stage = .established }
    }

    static let bytesMax = 65_536
    static let routesMax = 64
    private static let title = Array("callfloor-dialog 1".utf8)
}

// The stored form: a line `name value` for each field. In values a backslash stands before itself, `n` for LF and `r` for CR, so any
// bytes go through. Names that are not known are passed over: a newer version may add some.
extension DialogRecord {
    package var bytes: [UInt8] {
        var text = Self.title
        text.append("\n")
        func add(_ name: StaticString, _ value: some Sequence<UInt8>) {
            text.append(name)
            text.append(" ")
            for byte in value {
                switch byte {
                case UInt8(ascii: "\\"): text.append("\\\\")
                case 0x0A: text.append("\\n")
                case 0x0D: text.append("\\r")
                default: text.append(byte)
                }
            }
            text.append("\n")
        }
        add("host", host.description.utf8)
        add("call-id", dialog.callID)
        add("local-tag", dialog.localTag)
        add("remote-tag", dialog.remoteTag)
        add("local", dialog.local)
        add("remote", dialog.remote)
        add("target", dialog.remoteTarget)
        for route in dialog.routes { add("route", route) }
        add("local-sequence", String(dialog.localSequence).utf8)
        if let sequence = dialog.remoteSequence { add("remote-sequence", String(sequence).utf8) }
        add("peer", dialog.peer.description.utf8)
        if dialog.followsContact { add("follows-contact", []) }
        if dialog.isCaller { add("caller", []) }
        if let trunk = dialog.trunk { add("trunk", trunk.description.utf8) }
        if let phone = dialog.phone { add("phone", phone.description.utf8) }
        if !description.isEmpty { add("description", description) }
        if let session {
            add("session-expires", String(session.interval).utf8)
            if session.isRefresher { add("session-refresher", []) }
            if session.isAgreed { add("session-agreed", []) }
        }
        if allowsUpdate { add("allows-update", []) }
        switch stage {
        case .established: break
        case .arrived(let arrival):
            add("transaction", arrival.transaction)
            add("reply-head", arrival.path.head)
            add("reply-to", arrival.path.to)
            if arrival.path.toHasTag { add("reply-to-has-tag", []) }
            add("reply-record-routes", arrival.path.recordRoutes)
            // No connection survives the process.
            add("reply-destination", (arrival.path.fallback ?? arrival.path.destination).description.utf8)
            add("invite-sequence", String(arrival.sequence).utf8)
            if arrival.demand != .none { add("reliability", String(arrival.demand.rawValue).utf8) }
            if arrival.number > 0 { add("reliable-number", String(arrival.number).utf8) }
            if arrival.isRinging { add("ringing", []) }
            if arrival.isAnswered { add("answered", []) }
            if arrival.wantsOffer { add("wants-offer", []) }
        case .calling(let calling):
            add("branch", calling.branch)
            add("uri", calling.uri)
            add("destination", calling.destination.description.utf8)
        }
        return text
    }

    /// nil for anything that is not whole.
    package init?(parsing bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax else { return nil }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        // Each line has its end, so a text that was cut off is seen.
        guard lines.popLast()?.isEmpty == true, lines.first?.elementsEqual(Self.title) == true else { return nil }
        var fields = Fields()
        for line in lines.dropFirst() { guard fields.take(line) else { return nil } }
        guard let host = fields.text("host").flatMap({ IPAddress($0) }), let callID = fields.line("call-id"), !callID.isEmpty,
            let localTag = fields.line("local-tag"), !localTag.isEmpty, let remoteTag = fields.line("remote-tag"),
            let local = fields.line("local"), let remote = fields.line("remote"), let target = fields.line("target"),
            (try? SIPURI(parsing: target[...])) != nil, let sequence = fields.number("local-sequence"), let peer = fields.hop("peer")
        else { return nil }
        let routes = fields.routes
        guard routes.allSatisfy(Self.isOneLine) else { return nil }
        self.host = host
        dialog = Dialog(
            callID: callID, localTag: localTag, remoteTag: remoteTag, local: local, remote: remote, remoteTarget: target, routes: routes,
            localSequence: sequence, remoteSequence: fields.number("remote-sequence"), peer: peer,
            followsContact: fields.has("follows-contact"), isCaller: fields.has("caller"),
            trunk: fields.text("trunk").flatMap { ID<SIPTrunk>($0) }, phone: fields.text("phone").flatMap { ID<SIPPhone>($0) })
        description = fields.value("description") ?? []
        session = fields.number("session-expires").map {
            SessionTimer(interval: $0, isRefresher: fields.has("session-refresher"), isAgreed: fields.has("session-agreed"))
        }
        allowsUpdate = fields.has("allows-update")
        if let transaction = fields.value("transaction") {
            guard let head = fields.value("reply-head"), let to = fields.line("reply-to"),
                let recorded = fields.value("reply-record-routes"), let destination = fields.hop("reply-destination"),
                let sequence = fields.number("invite-sequence")
            else { return nil }
            stage = .arrived(
                Arrival(
                    transaction: transaction,
                    path: ReplyPath(
                        head: head, to: to, toHasTag: fields.has("reply-to-has-tag"), recordRoutes: recorded, destination: destination),
                    sequence: sequence,
                    demand: fields.number("reliability").flatMap { Leg.Reliability.Demand(rawValue: UInt8(clamping: $0)) } ?? .none,
                    number: fields.number("reliable-number") ?? 0,
                    isRinging: fields.has("ringing"), isAnswered: fields.has("answered"), wantsOffer: fields.has("wants-offer")))
        } else if let branch = fields.line("branch") {
            guard let uri = fields.line("uri"), !branch.isEmpty, let destination = fields.hop("destination") else { return nil }
            stage = .calling(Calling(branch: branch, uri: uri, destination: destination))
        } else {
            stage = .established
        }
    }

    fileprivate static func isOneLine(_ value: [UInt8]) -> Bool { value.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    /// The lines of a stored record by their names.
    private struct Fields {
        private var values: [String: [UInt8]] = [:]
        private(set) var routes: [[UInt8]] = []

        /// False for a line that cannot be read, or comes twice.
        mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return false }
            let name = line[..<space].text
            var value: [UInt8] = []
            var rest = line[(space + 1)...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "\\") else {
                    value.append(byte)
                    continue
                }
                switch rest.popFirst() {
                case UInt8(ascii: "\\"): value.append(UInt8(ascii: "\\"))
                case UInt8(ascii: "n"): value.append(0x0A)
                case UInt8(ascii: "r"): value.append(0x0D)
                default: return false
                }
            }
            if name == "route" {
                routes.append(value)
                return routes.count <= DialogRecord.routesMax
            }
            return values.updateValue(value, forKey: name) == nil
        }

        func has(_ name: String) -> Bool { values[name] != nil }
        func value(_ name: String) -> [UInt8]? { values[name] }
        func text(_ name: String) -> String? { values[name]?.text }
        func number(_ name: String) -> UInt32? { text(name).flatMap { UInt32($0) }.flatMap { $0 < 1 << 31 ? $0 : nil } }
        func line(_ name: String) -> [UInt8]? { values[name].flatMap { DialogRecord.isOneLine($0) ? $0 : nil } }

        func hop(_ name: String) -> Hop? {
            text(name).flatMap { Hop($0) }
        }
    }
}

extension ReplyPath {
    init(head: [UInt8], to: [UInt8], toHasTag: Bool, recordRoutes: [UInt8], destination: Hop) {
        self.head = head
        self.to = to
        self.toHasTag = toHasTag
        self.recordRoutes = recordRoutes
        self.destination = destination
        fallback = nil
    }
}
