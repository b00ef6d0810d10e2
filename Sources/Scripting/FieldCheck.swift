import Primitives

/// Why an answer is not taken.
package struct FieldProblem: Hashable, Sendable {
    package var field: String
    package var rule: Rule
    /// The most or the least that there may be, where the rule has one.
    package var limit: String?

    package enum Rule: String, CaseIterable, Sendable {
        case required, malformed, tooLong, tooSmall, tooLarge, pattern, notAllowed, unknown, unknownAddress
    }

    package init(_ field: String, _ rule: Rule, limit: String? = nil) {
        self.field = field
        self.rule = rule
        self.limit = limit
    }
}

/// What answers are held against, beside their form.
package struct AnswerContext: Sendable {
    package var today: CivilDate
    /// How numbers are written where nothing international is; nil: they stay as they are typed.
    package var numbers: PhoneNumber.NationalPlan?
    /// What was kept before: the last digits of a card stand for it.
    package var kept: [String: FieldValue]
    /// Whether the project's gazetteer knows an address; nil: it has none.
    package var isKnown: (@Sendable (PostalAddress) -> Bool)?

    package init(
        today: CivilDate, numbers: PhoneNumber.NationalPlan? = nil, kept: [String: FieldValue] = [:],
        isKnown: (@Sendable (PostalAddress) -> Bool)? = nil
    ) {
        self.today = today
        self.numbers = numbers
        self.kept = kept
        self.isKnown = isKnown
    }
}

extension Field {
    struct Wrong: Error {
        var rule: FieldProblem.Rule
        var limit: String?

        init(_ rule: FieldProblem.Rule, limit: String? = nil) {
            self.rule = rule
            self.limit = limit
        }
    }

    /// The value as it is kept. An empty one is right here: whether it is required the form asks.
    func checked(_ value: FieldValue, _ context: AnswerContext) throws(Wrong) -> FieldValue {
        switch (kind, value) {
        case (.address, .address(let address)): return .address(try checked(address, context))
        // An address that nobody has begun.
        case (.address, .text("")): return value
        case (.address, .text), (_, .address): throw Wrong(.malformed)
        case (_, .text(let text)):
            let text = Whitespace.trimmed(text)
            guard !text.isEmpty else { return .text("") }
            return .text(try checked(text, context))
        }
    }

    private func checked(_ text: String, _ context: AnswerContext) throws(Wrong) -> String {
        let lengthMax = kind == .text ? min(lengthMax ?? Self.textMax, Self.textMax) : Self.textMax
        guard text.unicodeScalars.count <= lengthMax else { throw Wrong(.tooLong, limit: String(lengthMax)) }
        switch kind {
        case .text:
            let controls = lines > 1 ? [0x9, 0xA, 0xD] : [0x9]
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || controls.contains(Int($0.value)) }) else {
                throw Wrong(.malformed)
            }
            try follow(text)
            return text
        case .number, .money:
            guard let number = DecimalNumber(text) else { throw Wrong(.malformed) }
            if let places, number.places > places { throw Wrong(.malformed, limit: String(places)) }
            if let least = least.flatMap({ DecimalNumber($0) }), number < least { throw Wrong(.tooSmall, limit: self.least) }
            if let most = most.flatMap({ DecimalNumber($0) }), number > most { throw Wrong(.tooLarge, limit: self.most) }
            try follow(text)
            return kind == .money ? number.text(places: places ?? 2) : number.description
        case .date:
            guard let date = CivilDate(text) else { throw Wrong(.malformed) }
            if let least = least.flatMap({ DateBound.date($0, today: context.today) }), date < least {
                throw Wrong(.tooSmall, limit: least.description)
            }
            if let most = most.flatMap({ DateBound.date($0, today: context.today) }), date > most {
                throw Wrong(.tooLarge, limit: most.description)
            }
            return text
        case .choice:
            guard options.contains(where: { $0.key == text }) else { throw Wrong(.notAllowed) }
            return text
        case .phone:
            let number = try phone(text, context.numbers)
            try follow(text)
            return number
        case .card:
            if case .text(text)? = context.kept[key] { return text }
            return try card(text)
        case .check:
            guard text == "yes" else { throw Wrong(.malformed) }
            return text
        case .address: throw Wrong(.malformed)
        }
    }

    private func follow(_ text: String) throws(Wrong) {
        guard let pattern = pattern.flatMap({ try? Pattern(parsing: $0) }) else { return }
        if !pattern.matches(text) { throw Wrong(.pattern) }
    }

    /// International where it can be; what is no number of the public network (`112`, an extension) stays as it is typed.
    private func phone(_ text: String, _ plan: PhoneNumber.NationalPlan?) throws(Wrong) -> String {
        let signs = Array(text.utf8)
        let digits = signs.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (2...17).contains(digits.count),
            signs.enumerated().allSatisfy({ place, byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || " -.()/".utf8.contains(byte)
                    || (byte == UInt8(ascii: "+") && place == 0)
            })
        else { throw Wrong(.malformed) }
        let isInternational = signs.first == UInt8(ascii: "+") || digits.starts(with: "00".utf8)
        if isInternational {
            guard let number = try? PhoneNumber(parsing: text) else { throw Wrong(.malformed) }
            return number.description
        }
        let isNational = plan.map { !$0.trunkPrefix.isEmpty && digits.starts(with: $0.trunkPrefix.utf8) || digits.count >= 7 } ?? false
        if isNational,
            let number = try? PhoneNumber(parsing: text, national: plan)
        {
            return number.description
        }
        return text
    }

    /// The last four digits: no more of a card's number is kept anywhere.
    private func card(_ text: String) throws(Wrong) -> String {
        let signs = text.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }
        guard (12...19).contains(signs.count), signs.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw Wrong(.malformed)
        }
        // ISO/IEC 7812-1, annex B: every second digit from the right is doubled, and the sum is a multiple of ten.
        let sum = signs.reversed().enumerated().reduce(0) { sum, digit in
            let value = Int(digit.element - UInt8(ascii: "0")) * (digit.offset % 2 == 1 ? 2 : 1)
            return sum + (value > 9 ? value - 9 : value)
        }
        guard sum % 10 == 0 else { throw Wrong(.malformed) }
        return "•••• " + String(decoding: signs.suffix(4), as: UTF8.self)
    }

    private func checked(_ address: PostalAddress, _ context: AnswerContext) throws(Wrong) -> PostalAddress {
        var parts: [PostalAddress.Part: String] = [:]
        for part in PostalAddress.Part.allCases {
            guard let text = address.parts[part].map(Whitespace.trimmed), !text.isEmpty else { continue }
            guard text.unicodeScalars.count <= PostalAddress.lengthMax else {
                throw Wrong(.tooLong, limit: String(PostalAddress.lengthMax))
            }
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0.value == 0xA }) else {
                throw Wrong(.malformed)
            }
            parts[part] = text
        }
        let address = PostalAddress(parts)
        if isInGazetteer, !address.isEmpty, context.isKnown?(address) == false { throw Wrong(.unknownAddress) }
        return address
    }
}
