import Primitives
import RTP
import Testing

struct STUNTests {
    /// RFC 5769 section 2.1: a request with a short-term credential.
    static let request = bytes(
        """
        00010058 2112a442 b7e7a701bc34d686fa87dfae 80220010 5354554e207465737420636c69656e74 00240004 6e0001ff
        80290008 932ff9b151263b36 00060009 6576746a3a68367659 202020 00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
        80280004 e57a3bcf
        """)
    /// Sections 2.2 and 2.3.
    static let answerV4 = bytes(
        """
        0101003c 2112a442 b7e7a701bc34d686fa87dfae 8022000b 7465737420766563746f72 20 00200008 0001a147e112a643
        00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96
        """)
    static let answerV6 = bytes(
        """
        01010048 2112a442 b7e7a701bc34d686fa87dfae 8022000b 7465737420766563746f72 20
        00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9 00080014 a382954e4be67bf11784c97c8292c275bfe3ed41
        80280004 c8fb0b4c
        """)
    /// Section 2.4: a long-term credential, and a name that is not ASCII.
    static let longTerm = bytes(
        """
        00010060 2112a442 78ad3433c6ad72c029da412e 00060012 e3839ee38388e383aae38383e382afe382b9 0000
        0015001c 662f2f3439396b39353464364f4c33346f4c394653547679363473 41 0014000b 6578616d706c652e6f7267 00
        00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666
        """)
    static let vectors = [request, answerV4, answerV6, longTerm]

    static let transaction = STUN.TransactionID(high: 0xB7E7_A701, low: 0xBC34_D686_FA87_DFAE)
    static let password = Array("VOkJxbRl1RmTxUk/WvJxBt".utf8)
    /// MD5 of `マトリックス:example.org:TheMatrIX`.
    static let longTermKey = bytes("e8ca7ad59d5eb0518e312911d2dab2a9")

    static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    static func mac(_ key: [UInt8]) -> STUN.MAC { { hmacSHA1(of: $0, key: key) } }

    static func message(_ bytes: [UInt8]) throws -> STUN.Message { try STUN.Message(parsing: bytes[...]) }

    // MARK: RFC 5769

    @Test func `the hash of these tests is that of RFC 2202`() {
        #expect(
            hmacSHA1(of: Array("Hi There".utf8), key: Array(repeating: 0x0B, count: 20))
                == Self.bytes("b617318655057264e28bc0b6fb378c8ef146be00"))
        #expect(
            hmacSHA1(of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
                == Self.bytes("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"))
    }

    @Test func `the request of RFC 5769 is read`() throws {
        let message = try Self.message(Self.request)
        #expect(message.kind == .request)
        #expect(message.method == STUN.binding)
        #expect(message.transaction == Self.transaction)
        #expect(message.software == "STUN test client")
        #expect(message.username == "evtj:h6vY")
        #expect(message.value(of: .priority).map(Array.init) == [0x6E, 0, 1, 0xFF])
        #expect(message.value(of: .iceControlled)?.count == 8)
        #expect(message.isIntact(by: Self.mac(Self.password)))
        #expect(!message.isIntact(by: Self.mac(Self.password + [1])))
        #expect(message.unknown() == [.priority])
        #expect(message.unknown(to: [.priority]) == [])
    }

    @Test func `a signature that is wrong in any bit, and right in all others, is none`() throws {
        let place = try #require(Self.request.firstRange(of: [0x00, 0x08, 0x00, 0x14])).upperBound
        for bit in 0..<160 {
            var damaged = Array(Self.request.dropLast(8))
            damaged[3] -= 8
            damaged[place + bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try !Self.message(damaged).isIntact(by: Self.mac(Self.password)), "bit \(bit)")
        }
    }

    @Test func `the answers of RFC 5769 are read`() throws {
        let four = try Self.message(Self.answerV4)
        #expect(four.kind == .success)
        #expect(four.mappedAddress == NetworkAddress("192.0.2.1:32853"))
        #expect(four.software == "test vector")
        #expect(four.isIntact(by: Self.mac(Self.password)))
        let six = try Self.message(Self.answerV6)
        #expect(six.mappedAddress == NetworkAddress("[2001:db8:1234:5678:11:2233:4455:6677]:32853"))
        #expect(six.isIntact(by: Self.mac(Self.password)))
    }

    @Test func `the long-term request of RFC 5769 is read`() throws {
        let message = try Self.message(Self.longTerm)
        #expect(message.username == "マトリックス")
        #expect(message.realm == "example.org")
        #expect(message.value(of: .nonce).map { String(decoding: $0, as: UTF8.self) } == "f//499k954d6OL34oL9FSTvy64sA")
        #expect(message.isIntact(by: Self.mac(Self.longTermKey)))
        #expect(!message.has(.fingerprint))
        #expect(message.unknown() == [])
    }

    @Test func `what is written has the bytes of RFC 5769, but for its padding`() throws {
        var writer = STUN.Writer(.success, transaction: Self.transaction)
        writer.add(.software, "test vector".utf8)
        writer.add(mapped: try #require(NetworkAddress("[2001:db8:1234:5678:11:2233:4455:6677]:32853")))
        let written = writer.finished(mac: Self.mac(Self.password), fingerprint: true)
        #expect(written.count == Self.answerV6.count)
        // The padding of the RFC is a space, ours the zero that section 14 of RFC 8489 asks for; the hashes cover it.
        #expect(written[..<35] == Self.answerV6[..<35])
        #expect(written[35] == 0)
        #expect(written[36..<60] == Self.answerV6[36..<60])
        let read = try Self.message(written)
        #expect(read.isIntact(by: Self.mac(Self.password)))
        #expect(read.mappedAddress?.port == 32853)
    }

    // MARK: Answers

    @Test(arguments: ["192.0.2.9:40001", "[2001:db8::9]:40001"])
    func `a phone is told from where its packets arrive`(address: String) throws {
        let source = try #require(NetworkAddress(address))
        let asked = STUN.Writer(.request, transaction: Self.transaction).finished()
        #expect(asked.count == 20)
        let answer = try #require(asked.withUnsafeBytes { STUN.answer(to: $0, from: source) })
        let read = try Self.message(answer)
        #expect(read.kind == .success)
        #expect(read.transaction == Self.transaction)
        #expect(read.mappedAddress == source)
        #expect(!read.has(.fingerprint))
        // A small question has a small answer: nobody is flooded by way of us.
        #expect(answer.count <= 44)
    }

    @Test func `an unknown attribute that must be known is named in the refusal, once`() throws {
        var writer = STUN.Writer(.request, transaction: Self.transaction)
        for type: UInt16 in [0x0777, 0x8777, 0x0777, 0x0003] { writer.add(STUN.AttributeType(rawValue: type), [1, 2, 3]) }
        let asked = writer.finished(fingerprint: true)
        let answer = try #require(asked.withUnsafeBytes { STUN.answer(to: $0, from: NetworkAddress(.v4(1), port: 1)) })
        let read = try Self.message(answer)
        #expect(read.kind == .failure)
        #expect(read.error?.code == 420)
        #expect(read.error?.reason == "Unknown Attribute")
        #expect(read.unknownAttributes.map(\.rawValue) == [0x0777, 0x0003])
        #expect(read.mappedAddress == nil)
        #expect(read.has(.fingerprint))
    }

    @Test func `only requests of the method Binding are answered`() throws {
        for kind in STUN.Class.allCases where kind != .request {
            let bytes = STUN.Writer(kind, transaction: Self.transaction).finished()
            #expect(try Self.message(bytes).kind == kind)
            #expect(bytes.withUnsafeBytes { STUN.answer(to: $0, from: NetworkAddress(.v4(1), port: 1)) } == nil)
        }
        for method: UInt16 in [0, 3, 0x80, 0xFFF] {
            let bytes = STUN.Writer(.request, method: method, transaction: Self.transaction).finished()
            #expect(try Self.message(bytes).method == method)
            #expect(bytes.withUnsafeBytes { STUN.answer(to: $0, from: NetworkAddress(.v4(1), port: 1)) } == nil)
        }
    }

    @Test func `an answer to a signed request is signed`() throws {
        let answer = try #require(
            STUN.bindingResponse(
                to: Self.message(Self.request), mapped: NetworkAddress(.v4(0xC000_0201), port: 32853), knowing: [.priority],
                software: "Callfloor", mac: Self.mac(Self.password)))
        let read = try Self.message(answer)
        #expect(read.isIntact(by: Self.mac(Self.password)))
        #expect(read.has(.fingerprint))
        #expect(read.software == "Callfloor")
    }

    @Test func `a writer stays within the limit whatever it is given`() throws {
        var writer = STUN.Writer(.request, transaction: Self.transaction)
        for _ in 0..<40 { writer.add(.software, Array(repeating: UInt8(ascii: "x"), count: 2_000)) }
        let bytes = writer.finished(mac: Self.mac([1]), fingerprint: true)
        #expect(bytes.count <= STUN.lengthMax)
        let read = try Self.message(bytes)
        #expect(read.software?.count == STUN.valueMax)
        #expect(read.isIntact(by: Self.mac([1])))
    }

    // MARK: Hostile bytes

    static func patched(_ bytes: [UInt8], _ changes: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = bytes
        changes(&bytes)
        return bytes
    }

    static func request(length: UInt8, _ rest: [UInt8]) -> [UInt8] {
        [0, 1, 0, length, 0x21, 0x12, 0xA4, 0x42] + Array(repeating: 7, count: 12) + rest
    }

    static let damaged: [([UInt8], STUN.Malformed)] = [
        ([], .tooShort), (Array(request.prefix(19)), .tooShort), (request + Array(repeating: 0, count: 1_500), .tooLong),
        (patched(request) { $0[0] = 0x80 }, .notSTUN), (patched(request) { $0[7] = 0 }, .notSTUN),
        (request.dropLast(4), .length), (request + [0, 0, 0, 0], .length), (request(length: 2, [0, 0]), .length),
        (request(length: 4, [0, 6, 0, 1]), .attributeBeyondEnd), (request(length: 4, [0, 6, 0xFF, 0xFF]), .attributeBeyondEnd),
        (request(length: 8, [0, 6, 0, 5, 1, 2, 3, 4]), .attributeBeyondEnd),
        (request(length: 132, Array(repeating: [0, 6, 0, 0], count: 33).flatMap { $0 }), .tooManyAttributes),
        (patched(request) { $0[30] ^= 1 }, .fingerprint), (patched(request) { $0[$0.count - 1] ^= 1 }, .fingerprint),
        (request(length: 8, [0x80, 0x28, 0, 3, 1, 2, 3, 0]), .fingerprint),
        (
            patched(request) {
                $0 += [0x80, 0x22, 0, 0]; $0[3] += 4
            }, .fingerprint
        ),
    ]

    @Test func `damaged messages are refused`() {
        for (place, (bytes, error)) in Self.damaged.enumerated() {
            #expect(throws: error, "case \(place)") { try Self.message(Array(bytes)) }
        }
    }

    @Test func `what follows the signature is not read`() throws {
        var bytes = Array(Self.request.dropLast(8))
        bytes += [0x07, 0x77, 0, 0, 0x80, 0x22, 0, 0]
        bytes[3] = UInt8(bytes.count - 20)
        let message = try Self.message(bytes)
        #expect(message.unknown() == [.priority])
        #expect(message.isIntact(by: Self.mac(Self.password)))
    }

    @Test func `attributes with nonsense in them are as if they were not there`() throws {
        var writer = STUN.Writer(.failure, transaction: Self.transaction)
        writer.add(.xorMappedAddress, [0, 1, 2])
        writer.add(.username, [0xFF, 0xFE])
        writer.add(.errorCode, [0, 0, 7, 0])
        writer.add(.unknownAttributes, [1])
        writer.add(.messageIntegrity, [1, 2, 3])
        let message = try Self.message(writer.finished())
        #expect(message.mappedAddress == nil)
        #expect(message.username == nil)
        #expect(message.error == nil)
        #expect(message.unknownAttributes.isEmpty)
        #expect(!message.isIntact(by: Self.mac([])))
    }

    @Test func `twenty thousand damaged messages do not trap, and their answers can be read`() throws {
        var random = Random(seed: 8489)
        let seeds = Self.vectors + [STUN.Writer(.request, transaction: Self.transaction).finished()]
        var answers = 0
        for round in 0..<20_000 {
            var bytes = mutated(seeds[round % seeds.count], using: &random)
            // Most damage would end at the length in the header or at the checksum.
            if round % 2 == 0, bytes.count >= 20 {
                bytes.removeLast(bytes.count % 4)
                bytes[2] = UInt8((bytes.count - 20) >> 8)
                bytes[3] = UInt8(truncatingIfNeeded: bytes.count - 20)
            }
            if let message = try? Self.message(bytes) {
                _ = (message.mappedAddress, message.username, message.error, message.unknownAttributes, message.software)
                _ = message.isIntact { _ in Array(repeating: 0, count: 20) }
            }
            if let answer = bytes.withUnsafeBytes({ STUN.answer(to: $0, from: NetworkAddress(.v4(1), port: 1)) }) {
                answers += 1
                _ = try Self.message(answer)
                #expect(answer.count <= 128)
            }
        }
        #expect(answers > 1_000)
    }
}
