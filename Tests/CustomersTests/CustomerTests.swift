import Organization
import Primitives
import Testing

@testable import Customers

/// Two people who change one customer, two records of one person, and the words by which he is found.
struct CustomerTests {
    private static let project = ProjectID(high: 1, low: 1)

    private func nino() -> Customer {
        var customer = Customer(id: CustomerID(high: 1, low: 2), project: Self.project, name: "Nino Beridze")
        customer.numbers = [.init(number: "+995555123456", label: "home")]
        customer.languages = [.georgian]
        customer.addresses = [.init(label: "home", parts: [.city: "Tbilisi", .street: "Rustaveli Avenue", .directions: "Ring twice"])]
        return customer
    }

    @Test func `changes of different fields do not meet`() {
        var customer = nino()
        let seen = CustomerPart(of: customer)
        var mine = CustomerPart()
        mine.note = "Calls in the morning"
        var hers = CustomerPart()
        hers.name = "Nino Gelashvili"
        #expect(customer.change(from: seen, to: hers) == [])
        #expect(customer.change(from: seen, to: mine) == [])
        #expect(customer.name == "Nino Gelashvili" && customer.note == "Calls in the morning")
    }

    @Test func `a field that is something else by now is not written over, nor is anything that came with it`() {
        var customer = nino()
        let seen = CustomerPart(of: customer)
        var hers = CustomerPart()
        hers.name = "Nino Gelashvili"
        _ = customer.change(from: seen, to: hers)
        var mine = CustomerPart()
        mine.name = "Nina Beridze"
        mine.note = "Calls in the morning"
        #expect(customer.change(from: seen, to: mine) == [.name])
        #expect(customer.name == "Nino Gelashvili" && customer.note == "")
        // Whoever wants what is there already has nothing to settle.
        #expect(customer.change(from: seen, to: hers) == [])
    }

    @Test func `who takes over keeps his own and gets what he has not`() {
        var customer = nino()
        var other = Customer(id: CustomerID(high: 1, low: 3), project: Self.project, name: "N. Beridze")
        other.numbers = [.init(number: "+995555123456", label: "mobile"), .init(number: "+995322000000")]
        other.languages = [.english, .georgian]
        other.note = "Has a dog"
        customer.takeOver(from: other)
        #expect(customer.name == "Nino Beridze" && customer.note == "")
        #expect(customer.numbers.map(\.number) == ["+995555123456", "+995322000000"])
        #expect(customer.numbers[0].label == "home")
        #expect(customer.languages == [.georgian, .english])
    }

    @Test func `a number is found by its end and by what is in its middle`() {
        let words = nino().searchWords
        for part in ["995555123456", "555123456", "123456", "3456"] { #expect(words.contains(part)) }
        #expect(!words.contains("456"))
        #expect(words.starts(with: ["nino", "beridze"]) && words.contains("rustaveli"))
        // How one gets in is nobody's name.
        #expect(!words.contains("ring"))
    }

    @Test func `a number without a country is kept as its owner's call brings it`() {
        #expect(Customer.Number.written("0113 496 0000", nil) == "01134960000")
        #expect(Customer.Number.written("+44 113 496", nil) == "+44113496" && Customer.Number.written("0044 113", nil) == "+44113")
        #expect(Customer.Number.written("0113 496 0000", .init(countryCode: "44")) == "+441134960000")
    }

    @Test(arguments: [
        ("0555 12-34-56", "555123456"), ("+995 (555) 123456", "995555123456"), ("۰۵۵۵ ۱۲۳", "555123"), ("123", nil), ("Flat 12345", nil),
        ("0000", nil), ("", nil),
    ])
    func `a text that is a number is looked for without what is dialled before it`(text: String, number: String?) {
        #expect(SearchWords.number(in: text) == number)
    }
}
