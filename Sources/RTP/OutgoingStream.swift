/// The stream towards one phone: one SSRC, one run of sequence numbers and timestamps, whatever its source is. Music,
/// ring-back and another phone's packets follow each other in it without a gap that the phone would hear as loss
/// (RFC 3550 section 5.1 lets a receiver treat a change of SSRC as another speaker).
package struct OutgoingStream: Sendable, Equatable {
    /// As in RFC 3550 appendix A.1: beyond these the relayed sender has started anew.
    private static let dropoutMax = 3000
    private static let misorderMax = 100

    /// A relayed sender, and what its numbers are shifted by.
    private struct Relayed: Equatable {
        var ssrc: UInt32
        var sequenceShift: UInt16
        var timestampShift: UInt32
        var highest: UInt16
        /// Its first number here: what comes from before it was overtaken by the switch.
        var first: UInt16
        var isYoung = true
    }

    package let ssrc: UInt32
    /// Of the next packet made here.
    private var sequence: UInt16
    /// The greatest that was sent.
    package private(set) var timestamp: UInt32
    /// The local clock, in units of the media clock, when it was sent; nil before the first packet.
    private var sentAt: UInt32?
    private var relayed: Relayed?
    private var isSwitched = true

    package private(set) var packets: UInt32 = 0
    package private(set) var octets: UInt32 = 0

    package init(ssrc: UInt32, sequence: UInt16, timestamp: UInt32) {
        self.ssrc = ssrc
        self.sequence = sequence
        self.timestamp = timestamp
    }

    /// The source changes: the next packet carries the marker, its timestamp goes on by the time that passes.
    package mutating func switchSource() {
        relayed = nil
        isSwitched = true
    }

    /// The header of the next packet of our own, `samples` long (`payload` are its offsets in the buffer).
    ///
    /// - Parameter now: the local clock in units of the media clock, any origin.
    package mutating func next(payloadType: UInt8, samples: UInt32, payload: Range<Int>, at now: UInt32) -> Packet {
        let marker = isSwitched
        timestamp = marker ? resumed(at: now, samples: samples) : timestamp &+ samples
        isSwitched = false
        sentAt = now
        defer { sequence &+= 1 }
        count(payload.count)
        return Packet(
            marker: marker, payloadType: payloadType, sequence: sequence, timestamp: timestamp, ssrc: ssrc, payload: payload)
    }

    /// The header of the next packet of a key that we press ourselves. All packets of one press carry the timestamp of its
    /// beginning, the first one the marker (RFC 4733 section 2.5.1.1); sound goes on behind it as after a switch.
    package mutating func event(payloadType: UInt8, isFirst: Bool, payload: Range<Int>, at now: UInt32) -> Packet {
        if isFirst {
            timestamp = resumed(at: now, samples: 160)
            sentAt = now
        }
        switchSource()
        defer { sequence &+= 1 }
        count(payload.count)
        return Packet(
            marker: isFirst, payloadType: payloadType, sequence: sequence, timestamp: timestamp, ssrc: ssrc, payload: payload)
    }

    /// The header under which a packet of another phone goes out. Its losses and its order stay visible, as they are the
    /// receiver's to conceal.
    ///
    /// - Returns: nil for a packet from before the switch to this sender: its place has been given away.
    package mutating func relay(_ packet: Packet, payloadType: UInt8, at now: UInt32) -> Packet? {
        var source: Relayed
        if let known = relayed, known.ssrc == packet.ssrc, isNear(packet.sequence, known.highest) {
            source = known
        } else {
            isSwitched = true
            source = Relayed(
                ssrc: packet.ssrc, sequenceShift: sequence &- packet.sequence,
                timestampShift: resumed(at: now, samples: 160) &- packet.timestamp, highest: packet.sequence, first: packet.sequence)
        }
        let step = SequenceNumber.distance(from: source.highest, to: packet.sequence)
        if source.isYoung {
            if SequenceNumber.distance(from: source.first, to: packet.sequence) < 0 { return nil }
            source.isYoung = SequenceNumber.distance(from: source.first, to: packet.sequence) <= Self.misorderMax
        }
        var header = packet
        header.marker = packet.marker || isSwitched
        header.payloadType = payloadType
        header.sequence = packet.sequence &+ source.sequenceShift
        header.timestamp = packet.timestamp &+ source.timestampShift
        header.ssrc = ssrc
        if step >= 0 {
            source.highest = packet.sequence
            sequence = header.sequence &+ 1
            if isSwitched || SequenceNumber.distance(from: timestamp, to: header.timestamp) > 0 {
                timestamp = header.timestamp
                sentAt = now
            }
        }
        isSwitched = false
        relayed = source
        count(packet.payload.count)
        return header
    }

    /// Where the timestamp stands at `now`: what a sender report says (RFC 3550 section 6.4.1).
    package func timestamp(at now: UInt32) -> UInt32 {
        guard let sentAt else { return timestamp }
        return timestamp &+ (now &- sentAt)
    }

    private func isNear(_ sequence: UInt16, _ highest: UInt16) -> Bool {
        (-Self.misorderMax...Self.dropoutMax).contains(SequenceNumber.distance(from: highest, to: sequence))
    }

    /// After a pause the timestamp has moved on by the pause, at least by one packet.
    private func resumed(at now: UInt32, samples: UInt32) -> UInt32 {
        guard let sentAt else { return timestamp }
        return timestamp &+ max(samples, now &- sentAt)
    }

    private mutating func count(_ length: Int) {
        packets &+= 1
        octets &+= UInt32(truncatingIfNeeded: length)
    }
}
