import Foundation
import Primitives
import Testing

@testable import SIP

/// RFC 4475: each message is sent as a known trunk.
struct TortureTests {
    enum Outcome: Equatable {
        case answer(Int)
        case call
        case silence
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Torture/sip")

    static let outcomes: [(name: String, outcome: Outcome)] = [
        // 3.1.1 valid
        ("wsinv", .answer(481)),  // its To has a tag, and we know no such call
        ("intmeth", .answer(501)), ("esc01", .call), ("escnull", .answer(404)), ("esc02", .answer(501)), ("lwsdisp", .answer(200)),
        ("longreq", .call), ("dblreq", .answer(401)), ("semiuri", .answer(200)), ("transports", .answer(200)), ("mpart01", .answer(405)),
        ("unreason", .silence), ("noreason", .silence),
        // 3.1.2 invalid
        ("badinv01", .answer(400)), ("clerr", .answer(400)), ("ncl", .answer(400)), ("scalar02", .answer(400)), ("scalarlg", .silence),
        ("quotbal", .answer(400)), ("ltgtruri", .answer(400)), ("lwsruri", .answer(400)), ("lwsstart", .answer(400)),
        ("trws", .answer(400)), ("escruri", .answer(400)),
        ("baddate", .call),  // nothing here reads the Date
        ("regbadct", .answer(400)), ("badaspec", .answer(400)), ("baddn", .answer(400)), ("badvers", .answer(505)),
        ("mismatch01", .answer(400)), ("mismatch02", .answer(501)), ("bigcode", .silence),
        // 3.2 and 3.3
        ("badbranch", .answer(200)), ("insuf", .answer(400)), ("unkscm", .answer(416)), ("novelsc", .answer(416)), ("unksm2", .answer(416)),
        ("bext01", .answer(420)), ("invut", .answer(415)), ("regaut01", .answer(401)), ("multi01", .answer(400)), ("mcl01", .answer(400)),
        ("bcast", .silence),
        ("zeromf", .answer(200)),  // it has arrived: only who passes on refuses
        ("cparam01", .answer(401)), ("cparam02", .answer(401)), ("regescrt", .answer(401)), ("sdp01", .answer(406)),
        // 3.4
        ("inv2543", .call),
    ]

    static func agent() -> UserAgent {
        let secret = HA1(user: "j.user", realm: "example.com", password: "x")
        return UserAgent(
            UserAgent.Configuration(
                address: .host(1), realm: "example.com",
                trunks: [TrunkAccount(id: ID(high: 1, low: 1), addresses: [.host(9, port: 0)])],
                phones: ["j.user", "user", "watson"].enumerated().map {
                    PhoneAccount(id: ID(high: 2, low: UInt64($0.offset)), user: $0.element, credentials: .registered(secret))
                }), random: Random(seed: 1))
    }

    @Test func `each torture message has its file and its outcome`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".dat") }
        #expect(files.sorted() == Self.outcomes.map { $0.name + ".dat" }.sorted())
    }

    @Test(arguments: outcomes)
    func `a torture message gets the answer it deserves, and a stranger's gets none`(name: String, outcome: Outcome) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: name + ".dat")))
        var agent = Self.agent()
        let actions = agent.receive(bytes, from: .host(9), at: Network.start)
        switch outcome {
        case .answer(let status): #expect(actions.statuses == [status], "\(actions.sentBytes.first?.text ?? "")")
        case .call:
            #expect(actions.statuses == [100])
            guard case .callArrived? = actions.reports.first else {
                Issue.record("\(name) is no call")
                return
            }
        case .silence: #expect(actions.isEmpty)
        }
        var other = Self.agent()
        let toStranger = other.receive(bytes, from: .host(77), at: Network.start)
        // Only the name of a phone opens a stranger's mouth, and then it is asked who it is.
        #expect(toStranger.statuses.allSatisfy { $0 == 401 })
        #expect(toStranger.reports.isEmpty)
    }

    @Test func `the escaped and the tortuous are understood`() throws {
        var agent = Self.agent()
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: "esc01.dat")))
        guard case .callArrived(_, let call)? = agent.receive(bytes, from: .host(9), at: Network.start).reports.first else {
            Issue.record("no call")
            return
        }
        #expect(call.calledUser == "sips:user@example.com")
        #expect(call.callerUser == "I have spaces")
        let tortuous = try #require(Message(parsing: [UInt8](try Data(contentsOf: Self.folder.appending(path: "wsinv.dat")))))
        #expect(tortuous.defect == nil)
        #expect(tortuous.cseq?.number == 9)
        #expect(tortuous.to?.tag(in: tortuous.bytes)?.text == "1918181833n")
        #expect(tortuous.from?.name(in: tortuous.bytes) == "J Rosenberg \\\"")
        #expect(tortuous.addresses(.contact)?.count == 1)
    }

    @Test func `20,000 mutations of valid messages never trap`() {
        var random = Random(seed: 4475)
        let now = Network.start
        var agent = Self.agent()
        let invitation = request("INVITE", lines: ["Record-Route: <sip:192.0.2.3;lr>, \"x\" <sip:192.0.2.4>"], body: "v=0\r\n")
        let outgoing = agent.perform(
            .invite(
                ID(high: 9, low: 9), to: .uri(SIPURI(user: "1", at: .host(9)), at: .host(9)), callerUser: "2", callerName: "é\r\n",
                body: [1]),
            at: now
        ).sentBytes
        let answer = Array(
            (["SIP/2.0 200 OK"] + ["Via", "From", "To", "Call-ID", "CSeq"].map { "\($0): \(header($0, of: outgoing[0]) ?? "")" }
                + ["Contact: <sip:1@192.0.2.9>", "Record-Route: <sip:192.0.2.3;lr>", "Content-Length: 0", "", ""]).joined(separator: "\r\n")
                .utf8)
        let digest =
            "Digest username=\"user\", realm=\"example.com\", nonce=\"0\", uri=\"sip:x\", response=\"0\", qop=auth, nc=00000001, cnonce=\"q\""
        let seeds = [
            invitation, answer, outgoing[0], request("OPTIONS", lines: ["Require: a,b"]), request("BYE"), request("CANCEL"), request("ACK"),
            request("REGISTER", lines: ["To: <sip:user@example.com>", "Authorization: \(digest)", "Expires: 60"]),
            request("REGISTER", lines: ["To: <sip:user@example.com>", "Contact: *", "Expires: 0"]),
        ]
        let pieces: [[UInt8]] = [
            "\r\n", "\"", "<", ">", ";", ",", ":", "%", "=", "z9hG4bK", " ", "99999999999999999999", "\u{0}", "\\", "@", "[", "SIP/2.0",
            "*",
        ]
        .map { Array($0.utf8) }
        for round in 0..<20_000 {
            var bytes = seeds[Int(random.next() % UInt64(seeds.count))]
            for _ in 0...random.next() % 5 where !bytes.isEmpty {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 6 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 12)))
                case 2: bytes.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: place)
                case 3: bytes.removeLast(min(bytes.count, Int(random.next() % 60)))
                case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
                default: bytes[place] ^= 0x20
                }
            }
            let actions = agent.receive(bytes, from: round % 7 == 0 ? .host(70) : .host(9), at: now + .milliseconds(Int64(round)))
            for case .callArrived(let leg, _) in actions.reports {
                _ = agent.perform([.ring(leg), .answer(leg, body: [1]), .refuse(leg, status: 486), .end(leg)][round % 4], at: now)
            }
            if round % 50 == 0 { _ = agent.timePassed(at: now + .milliseconds(Int64(round))) }
        }
        #expect(agent.load.legs <= 20_000)
    }
}
