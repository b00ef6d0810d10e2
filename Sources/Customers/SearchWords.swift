import Primitives

/// The words by which somebody is found, written so that different spellings of one word are the same: without capitals and marks that people
/// leave out, with one letter where keyboards have two. Vowel signs of Devanagari stay: without them other words come about.
///
/// Whoever looks for a name types its beginning: words are kept whole, and looked for by what they begin with.
package enum SearchWords {
    /// Of one text; more are left out.
    package static let wordsMax = 64
    /// Scalars of one word; the rest is left out.
    package static let lengthMax = 40

    /// The words of a text in the order of their first mention, each once.
    package static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        func end() {
            defer { word.removeAll() }
            guard !word.isEmpty, words.count < wordsMax else { return }
            let folded = String(word)
            if !words.contains(folded) { words.append(folded) }
        }
        for scalar in text.unicodeScalars {
            guard let folded = fold(scalar) else {
                end()
                continue
            }
            if word.count + folded.unicodeScalars.count <= lengthMax { word.append(contentsOf: folded.unicodeScalars) }
        }
        end()
        return words
    }

    /// The parts of a phone number by which it is found: from each of its digits on to its end, while four remain.
    package static func endings(of number: String) -> [String] {
        let digits = digits(of: number)
        guard digits.utf8.count > endingMin else { return digits.isEmpty ? [] : [digits] }
        return (0...(digits.utf8.count - endingMin)).map { String(digits.dropFirst($0)) }
    }

    private static let endingMin = 4

    /// What somebody looks for who types a number: its digits without what is dialled before a number from elsewhere. Nil if he types
    /// something else, or too little.
    package static func number(in text: String) -> String? {
        guard
            text.unicodeScalars.allSatisfy({ scalar in
                scalar.properties.numericType == .decimal || " +-()./".unicodeScalars.contains(scalar)
            })
        else { return nil }
        let digits = digits(of: text).drop { $0 == "0" }
        return digits.utf8.count >= endingMin ? String(digits) : nil
    }

    /// In whatever script they are written.
    private static func digits(of text: String) -> String {
        let digits = text.unicodeScalars.lazy.compactMap(fold).joined().unicodeScalars.filter { ("0"..."9").contains($0) }
        return String(String.UnicodeScalarView(digits.prefix(lengthMax)))
    }

    /// What a scalar becomes within a word: empty where it goes without ending the word; nil where it ends it.
    private static func fold(_ scalar: Unicode.Scalar) -> String? {
        if scalar.isASCII {
            switch scalar.value {
            case 0x30...0x39, 0x61...0x7A: return String(scalar)
            case 0x41...0x5A: return Unicode.Scalar(scalar.value + 0x20).map { String($0) }
            // O'Brien is looked for as obrien.
            case 0x27: return ""
            default: return nil
            }
        }
        if let folded = table[scalar.value] { return folded }
        switch scalar.value {
        // Combining marks of Latin; short vowels and other marks of Arabic; the dot below of Devanagari.
        case 0x300...0x36F, 0x64B...0x65F, 0x670, 0x6D6...0x6ED, 0x93C: return ""
        case 0x660...0x669: return String(scalar.value - 0x660)
        case 0x6F0...0x6F9: return String(scalar.value - 0x6F0)
        case 0x966...0x96F: return String(scalar.value - 0x966)
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter, .lowercaseLetter: return scalar.properties.lowercaseMapping
        case .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .decimalNumber: return String(scalar)
        // Joiners within a word, which nobody sees.
        case .format: return ""
        default: return nil
        }
    }

    /// Letters that are looked for as others: what stands for them, and which they are.
    private static let alike: [(String, String)] = [
        // Arabic letters as keyboards for Urdu and for Arabic have them, and those that sound alike at a word's end.
        ("\u{627}", "\u{622}\u{623}\u{625}\u{671}"), ("\u{6CC}", "\u{64A}\u{649}\u{626}\u{6D2}\u{6D3}\u{6D0}"),
        ("\u{6A9}", "\u{643}\u{6AA}"),
        ("\u{6C1}", "\u{647}\u{629}\u{6C3}\u{6C0}\u{6D5}\u{6BE}\u{6C2}"), ("\u{648}", "\u{624}"), ("\u{646}", "\u{6BA}"),
        // Devanagari: letters with a dot below as one sign, and the moon's dot for the dot above.
        ("\u{915}", "\u{958}"), ("\u{916}", "\u{959}"), ("\u{917}", "\u{95A}"), ("\u{91C}", "\u{95B}"), ("\u{921}", "\u{95C}"),
        ("\u{922}", "\u{95D}"), ("\u{92B}", "\u{95E}"), ("\u{92F}", "\u{95F}"), ("\u{928}", "\u{929}"), ("\u{930}", "\u{931}"),
        ("\u{902}", "\u{901}"),
        // Apostrophes within a name, and the stroke that only lengthens.
        ("", "\u{2018}\u{2019}\u{2BC}\u{640}"),
    ]

    private static let table: [UInt32: String] = {
        var table: [UInt32: String] = [:]
        for (meant, letters) in LatinLetters.plain + alike { for scalar in letters.unicodeScalars { table[scalar.value] = meant } }
        return table
    }()
}
