import Foundation
import Glibc
import Logging
import Operation
import ServiceLifecycle

/// What systemd wants to hear of a program of `Type=notify` (sd_notify(3)): datagrams to the socket that it names.
package struct SystemdSocket: Sendable {
    private let path: String
    /// Without a sign of life for so long, systemd ends the program and starts it again; nil: it does not watch.
    package let watchdog: Duration?

    /// Nil where systemd has not started the program, or does not want to hear.
    package init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count <= Self.pathMax else {
            return nil
        }
        self.path = path
        // WATCHDOG_PID names another process where a wrapper started us.
        let isMeant = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        watchdog = isMeant ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
    }

    /// What a socket's address holds.
    private static let pathMax = 107

    /// The server answers.
    package func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    /// It has begun to stop.
    package func stopping(_ status: String) { send("STOPPING=1\nSTATUS=\(status)") }
    /// It lives.
    package func alive() { send("WATCHDOG=1") }

    /// A state that cannot be told is no reason to stop serving.
    private func send(_ state: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        // unix(7): an abstract socket's name begins with a zero byte and has no end of its own.
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + name.count)
        let bytes = Array(state.utf8)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}

/// Shows systemd that the engine still answers, as long as it does: a program that hangs is ended and started again.
package struct SystemdWatch: Service {
    private let socket: SystemdSocket
    private let isAlive: @Sendable () async -> Void

    /// - Parameter centre: asked each time; while it does not answer, nothing is told.
    package init(_ socket: SystemdSocket, centre: CentreActor) {
        self.init(socket) { await centre.read { _ in } }
    }

    init(_ socket: SystemdSocket, isAlive: @escaping @Sendable () async -> Void) {
        self.socket = socket
        self.isAlive = isAlive
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { [socket, isAlive] in
            // sd_watchdog_enabled(3): at half of the time.
            let pause = (socket.watchdog ?? .seconds(3600)) / 2
            repeat {
                await isAlive()
                if socket.watchdog != nil { socket.alive() }
            } while (try? await Task.sleep(for: pause)) != nil
        }
        socket.stopping("Talks under way are brought to their end.")
    }
}
