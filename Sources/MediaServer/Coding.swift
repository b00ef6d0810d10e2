import Audio

/// What a party's sound is coded in.
package enum Coding: Sendable, Hashable {
    case law(Codec)
    case opus

    package static let pcmu = Coding.law(.pcmu)
    package static let pcma = Coding.law(.pcma)

    /// Of its RTP, in ticks a second.
    package var clockRate: Int {
        switch self {
        case .law: Codec.rate
        case .opus: Opus.clockRate
        }
    }

    /// Ticks of its RTP in one of the media clock.
    var ticks: UInt32 {
        switch self {
        case .law: 1
        case .opus: Self.opusTicks
        }
    }

    static let opusTicks = UInt32(Opus.clockRate / Codec.rate)
}

/// What the payload types of a party's packets stand for, as the descriptions agreed.
struct PayloadTypes: Sendable {
    enum Meaning {
        case law(Codec)
        case opus
        /// Telephone events on a clock of so many ticks a second.
        case keys(clockRate: UInt32)
    }

    var pcmu: UInt8?
    var pcma: UInt8?
    var opus: UInt8?
    /// Telephone events beside G.711, and beside Opus (RFC 4733 section 2.1).
    var keys: UInt8?
    var opusKeys: UInt8?

    /// Of a phone: both laws are taken from everybody, as we offer both and a phone may change between them (RFC 3264 section 6.1).
    init(telephoneEvent: UInt8?) {
        pcmu = Codec.pcmu.payloadType
        pcma = Codec.pcma.payloadType
        keys = telephoneEvent
    }

    init(_ remote: BrowserRemote) {
        for format in remote.formats.reversed() {
            switch format.coding {
            case .law(.pcmu): pcmu = format.payloadType
            case .law(.pcma): pcma = format.payloadType
            case .opus: opus = format.payloadType
            }
        }
        keys = remote.telephoneEvents[Codec.rate]
        opusKeys = remote.telephoneEvents[Opus.clockRate]
    }

    /// Nil: not agreed on.
    func meaning(of type: UInt8) -> Meaning? {
        if type == keys { return .keys(clockRate: UInt32(Codec.rate)) }
        if type == pcmu { return .law(.pcmu) }
        if type == pcma { return .law(.pcma) }
        if type == opus { return .opus }
        return type == opusKeys ? .keys(clockRate: UInt32(Opus.clockRate)) : nil
    }

    /// The payload type of what we send.
    func type(of coding: Coding) -> UInt8 {
        switch coding {
        case .law(.pcmu): pcmu ?? Codec.pcmu.payloadType
        case .law(.pcma): pcma ?? Codec.pcma.payloadType
        case .opus: opus ?? 0
        }
    }

    /// The payload type of keys beside what we send; nil if there are none.
    func keys(beside coding: Coding) -> UInt8? {
        switch coding {
        case .law: keys
        case .opus: opusKeys
        }
    }
}
