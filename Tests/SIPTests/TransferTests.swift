import Primitives
import Testing

@testable import SIP

/// REFER (RFC 3515, RFC 4488) and Replaces (RFC 3891), by phones written by hand.
struct TransferTests {
    private let now = Network.start
    private let taken = Array("taken".utf8)

    /// An agent with a call of the phone at host 9, in talk.
    private struct Desk {
        var agent: UserAgent
        let leg: ID<SIPLeg>
        /// The To of the phone's requests.
        let to: String

        init() throws {
            agent = .anyone(at: .host(1), seed: 1)
            (leg, to) = try Self.call(&agent, "story")
        }

        static func call(_ agent: inout UserAgent, _ callID: String) throws -> (ID<SIPLeg>, String) {
            let lines = ["Call-ID: \(callID)"]
            let arrived = agent.receive(request("INVITE", branch: callID, lines: lines, body: "v"), from: .host(9), at: Network.start)
            guard case .callArrived(let leg, _)? = arrived.reports.first else { throw CancellationError() }
            let answer = agent.perform(.answer(leg, body: [1]), at: Network.start).sentBytes[0]
            let to = "To: " + (try #require(header("To", of: answer)))
            _ = agent.receive(request("ACK", branch: callID + "a", lines: lines + [to]), from: .host(9), at: Network.start)
            return (leg, to)
        }

        mutating func refer(_ lines: [String], as sequence: Int = 2) -> [Action] {
            agent.receive(
                request("REFER", branch: "r\(sequence)", lines: [to, "CSeq: \(sequence) REFER"] + lines), from: .host(9), at: Network.start)
        }

        /// The phone answers a request of ours.
        mutating func respond(_ status: Int, to bytes: [UInt8]) throws -> [Action] {
            let repeated = try ["Via", "From", "To", "Call-ID", "CSeq"].map { "\($0): \(try #require(header($0, of: bytes)))" }
            let text = (["SIP/2.0 \(status) X"] + repeated + ["Content-Length: 0", "", ""]).joined(separator: "\r\n")
            return agent.receive(Array(text.utf8), from: .host(9), at: Network.start)
        }
    }

    @Test func `a transfer is wanted, accepted, and its progress told`() throws {
        var desk = try Desk()
        let wanted = desk.refer(["Refer-To: \"Bo\" <sip:300@192.0.2.5;x=y?Subject=z>"])
        #expect(wanted.statuses.isEmpty)
        #expect(wanted.reports == [.transferWanted(desk.leg, to: try SIPURI(parsing: "sip:300@192.0.2.5;x=y"), replacing: nil)])
        let accepted = desk.agent.perform(.acceptTransfer(desk.leg), at: now).sentBytes
        #expect(accepted.map { $0.prefix(11).text } == ["SIP/2.0 202", "NOTIFY sip:"])
        let trying = accepted[1].text
        #expect(trying.contains("Event: refer;id=2\r\nSubscription-State: active;expires=300\r\n"))
        #expect(trying.contains("Content-Type: message/sipfrag;version=2.0\r\n") && trying.hasSuffix("\r\n\r\nSIP/2.0 100 Trying\r\n"))
        _ = try desk.respond(200, to: accepted[1])
        // One at a time.
        #expect(desk.refer(["Refer-To: <sip:301@192.0.2.5>"], as: 3).statuses == [491])
        let ringing = desk.agent.perform(.transferProgress(desk.leg, status: 180), at: now).sentBytes[0].text
        #expect(ringing.contains("active") && ringing.hasSuffix("SIP/2.0 180 Ringing\r\n"))
        let done = desk.agent.perform(.transferProgress(desk.leg, status: 200), at: now).sentBytes[0].text
        #expect(done.contains("Subscription-State: terminated;reason=noresource\r\n") && done.hasSuffix("SIP/2.0 200 OK\r\n"))
        #expect(desk.agent.perform(.transferProgress(desk.leg, status: 200), at: now).isEmpty)
        #expect(desk.refer(["Refer-To: <sip:301@192.0.2.5>"], as: 4).reports.count == 1)
    }

    @Test func `a transfer is refused, or nobody wants to hear of it`() throws {
        var desk = try Desk()
        _ = desk.refer(["Refer-To: sip:300@192.0.2.5"])
        #expect(desk.agent.perform(.refuseTransfer(desk.leg, status: 603), at: now).statuses == [603])
        _ = desk.refer(["r: <sip:300@192.0.2.5>", "Refer-Sub: false", "Require: norefersub"], as: 3)
        let accepted = desk.agent.perform(.acceptTransfer(desk.leg), at: now).sentBytes
        #expect(accepted.count == 1 && header("Refer-Sub", of: accepted[0]) == "false")
        #expect(desk.agent.perform(.transferProgress(desk.leg, status: 200), at: now).isEmpty)
        // A refused NOTIFY is the last one, and ends no call.
        _ = desk.refer(["Refer-To: sip:300@192.0.2.5"], as: 4)
        let notify = desk.agent.perform(.acceptTransfer(desk.leg), at: now).sentBytes[1]
        #expect(try desk.respond(481, to: notify).isEmpty)
        #expect(desk.agent.perform(.transferProgress(desk.leg, status: 200), at: now).isEmpty)
        #expect(desk.agent.load.legs == 1)
    }

    @Test func `a call is referred to the other call of the same phone`() throws {
        var desk = try Desk()
        let (other, to) = try Desk.call(&desk.agent, "second@phone")
        let ours = try #require(to.split(separator: "tag=").last)
        // As the RFC has it, and from the phone's own side.
        for (sequence, tags) in ["to-tag%3D\(ours)%3Bfrom-tag%3Da", "from-tag%3D\(ours)%3bto-tag%3Da"].enumerated() {
            let line = "Refer-To: <sip:100@192.0.2.1?x=y&Replaces=second%40phone%3B\(tags)>"
            let wanted = desk.refer([line], as: sequence + 2).reports
            #expect(wanted == [.transferWanted(desk.leg, to: try SIPURI(parsing: "sip:100@192.0.2.1"), replacing: other)])
            _ = desk.agent.perform(.refuseTransfer(desk.leg, status: 603), at: now)
        }
    }

    static let bad: [(lines: [String], status: Int)] = [
        ([], 400), (["Refer-To: <sip:1@x>", "Refer-to: <sip:2@x>"], 400), (["Refer-To: <sip:1@x>;y=", "X: y"], 400),
        (["Refer-To: <mailto:a@b>"], 416), (["Refer-To: <sip:>"], 400), (["Refer-To: x"], 400),
        (["Refer-To: <sip:1@x?Replaces=a>"], 400), (["Refer-To: <sip:1@x?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>"], 488),
    ]

    @Test(arguments: bad)
    func `a REFER that cannot be meant is refused`(lines: [String], status: Int) throws {
        var desk = try Desk()
        let actions = desk.refer(lines)
        #expect(actions.statuses == [status])
        #expect(actions.reports.isEmpty)
    }

    @Test func `outside a call nobody refers, and a call that ends leaves no REFER open`() throws {
        var desk = try Desk()
        #expect(desk.agent.receive(request("REFER", lines: ["Refer-To: <sip:1@x>"]), from: .host(9), at: now).statuses == [403])
        _ = desk.refer(["Refer-To: <sip:1@192.0.2.5>"])
        let ended = desk.agent.perform(.end(desk.leg), at: now)
        #expect(ended.sentBytes.map { $0.prefix(11).text } == ["SIP/2.0 487", "BYE sip:200"])
        _ = try desk.respond(200, to: ended.sentBytes[1])
        for seconds in 1...60 { _ = desk.agent.timePassed(at: now + .seconds(Int64(seconds))) }
        #expect(desk.agent.load == (0, 0))
    }

    // MARK: Replaces

    /// The INVITE of the phone at host 8 that wants to be in the call.
    private func replacing(_ desk: Desk, _ value: String? = nil, branch: String = "n", body: String = "new") throws -> [UInt8] {
        let ours = try #require(desk.to.split(separator: "tag=").last)
        return request(
            "INVITE", branch: branch,
            lines: [
                "From: <sip:800@example.com>;tag=n", "Call-ID: new", "Contact: <sip:800@192.0.2.8>",
                "Replaces: \(value ?? "story;to-tag=\(ours);from-tag=a")", "Require: replaces",
            ], body: body)
    }

    @Test func `a new side takes the place of the old one, and the leg goes on`() throws {
        var desk = try Desk()
        let arrived = desk.agent.receive(try replacing(desk), from: .host(8), at: now)
        #expect(arrived.statuses == [100] && arrived.reports == [.reoffered(desk.leg, body: Array("new".utf8))])
        let actions = desk.agent.perform(.answer(desk.leg, body: taken), at: now)
        let sent = actions.sentBytes
        #expect(sent.map { $0.prefix(11).text } == ["BYE sip:200", "SIP/2.0 200"])
        #expect(header("Call-ID", of: sent[0]) == "story" && header("Call-ID", of: sent[1]) == "new")
        #expect(sent[1].text.hasSuffix("\r\n\r\ntaken"))
        #expect(try desk.respond(200, to: sent[0]).isEmpty)
        // Without its ACK there is no BYE yet, and it is no news that the leg is there.
        let to = "To: " + (try #require(header("To", of: sent[1])))
        let own = [to, "From: <sip:800@example.com>;tag=n", "Call-ID: new"]
        #expect(desk.agent.receive(request("ACK", branch: "na", lines: own), from: .host(8), at: now).isEmpty)
        // The old side is not known any more, the new one is.
        let old = request("BYE", branch: "ob", lines: [desk.to, "CSeq: 9 BYE"])
        #expect(desk.agent.receive(old, from: .host(9), at: now).statuses == [481])
        let change = desk.agent.perform(.reoffer(desk.leg, body: [1]), at: now).sentBytes[0].text
        #expect(change.hasPrefix("INVITE sip:800@192.0.2.8 SIP/2.0\r\n"))
        let bye = desk.agent.receive(request("BYE", branch: "nb", lines: own + ["CSeq: 2 BYE"]), from: .host(8), at: now)
        #expect(bye.reports == [.ended(desk.leg, .bye)])
        #expect(desk.agent.legsByTag.isEmpty && desk.agent.legsByHost.isEmpty)
    }

    @Test func `the old side stays when the new one is refused or gives up`() throws {
        var desk = try Desk()
        _ = desk.agent.receive(try replacing(desk), from: .host(8), at: now)
        // Meanwhile nothing else is changed.
        #expect(desk.agent.receive(try replacing(desk, branch: "m"), from: .host(8), at: now).statuses == [482])
        let hold = request("INVITE", branch: "h", lines: [desk.to, "CSeq: 2 INVITE"], body: "hold")
        #expect(desk.agent.receive(hold, from: .host(9), at: now).statuses == [491])
        #expect(desk.agent.perform(.refuse(desk.leg, status: 488), at: now).statuses == [488])
        let again = request("INVITE", branch: "h2", lines: [desk.to, "CSeq: 3 INVITE"], body: "hold")
        #expect(desk.agent.receive(again, from: .host(9), at: now).reports == [.reoffered(desk.leg, body: Array("hold".utf8))])

        desk = try Desk()
        _ = desk.agent.receive(try replacing(desk), from: .host(8), at: now)
        let cancel = request("CANCEL", branch: "n", lines: ["From: <sip:800@example.com>;tag=n", "Call-ID: new"])
        #expect(desk.agent.receive(cancel, from: .host(8), at: now).statuses == [200, 487])
        #expect(desk.agent.load.legs == 1)
        #expect(desk.agent.perform(.answer(desk.leg, body: taken), at: now).isEmpty)
    }

    @Test func `who replaces a call that ends meanwhile is told so`() throws {
        var desk = try Desk()
        _ = desk.agent.receive(try replacing(desk), from: .host(8), at: now)
        let bye = desk.agent.receive(request("BYE", branch: "b", lines: [desk.to, "CSeq: 2 BYE"]), from: .host(9), at: now)
        #expect(bye.statuses == [200, 603])
        #expect(bye.reports == [.ended(desk.leg, .bye)])
    }

    @Test func `only a call in talk is replaced, and only by who knows it`() throws {
        var desk = try Desk()
        let ours = try #require(desk.to.split(separator: "tag=").last)
        var count = 0
        func status(_ value: String) throws -> [Int] {
            count += 1
            return desk.agent.receive(try replacing(desk, value, branch: "s\(count)"), from: .host(8), at: now).statuses
        }
        #expect(try status("story;to-tag=\(ours);from-tag=wrong") == [481])
        #expect(try status("other;to-tag=\(ours);from-tag=a") == [481])
        #expect(try status("story;to-tag=\(ours)") == [400])
        #expect(try status("story;to-tag=\(ours);from-tag=a;early-only") == [486])
        let ringing = try #require(
            desk.agent.receive(request("INVITE", branch: "w", lines: ["Call-ID: w"]), from: .host(9), at: now).reports.first)
        guard case .callArrived(let leg, _) = ringing else {
            Issue.record("no call")
            return
        }
        let waiting = try #require(desk.agent.legs[leg]).dialog.localTag.text
        #expect(try status("w;to-tag=\(waiting);from-tag=a") == [481])
        #expect(desk.agent.load.legs == 2)
    }
}
