import Primitives

/// Every limit of the HTTP side, with what happens beyond it.
package enum Limits {
    // MARK: One request

    /// Bytes of a request's body; more is refused with 413.
    package static let bodyMax = 64 * 1024
    /// Bytes of a set-up file.
    package static let setUpBodyMax = 1024 * 1024
    /// A body that is too large is read and thrown away up to here, so that the refusal still arrives; beyond it the
    /// connection closes.
    package static let discardedMax = 4 * 1024 * 1024
    /// Bytes of one header field, and of all together; more is answered with 400 and the connection closes.
    package static let headerMax = 16 * 1024
    package static let headersMax = 32 * 1024
    package static let headerCountMax = 100
    /// Bytes of a request's path and query; a longer one names nothing.
    package static let targetMax = 2048

    // MARK: Connections

    /// Further ones wait in the listener's backlog.
    package static let connectionsMax = 10_000
    package static let backlog = 1024
    /// A connection on which no request is under way closes after this silence.
    package static let idleConnection = Duration.seconds(75)
    /// A connection that has not agreed on TLS by then closes.
    package static let handshake = Duration.seconds(10)
    /// How long a connection of HTTP/2 may still be answered on after it was told to end.
    package static let lastAnswers = Duration.seconds(5)

    // MARK: Signing in

    package static let loginMax = 128
    package static let passwordMax = 256
    /// Wrong passwords for one login within `attemptsSpan`; then the login has to wait.
    package static let attemptsOfLoginMax = 10
    /// The same from one address: a whole floor may share it.
    package static let attemptsOfAddressMax = 100
    package static let attemptsSpan = Duration.seconds(300)
    /// Logins and addresses remembered for it; the oldest is forgotten first.
    package static let attemptsKeysMax = 20_000
    /// Hashes computed at once, and sign-ins that wait for one of those; more are asked to come back.
    package static let hashesAtOnceMax = 2
    package static let hashesWaitingMax = 64
    /// A session ends this long after its last use.
    package static let session = Duration.seconds(12 * 3600)
    /// Its end is written down again when it has moved by this much: not for every request.
    package static let sessionStep = Duration.seconds(600)

    // MARK: Requests of one user or address

    /// Commands a second of one user, and how many may come at once.
    package static let commands = Rate(perSecond: 10, atOnce: 40)
    package static let reads = Rate(perSecond: 30, atOnce: 120)
    /// Requests without a session, by address.
    package static let open = Rate(perSecond: 100, atOnce: 400)
    package static let ratesKeysMax = 20_000

    // MARK: Fields

    /// UTF-16 units, as a browser counts them.
    package static let noteMax = 4000
    /// Of a message to agents.
    package static let messageMax = 500
    package static let numberMax = 32
    /// Of a browser's description of its call, in UTF-16 units; some 6,000 are usual.
    package static let descriptionMax = 32_000
    /// Keys pressed with one request: a card's number and some more.
    package static let keysMax = 32
    package static let pageDefault = 50
    package static let pageMax = 200
    /// Earlier contacts of the same caller and project on the desk.
    package static let earlierMax = 5
    /// Entries of one contact's story; a contact that long is a fault, and the rest is left out.
    package static let storyMax = 2000

    /// Lines of the audit in one file.
    package static let auditExportMax = 10_000

    // MARK: Scripts and forms

    /// Bytes of a script or a form in all its languages.
    package static let documentBodyMax = 1024 * 1024
    package static let documentKeyMax = 40
    /// Of one project; of more none is made, and of all projects of somebody no more are listed.
    package static let documentsMax = 500
    /// The newest versions of one.
    package static let documentVersionsTold = 200
    /// Bytes of the answer to a form.
    package static let formBodyMax = 1024 * 1024

    // MARK: Customers

    /// Customers with the number of a contact that its agent is shown.
    static let customersAtDesk = 20
    /// Customers who would take a product now, told at once.
    static let answeredMax = 200
    /// Licences of one project.
    static let licencesMax = 1000

    // MARK: Gazetteers

    /// Rows of a file that is brought in of which is told why they are refused.
    package static let refusalsTold = 1000
    package static let suggestionsDefault = 8

    // MARK: The live feed

    /// Streams of one user; one more closes his oldest, which may be a connection that died unnoticed.
    package static let streamsOfUserMax = 8
    package static let streamsMax = 5000
    /// Bytes that wait for a slow reader; beyond them his stream closes, and he begins anew with the whole state.
    package static let streamPendingMax = 1024 * 1024
    package static let heartbeat = Duration.seconds(15)
    /// Floor rows and the waiting lines on desks go out at most this often.
    package static let figuresPause = Duration.milliseconds(250)
    /// Log entries that wait to be shown; beyond them the feed starts over from the tables.
    package static let announcedMax = 100_000
    /// What is known of callers on desks, kept between two changes of a desk.
    package static let callersMax = 20_000
    /// Messages that wait at one desk; the oldest goes first.
    package static let messagesMax = 20

    // MARK: Wallboards

    /// Walls are looked at so often, and alerts with them.
    package static let wallPause = Duration.milliseconds(500)
    /// Alerts that wait for a disk that takes nothing; of more the oldest are not kept.
    static let unkeptAlertsMax = 1000
    /// The newest alerts of all projects are looked through, and so many of one's own are told.
    static let alertsLookedAt = 2000
    static let alertsTold = 100
    /// Screens of one wallboard; one more closes the oldest, which may be a connection that died unnoticed.
    package static let wallStreamsOfOneMax = 32
    package static let wallStreamsMax = 500

    // MARK: Static files

    package static let fileMax = 16 * 1024 * 1024
    /// Files kept in memory, and how large each may be for that.
    package static let filesKeptMax = 1000
    package static let fileKeptMax = 1024 * 1024
}

/// So many a second in the long run, and so many at once.
package struct Rate: Sendable, Hashable {
    package var perSecond: Double
    package var atOnce: Double
}
