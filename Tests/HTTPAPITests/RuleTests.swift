import Centre
import Hummingbird
import NIOCore
import Organization
import Primitives
import Routing
import Synchronization
import Testing

@testable import HTTPAPI

/// The pure parts, without a server.
struct RuleTests {
    private let noon = Timestamp(microseconds: 1_000_000_000_000)

    @Test func `a rate lets so many through at once and then so many a second`() {
        var book = RateBook<String>(Rate(perSecond: 2, atOnce: 3))
        for _ in 1...3 { #expect(book.take("ana", at: noon) == nil) }
        #expect(book.take("ana", at: noon) == 1)
        #expect(book.take("ben", at: noon) == nil)
        #expect(book.take("ana", at: noon + .milliseconds(500)) == nil)
        #expect(book.take("ana", at: noon + .milliseconds(500)) == 1)
        // A clock that goes back refills nothing.
        #expect(book.take("ana", at: noon) == 1)
    }

    @Test func `attempts are counted when they begin and forgotten after a while`() {
        var book = AttemptBook(max: 2)
        #expect(book.begin("ana", at: noon) == nil)
        #expect(book.begin("ana", at: noon + .seconds(100)) == nil)
        #expect(book.begin("ana", at: noon + .seconds(100)) == 200)
        book.forgive("ana")
        #expect(book.begin("ana", at: noon + .seconds(100)) == nil)
        #expect(book.begin("ana", at: noon + .seconds(300)) == nil)
        book.clear("ana")
        #expect(book.begin("ana", at: noon + .seconds(300)) == nil)
    }

    @Test func `passwords are kept by scrypt and known again`() throws {
        let cost = Password.Cost(logarithm: 4, blockSize: 8, parallelism: 1)
        let stored = try Password.hash("დიდი საიდუმლო", cost: cost)
        #expect(stored.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(Password.matches("დიდი საიდუმლო", stored))
        #expect(!Password.matches("დიდი საიდუმლ", stored))
        #expect(try Password.hash("x", cost: cost) != Password.hash("x", cost: cost))
        // One letter, typed as one code point or as two.
        #expect(Password.matches("caf\u{e9}", try Password.hash("cafe\u{301}", cost: cost)))
        for broken in ["", "plain", "$scrypt$ln=40,r=8,p=1$AAAA$AAAA", "$scrypt$ln=4,r=8$AAAA$AAAA", "$scrypt$ln=4,r=8,p=1$AAAA$", "$$$$"] {
            #expect(!Password.matches("", broken), "\(broken)")
        }
    }

    @Test func `a known hash of scrypt is computed as RFC 7914 section 12 has it`() {
        // N = 1024, r = 8, p = 16, "password", "NaCl", 64 bytes.
        let stored =
            "$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA"
        #expect(Password.matches("password", stored))
        #expect(!Password.matches("passwort", stored))
    }

    @Test func `two entries for one route stop the start`() {
        func route(_ path: String) -> Route {
            Route(
                method: .get, path: path, summary: "", access: .open, kind: .read, audit: .nothing(because: "it is none"),
                answer: .init(status: .ok)
            ) { _ in
                Response(status: .ok)
            }
        }
        #expect(throws: RouteTable.Mistake.self) { try RouteTable([route("/api/a/{id}"), route("/api/a/{name}")]) }
        #expect(throws: Never.self) { try RouteTable([route("/api/a/{id}"), route("/api/a")]) }
    }

    @Test func `a reader who does not keep up is cut off`() async {
        let isCut = Mutex(false)
        let stream = LiveStream { isCut.withLock { $0 = true } }
        let half = ByteBuffer(repeating: 65, count: Limits.streamPendingMax / 2)
        stream.send(half)
        stream.send(half)
        #expect(isCut.withLock { $0 } == false)
        stream.send(ByteBuffer(string: "x"))
        #expect(isCut.withLock { $0 })
        #expect(await stream.next() == nil)
    }

    @Test func `what was sent before the end still goes out`() async {
        let stream = LiveStream {}
        stream.send(ByteBuffer(string: "a"))
        stream.send(ByteBuffer(string: "b"))
        stream.finish()
        stream.send(ByteBuffer(string: "c"))
        #expect(await stream.next() == ByteBuffer(string: "ab"))
        #expect(await stream.next() == nil)
    }

    @Test func `a beat is an event a page can hear`() {
        #expect(String(buffer: ServerSentEvent.beat(at: noon)) == "event: beat\ndata: {\"now\":1000000000}\n\n")
    }

    @Test func `too many announcements are told as lost instead of kept`() {
        let announcements = Announcements()
        let entry = LogEntry(
            position: LogPosition(1), at: noon, event: .presenceChanged(.ana, .off), project: nil, contact: nil, agent: .ana, queue: nil,
            actor: .system, cause: "")
        announcements.publish([entry])
        #expect(announcements.take().entries == [entry])
        announcements.publish(Array(repeating: entry, count: Limits.announcedMax + 1))
        let taken = announcements.take()
        #expect(taken.entries.isEmpty && taken.isLossy)
        #expect(announcements.take().isLossy == false)
    }

    @Test func `a session's token is known by its hash alone`() throws {
        let token = SessionToken()
        let same = try #require(SessionToken(cookie: token.text))
        #expect(same.hash == token.hash)
        #expect(SessionToken(cookie: token.text + "0") == nil)
        #expect(SessionToken(cookie: String(repeating: "g", count: 64)) == nil)
        #expect(SessionToken().hash != token.hash)
    }

    @Test func `secrets are equal only as a whole`() {
        #expect(isEqual([1, 2, 3], [1, 2, 3]))
        #expect(!isEqual([1, 2, 3], [1, 2, 4]))
        #expect(!isEqual([1, 2, 3], [1, 2]))
        #expect(isEqual([], []))
    }
}
