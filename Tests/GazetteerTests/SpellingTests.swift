import Gazetteer
import Testing

/// The same street in two scripts, and in two ways of writing one.
struct SpellingTests {
    private static func letters(_ text: String) -> [String] { Spelling.words(of: text).map { String(decoding: $0.letters, as: UTF8.self) } }

    @Test(arguments: [
        ("Rustaveli Avenue", ["rustaveli", "avenue"]), ("რუსთაველის გამზირი", ["rustavelis", "gamziri"]), ("ᲠᲣᲡᲗᲐᲕᲔᲚᲘ", ["rustaveli"]),
        ("ყაზბეგი", ["kazbegi"]), ("Qazbegi", ["kazbegi"]), ("ჭავჭავაძე", ["chavchavadze"]), ("Chavchavadze", ["chavchavadze"]),
        ("गांधी मार्ग", ["gandhi", "marg"]), ("महात्मा", ["mahatma"]), ("रामनगर", ["ramnagar"]), ("कमला", ["kamla"]), ("मुंबई", ["mumbai"]),
        ("ज़ाकिर", ["jakir"]), ("फ़ोर्ट", ["phort"]),
        ("Şişli, İstiklâl Caddesi", ["sisli", "istiklal", "cadesi"]), ("ŞİŞLİ", ["sisli"]),
        ("Heol y Bont-faen", ["heol", "y", "bont", "faen"]),
        ("O'Connell", ["oconel"]), ("Si\u{302}on", ["sion"]), ("Straße", ["strase"]), ("11. Gasse", ["11", "gase"]),
        ("۱۱ १२", ["11", "12"]),
        ("شاہراہ", ["shahrah"]), ("…", []), ("", []),
    ])
    func `a word is written in the letters a to z`(text: String, words: [String]) {
        #expect(Self.letters(text) == words)
    }

    @Test(arguments: [
        ("فیصل", "Faisal"), ("جناح", "Jinnah"), ("شاہراہ", "Shahrah"), ("گاندھی", "Gandhi"), ("اقبال", "Iqbal"), ("كريم", "کریم"),
        ("جواهرلال", "Jawaharlal"), ("जवाहरलाल", "Jawaharlal"), ("कैनाल", "Canal"), ("کینال", "Canal"), ("مُحَمَّد", "Mohammed"), ("फूल", "Fool"),
    ])
    func `scripts that leave vowels out have the same consonants`(text: String, latin: String) {
        #expect(Spelling.words(of: text)[0].skeleton == Spelling.words(of: latin)[0].skeleton)
    }

    @Test func `words and letters beyond the limits are left out`() {
        #expect(Spelling.words(of: (0..<40).map { "w\($0)" }.joined(separator: " ")).count == Spelling.wordsMax)
        let long = String(repeating: "ab", count: 100)
        #expect(Spelling.words(of: long)[0].letters.count == Spelling.lengthMax)
    }

    @Test func `no scalar is too much`() {
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            _ = Spelling.words(of: "a\(scalar)b")
        }
    }
}
