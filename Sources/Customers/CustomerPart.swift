import Primitives

/// Some fields of a customer: those that are not nil.
package struct CustomerPart: Hashable, Sendable {
    package var kind: Customer.Kind?
    package var name: String?
    package var languages: [Language]?
    package var numbers: [Customer.Number]?
    package var emails: [String]?
    package var addresses: [Customer.Address]?
    package var note: String?

    package enum Field: String, CaseIterable, Hashable, Sendable {
        case kind, name, languages, numbers, emails, addresses, note
    }

    package init() {}
}

extension Customer {
    /// Changes the fields of `now` from what they `were` when whoever changes them saw them: two people who change different fields do not
    /// get into each other's way.
    ///
    /// - Returns: the fields that have become something else meanwhile, neither of the two. If there are any, nothing is changed.
    package mutating func change(from were: CustomerPart, to now: CustomerPart) -> Set<CustomerPart.Field> {
        var changed = self
        var conflicts: Set<CustomerPart.Field> = []
        func settle<Value: Equatable>(
            _ field: CustomerPart.Field, _ was: Value?, _ wanted: Value?, _ place: WritableKeyPath<Customer, Value>
        ) {
            guard let wanted, changed[keyPath: place] != wanted else { return }
            if changed[keyPath: place] == was { changed[keyPath: place] = wanted } else { conflicts.insert(field) }
        }
        settle(.kind, were.kind, now.kind, \.kind)
        settle(.name, were.name, now.name, \.name)
        settle(.languages, were.languages, now.languages, \.languages)
        settle(.numbers, were.numbers, now.numbers, \.numbers)
        settle(.emails, were.emails, now.emails, \.emails)
        settle(.addresses, were.addresses, now.addresses, \.addresses)
        settle(.note, were.note, now.note, \.note)
        if conflicts.isEmpty { self = changed }
        return conflicts
    }

    /// Takes over what `other` has and he has not. What both have one of, such as the name, stays.
    package mutating func takeOver(from other: Customer) {
        languages += other.languages.filter { !languages.contains($0) }
        numbers += other.numbers.filter { theirs in !numbers.contains { $0.number == theirs.number } }
        emails += other.emails.filter { !emails.contains($0) }
        addresses += other.addresses.filter { theirs in !addresses.contains { $0.parts == theirs.parts } }
    }
}

extension CustomerPart {
    /// All fields of a customer.
    package init(of customer: Customer) {
        kind = customer.kind
        name = customer.name
        languages = customer.languages
        numbers = customer.numbers
        emails = customer.emails
        addresses = customer.addresses
        note = customer.note
    }
}
