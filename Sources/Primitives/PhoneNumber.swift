/// A number of the public telephone network in international form: `+` and 4 to 15 digits (ITU-T E.164, section 6).
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package enum ParsingError: Error, Equatable {
        case notANumber(String)
        case length(digits: Int)
    }

    /// Reads what people and providers write: `+995 32 255-00-00`, `00995…`, or `032 255…` where `national` says how a
    /// leading trunk prefix is replaced.
    package init(parsing text: String, national: NationalPlan? = nil) throws(ParsingError) {
        var digits: [UInt8] = []
        var international = false
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
            case UInt8(ascii: "+") where index == 0: international = true
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "/"): continue
            default: throw .notANumber(text)
            }
        }
        var written = String(decoding: digits, as: UTF8.self)
        if !international {
            if written.hasPrefix("00") {
                written.removeFirst(2)
            } else if let national {
                if !national.trunkPrefix.isEmpty, written.hasPrefix(national.trunkPrefix) {
                    written.removeFirst(national.trunkPrefix.count)
                }
                written = national.countryCode + written
            }
        }
        guard (4...15).contains(written.utf8.count) else { throw .length(digits: written.utf8.count) }
        description = "+" + written
    }

    /// How numbers are written inside one country: the country code and the digit dialled before a national number.
    package struct NationalPlan: Hashable, Sendable {
        package var countryCode: String
        package var trunkPrefix: String

        package init(countryCode: String, trunkPrefix: String = "0") {
            self.countryCode = countryCode
            self.trunkPrefix = trunkPrefix
        }
    }
}
