import Primitives
import Testing

@testable import SIP

struct SIPURITests {
    @Test(arguments: [
        ("sip:alice@atlanta.com", "alice", "atlanta.com"), ("sip:alice:secret@atlanta.com;transport=tcp", "alice", "atlanta.com"),
        ("sips:alice@atlanta.com:5061?subject=x", "alice", "atlanta.com"),
        ("sip:+1-212-555-1212:1234@gateway.com;user=phone", "+1-212-555-1212", "gateway.com"),
        ("sip:[2001:db8::1]:5070", nil, "2001:db8::1"), ("sip:atlanta.com", nil, "atlanta.com"),
        ("tel:+358-555-1234567;ext=1", "+358-555-1234567", ""),
        ("SIP:a%20b@h", "a b", "h"), ("sip:user;par=u%40example.net@example.com", "user;par=u@example.net", "example.com"),
    ])
    func `an address is read in its parts and reads back the same`(text: String, user: String?, host: String) throws {
        let uri = try SIPURI(parsing: text)
        #expect(uri.user == user)
        #expect(uri.host == host)
        let again = try SIPURI(parsing: uri.description)
        #expect(again.means(uri))
    }

    @Test(arguments: [
        "", "sip", "sip:", "sip:@h", "sip:a@", "sip:a@h:", "sip:a@h:99999", "sip:a b@h", "sip:<a>@h", "sip:[::x]", "tel:", "sip:a@h]",
        "1:x",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: SIPURI.ParsingError.malformed) { try SIPURI(parsing: text) }
    }

    @Test func `another scheme is another error`() {
        #expect(throws: SIPURI.ParsingError.unknownScheme) { try SIPURI(parsing: "http://x") }
    }

    @Test func `an address with a host in numbers can be sent to`() throws {
        #expect(try SIPURI(parsing: "sip:a@192.0.2.7").address == .host(7))
        #expect(try SIPURI(parsing: "sip:a@example.com").address == nil)
        #expect(try SIPURI(parsing: "sip:192.0.2.7:7000;LR").hasParameter("lr"))
    }
}
