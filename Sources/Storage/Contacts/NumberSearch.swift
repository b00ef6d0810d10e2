/// How a caller's number is found by a part of it: the whole number, its end, or its beginning. A part that half of all
/// callers share (a country, a city) finds nothing: the list would be read to its end to sort what fits.
enum NumberSearch {
    static let endMin = 4
    static let beginningMin = 7
    /// Further digits are left out; no number has as many (ITU-T E.164: 15).
    static let digitsMax = 32

    static func digits(of number: String) -> String {
        String(decoding: number.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.prefix(digitsMax), as: UTF8.self)
    }

    /// By how much of a number it is looked for.
    enum Part {
        case whole, end, beginning
    }

    /// What to look for; nil if the text has no digits.
    struct Wanted {
        let part: Part
        /// The digits as they were written, for numbers that are kept as the provider sent them.
        private let written: String
        /// Without leading zeros: neither the prefix for abroad nor that for elsewhere in the country is part of a number
        /// in international form.
        private let international: String

        init?(_ text: String) {
            let digits = NumberSearch.digits(of: text)
            guard !digits.isEmpty else { return nil }
            written = digits
            international = String(digits.drop { $0 == "0" })
            part = written.utf8.count >= beginningMin ? .beginning : written.utf8.count >= endMin ? .end : .whole
        }

        /// The colon is the character after 9: between a beginning and the beginning with a colon lie all that begin so.
        var bindings: Bindings {
            var bindings: Bindings = ["written": .of(written), "international": .of(international)]
            if part == .whole { return bindings }
            let ends = (String(written.reversed()), String(international(atLeast: endMin).reversed()))
            bindings += [
                "written_end": .of(ends.0), "written_end_limit": .of(ends.0 + ":"), "international_end": .of(ends.1),
                "international_end_limit": .of(ends.1 + ":"),
            ]
            if part == .end { return bindings }
            let beginning = international(atLeast: beginningMin)
            bindings += [
                "written_limit": .of(written + ":"), "international_beginning": .of(beginning),
                "international_beginning_limit": .of(beginning + ":"),
            ]
            return bindings
        }

        /// Too short a rest finds nothing of its own: the digits as written are looked for twice then.
        private func international(atLeast count: Int) -> String { international.utf8.count >= count ? international : written }
    }

    static func condition(_ part: Part) -> SQL {
        let whole: SQL = "SELECT contact FROM contact_caller WHERE digits IN ($written, $international)"
        let end: SQL =
            """
            SELECT contact FROM contact_caller WHERE digits_reversed >= $written_end AND digits_reversed < $written_end_limit
            UNION SELECT contact FROM contact_caller
            WHERE digits_reversed >= $international_end AND digits_reversed < $international_end_limit
            """
        let beginning: SQL =
            """
            SELECT contact FROM contact_caller WHERE digits >= $written AND digits < $written_limit
            UNION SELECT contact FROM contact_caller
            WHERE digits >= $international_beginning AND digits < $international_beginning_limit
            """
        return switch part {
        case .whole: "contact.id IN (\(whole))"
        case .end: "contact.id IN (\(whole) UNION \(end))"
        case .beginning: "contact.id IN (\(whole) UNION \(beginning) UNION \(end))"
        }
    }
}
