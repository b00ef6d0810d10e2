import COpenSSL
import Testing

@testable import SRTP

/// What the RFCs say that comes out, and what libsrtp sends (2.5.0, as Debian 12 has it).
struct VectorTests {
    // MARK: RFC 3711

    @Test func `the key stream is that of RFC 3711 B.2`() throws {
        let key = try #require(counter_key_make(bytes("2B7E151628AED2A6ABF7158809CF4F3C")))
        defer { counter_key_free(key) }
        var stream = [UInt8](repeating: 0, count: 48)
        #expect(counter_key_apply(key, bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), &stream, 48) == 1)
        #expect(
            stream == bytes("E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0"))
    }

    @Test func `the keys are those of RFC 3711 B.3`() {
        let master = SRTPKeyingMaterial.Master(
            key: bytes("E1F97A0D3E018BE0D64FA32C06DE4139"), salt: bytes("0EC675AD498AFEEBB6960B3AABE6"))
        let derived = KeyDerivation.with(master) { derivation in
            [(KeyDerivation.Label.encryption, 16), (.salt, 14), (.authentication, 94)].map { derivation.derive($0.0, count: $0.1) }
        }
        #expect(derived?[0] == bytes("C61E7A93744F39EE10734AFE3FF7A087"))
        #expect(derived?[1] == bytes("30CBBC08863D8C85D49DB34A9AE1"))
        #expect(
            derived?[2]
                == bytes(
                    """
                    CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE E049646C43D9327AD175578EF7227098
                    6371C10C9A369AC2F94A8C5FBCDDDC25 6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2
                    """))
    }

    @Test func `the code is that of RFC 2202, whatever the length of the key`() {
        #expect(
            MessageCode.sha1(of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
                == bytes("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"))
        #expect(
            MessageCode.sha1(
                of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8), key: Array(repeating: 0xAA, count: 80))
                == bytes("aa4ae5e15272d00e95705637ce8a3b55ed402112"))
    }

    // MARK: RFC 7714

    private static func quidProQuo(seals: Bool) -> PacketTransform? {
        PacketTransform(
            .aeadAES128GCM, key: bytes("000102030405060708090a0b0c0d0e0f"), salt: bytes("517569642070726f2071756f"), code: [],
            seals: seals)
    }

    @Test func `a packet is protected as in RFC 7714 16.1`() throws {
        let clear = bytes(
            "8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573")
        let secure = bytes(
            """
            8040f17b8041f8d35501a0b2 f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833
            899d7f27beb16a9152cf765ee4390cce
            """)
        var buffer = clear + Array(repeating: 0, count: 16)
        let seal = try #require(Self.quidProQuo(seals: true))
        #expect(seal.protect(&buffer, head: 12, length: clear.count, ssrc: 0x5501_A0B2, index: 0xF17B) == secure.count)
        #expect(buffer == secure)
        let open = try #require(Self.quidProQuo(seals: false))
        #expect(open.unprotect(&buffer, head: 12, length: buffer.count, ssrc: 0x5501_A0B2, index: 0xF17B) == clear.count)
        #expect(Array(buffer[..<clear.count]) == clear)
    }

    @Test func `a report is protected as in RFC 7714 17.1`() throws {
        let clear = bytes(
            """
            81c8000d4d617273 4e5450314e545032525450200000042a0000e9304c756e61 deadbeefdeadbeefdeadbeefdeadbeefdeadbeef
            """)
        let secure = bytes(
            """
            81c8000d4d617273 63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b
            c84aa45896cf4d2fc5abf87245d9eade 800005d4
            """)
        var buffer = clear + Array(repeating: 0, count: 20)
        let seal = try #require(Self.quidProQuo(seals: true))
        #expect(seal.protectControl(&buffer, length: clear.count, ssrc: 0x4D61_7273, index: 0x5D4) == secure.count)
        #expect(buffer == secure)
        let open = try #require(Self.quidProQuo(seals: false))
        #expect(open.unprotectControl(&buffer, length: buffer.count, ssrc: 0x4D61_7273, index: 0x5D4) == clear.count)
        #expect(Array(buffer[..<clear.count]) == clear)
    }

    // MARK: libsrtp

    struct Sent: Sendable {
        var clear: [UInt8]
        var secure: [UInt8]
    }

    /// A roll-over (65534, 65535, 0, 1), CSRCs, extensions, both; then two reports, whose indices are 1 and 2.
    static let clear = [
        "8080fffe01020300cafebabe000b16212c37424d58636e79848f9aa5b0bbc6d1",
        "8180ffff01020301cafebabe11223344010c17222d38434e59646f7a85909ba6b1bcc7d2dde8f3fe09141f",
        "9180000001020302cafebabe11223344bede000110ff0000020d18232e39444f5a65707b86919ca7b2bdc8d3dee9f4ff0a15202b36414c57626d",
        """
        9080000101020303cafebabebede000110ff0000030e19242f3a45505b66717c87929da8b3bec9d4dfeaf5000b16212c37424d58636e79848f9aa5b0
        bb
        """,
    ].map(bytes)
    static let reports = [
        "80c80006cafebabe282d32373c41464b50555a5f64696e73787d8287", "80c80006cafebabe292e33383d42474c51565b60656a6f74797e8388",
    ].map(bytes)
    static let secure: [SRTPProfile: [[UInt8]]] = [
        .aeadAES128GCM: [
            "8080fffe01020300cafebabe47f08b0437d696d09abf5df324bf50c235cd332e01d0940718dcabea4f8b4dc0ca3ef038",
            """
            8180ffff01020301cafebabe1122334419dd33518311e6fafe37b15566488bc50829bbd38c14bab57e0f480fcc01680fdfdd73270767193203b7
            1c
            """,
            """
            9180000001020302cafebabe11223344bede000110ff00002b517811049cc04fb8e2401ab367e519453fca7901e4ac71a8b382cce700ba8829f5
            a26aa3dedfc56db69a3dcca19ef1ed5c
            """,
            """
            9080000101020303cafebabebede000110ff00008ebd5a1be98ba7bd9c811aa5807e5cabeaa14d887d2024edfcf729daef7fe9396ef64cdb194a
            37cc6345bcbc658778340596e76e31e4ce9e15
            """,
        ].map(bytes),
        .aes128CounterHMACSHA1: [
            "8080fffe01020300cafebabebcf222fee99c6e70bdb9186244bb1991405341f4016eb3d8fb02df588cc6",
            "8180ffff01020301cafebabe11223344baa84b1fd6880ba7a25a20b735fe3cc536da5f2d49085d2344022c157d62227e43aeda4007",
            """
            9180000001020302cafebabe11223344bede000110ff000026767dea3aa6001b401265402ea55c41b1bb52409b6c62362cd5516b7768215f84c5
            42668d3002403d8a55b7
            """,
            """
            9080000101020303cafebabebede000110ff0000b869744f60c8630684cc33869fddf6083726f398642361e34c5f90821a18853b8f0c94778310
            386c0bf90cf139ee0050849272
            """,
        ].map(bytes),
    ]
    static let secureReports: [SRTPProfile: [[UInt8]]] = [
        .aeadAES128GCM: [
            "80c80006cafebabe73083271bf341a7ce08d65cdb1ae1247434d9c5c5f642d406064f7d7110022f9c910fadc80000001",
            "80c80006cafebabe3d2a0b36a1d92aa8038bd4735f963bef307d6f02cf68af5148a68e77cdafb96a31e6c7e080000002",
        ].map(bytes),
        .aes128CounterHMACSHA1: [
            "80c80006cafebabe7889fe0277270de7bf4af5a42507214dca0dd51b80000001ea380b1852679db1f813",
            "80c80006cafebabe654a2f81ed4293f02bb14a06555d301474a1dae38000000275f162924df4949b9f87",
        ].map(bytes),
    ]

    /// The keys of those packets, in both directions.
    static func session(_ profile: SRTPProfile) -> SRTPSession? {
        let key = (0..<16).map { UInt8(0xA0 + $0) }
        let salt = (0..<profile.saltLength).map { UInt8(0x50 + 3 * $0) }
        return SRTPKeyingMaterial(exported: key + key + salt + salt, profile: profile).flatMap { SRTPSession($0, as: .server) }
    }

    @Test(arguments: SRTPProfile.allCases)
    func `what libsrtp sends is heard, over the roll-over of its numbers`(profile: SRTPProfile) throws {
        let session = try #require(Self.session(profile))
        for (clear, secure) in zip(Self.clear, try #require(Self.secure[profile])) { #expect(session.received(secure).bytes == clear) }
        for (clear, secure) in zip(Self.reports, try #require(Self.secureReports[profile])) {
            #expect(session.received(secure, isControl: true).bytes == clear)
        }
    }

    @Test(arguments: SRTPProfile.allCases)
    func `what we send has the bytes of libsrtp`(profile: SRTPProfile) throws {
        let session = try #require(Self.session(profile))
        for (clear, secure) in zip(Self.clear, try #require(Self.secure[profile])) { #expect(try session.sent(clear).get() == secure) }
        // We begin with the index 0, as RFC 3711 section 3.4 says.
        _ = try session.sent(Self.reports[0], isControl: true).get()
        for (clear, secure) in zip(Self.reports, try #require(Self.secureReports[profile])) {
            #expect(try session.sent(clear, isControl: true).get() == secure)
        }
    }
}
