/// What one user agent holds at most. Each limit has its answer, so that it refuses before memory does.
package struct Limits: Sendable {
    /// A longer datagram gets 513 (RFC 3261 section 21.5.7). INVITEs with SDP are some 1–2 KB.
    package var messageBytesMax = 16_384
    /// More header fields get 513. A request that went through ten proxies has some 40.
    package var headersMax = 128
    /// A longer header field gets 513.
    package var headerBytesMax = 2_048
    /// Transactions alive at once on each side (most of them only wait 32 s for late copies); 503 above.
    package var transactionsMax = 50_000
    /// Calls alive at once; 503 above.
    package var legsMax = 10_000
    /// Calls alive at once from one address; 503 above.
    package var legsPerSourceMax = 5_000
    /// Messages from one address outside all accounts that are read in a minute, and at once; the others are not heard.
    package var strangersPerSourceMax = 60
    /// The same from all such addresses together, in a second: a challenge costs some 50 µs, so this is 1 % of a core.
    package var strangersPerSecondMax = 200
    /// The same in a minute from one address where a password was right before: an office of phones that come back at once.
    package var trustedPerSourceMax = 600
    /// Addresses where a password was right before; the oldest gives way.
    package var trustedSourcesMax = 4_096
    /// Wrong passwords until a source gets no more challenges, for how long, and how many such sources are known.
    package var wrongPasswordsMax = 10
    package var silenceAfterWrongPasswords: Duration = .seconds(600)
    package var guessersMax = 4_096
    /// Calls that one trunk (if its account says nothing else), or one phone, may bring in a second; 503 above.
    package var invitesPerSourceMax = 100
    /// Calls that all together may bring in a second; 503 above.
    package var invitesPerSecondMax = 300
    /// For how many seconds of silence both may catch up.
    package var invitesBurst = 2
    /// Trunks and phones whose calls are counted.
    package var callersMax = 16_384
    /// Places of one server that are tried.
    package var hopsMax = 4
    /// How long one of several places is waited for before the next is tried.
    package var hopTimeout: Duration = .seconds(4)
    /// How long a place that failed comes after the others.
    package var avoidedFor: Duration = .seconds(60)
    /// How long a provider has to answer when it is asked whether it is there.
    package var trunkTestMax: Duration = .seconds(5)
    /// How long the question for a server's place may take.
    package var locationTimeout: Duration = .seconds(5)
    /// How often the places of trunks' servers are looked at again, whose calls are known by them.
    package var locationPause: Duration = .seconds(300)
    /// How long the answer is believed, whatever DNS says.
    package var locationMin: Duration = .seconds(10)
    package var locationMax: Duration = .seconds(3_600)
    /// Servers whose places are known.
    package var locationsMax = 1_024
    /// Answers to the challenges of one request.
    package var passwordAnswersMax = 3
    /// What we ask of, or are made to ask of, a registrar, in seconds.
    package var ownExpiresMax = 86_400
    /// The pause after a REGISTER of ours that failed; doubled with each further one (RFC 5626 section 4.5).
    package var registerPauseMin: Duration = .seconds(5)
    package var registerPauseMax: Duration = .seconds(600)
    /// A provider's Retry-After, in seconds, is believed up to this.
    package var retryAfterMax = 3_600
    /// Bindings of one phone; the oldest gives way.
    package var contactsPerPhoneMax = 5
    /// Nonces whose counts are remembered; a client whose nonce fell out is asked again (stale).
    package var noncesMax = 10_000
    /// An INVITE of ours that only rings is given up after this (RFC 3261 section 16.6 timer C, for the same reason).
    package var ringingMax: Duration = .seconds(300)
    /// How long the other side of a call may take to say that it is still there: long enough for four copies of the question.
    package var probeMax: Duration = .seconds(8)
    /// How long what is to be said within a call waits for another connection, when its own is gone: until the phone behind NAT comes back,
    /// or whoever can be connected to takes a connection.
    package var strandedMax: Duration = .seconds(30)
    /// Phones behind one number whose early dialogs are followed while we call it; of more only the answer is heard.
    package var earlyDialogsMax = 8
    /// A re-INVITE of ours that gets nothing but provisional answers is cancelled after this.
    package var reofferMax: Duration = .seconds(60)
    /// How often a re-INVITE is sent when it met one of the other side (491), or came too early for it (500 with Retry-After).
    package var reofferAttemptsMax = 6
    /// Session timers (RFC 4028), in seconds: what we ask for; briefer than the least gets 422 (section 5 forbids less than 90); we go up
    /// to the most where the other side wants it.
    package var sessionExpires: UInt32 = 1_800
    package var sessionExpiresMin: UInt32 = 90
    package var sessionExpiresMax: UInt32 = 86_400
    /// REGISTER: briefer gets 423, longer is cut (RFC 3261 section 10.3 step 7), none asked is `expiresDefault`.
    package var expiresMin = 60
    package var expiresMax = 7_200
    package var expiresDefault = 3_600
    /// How long a nonce may be used; then the client is asked again (stale), without asking its user.
    package var nonceLifetime: Duration = .seconds(300)

    package init() {}

    /// For messages of our own, which need none.
    static let unlimited: Limits = {
        var limits = Limits()
        (limits.messageBytesMax, limits.headersMax, limits.headerBytesMax) = (.max, .max, .max)
        return limits
    }()
}

/// The timers of RFC 3261 section 17, table 4, for UDP.
enum Timing {
    /// The round trip estimate from which all others are derived.
    static let t1: Duration = .milliseconds(500)
    /// The longest pause between two copies of a request that is no INVITE, or of a 2xx.
    static let t2: Duration = .seconds(4)
    /// How long a message may stay in the network.
    static let t4: Duration = .seconds(5)
    /// 64*T1: timers B, F, H, J, L and M.
    static let giveUp: Duration = .seconds(32)
    /// RFC 3261 section 13.3.1.1: a provisional answer is sent again each minute, so that proxies do not give up.
    static let provisionalRepeat: Duration = .seconds(60)
}
