import Primitives

/// The words of a street's name, so written that they can be held against each other whatever the script: in the small letters `a` to `z` and
/// digits, one letter where two of the same stand.
///
/// Scripts with letters for all sounds come out nearly as they are written in Latin: რუსთაველი and Rustaveli are both `rustaveli`, गांधी is `gandhi`.
/// Arabic script leaves short vowels out: its words are held against others by their consonants alone (`skeleton`).
package enum Spelling {
    /// Words of one text, letters of one word: more are left out.
    package static let wordsMax = 16
    package static let lengthMax = 40

    package struct Word: Hashable, Sendable {
        package var letters: [UInt8]
        package var script: Script

        /// Its consonants, as far as all scripts tell them: without what may be a vowel (و and ی are both). All of it where nothing remains.
        package var skeleton: [UInt8] { Spelling.skeleton(of: letters) }
    }

    /// What a script tells of a word's vowels.
    package struct Script: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// All: Latin, Georgian, digits.
        package static let alphabet = Script(rawValue: 1)
        /// All but whether there is a short `a`, which is guessed.
        package static let devanagari = Script(rawValue: 2)
        /// Long ones at best.
        package static let arabic = Script(rawValue: 4)
    }

    /// The words of a text, in their order.
    package static func words(of text: String) -> [Word] {
        var words: [Word] = []
        var spelled: [Sound] = []
        var script = Script.alphabet
        func end() {
            defer {
                spelled.removeAll(keepingCapacity: true)
                script = .alphabet
            }
            let letters = letters(of: spelled)
            if !letters.isEmpty, words.count < wordsMax { words.append(Word(letters: letters, script: script)) }
        }
        for scalar in text.unicodeScalars {
            guard let sound = sound(of: scalar) else {
                end()
                continue
            }
            switch scalar.value {
            case 0x900...0x97F: script = .devanagari
            case 0x600...0x6FF, 0x750...0x77F: script = .arabic
            default: break
            }
            if spelled.count < lengthMax { spelled.append(sound) }
        }
        end()
        return words
    }

    /// Numbers and postcodes, in whatever digits they are written: letters and digits alone.
    package static func code(of text: String) -> [UInt8] { words(of: text).flatMap(\.letters) }

    fileprivate enum Sound {
        case letters(StaticString)
        /// A letter that no table knows: as it is.
        case other(Unicode.Scalar)
        /// Of Devanagari: it carries an `a` unless something follows that says otherwise.
        case consonant(StaticString)
        case vowelSign(StaticString)
        case silencer  // Devanagari's virama
        case nasal  // its dot above: `m` before lips, else `n`
        case nothing
    }

    // MARK: Sounds to letters

    private static func letters(of sounds: [Sound]) -> [UInt8] {
        var units: [Unit] = []
        for sound in sounds {
            switch sound {
            case .letters(let text): units.append(Unit(text.bytes))
            case .other(let scalar): units.append(Unit(Array(String(scalar).utf8)))
            case .consonant(let text): units.append(Unit(text.bytes, vowel: [a], isShort: true))
            case .vowelSign(let text):
                guard let last = units.indices.last, units[last].isConsonant else {
                    units.append(Unit(text.bytes))
                    continue
                }
                units[last].vowel = text.bytes
                units[last].isShort = false
            case .silencer:
                if let last = units.indices.last { units[last].silence() }
            case .nasal: units.append(Unit([UInt8(ascii: "n")], isNasal: true))
            case .nothing: break
            }
        }
        dropUnspoken(&units)
        var letters: [UInt8] = []
        for (index, unit) in units.enumerated() {
            let next = index + 1 < units.count ? units[index + 1].letters.first : nil
            let isBeforeLips = unit.isNasal && next.map { "pbm".utf8.contains($0) } == true
            for letter in (isBeforeLips ? [UInt8(ascii: "m")] : unit.letters) + unit.vowel where letters.last != letter || letter.isDigit {
                letters.append(letter)
            }
        }
        return Array(letters.prefix(lengthMax))
    }

    private struct Unit {
        var letters: [UInt8]
        var vowel: [UInt8]
        /// Its vowel is the one that is not written.
        var isShort: Bool
        var isConsonant: Bool
        var isNasal: Bool

        init(_ letters: [UInt8], vowel: [UInt8] = [], isShort: Bool = false, isNasal: Bool = false) {
            self.letters = letters
            self.vowel = vowel
            self.isShort = isShort
            isConsonant = isShort
            self.isNasal = isNasal
        }

        mutating func silence() {
            vowel = []
            isShort = false
        }
    }

    /// The unwritten `a` is not spoken at a word's end, nor between a vowel and a consonant with one: रामनगर is `ramnagar`.
    private static func dropUnspoken(_ units: inout [Unit]) {
        guard units.count > 1 else { return }
        if units[units.count - 1].isShort { units[units.count - 1].silence() }
        for index in units.indices.dropFirst().dropLast() where units[index].isShort {
            let before = units[index - 1]
            let after = units[index + 1]
            if !before.vowel.isEmpty, after.isConsonant, !after.vowel.isEmpty { units[index].silence() }
        }
    }

    private static let a = UInt8(ascii: "a")

    fileprivate static func skeleton(of letters: [UInt8]) -> [UInt8] {
        var bones: [UInt8] = []
        for (index, letter) in letters.enumerated() {
            let next = index + 1 < letters.count ? letters[index + 1] : 0
            var bone = letter
            switch letter {
            case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"), UInt8(ascii: "y"),
                UInt8(ascii: "v"):
                continue
            case UInt8(ascii: "c") where next != UInt8(ascii: "h"): bone = UInt8(ascii: "k")
            case UInt8(ascii: "p") where next == UInt8(ascii: "h"): bone = UInt8(ascii: "f")
            case UInt8(ascii: "h") where bones.last == UInt8(ascii: "f"): continue
            default: break
            }
            if bones.last != bone || bone.isDigit { bones.append(bone) }
        }
        return bones.isEmpty ? letters : bones
    }

    // MARK: Scalars to sounds

    /// Nil where it ends a word.
    private static func sound(of scalar: Unicode.Scalar) -> Sound? {
        if scalar.isASCII {
            switch scalar.value {
            case 0x27: return .nothing  // O'Connell is typed as oconnell
            case 0x41...0x5A: return sound(of: Unicode.Scalar(UInt8(scalar.value + 0x20)))
            case 0x71: return .letters("k")  // q: Iqbal and Ikbal, Qazbegi and Kazbegi
            case 0x77: return .letters("v")  // w: one letter in Devanagari, Georgian and Arabic script
            case 0x30...0x39, 0x61...0x7A: return .other(scalar)
            default: return nil
            }
        }
        if let sound = table[scalar.value] { return sound }
        switch scalar.value {
        // Combining marks of Latin; vowel marks of Arabic, and what only lengthens.
        case 0x300...0x36F, 0x64B...0x65F, 0x670, 0x6D6...0x6ED, 0x640: return .nothing
        case 0x660...0x669: return digit(scalar.value - 0x660)
        case 0x6F0...0x6F9: return digit(scalar.value - 0x6F0)
        case 0x966...0x96F: return digit(scalar.value - 0x966)
        // Georgian capitals.
        case 0x1C90...0x1CBA: return Unicode.Scalar(scalar.value - 0xBC0).flatMap { table[$0.value] } ?? .other(scalar)
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter, .lowercaseLetter:
            return scalar.properties.lowercaseMapping.unicodeScalars.first.map { .other($0) } ?? .nothing
        case .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .decimalNumber: return .other(scalar)
        case .format: return .nothing
        default: return nil
        }
    }

    private static func digit(_ value: UInt32) -> Sound { .other(Unicode.Scalar(UInt8(0x30 + value))) }

    private static let table: [UInt32: Sound] = {
        var table: [UInt32: Sound] = [:]
        func add(_ pairs: [(StaticString, String)], _ sound: (StaticString) -> Sound) {
            for (letters, signs) in pairs { for scalar in signs.unicodeScalars { table[scalar.value] = sound(letters) } }
        }
        for (plain, signs) in LatinLetters.plain {
            for scalar in signs.unicodeScalars { table[scalar.value] = latin[plain].map { .letters($0) } }
        }
        add(georgian) { .letters($0) }
        add(arabic) { .letters($0) }
        add(devanagariConsonants) { .consonant($0) }
        add(devanagariVowels) { .letters($0) }
        add(devanagariSigns) { .vowelSign($0) }
        table[0x94D] = .silencer
        for dot: UInt32 in [0x901, 0x902] { table[dot] = .nasal }
        for mark: UInt32 in [0x903, 0x93C, 0x93D, 0x2018, 0x2019, 0x2BC] { table[mark] = .nothing }
        return table
    }()

    /// What `LatinLetters` gives, as letters here are.
    private static let latin: [String: StaticString] = [
        "a": "a", "ae": "ae", "c": "c", "d": "d", "e": "e", "g": "g", "h": "h", "i": "i", "j": "j", "k": "k", "l": "l", "n": "n", "o": "o",
        "oe": "oe", "r": "r", "s": "s", "ss": "s", "t": "t", "th": "th", "u": "u", "w": "v", "y": "y", "z": "z",
    ]

    /// As the country writes its own names in Latin (2002), without its apostrophes.
    private static let georgian: [(StaticString, String)] = [
        ("a", "ა"), ("b", "ბ"), ("g", "გ"), ("d", "დ"), ("e", "ე"), ("v", "ვ"), ("z", "ზ"), ("t", "თტ"), ("i", "ი"), ("k", "კქყ"),
        ("l", "ლ"), ("m", "მ"), ("n", "ნ"), ("o", "ო"), ("p", "პფ"), ("zh", "ჟ"), ("r", "რ"), ("s", "ს"), ("u", "უ"), ("gh", "ღ"),
        ("sh", "შ"), ("ch", "ჩჭ"), ("ts", "ცწ"), ("dz", "ძ"), ("kh", "ხ"), ("j", "ჯ"), ("h", "ჰ"),
    ]

    /// As Urdu is written in Latin. ع, like ا, only carries a vowel.
    private static let arabic: [(StaticString, String)] = [
        ("a", "اآأإٱعء"), ("b", "ب"), ("p", "پ"), ("t", "تٹط"), ("s", "ثسص"), ("j", "ج"), ("ch", "چ"), ("h", "حہهةۃۀۂەھ"), ("kh", "خ"),
        ("d", "دڈ"), ("z", "ذزضظ"), ("r", "رڑ"), ("zh", "ژ"), ("sh", "ش"), ("gh", "غ"), ("f", "ف"), ("k", "قکكڪ"), ("g", "گ"), ("l", "ل"),
        ("m", "م"), ("n", "نں"), ("v", "وؤ"), ("y", "یيىئےۓې"),
    ]

    private static let devanagariConsonants: [(StaticString, String)] = [
        ("k", "क\u{958}"), ("kh", "ख\u{959}"), ("g", "ग"), ("gh", "घ\u{95A}"), ("n", "ङञणनऩ"), ("ch", "चछ"), ("j", "ज"), ("jh", "झ"),
        ("z", "\u{95B}"), ("t", "टत"), ("th", "ठथ"), ("d", "डद"), ("dh", "ढध"), ("r", "रऱ\u{95C}"), ("rh", "\u{95D}"), ("p", "प"),
        ("ph", "फ"), ("f", "\u{95E}"), ("b", "ब"), ("bh", "भ"), ("m", "म"), ("y", "य\u{95F}"), ("l", "लळऴ"), ("v", "व"), ("sh", "शष"),
        ("s", "स"), ("h", "ह"),
    ]

    private static let devanagariVowels: [(StaticString, String)] = [
        ("a", "अआ"), ("i", "इई"), ("u", "उऊ"), ("ri", "ऋ"), ("e", "एऍऎ"), ("ai", "ऐ"), ("o", "ओऑऒ"), ("au", "औ"),
    ]

    private static let devanagariSigns: [(StaticString, String)] = [
        ("a", "\u{93E}"), ("i", "\u{93F}\u{940}"), ("u", "\u{941}\u{942}"), ("ri", "\u{943}"), ("e", "\u{945}\u{946}\u{947}"),
        ("ai", "\u{948}"),
        ("o", "\u{949}\u{94A}\u{94B}"), ("au", "\u{94C}"),
    ]
}

extension StaticString {
    fileprivate var bytes: [UInt8] { withUTF8Buffer { Array($0) } }
}

extension UInt8 {
    /// Two of the same digit are not one: 11.
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
