import Crypto
import Foundation
import HTTPAPI
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Operation
import Organization
import Primitives
import ServiceLifecycle
import Synchronization
import Testing

@testable import Server

/// What a webhook is sent, held against a real HTTP server.
@Suite(.timeLimit(.minutes(3)))
struct WebhookTests {
    private static let secret = "a secret of the receiver"

    private func news(to address: String, hasBegun: Bool = true) throws -> AlertNews {
        let alert = Alert(
            id: ID(high: 1, low: 2), place: MeasuredPlace(project: ID(high: 3, low: 4), queue: ID(high: 5, low: 6)),
            measure: .waitingLongest, side: .above, threshold: 60, clears: 20, lasting: .seconds(30))
        let webhook = Webhook(address: try #require(WebhookAddress(address)), secret: Secret(Self.secret))
        return AlertNews(
            named: NamedAlert(alert: alert, key: "long wait", name: Localised([:]), webhook: webhook), project: "desk", queue: "help",
            hasBegun: hasBegun, since: Timestamp(microseconds: 1_800_000_000_000_000), at: Timestamp(microseconds: 1_800_000_030_500_000),
            value: 90)
    }

    private static let quiet = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// A server that answers with these statuses, one after the other and then the last; `story` gets its address and what came.
    private func receiving(
        _ statuses: [Int], pauses: [Duration] = [.milliseconds(1), .milliseconds(2)], reachesPrivate: Bool = true,
        before: @Sendable (String) throws -> [WebhookMessage] = { _ in [] }, forgotten: Forgotten = Forgotten(),
        _ story: @Sendable (WebhookSender, String, Receiver) async throws -> Void
    ) async throws {
        let receiver = Receiver(statuses)
        let router = Router()
        router.post("/hook") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            return receiver.take(.init(headers: request.headers, body: String(buffer: body)))
        }
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { running.yield($0.localAddress?.port ?? 0) }, logger: Self.quiet)
        let receiving = ServiceGroup(services: [application], logger: Self.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await receiving.run() }
            for await port in ports {
                let address = "http://127.0.0.1:\(port)/hook"
                let sender = WebhookSender(
                    WebhookClient(group: MultiThreadedEventLoopGroup.singleton, reachesPrivate: reachesPrivate),
                    before: try before(address), forget: { forgotten.keep($0) }, pauses: pauses,
                    now: { Timestamp(microseconds: 1_800_000_031_000_000) }, logger: Self.quiet)
                let sending = ServiceGroup(services: [sender], logger: Self.quiet)
                tasks.addTask { try await sending.run() }
                try await story(sender, address, receiver)
                await sending.triggerGracefulShutdown()
                break
            }
            await receiving.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `an alert is a cloud event, signed with the receiver's secret`() async throws {
        try await receiving([204]) { sender, address, receiver in
            sender.tell(try news(to: address))
            let message = try #require(await receiver.next())
            func header(_ name: String) throws -> String { try #require(HTTPFields.Element.Name(name).flatMap { message.headers[$0] }) }
            #expect(try header("content-type") == "application/cloudevents+json; charset=utf-8")
            let id = "\(AlertID(high: 1, low: 2))-1800000000000-began"
            #expect(try header("webhook-id") == id && header("webhook-timestamp") == "1800000031")
            let code = HMAC<SHA256>.authenticationCode(
                for: Data("\(id).1800000031.\(message.body)".utf8), using: SymmetricKey(data: Data(Self.secret.utf8)))
            #expect(try header("webhook-signature") == "v1,\(Data(code).base64EncodedString())")
            let event = try #require(try JSONSerialization.jsonObject(with: Data(message.body.utf8)) as? [String: Any])
            #expect(event["specversion"] as? String == "1.0" && event["id"] as? String == id)
            #expect(
                event["type"] as? String == "callfloor.alert.began" && event["source"] as? String == "/projects/desk/alerts/long%20wait")
            #expect(event["time"] as? String == "2027-01-15T08:00:30.500Z" && event["datacontenttype"] as? String == "application/json")
            let data = try #require(event["data"] as? [String: Any])
            #expect(
                data["measure"] as? String == "waitingLongest" && data["queue"] as? String == "help" && data["unit"] as? String == "seconds"
            )
            #expect(data["threshold"] as? Int == 60 && data["clears"] as? Int == 20 && data["value"] as? Double == 90)
            #expect(data["since"] as? String == "2027-01-15T08:00:00.000Z")
        }
    }

    @Test func `a receiver that is not well is tried again with the same message, and what follows waits for it`() async throws {
        try await receiving([500, 429, 200]) { sender, address, receiver in
            sender.tell(try news(to: address))
            sender.tell(try news(to: address, hasBegun: false))
            var ids: [String] = []
            for _ in 0..<4 {
                let message = try #require(await receiver.next())
                ids.append(String(HTTPFields.Element.Name("webhook-id").flatMap { message.headers[$0] }?.split(separator: "-").last ?? ""))
            }
            #expect(ids == ["began", "began", "began", "ended"])
        }
    }

    @Test func `who says no is not asked again`() async throws {
        try await receiving([404, 302, 200]) { sender, address, receiver in
            for _ in 0..<3 { sender.tell(try news(to: address)) }
            for _ in 0..<3 { _ = await receiver.next() }
            while sender.figures.delivered < 1 { await Task.yield() }
            #expect(sender.figures.givenUp == 2 && receiver.count == 3)
        }
    }

    @Test func `after the last try it is given up, and what follows goes on`() async throws {
        try await receiving([503, 503, 503, 200]) { sender, address, receiver in
            sender.tell(try news(to: address))
            sender.tell(try news(to: address, hasBegun: false))
            for _ in 0..<4 { _ = await receiver.next() }
            while sender.figures.delivered < 1 { await Task.yield() }
            #expect(sender.figures.givenUp == 1 && receiver.count == 4)
        }
    }

    @Test func `what was not told before a restart is told first, and what is told or given up is forgotten`() async throws {
        let forgotten = Forgotten()
        let before: @Sendable (String) throws -> [WebhookMessage] = { address in
            let webhook = Webhook(address: try #require(WebhookAddress(address)), secret: Secret(Self.secret))
            let waiting = WaitingMessage(id: "old", alert: ID(high: 1, low: 2), body: "{}", madeAt: Timestamp(microseconds: 1))
            return [WebhookMessage(waiting, to: webhook)]
        }
        try await receiving([200, 404, 200], before: before, forgotten: forgotten) { sender, address, receiver in
            #expect(try #require(await receiver.next()).body == "{}")
            sender.tell(try news(to: address))
            sender.tell(try news(to: address, hasBegun: false))
            for _ in 0..<2 { _ = await receiver.next() }
            while sender.figures.delivered < 2 { await Task.yield() }
        }
        #expect(forgotten.ids.map { $0.split(separator: "-").last } == ["old", "began", "ended"])
    }

    @Test func `what is under way when the server stops is left for the next`() async throws {
        let forgotten = Forgotten()
        try await receiving([503], pauses: [.seconds(600)], forgotten: forgotten) { sender, address, receiver in
            sender.tell(try news(to: address))
            _ = await receiver.next()
        }
        #expect(forgotten.ids.isEmpty)
    }

    @Test func `an address of this machine is only asked where that is allowed`() async throws {
        try await receiving([200], reachesPrivate: false) { sender, address, receiver in
            sender.tell(try news(to: address))
            sender.tell(try news(to: address.replacing("127.0.0.1", with: "localhost")))
            while sender.figures.givenUp < 2 { await Task.yield() }
            #expect(receiver.count == 0)
        }
    }

    @Test func `whoever hands over never waits, and what is too much is given up`() throws {
        let sender = WebhookSender(
            WebhookClient(group: MultiThreadedEventLoopGroup.singleton, reachesPrivate: true), now: { Timestamp(microseconds: 1) },
            logger: Self.quiet)
        // Nobody works it off.
        for _ in 0..<WebhookSender.waitingMax + 5 { sender.tell(try news(to: "http://127.0.0.1:9/")) }
        #expect(sender.figures.givenUp == 5)
    }

    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1", "198.18.0.1",
        "224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fc00::1", "fdff::1", "fe80::1",
        "febf::1", "ff02::1", "100::1",
    ])
    func `addresses of networks of one's own are known`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isOfOwnNetwork)
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.0.1", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "223.255.255.255",
        "2606:4700::1", "2a00::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::",
    ])
    func `and those of others`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isOfOwnNetwork)
    }
}

/// What has come, one after the other.
private final class Forgotten: Sendable {
    private let all = Mutex<[String]>([])

    func keep(_ id: String) { all.withLock { $0.append(id) } }
    var ids: [String] { all.withLock { $0 } }
}

private final class Receiver: Sendable {
    struct Message: Sendable {
        var headers: HTTPFields
        var body: String
    }

    private let statuses: Mutex<[Int]>
    private let came = Mutex(0)
    private let messages: AsyncStream<Message>
    private let arrived: AsyncStream<Message>.Continuation

    init(_ statuses: [Int]) {
        self.statuses = Mutex(statuses)
        (messages, arrived) = AsyncStream.makeStream()
    }

    var count: Int { came.withLock { $0 } }

    func take(_ message: Message) -> HTTPResponse.Status {
        came.withLock { $0 += 1 }
        arrived.yield(message)
        let status = statuses.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        return .init(code: status)
    }

    func next() async -> Message? { await messages.first { _ in true } }
}
