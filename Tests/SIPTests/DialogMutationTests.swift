import Primitives
import Testing

@testable import SIP

/// What the other side of a call may send, bent: nothing traps, and the call can always be ended.
struct DialogMutationTests {
    private static let pieces: [[UInt8]] = [
        "\r\n", "\"", "<", ">", ";", ",", ":", "%3B", "%", "=", " ", "99999999999999999999", "4294967295", "\u{0}", "@", "?Replaces=", "0",
        ";refresher=uac", "SIP/2.0", "100rel",
    ].map { Array($0.utf8) }

    private func mutated(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<random.next() % 4 where !bytes.isEmpty {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 5 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 12)))
            case 2: bytes.insert(contentsOf: Self.pieces[Int(random.next() % UInt64(Self.pieces.count))], at: place)
            case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
            default: bytes[place] ^= 0x20
            }
        }
        return bytes
    }

    /// What a phone may say to a request of ours, with all that we read in answers.
    private func response(_ status: Int, to request: [UInt8], _ lines: [String] = []) -> [UInt8] {
        let repeated = ["Via", "From", "To", "Call-ID", "CSeq"].map { name in
            let value = header(name, of: request) ?? ""
            return "\(name): \(value)" + (name == "To" && !value.contains("tag=") ? ";tag=fromhere" : "")
        }
        let own = [
            "Contact: <sip:1@192.0.2.9>", "Session-Expires: 600;refresher=uas", "Min-SE: 2000", "Retry-After: 3", "Allow: UPDATE",
            "Content-Type: application/sdp", "Content-Length: 3", "", "v=0",
        ]
        return Array((["SIP/2.0 \(status) X"] + repeated + lines + own).joined(separator: "\r\n").utf8)
    }

    @Test func `12,000 mutations within calls never trap`() throws {
        var random = Random(seed: 3515)
        var understood = 0
        for round in 0..<120 {
            var talk = try Talk(seed: UInt64(round + 1))
            var now = talk.network.now
            var agent = talk.network.agents[Talk.phone]
            let other = try #require(agent.legs[talk.theirs]).dialog
            let replaces = "\(other.callID.text)%3Bto-tag%3D\(other.localTag.text)%3Bfrom-tag%3D\(other.remoteTag.text)"
            var sequence = 1
            for _ in 0..<100 {
                now = now + .milliseconds(Int64(random.next() % 300))
                sequence += 1
                var bytes: [UInt8]
                switch random.next() % 8 {
                case 0:
                    bytes = try talk.request(
                        "UPDATE", sequence: sequence, lines: ["Session-Expires: 600;refresher=uac", "Supported: timer"])
                case 1: bytes = try talk.request("UPDATE", sequence: sequence, lines: ["Min-SE: 3000"], body: "v=0")
                case 2: bytes = try talk.request("INFO", sequence: sequence, body: "Signal=5\r\nDuration=160")
                case 3: bytes = try talk.request("REFER", sequence: sequence, lines: ["Refer-To: <sip:1@192.0.2.1?Replaces=\(replaces)>"])
                case 4: bytes = try talk.request("PRACK", sequence: sequence, lines: ["RAck: 1 1 INVITE"])
                case 5:
                    bytes = try talk.request("INVITE", sequence: sequence, lines: ["Session-Expires: 100", "Supported: timer"], body: "v")
                case 6:
                    let taker = replaces.replacing("%3B", with: ";").replacing("%3D", with: "=")
                    bytes = request(
                        "INVITE", branch: "t\(round)\(sequence)", lines: ["Replaces: \(taker)", "Call-ID: t\(sequence)"], body: "v")
                default:
                    let order: [Order] = [.reoffer(talk.theirs, body: [1]), .probe(talk.theirs)]
                    let sent = agent.perform(order[sequence % 2], at: now).sentBytes.last
                    bytes = response([200, 422, 491, 500, 488, 405][sequence % 6], to: sent ?? [])
                }
                let sdp = "Content-Type: application/sdp"
                if bytes.starts(with: "INFO".utf8) {
                    bytes = Array(bytes.text.replacing(sdp, with: "Content-Type: application/dtmf-relay").utf8)
                }
                let actions = agent.receive(mutated(bytes, &random), from: .host(1), at: now)
                understood += actions.reports.count
                for report in actions.reports {
                    switch report {
                    case .reoffered(let leg, _):
                        _ = agent.perform(random.chance(0.5) ? .answer(leg, body: [2]) : .refuse(leg, status: 488), at: now)
                    case .transferWanted(let leg, _, _):
                        _ = agent.perform(random.chance(0.5) ? .acceptTransfer(leg) : .refuseTransfer(leg, status: 603), at: now)
                        _ = agent.perform(.transferProgress(leg, status: 200), at: now)
                    default: break
                    }
                }
                if random.chance(0.2) { _ = agent.timePassed(at: now) }
            }
            for id in agent.legs.keys.sorted() { _ = agent.perform(.end(id), at: now) }
            var wakings = 0
            while let next = agent.nextDeadline, wakings < 10_000 {
                now = max(now, next)
                _ = agent.timePassed(at: now)
                wakings += 1
            }
            #expect(agent.nextDeadline == nil, "round \(round)")
            #expect(agent.load.legs == 0, "round \(round)")
            #expect(agent.legsByTag.isEmpty && agent.legsByHost.isEmpty, "round \(round)")
            talk.network.agents[Talk.phone] = agent
        }
        #expect(understood > 400)
    }

    @Test func `5,000 mutations of what is said before the answer never trap`() {
        var random = Random(seed: 3262)
        var heard = 0
        for round in 0..<500 {
            var agent = UserAgent.anyone(at: .host(1), seed: UInt64(round))
            let leg = ID<SIPLeg>(high: 1, low: UInt64(round))
            var now = Network.start
            var invite = agent.perform(Talk.invite(leg), at: now).sentBytes[0]
            for number in 1...10 {
                now = now + .milliseconds(Int64(random.next() % 3_000))
                let status = [180, 183, 183, 183, 422, 200, 183, 183, 183, 486][(number + round) % 10]
                let said = response(status, to: invite, ["Require: 100rel", "RSeq: \(number)", "Record-Route: <sip:192.0.2.3;lr>"])
                let actions = agent.receive(mutated(said, &random), from: .host(2), at: now)
                heard += actions.reports.count
                if let again = actions.sentBytes.last, again.starts(with: "INVITE".utf8) { invite = again }
            }
            _ = agent.perform(.end(leg), at: now)
            var wakings = 0
            while let next = agent.nextDeadline, wakings < 1_000 {
                now = max(now, next)
                _ = agent.timePassed(at: now)
                wakings += 1
            }
            #expect(agent.nextDeadline == nil && agent.load == (0, 0), "round \(round)")
        }
        #expect(heard > 500)
    }
}
