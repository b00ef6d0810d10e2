import Foundation
import Glibc
import Logging
import ServiceLifecycle
import Testing

@testable import Server

struct SystemdTests {
    /// The end of the socket that systemd has.
    private final class Listener: Sendable {
        let path: String
        private let descriptor: Int32

        init(abstract: Bool = false) throws {
            let name = FileManager.default.temporaryDirectory.appending(path: "callfloor-\(UUID().uuidString.prefix(8))").path
            path = abstract ? "@" + name.dropFirst() : name
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var patience = timeval(tv_sec: 300, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(path.utf8)
            if abstract { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(result == 0)
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        /// The next datagram; empty if none comes within five minutes. It blocks a thread of its own and none that tasks share.
        func next() async -> String {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [descriptor] in
                    var bytes = [UInt8](repeating: 0, count: 4096)
                    let count = recv(descriptor, &bytes, bytes.count, 0)
                    continuation.resume(returning: String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func `systemd hears that the server is ready, lives and stops`(abstract: Bool) async throws {
        let listener = try Listener(abstract: abstract)
        let socket = try #require(SystemdSocket(environment: ["NOTIFY_SOCKET": listener.path]))
        #expect(socket.watchdog == nil)
        socket.ready("well")
        #expect(await listener.next() == "READY=1\nSTATUS=well")
        socket.alive()
        #expect(await listener.next() == "WATCHDOG=1")
        socket.stopping("bye")
        #expect(await listener.next() == "STOPPING=1\nSTATUS=bye")
    }

    @Test func `the watchdog's time is taken where it is meant for us`() throws {
        func watchdog(_ more: [String: String]) throws -> Duration? {
            try #require(SystemdSocket(environment: ["NOTIFY_SOCKET": "/run/x"].merging(more) { $1 })).watchdog
        }
        #expect(try watchdog(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(try watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]) == .seconds(30))
        #expect(try watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(try watchdog(["WATCHDOG_USEC": "soon"]) == nil)
    }

    @Test(arguments: [nil, "", "relative", "/" + String(repeating: "x", count: 107)])
    func `without a usable socket nothing is told`(path: String?) {
        #expect(SystemdSocket(environment: path.map { ["NOTIFY_SOCKET": $0] } ?? [:]) == nil)
    }

    @Test func `the watch tells that the centre lives until the server stops`() async throws {
        let listener = try Listener()
        let environment = ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "20000"]
        let watch = SystemdWatch(try #require(SystemdSocket(environment: environment)), isAlive: {})
        let group = ServiceGroup(services: [watch], logger: .init(label: "test"))
        async let run: Void = group.run()
        for _ in 1...3 { #expect(await listener.next() == "WATCHDOG=1") }
        await group.triggerGracefulShutdown()
        try await run
        var last = await listener.next()
        while last == "WATCHDOG=1" { last = await listener.next() }
        #expect(last.hasPrefix("STOPPING=1\n"))
    }

    @Test func `a centre that does not answer is not said to live`() async throws {
        let listener = try Listener()
        let (answers, answer) = AsyncStream.makeStream(of: Void.self)
        let environment = ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "1000"]
        let socket = try #require(SystemdSocket(environment: environment))
        let watch = SystemdWatch(socket) { for await _ in answers { return } }
        let group = ServiceGroup(services: [watch], logger: .init(label: "test"))
        async let run: Void = group.run()
        // What we tell ourselves comes first: the centre has not answered.
        socket.ready("first")
        #expect(await listener.next() == "READY=1\nSTATUS=first")
        answer.yield()
        #expect(await listener.next() == "WATCHDOG=1")
        answer.finish()
        await group.triggerGracefulShutdown()
        try await run
    }
}
