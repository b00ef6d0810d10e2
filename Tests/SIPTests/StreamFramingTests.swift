import Primitives
import Testing

@testable import SIP

struct StreamFramingTests {
    private static func pieces(_ framing: inout StreamFraming) -> [StreamFraming.Piece] {
        var all: [StreamFraming.Piece] = []
        while all.count < 100 {
            let piece = framing.next()
            if piece == .incomplete { break }
            all.append(piece)
            if piece == .broken { break }
        }
        return all
    }

    @Test func `messages are found however they are cut`() {
        let messages = [
            request("OPTIONS"), request("INVITE", body: "v=0\r\n\r\n"), request("BYE", body: ""), request("INFO", body: "\r\n"),
        ]
        let stream = Array(messages.joined())
        for size in [1, 2, 3, 7, 64, 500, stream.count] {
            var framing = StreamFraming(limits: Limits())
            var found: [StreamFraming.Piece] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                framing.append(stream[start..<min(start + size, stream.count)])
                found += Self.pieces(&framing)
            }
            #expect(found == messages.map { .message($0) }, "size \(size)")
            #expect(!framing.isInMessage)
        }
    }

    @Test func `a ping is answered, a pong is not, and both may stand before a message`() {
        var framing = StreamFraming(limits: Limits())
        framing.append("\r\n".utf8)
        #expect(Self.pieces(&framing) == [.pong])
        framing.append("\r\n".utf8)
        #expect(Self.pieces(&framing) == [.ping])
        framing.append("\r\n\r\n\r\n\r\n".utf8)
        #expect(Self.pieces(&framing) == [.pong, .ping, .pong, .ping])
        framing.pinged()
        framing.append(Array("\r\n".utf8) + request("OPTIONS") + Array("\r".utf8))
        #expect(Self.pieces(&framing) == [.pong, .message(request("OPTIONS"))])
        framing.append("\n".utf8)
        #expect(Self.pieces(&framing) == [.pong])
    }

    @Test func `line ends without CR are understood`() {
        var framing = StreamFraming(limits: Limits())
        let text = "OPTIONS sip:x SIP/2.0\nl: 2\n\nab"
        framing.append(text.utf8)
        #expect(Self.pieces(&framing) == [.message(Array(text.utf8))])
    }

    @Test(arguments: [
        "OPTIONS sip:x SIP/2.0\r\n\r\n", "OPTIONS sip:x SIP/2.0\r\nContent-Length: x\r\n\r\n",
        "OPTIONS sip:x SIP/2.0\r\nContent-Length: -1\r\n\r\n", "OPTIONS sip:x SIP/2.0\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "OPTIONS sip:x SIP/2.0\r\nl: 1\r\nContent-Length: 2\r\n\r\n", "\u{0}", "\rx", "{\"json\":1}",
        "OPTIONS sip:x SIP/2.0\r\nContent-Length: 16384\r\n\r\n",
    ])
    func `what has no end is broken for good`(text: String) {
        var framing = StreamFraming(limits: Limits())
        framing.append(text.utf8)
        #expect(Self.pieces(&framing).last == .broken)
        framing.append(request("OPTIONS"))
        #expect(Self.pieces(&framing) == [.broken])
        #expect(!framing.isInMessage)
    }

    @Test func `headers without end are broken at the limit`() {
        var framing = StreamFraming(limits: Limits())
        framing.append("OPTIONS sip:x SIP/2.0\r\n".utf8)
        var count = 0
        while Self.pieces(&framing) == [], count < 100_000 {
            framing.append("X: y\r\n".utf8)
            count += 6
        }
        #expect((16_000...16_400).contains(count))
    }

    @Test func `any bytes are taken without a trap`() {
        var random = Random(seed: 5)
        let seeds = [Array("\r\n\r\n".utf8), request("INVITE", body: "v=0"), [0x0D], Array("Content-Length:".utf8)]
        for _ in 0..<2_000 {
            var framing = StreamFraming(limits: Limits())
            for _ in 0..<8 {
                var bytes = seeds[Int(random.next() % 4)]
                if random.chance(0.5), !bytes.isEmpty {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                framing.append(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1))))
                _ = Self.pieces(&framing)
            }
        }
    }
}
