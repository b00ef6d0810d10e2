import Testing

@testable import Primitives

struct PrimitivesTests {
    enum Thing {}

    @Test func `an id reads back from its text, and ids sort as they were made`() {
        var random = Random(seed: 1)
        let first = ID<Thing>(at: Timestamp(microseconds: 1_700_000_000_000_000), using: &random)
        let second = ID<Thing>(at: Timestamp(microseconds: 1_700_000_000_001_000), using: &random)
        #expect(ID<Thing>(first.description) == first)
        #expect(first < second)
        #expect(first.description.utf8.count == 36)
        let version = Array(first.description)[14]
        #expect(version == "7")
        for bad in [
            "", "0", "0190b0d6-7e5a-7000-8000-00000000000", "0190b0d6-7e5a-7000-8000-00000000000g", "0190b0d67e5a-7000-8000-000000000000-",
        ] {
            #expect(ID<Thing>(bad) == nil)
        }
    }

    @Test func `a timestamp is written in UTC`() {
        #expect(Timestamp(microseconds: 0).description == "1970-01-01T00:00:00.000000Z")
        #expect(Timestamp(microseconds: 951_782_400_000_001).description == "2000-02-29T00:00:00.000001Z")
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
        #expect(Timestamp(microseconds: 5) + .seconds(1) == Timestamp(microseconds: 1_000_005))
        #expect(Timestamp(microseconds: 5) + .microseconds(Int64.max) == .distantFuture)
        // Whole seconds that still fit, with a fraction that does not.
        #expect(Duration.milliseconds(Int64(9_223_372_036_854_999)).microseconds == .max)
        #expect(Duration.milliseconds(Int64(-9_223_372_036_854_999)).microseconds == .min)
    }

    @Test func `the day starts at local midnight, also when the clock changes`() throws {
        let berlin = try #require(CivilTime(zone: "Europe/Berlin"))
        // 2026-03-29 has 23 hours there: noon is at 10:00 UTC, midnight was at 23:00 UTC the day before.
        let noon = Timestamp(microseconds: 1_774_778_400_000_000)
        #expect(berlin.startOfDay(noon).description == "2026-03-28T23:00:00.000000Z")
        #expect(CivilTime(zone: "Mars/Olympus") == nil)
    }

    @Test(arguments: [
        ("+995 32 255-00-00", "+995322550000"), ("00995322550000", "+995322550000"), ("032 2550000", "+995322550000"),
    ])
    func `a phone number is read as people write it`(written: String, expected: String) throws {
        let number = try PhoneNumber(parsing: written, national: .init(countryCode: "995"))
        #expect(number.description == expected)
    }

    @Test func `what is no phone number is refused`() {
        #expect(throws: PhoneNumber.ParsingError.notANumber("call me")) { try PhoneNumber(parsing: "call me") }
        #expect(throws: PhoneNumber.ParsingError.length(digits: 3)) { try PhoneNumber(parsing: "+123") }
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("2001:db8:0:0:0:0:0:1", "2001:db8::1"), ("[::1]", "::1"), ("::", "::"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ])
    func `an address reads and is written in its shortest form`(text: String, expected: String) throws {
        #expect(try #require(IPAddress(text)).description == expected)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.256", "1.2.3.4.5", "::1::", "1:2:3:4:5:6:7", ":::", "host", "1:2:3:4:5:6:7:8:9", "+1.2.3.4"])
    func `what is no address is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: ["192.0.2.1:5060", "[2001:db8::1]:5060"])
    func `an address with a port reads back as it is written`(text: String) {
        #expect(NetworkAddress(text)?.description == text)
    }

    @Test(arguments: ["", ":", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "2001:db8::1:5060", "host:5060"])
    func `what is no address with a port is refused`(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test func `a sorted run behaves as a sorted set under a thousand random changes`() {
        var random = Random(seed: 7)
        var run = SortedRun<Int>()
        var model: Set<Int> = []
        for _ in 0..<5000 {
            let value = Int(random.next() % 200)
            switch random.next() % 3 {
            case 0: #expect(run.insert(value) == model.insert(value).inserted)
            case 1: #expect(run.remove(value) == (model.remove(value) != nil))
            default:
                if let first = run.first {
                    run.remove(first)
                    model.remove(first)
                }
            }
            #expect(Array(run) == model.sorted())
        }
    }

    @Test func `the same seed draws the same numbers`() {
        var first = Random(seed: 42)
        var second = Random(seed: 42)
        #expect((0..<100).map { _ in first.next() } == (0..<100).map { _ in second.next() })
        var third = Random(seed: 43)
        #expect(first.next() != third.next())
    }
}
