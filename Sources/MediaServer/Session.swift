import Audio
import CNetwork
import Primitives
import RTP

/// The other end of a session, as the descriptions of the call agreed on it.
struct Remote: Sendable {
    /// Of a phone; a browser is where its checks come from.
    var negotiated: network_address
    /// What it is sent.
    var sending: Coding
    var types: PayloadTypes
    /// For a phone that takes no telephone events: what hears its keys in its sound.
    var keyEar: KeyEar?

    /// The payload type of telephone events to it; nil if it takes none.
    var telephoneEvent: UInt8? { types.keys(beside: sending) }
}

/// How sure we are of the address that a party's packets come from.
///
/// Symmetric RTP (RFC 4961) is the rule, but a phone behind a NAT appears at another port than it told. So the first
/// source whose host is the negotiated one is taken, whatever its port; the negotiated port itself, once heard, wins and
/// stays. Another host is never listened to: whoever can guess a port would else be put through to a customer.
/// (If the description names a private address, the caller of `connect` gives the host that the signalling came from.)
enum Latch {
    case nothingHeard
    case otherPort
    case negotiatedPort

    /// A source that has been quiet for so long may be replaced by another port of the same host: a NAT forgot it.
    static let quietMax: UInt64 = 2_000_000_000
    /// Another SSRC from the party's own address is another source of the phone, unless the one before was heard as
    /// shortly ago as this: then it is somebody who forged the address, and cannot know the SSRC.
    static let intrusionSpan: UInt64 = 60_000_000
}

/// One party's media. Touched by one media thread at a time: the one that it was handed to by a command.
// @unchecked: the mailbox hands a session over, and whoever gave it away does not touch it again.
final class Session: @unchecked Sendable {
    let id: ID<MediaSession>
    let sockets: SocketPair
    /// RTCP's name of ours for this session (RFC 7022: by chance, for one session only).
    let cname: UInt64
    /// Nil: a phone.
    let browser: BrowserConnection?

    var slot = 0
    var phase = 0

    var remote: Remote?
    var direction = MediaServer.Direction.sendReceive
    var latch = Latch.nothingHeard
    /// Where packets go.
    var target = network_address()
    var controlTarget = network_address()

    var outgoing: OutgoingStream
    var reportedPackets: UInt32 = 0
    var reception: Reception?
    var presses = TelephoneEvents.Decoder()
    var hasBeenHeard = false
    /// When a packet last came, or when it could first have come.
    var heardAt: UInt64 = 0
    /// When the silence was last told; 0: not since something was heard.
    var silenceToldAt: UInt64 = 0
    /// When the last packet of sound or keys was taken; 0: none was.
    var packetAt: UInt64 = 0
    /// All packets that were taken, whatever their SSRC.
    var packetsTaken: UInt64 = 0
    var lastSenderReport: (middle: UInt32, at: UInt64)?
    /// Of our last report: what was lost since the one before.
    var lostShare = 0.0
    var farReport: FarReport?
    /// What came and was not used, by `DropReason`.
    private let drops = UnsafeMutablePointer<UInt64>.allocate(capacity: DropReason.allCases.count)

    var partner: Session?
    var room: Room?
    /// In the room.
    var place = 0
    /// While the party is in a room or hears itself, which is read by the clock.
    var jitter: JitterBuffer?
    /// If it may speak or hear Opus.
    var opus: OpusVoice?
    var hasSpokenOpus = false
    var echo: Echo?
    /// While somebody listens who is no party.
    var tap: Tap?
    /// Those who are no parties hear nothing of it.
    var isPrivate = false
    var keyEar: KeyEar?
    var dialling = Dialling()
    var clips: [Clip] = []
    var clip = 0
    var offset = 0
    var musicOffset = 0

    /// Ticks since the session opened.
    var ticks: UInt32 = 0

    init(_ id: ID<MediaSession>, sockets: SocketPair, outgoing: OutgoingStream, cname: UInt64, browser: BrowserConnection? = nil) {
        self.id = id
        self.sockets = sockets
        self.outgoing = outgoing
        self.cname = cname
        self.browser = browser
        drops.initialize(repeating: 0, count: DropReason.allCases.count)
    }

    deinit { drops.deallocate() }

    /// Whether its sound is Opus, which is mixed and not relayed.
    var isOpus: Bool { hasSpokenOpus || remote?.sending == .opus }

    /// Whether sound for it goes out at all.
    var isSendable: Bool { direction.sends && browser?.isReached ?? true }

    func drop(_ reason: DropReason) { drops[reason.rawValue] &+= 1 }

    var dropped: [DropReason: UInt64] {
        Dictionary(uniqueKeysWithValues: DropReason.allCases.filter { drops[$0.rawValue] > 0 }.map { ($0, drops[$0.rawValue]) })
    }

    var isPlaying: Bool { clip < clips.count }

    /// May be called again when the call is negotiated anew.
    func connect(to remote: Remote, at now: UInt64) {
        let old = self.remote
        self.remote = remote
        // A key that is down stays down over a new negotiation.
        keyEar = remote.keyEar == nil ? nil : keyEar ?? remote.keyEar
        self.remote?.keyEar = nil
        if let old, old.negotiated.isSame(as: remote.negotiated) { return }
        latch = .nothingHeard
        target = remote.negotiated
        controlTarget = remote.negotiated
        controlTarget.port &+= 1
        heardAt = now
        silenceToldAt = 0
        reception = nil
        presses = TelephoneEvents.Decoder()
    }

    /// As above, for a browser. Where it is its checks say.
    func connect(to agreed: BrowserAgreed, at now: UInt64) {
        guard let browser else { return }
        let isNew = browser.phase == .ended || browser.dtls == nil || Set(browser.expected) != Set(agreed.expected)
        if isNew {
            // Until the new handshake is done, those who were there are heard under the keys that they have.
            browser.dtls = agreed.handshake
            browser.expected = agreed.expected
            if browser.phase == .ended {
                browser.keys = nil
                browser.phase = .connecting
            }
            browser.hasTold = false
        }
        if remote?.sending != agreed.remote.sending { outgoing.switchSource() }
        remote = agreed.remote
        opus = agreed.opus.map { opus ?? $0 }
        // Opus is often agreed on because G.711 has lost too much.
        if let share = farReport?.lostShare { opus?.expectLoss(share) }
        hasSpokenOpus = false
        heardAt = now
        silenceToldAt = 0
    }

    /// Whether a packet from `source` is the party's.
    func accepts(_ source: network_address, negotiated: network_address, at now: UInt64) -> Bool {
        guard source.hasHost(of: negotiated) else { return false }
        if source.port == target.port { return true }
        switch latch {
        case .nothingHeard: return true
        case .otherPort: return source.port == negotiated.port || now &- heardAt > Latch.quietMax
        case .negotiatedPort: return now &- heardAt > Latch.quietMax
        }
    }

    /// After a packet of `source` was accepted and found whole.
    func heard(_ source: network_address, negotiated: network_address, at now: UInt64) {
        heardAt = now
        silenceToldAt = 0
        if latch != .nothingHeard, source.port == target.port { return }
        target = source
        latch = source.port == negotiated.port ? .negotiatedPort : .otherPort
    }

    /// Whether a packet that is the party's by its address carries an SSRC that cannot be.
    func isIntruder(_ ssrc: UInt32, from source: network_address, at now: UInt64) -> Bool {
        guard let reception, reception.ssrc != ssrc, source.port == target.port else { return false }
        return now &- packetAt < Latch.intrusionSpan
    }

    func play(_ clips: [Clip]) {
        if echo != nil {
            echo = nil
            jitter = nil
        }
        rememberMusic()
        self.clips = clips
        clip = 0
        offset = 0
        resumeMusic()
        outgoing.switchSource()
    }

    func nextClip() {
        rememberMusic()
        clip += 1
        offset = 0
        resumeMusic()
    }

    private func rememberMusic() {
        if isPlaying, clips[clip].kind == .music { musicOffset = offset }
    }

    private func resumeMusic() {
        if isPlaying, clips[clip].kind == .music { offset = musicOffset }
    }
}
