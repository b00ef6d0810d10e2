import Organization
import Primitives
import Testing

@testable import Operation

/// When an alert begins and when it ends.
struct AlertBookTests {
    private static let place = MeasuredPlace(project: ID(high: 1, low: 1), queue: nil)

    private func alert(
        _ measure: Measure = .waiting, _ side: Alert.Side = .above, _ threshold: Int = 5, clears: Int = 3, lasting: Int = 30
    ) -> Alert {
        Alert(
            id: ID(high: 2, low: 2), place: Self.place, measure: measure, side: side, threshold: threshold, clears: clears,
            lasting: .seconds(lasting))
    }

    private func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: 1_000_000 * seconds) }

    /// What begins (b) and ends (e) while the value goes through these, one each ten seconds.
    private func story(_ alert: Alert, _ values: [Double?]) -> String {
        var book = AlertBook()
        return values.enumerated().map { index, value in
            let changes = book.look(at: [(alert, value)], now: at(Int64(index) * 10))
            return changes.map { if case .began = $0 { "b" } else { "e" } }.joined()
        }.map { $0.isEmpty ? "." : $0 }.joined()
    }

    @Test func `it begins when the threshold was crossed for long enough, and ends beyond the place where it clears`() {
        #expect(story(alert(), [4, 6, 6, 6, 6, 5, 4, 3, 3]) == "....b..e.")
    }

    @Test func `who comes back in time begins anew`() {
        #expect(story(alert(), [6, 6, 6, 5, 6, 6, 6, 6]) == ".......b")
    }

    @Test func `without a span it begins at once, and equal to the threshold is not beyond it`() {
        #expect(story(alert(lasting: 0), [5, 6, 5, 3, 6]) == ".b.eb")
    }

    @Test func `below is the other way round, and nothing to reckon from crosses nothing`() {
        let level = alert(.answeredOfOffered, .below, 80, clears: 90, lasting: 0)
        #expect(story(level, [nil, 80, 79.9, 85, 89.9, 90, 50, nil]) == "..b..ebe")
    }

    @Test func `it knows since when, and a restart goes on with it`() {
        var book = AlertBook()
        _ = book.look(at: [(alert(), 6)], now: at(10))
        #expect(book.look(at: [(alert(), 7)], now: at(40)) == [.began(alert().id, since: at(10))])
        var again = AlertBook(raised: book.raised)
        #expect(again.look(at: [(alert(), 4)], now: at(50)).isEmpty)
        #expect(again.look(at: [(alert(), 3)], now: at(60)) == [.ended(alert().id, since: at(10))])
    }

    @Test func `what is taken out of the set-up is over`() {
        var book = AlertBook(raised: [alert().id: at(1)])
        #expect(book.look(at: [], now: at(2)) == [.ended(alert().id, since: at(1))])
        #expect(book.raised.isEmpty)
    }

    // MARK: Addresses

    @Test(arguments: [
        ("https://hooks.example/a?b=c#d", "hooks.example", 443, "/a?b=c"), ("http://127.0.0.1:8080", "127.0.0.1", 8080, "/"),
        ("https://[2001:db8::1]:8443/x", "2001:db8::1", 8443, "/x"), ("http://a-b.example?x=1", "a-b.example", 80, "/?x=1"),
    ])
    func `an address is split into its parts`(text: String, host: String, port: Int, target: String) throws {
        let address = try #require(WebhookAddress(text))
        #expect((address.host, address.port, address.target) == (host, port, target))
        #expect(address.isSecure == text.hasPrefix("https") && address.description == text)
    }

    @Test(arguments: [
        "", "hooks.example", "ftp://hooks.example", "https://", "https://user:word@hooks.example/", "https://a b/", "https://a:0/",
        "https://a:65536/", "https://a:b/", "https://::1/", "https://[::1/", "http://a\r\nHost: b/",
        "https://" + String(repeating: "a", count: 1000),
    ])
    func `what is no address is none`(text: String) { #expect(WebhookAddress(text) == nil) }
}
