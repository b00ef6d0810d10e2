import Dispatch
import Foundation
import Glibc

/// A browser reduced to its socket: sends bytes as they are written, so that a test can also send what no browser would.
struct Client: Sendable {
    let port: Int
    /// Whom it asks, and as who. Beside 127.0.0.1 all of 127.0.0.0/8 is there to be other machines.
    var host = "127.0.0.1"
    var own = "127.0.0.1"
    /// The session's cookie.
    var cookie: String?

    struct Answer: Sendable {
        var status: Int
        var headers: [String: [String]]
        var body: [UInt8]

        func header(_ name: String) -> String? { headers[name.lowercased()]?.first }
        var json: JSON { get throws { try JSON(body) } }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// Sends a request and reads its whole answer. `Origin` and an idempotency key are what a page of ours would send,
    /// unless `headers` say otherwise; an empty value leaves a header out.
    func send(_ method: String, _ path: String, body: String? = nil, headers: [String: String] = [:]) async throws -> Answer {
        let request = request(method, path, body: body, headers: headers)
        let (host, own, port) = (self.host, self.own, self.port)
        return try await onThread {
            let connection = try Connection(to: host, port: port, from: own)
            defer { connection.close() }
            try connection.write(request)
            return try connection.answer(hasBody: method != "HEAD")
        }
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer { try await send("GET", path, headers: headers) }

    func request(_ method: String, _ path: String, body: String?, headers: [String: String]) -> [UInt8] {
        var all = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
        if method != "GET" && method != "HEAD" {
            all["Origin"] = "http://127.0.0.1:\(port)"
            all["Idempotency-Key"] = UUID().uuidString
        }
        if let body {
            all["Content-Type"] = "application/json"
            all["Content-Length"] = String(body.utf8.count)
        }
        if let cookie { all["Cookie"] = "callfloor_session=\(cookie)" }
        for (name, value) in headers { all[name] = value.isEmpty ? nil : value }
        let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n\(body ?? "")".utf8)
    }

    /// Signs in; the answer has the session's cookie.
    func signedIn(as login: String, password: String = TestCentre.password) async throws -> Client {
        let answer = try await send("POST", "/api/session", body: #"{"login":"\#(login)","password":"\#(password)"}"#)
        guard answer.status == 200, let cookie = answer.header("Set-Cookie") else {
            throw Broken(description: "sign-in as \(login): \(answer.status) \(answer.text)")
        }
        var client = self
        client.cookie = String(cookie.dropFirst("callfloor_session=".count).prefix { $0 != ";" })
        return client
    }

    /// Opens the live feed, or another stream.
    func stream(_ path: String = "/api/stream") async throws -> EventStream {
        let request = request("GET", path, body: nil, headers: [:])
        let port = self.port
        return try await onThread {
            let connection = try Connection(port: port)
            try connection.write(request)
            let head = try connection.head()
            guard head.status == 200 else { throw Broken(description: "the stream answered \(head.status)") }
            return EventStream(connection)
        }
    }
}

/// Runs something that blocks, away from the threads that tasks share.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}

/// A TCP connection with reads that give up after ten seconds.
final class Connection: @unchecked Sendable {
    private let socket: Int32
    private var buffer: [UInt8] = []

    init(to host: String = "127.0.0.1", port: Int, from own: String = "127.0.0.1") throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let isBound = Self.with(own, port: 0) { bind(socket, $0, $1) == 0 }
        guard isBound, Self.with(host, port: port, { connect(socket, $0, $1) == 0 }) else {
            throw Client.Broken(description: "cannot connect: \(errno)")
        }
    }

    deinit { Glibc.close(socket) }

    private static func with(_ host: String, port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return false }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    func close() { shutdown(socket, Int32(SHUT_RDWR)) }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            // The server may answer and close before it has read all.
            if count <= 0 { return }
            sent += count
        }
    }

    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &chunk, chunk.count, 0)
        if count < 0 { throw Client.Broken(description: "nothing more came: \(errno)") }
        buffer += chunk[0..<count]
        return count > 0
    }

    /// A line without its end; nil when the connection has closed.
    func line() throws -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = buffer[..<end].filter { $0 != 13 }
                buffer.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard try fill() else { return nil }
        }
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try fill() else { throw Client.Broken(description: "the answer is cut off") }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    func head() throws -> Client.Answer {
        guard let status = try line()?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Client.Broken(description: "no answer")
        }
        var headers: [String: [String]] = [:]
        while let line = try line(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased(), default: []].append(parts[1].trimmingCharacters(in: .whitespaces))
        }
        return Client.Answer(status: status, headers: headers, body: [])
    }

    func answer(hasBody: Bool) throws -> Client.Answer {
        var answer = try head()
        guard hasBody, answer.status != 204, answer.status != 304 else { return answer }
        if let length = answer.header("Content-Length").flatMap({ Int($0) }) {
            answer.body = try bytes(length)
        } else {
            while let chunk = try chunk() { answer.body += chunk }
        }
        return answer
    }

    /// One chunk of a chunked body; nil at its end, or when the connection has closed.
    func chunk() throws -> [UInt8]? {
        guard let size = try line().flatMap({ Int($0, radix: 16) }), size > 0 else { return nil }
        let bytes = try bytes(size)
        _ = try line()
        return bytes
    }
}

/// Server-Sent Events as they come.
final class EventStream: @unchecked Sendable {
    private let connection: Connection
    private var text = ""

    struct Event: Sendable {
        var name: String
        var id: Int?
        var data: JSON
    }

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The next event called `name` that fits; others before it are passed over.
    func next(_ name: String, where fits: @escaping @Sendable (JSON) throws -> Bool = { _ in true }) async throws -> JSON {
        try await onThread { [self] in
            while let event = try event() {
                if event.name == name, try fits(event.data) { return event.data }
            }
            throw Client.Broken(description: "the stream ended before \(name)")
        }
    }

    /// Every event up to and with the first that fits.
    func events(until fits: @escaping @Sendable (Event) throws -> Bool) async throws -> [Event] {
        try await onThread { [self] in
            var found: [Event] = []
            while let event = try event() {
                found.append(event)
                if try fits(event) { break }
            }
            return found
        }
    }

    /// Reads on until the server ends the stream.
    func end() async throws -> [Event] { try await events { _ in false } }

    func close() { connection.close() }

    /// Comments are passed over.
    private func event() throws -> Event? {
        while true {
            if let end = text.range(of: "\n\n") {
                let lines = text[..<end.lowerBound].split(separator: "\n")
                text = String(text[end.upperBound...])
                func value(_ field: String) -> String? {
                    lines.first { $0.hasPrefix(field + ": ") }.map { String($0.dropFirst(field.count + 2)) }
                }
                guard let name = value("event"), let data = value("data") else { continue }
                return Event(name: name, id: value("id").flatMap { Int($0) }, data: try JSON(Array(data.utf8)))
            }
            guard let chunk = try connection.chunk() else { return nil }
            text += String(decoding: chunk, as: UTF8.self)
        }
    }
}
