import Foundation
import Glibc

/// One HTTP request to our own server on this machine, over a connection of its own. Foundation's client would bring curl and
/// twenty libraries behind it into a program that asks nobody else.
struct LocalRequest: Sendable {
    var host: String
    var port: Int
    /// Head and body, as they go out.
    var bytes: [UInt8]

    init(host: String, port: Int, bytes: [UInt8]) {
        self.host = host
        self.port = port
        self.bytes = bytes
    }

    /// - Parameters:
    ///   - head: the first line, and the headers but for those that every such request has.
    ///   - authority: whom it is for; nil: who listens at `host` and `port`.
    init(host: String, port: Int, head: [String], authority: String? = nil, body: some Sequence<UInt8> = []) {
        let own = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let lines = head + ["Host: \(authority ?? own)", "Connection: close", "", ""]
        self.init(host: host, port: port, bytes: Array(lines.joined(separator: "\r\n").utf8) + body)
    }

    struct Answer: Sendable {
        var status: Int
        /// Everything between the first line and the body.
        var headers: [String] = []
        var body: Data

        /// The value of a header; nil if there is none.
        ///
        /// - Parameter name: in lower case.
        func header(_ name: String) -> String? {
            headers.first { $0.lowercased().hasPrefix("\(name):") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    enum Failure: Error {
        /// No connection could be made.
        case nobodyListens
        /// Whoever listens says nothing, or takes nothing, for too long.
        case timedOut
        /// The connection ended, and what came by it is no whole answer.
        case brokenOff
    }

    /// More than any report of ours.
    private static let answerMax = 16 * 1024 * 1024

    /// - Parameter seconds: how long the server may say nothing, or take nothing of what is said to it.
    func answer(within seconds: Int) async throws(Failure) -> Answer {
        // Reading blocks: on a thread of its own, and not on one that tasks share.
        let result = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: exchanged(within: seconds)) }
        }
        return try result.get()
    }

    private func exchanged(within seconds: Int) -> Result<Answer, Failure> {
        let descriptor = connected()
        guard descriptor >= 0 else { return .failure(.nobodyListens) }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        for direction in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, direction, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { return .failure(.timedOut) }
            // It may have answered before it has read all: its answer says why.
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        var received = Data()
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while received.count <= Self.answerMax {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { return .failure(.timedOut) }
            guard count > 0 else { break }
            received.append(contentsOf: chunk[..<count])
        }
        return Self.parsed(received).map { .success($0) } ?? .failure(.brokenOff)
    }

    /// A connection to the first of the host's addresses that takes one; -1 if none does.
    private func connected() -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return -1 }
        defer { freeaddrinfo(found) }
        var next = found
        while let address = next?.pointee {
            let descriptor = socket(address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), address.ai_protocol)
            if descriptor >= 0 {
                if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
                close(descriptor)
            }
            next = address.ai_next
        }
        return -1
    }

    /// An answer whose body is as long as its head says (RFC 9112 section 6.3); our server writes no other to a command.
    static func parsed(_ received: Data) -> Answer? {
        guard let end = received.firstRange(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let first = lines.first?.split(separator: " ") ?? []
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else { return nil }
        var answer = Answer(status: status, headers: lines.dropFirst().map(String.init), body: received[end.upperBound...])
        guard let length = answer.header("content-length").flatMap({ Int($0) }), length >= 0, answer.body.count >= length else {
            return nil
        }
        answer.body = Data(answer.body.prefix(length))
        return answer
    }
}
