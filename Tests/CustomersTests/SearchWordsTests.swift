import Customers
import Testing

/// Who is found by what: the same word however it is written, in the scripts of the six languages.
struct SearchWordsTests {
    @Test(arguments: [
        ("Ana Beridze", ["ana", "beridze"]), ("O'Brien", ["obrien"]), ("O’Brien", ["obrien"]), ("Anne-Marie", ["anne", "marie"]),
        ("İbrahim IŞIK", ["ibrahim", "isik"]), ("ibrahim ışık", ["ibrahim", "isik"]), ("Çağla Öztürk", ["cagla", "ozturk"]),
        ("Siân Llŷr", ["sian", "llyr"]), ("Sia\u{302}n", ["sian"]), ("Straße", ["strasse"]),
        ("ნინო ბერიძე", ["ნინო", "ბერიძე"]), ("ᲜᲘᲜᲝ", ["ნინო"]),
        ("प्रिया शर्मा", ["प्रिया", "शर्मा"]), ("फ़ातिमा", ["फातिमा"]), ("\u{95E}ातिमा", ["फातिमा"]), ("चाँद", ["चांद"]),
        ("بلال احمد", ["بلال", "احمد"]), ("أحمد علي", ["احمد", "علی"]), ("مُحَمَّد", ["محمد"]), ("كريم", ["کریم"]), ("فاطمة", ["فاطمہ"]),
        ("Flat 12b, 4-A", ["flat", "12b", "4", "a"]), ("१२ ۱۲", ["12"]), ("ana@example.org", ["ana", "example", "org"]), ("", []),
        ("… !", []),
    ])
    func `a word is the same however it is written`(text: String, words: [String]) {
        #expect(SearchWords.words(of: text) == words)
    }

    @Test func `a text has no more words than the index takes, a word no more letters`() {
        let many = (0..<200).map { "w\($0)" }.joined(separator: " ")
        #expect(SearchWords.words(of: many).count == SearchWords.wordsMax)
        #expect(SearchWords.words(of: String(repeating: "ß", count: 100))[0].unicodeScalars.count == SearchWords.lengthMax)
    }
}
