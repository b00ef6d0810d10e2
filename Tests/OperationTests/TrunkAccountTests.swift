import Operation
import Primitives
import Testing

struct TrunkAccountTests {
    @Test(arguments: [
        ("sip.example.com", TrunkAccount.Host.name("sip.example.com")), ("SIP.Example", .name("sip.example")), ("pbx", .name("pbx")),
        ("192.0.2.1", .address(.v4(0xC000_0201))), ("2001:db8::1", .address(.v6(high: 0x2001_0DB8 << 32, low: 1))),
        ("xn--80ak6aa92e.example", .name("xn--80ak6aa92e.example")), ("_sip.example", .name("_sip.example")),
    ])
    func `a server is a name or an address`(text: String, host: TrunkAccount.Host) {
        #expect(TrunkAccount.Host(text) == host)
        #expect(TrunkAccount.Host(host.description) == host)
    }

    @Test(arguments: [
        "", ".", "a..b", "a.", "-a.example", "a-.example", "a b", "sip:a", "a@b", "1.2.3", "1.2.3.256", "ä.example", "a\0b",
        String(repeating: "a", count: 64) + ".example", String(repeating: "a.", count: 127) + "example",
    ])
    func `what cannot be looked up is no server`(text: String) {
        #expect(TrunkAccount.Host(text) == nil)
    }

    @Test func `a secret says nothing where it is printed`() {
        let login = TrunkAccount.Login(user: "442079460100", password: Secret("hush"))
        var dumped = ""
        dump(login, to: &dumped)
        for text in ["\(login)", String(reflecting: login), dumped] {
            #expect(!text.contains("hush") && text.contains("442079460100"), "\(text)")
        }
    }
}
