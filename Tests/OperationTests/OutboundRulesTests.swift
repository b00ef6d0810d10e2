import Operation
import Primitives
import Testing

/// Where a project's calls may go.
struct OutboundRulesTests {
    private let destinations = Destinations(["+44", "!+4490", "+449011", "+995", "!+1"].compactMap { Destinations.Rule($0) })

    @Test(arguments: [
        ("+442079460100", true), ("+995322550001", true), ("+449098790000", false), ("+449011234567", true), ("+12125550100", false),
        ("+8816214000", false), ("+3612345678", false),
    ])
    func `the longest prefix decides, and what none names is not called`(_ number: String, _ isAllowed: Bool) throws {
        #expect(destinations.allows(try PhoneNumber(parsing: number)) == isAllowed)
    }

    @Test(arguments: ["+44999", "+44112", "+995112", "+44101"])
    func `short numbers are nobody's to call, whatever the prefix`(_ number: String) throws {
        #expect(!destinations.allows(try PhoneNumber(parsing: number)))
    }

    @Test func `a prefix is written with its plus, and an exclusion with a mark before it`() {
        #expect(Destinations.Rule("+44") == .init(prefix: "44", isAllowed: true))
        #expect(Destinations.Rule("!+4490") == .init(prefix: "4490", isAllowed: false))
        for text in ["", "!", "+", "44", "!44", "+44x", "++44", "+1234567890123456", "+४४"] {
            #expect(Destinations.Rule(text) == nil, "\(text)")
        }
    }

    @Test func `of two rules for one prefix the later one holds`() throws {
        let changed = Destinations([.init(prefix: "44", isAllowed: true), .init(prefix: "44", isAllowed: false)])
        #expect(!changed.allows(try PhoneNumber(parsing: "+442079460100")))
    }
}
