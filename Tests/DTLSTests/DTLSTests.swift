import DTLS
import Primitives
import SRTP
import Testing

struct DTLSTests {
    @Test func `both sides get the same keys, for the profile we like best`() throws {
        var shake = try #require(Handshake())
        shake.begin()
        shake.run()
        let (server, client) = (try #require(shake.keys[0]), try #require(shake.keys[1]))
        #expect(server.profile == .aeadAES128GCM && client.profile == .aeadAES128GCM)
        // Two round trips of 10 ms each way.
        #expect(shake.now - Handshake.start == .milliseconds(40))
        #expect(shake.ends.allSatisfy { $0.deadline == nil })

        let ours = try #require(SRTPSession(server, as: .server))
        let theirs = try #require(SRTPSession(client, as: .client))
        var packet: [UInt8] = [0x80, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4] + Array(repeating: 9, count: 160 + SRTPSession.overheadMax)
        let clear = packet
        packet.withUnsafeMutableBytes { buffer in
            #expect(theirs.protect(buffer, length: 172) == .protected(length: 188))
            #expect(ours.unprotect(UnsafeMutableRawBufferPointer(rebasing: buffer[..<188])) == .authentic(length: 172))
        }
        #expect(packet[..<172] == clear[..<172])
    }

    @Test func `no datagram of a handshake is longer than the path takes`() throws {
        var shake = try #require(Handshake())
        var longest = 0
        shake.begin()
        while let datagram = shake.network.first {
            shake.network.removeFirst()
            longest = max(longest, datagram.bytes.count)
            shake.deliver(datagram.bytes, to: datagram.to)
        }
        #expect(shake.isConnected)
        #expect(longest <= DTLSConnection.mtu)
    }

    // MARK: Bad networks

    @Test(arguments: 1...8)
    func `whichever datagram is lost, it is sent again`(lost: Int) throws {
        var shake = try #require(Handshake())
        shake.delay = { number, _ in number == lost ? nil : .milliseconds(10) }
        shake.begin()
        shake.run()
        #expect(shake.isConnected)
        #expect(shake.now - Handshake.start <= .milliseconds(700))
    }

    @Test(arguments: 0..<30)
    func `a network that loses, delays and doubles only slows it down`(seed: UInt64) throws {
        var shake = try #require(Handshake())
        var random = Random(seed: seed)
        var fates: [Duration?] = []
        for _ in 0..<1_000 { fates.append(random.chance(0.2) ? nil : .milliseconds(Int(random.next() % 150))) }
        shake.delay = { number, _ in fates[number % fates.count] }
        shake.begin()
        shake.run(for: .seconds(1))
        // Doubled: whatever is on its way comes twice.
        shake.network += shake.network
        shake.run()
        #expect(shake.isConnected, "\(shake.failures)")
    }

    @Test func `a lost flight is repeated after ever longer spans, and given up in the end`() throws {
        var shake = try #require(Handshake())
        var sentAt: [Duration] = []
        shake.delay = { _, to in to == .server ? .zero : nil }
        shake.begin()
        shake.run(for: .zero)
        // The browser falls silent after its first word; only our side goes on.
        let server = shake.ends[0]
        var now = Handshake.start
        var failure: DTLSConnection.Failure?
        while let deadline = server.deadline {
            now = deadline
            for directive in server.pass(at: now) {
                if case .send = directive { sentAt.append(now - Handshake.start) }
                if case .failed(let reason) = directive { failure = reason }
            }
        }
        let moments = sentAt.reduce(into: [Int64]()) { if $0.last != $1.milliseconds { $0.append($1.milliseconds) } }
        #expect(moments == [200, 600, 1_400, 3_000, 6_200, 10_200, 14_200, 18_200, 22_200, 26_200])
        #expect(failure == .tooSlow)
        #expect(now == Handshake.start + DTLSConnection.handshakeMax)
    }

    // MARK: Who it is

    @Test func `a browser with another certificate than it announced is refused`() throws {
        var shake = try #require(Handshake(serverExpects: Handshake.ours?.fingerprint))
        shake.begin()
        shake.run()
        #expect(shake.failures[0] == .fingerprint)
        #expect(shake.keys[0] == nil)
        // It is told by an alert.
        guard case .refused(let reason) = shake.failures[1] else {
            Issue.record("the browser is told nothing")
            return
        }
        #expect(reason.contains("alert"))
    }

    @Test func `a browser refuses us if we are not who our answer announced`() throws {
        var shake = try #require(Handshake(clientExpects: Handshake.theirs?.fingerprint))
        shake.begin()
        shake.run()
        #expect(shake.failures[1] == .fingerprint)
        #expect(shake.keys.allSatisfy { $0 == nil })
        #expect(shake.failures[0] != nil)
    }

    @Test func `one of several fingerprints is enough, none is not`() throws {
        let (ours, theirs) = (try #require(Handshake.ours), try #require(Handshake.theirs))
        for (expected, isRight) in [([ours.fingerprint, theirs.fingerprint], true), ([], false)] {
            let server = try #require(DTLSConnection(ours, expecting: expected))
            let client = try #require(DTLSConnection(theirs, as: .client, expecting: [ours.fingerprint]))
            #expect(Self.connects(server, client) == isRight)
        }
    }

    /// Without a network.
    static func connects(_ server: DTLSConnection, _ client: DTLSConnection) -> Bool {
        var open = client.begin(at: Handshake.start).map { (DTLSConnection.Directive, Bool)($0, true) }
        var count = 0
        while !open.isEmpty {
            let (directive, isForServer) = open.removeFirst()
            switch directive {
            case .send(let bytes):
                open += bytes.withUnsafeBytes { (isForServer ? server : client).receive($0, at: Handshake.start) }.map {
                    ($0, !isForServer)
                }
            case .connected: count += 1
            case .closed, .failed: break
            }
        }
        return count == 2
    }

    @Test func `two servers, or two clients, do not come together`() throws {
        let (ours, theirs) = (try #require(Handshake.ours), try #require(Handshake.theirs))
        let one = try #require(DTLSConnection(ours, as: .client, expecting: [theirs.fingerprint]))
        let other = try #require(DTLSConnection(theirs, as: .client, expecting: [ours.fingerprint]))
        #expect(!Self.connects(one, other))
        let server = try #require(DTLSConnection(ours, expecting: [theirs.fingerprint]))
        #expect(server.deadline == nil)
        #expect(server.pass(at: Handshake.start + .seconds(100)).isEmpty)
    }

    @Test func `identities are told apart, and their fingerprints read as descriptions have them`() throws {
        let (ours, theirs) = (try #require(Handshake.ours), try #require(Handshake.theirs))
        #expect(ours.fingerprint != theirs.fingerprint)
        #expect(DTLSFingerprint([0, 0x4A] + Array(repeating: 0xFF, count: 30))?.description.hasPrefix("00:4A:FF:FF") == true)
        #expect(DTLSFingerprint([1, 2, 3]) == nil)
    }

    // MARK: After the handshake

    @Test func `whoever takes leave is understood, once`() throws {
        var shake = try #require(Handshake())
        shake.begin()
        shake.run()
        shake.take(shake.ends[1].close(), from: .client)
        shake.run()
        #expect(shake.closed == [true, false])
        #expect(shake.ends[0].close().isEmpty == false)
        shake.deliver([22, 254, 253], to: .server)
        #expect(shake.failures == [nil, nil])
    }

    @Test func `what comes late or again after the handshake does not end it`() throws {
        var shake = try #require(Handshake())
        var all: [Handshake.Datagram] = []
        shake.begin()
        while let datagram = shake.network.first {
            shake.network.removeFirst()
            all.append(datagram)
            shake.deliver(datagram.bytes, to: datagram.to)
        }
        for datagram in all + all.reversed() { shake.deliver(datagram.bytes, to: datagram.to) }
        shake.run()
        #expect(shake.isConnected)
        #expect(shake.failures == [nil, nil] && shake.closed == [false, false])
    }

    // MARK: Hostile bytes

    @Test func `a forged record that is too short to be protected ends nothing`() throws {
        var shake = try #require(Handshake())
        shake.begin()
        shake.run()
        for length in 0..<40 as Range<UInt8> {
            for kind in 20...23 as ClosedRange<UInt8> {
                let record = [kind, 254, 253, 0, 1, 0, 0, 0, 0, 1, length, 0, length] + Array(repeating: 0, count: Int(length))
                shake.deliver(record, to: .server)
                shake.deliver(record, to: .client)
            }
        }
        shake.run()
        #expect(shake.isConnected)
        #expect(shake.failures == [nil, nil] && shake.closed == [false, false])
    }

    @Test func `garbage before and in the handshake is dropped`() throws {
        var shake = try #require(Handshake())
        var random = Random(seed: 6347)
        for round in 0..<200 {
            let count = Int(random.next() % 300)
            var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if !bytes.isEmpty { bytes[0] = 20 + UInt8(round % 44) }
            shake.deliver(bytes, to: .server)
        }
        shake.deliver(Array(repeating: 22, count: DTLSConnection.lengthMax + 1), to: .server)
        shake.begin()
        shake.run()
        #expect(shake.isConnected, "\(shake.failures)")
    }

    @Test func `handshakes end whatever is done to their datagrams, and never with keys of the wrong one`() throws {
        var seeds: [[UInt8]] = []
        var whole = try #require(Handshake())
        whole.begin()
        while let datagram = whole.network.first {
            whole.network.removeFirst()
            if datagram.to == .server { seeds.append(datagram.bytes) }
            whole.deliver(datagram.bytes, to: datagram.to)
        }
        var random = Random(seed: 9147)
        for _ in 0..<60 {
            // A real handshake with some datagrams changed on the way.
            var shake = try #require(Handshake())
            var mutants = Mutants(
                random: Random(seed: random.next()), seeds: seeds, pieces: [[0xFE, 0xFD], [22], [0, 0, 0, 0], [21, 2, 40]])
            shake.begin()
            while let datagram = shake.network.first {
                shake.network.removeFirst()
                if random.chance(0.3) { shake.deliver(mutants.next(), to: datagram.to) }
                shake.deliver(datagram.bytes, to: datagram.to)
            }
            shake.run()
            #expect(shake.ends[0].deadline == nil)
            #expect(shake.keys[0] != nil || shake.failures[0] != nil)
        }
    }

    @Test func `each torture file and hundreds of mutants of it keep the promises`() throws {
        let seeds = try tortureFiles("dtls").map(\.bytes)
        #expect(seeds.count >= 10)
        for seed in seeds { seed.withUnsafeBytes(fuzzDTLS) }
        var mutants = Mutants(
            random: Random(seed: 6347), seeds: seeds, pieces: [[0xFE, 0xFD], [0, 0], [22], [0xFF, 0xFF, 0xFF], [0, 15, 21]])
        for _ in 0..<1_000 { mutants.next().withUnsafeBytes(fuzzDTLS) }
    }

    @Test func `somebody who only floods is given up`() throws {
        var shake = try #require(Handshake())
        for _ in 0...DTLSConnection.datagramsMax { shake.deliver([22, 254, 253, 0, 0], to: .server) }
        #expect(shake.failures[0] == .refused("too many datagrams"))
        shake.deliver([22, 254, 253, 0, 0], to: .server)
        #expect(shake.ends[0].deadline == nil)
    }
}
