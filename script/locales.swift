import Foundation

// One table for browser and server: the patterns of CLDR as Foundation knows them, and what Callfloor decided itself:
//  - digits are Latin in every language: figures are compared across a floor whose people read each other's screens;
//  - the clock has 24 hours everywhere: a shift plan has no room for am and pm.

/// A language of the catalogue and the region whose customs are followed where a language alone does not say.
struct Entry {
    let language: String
    let locale: Locale
    let direction: String
    /// The letters (and letter pairs that count as one) whose order differs from that of their code points.
    let letters: [String]

    init(_ language: String, _ identifier: String, direction: String = "ltr", letters: String = "") {
        self.language = language
        self.locale = Locale(identifier: identifier)
        self.direction = direction
        self.letters = letters.split(separator: " ").map(String.init)
    }
}

/// Only the two whose order Chromium's Intl.Collator does not know have letters here.
let entries = [
    Entry("en", "en_GB"),
    Entry("ur", "ur_PK", direction: "rtl"),
    Entry("ka", "ka_GE", letters: "ა ბ გ დ ე ვ ზ თ ი კ ლ მ ნ ო პ ჟ რ ს ტ უ ფ ქ ღ ყ შ ჩ ც ძ წ ჭ ხ ჯ ჰ"),
    Entry("hi", "hi_IN"),
    Entry("tr", "tr_TR"),
    Entry("cy", "cy_GB", letters: "a b c ch d dd e f ff g ng h i j k l ll m n o p ph q r rh s t th u v w x y z"),
]

func dateFormatter(_ locale: Locale) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = locale
    formatter.calendar = Calendar(identifier: .gregorian)
    return formatter
}

/// CLDR puts direction marks into some patterns; the screen isolates every number itself.
func pattern(_ template: String, _ locale: Locale) -> String {
    let found = DateFormatter.dateFormat(fromTemplate: template, options: 0, locale: locale) ?? template
    return found.filter { $0 != "\u{200E}" && $0 != "\u{200F}" }
}

/// The sizes of the groups of a long number from the right: 3 3 3 or, in India, 3 2 2 2.
func groupSizes(_ locale: Locale) -> [Int] {
    let groups = 123_456_789_012.formatted(.number.locale(locale)).split { !$0.isNumber }.map(\.count).reversed()
    return Array(groups.prefix(2))
}

/// What stands between the members of a list.
func listSeparator(_ locale: Locale) -> String {
    let three = ListFormatStyle<StringStyle, [String]>.list(type: .and, width: .standard).locale(locale).format(["1", "2", "3"])
    guard let start = three.firstIndex(of: "1"), let end = three.firstIndex(of: "2") else { return ", " }
    return String(three[three.index(after: start)..<end])
}

func table(of entry: Entry) -> [String: Any] {
    let locale = entry.locale
    let dates = dateFormatter(locale)
    let percent = NumberFormatter()
    percent.locale = locale
    percent.numberStyle = .percent
    let decimal = NumberFormatter()
    decimal.locale = locale
    decimal.numberStyle = .decimal
    return [
        "name": locale.localizedString(forLanguageCode: entry.language)?.capitalized(with: locale) ?? entry.language,
        "tag": locale.identifier.replacingOccurrences(of: "_", with: "-"),
        "direction": entry.direction,
        "decimal": decimal.decimalSeparator ?? ".",
        "group": decimal.groupingSeparator ?? ",",
        "groupSizes": groupSizes(locale),
        "percent": (percent.positiveFormat ?? "#%").replacingOccurrences(of: "#,##0", with: "{number}"),
        "list": listSeparator(locale),
        "monthsShort": dates.shortMonthSymbols,
        "months": dates.monthSymbols,
        "weekdays": dates.weekdaySymbols,
        "weekdaysShort": dates.shortWeekdaySymbols,
        "patterns": [
            "time": pattern("HHmm", locale),
            "timeSeconds": pattern("HHmmss", locale),
            "dayMonth": pattern("dMMM", locale),
            "date": pattern("dMMMy", locale),
            "day": pattern("EEEEdMMMM", locale),
            "dateNumeric": pattern("yMMdd", locale),
        ],
        "alphabet": entry.letters.sorted { $0.compare($1, locale: locale) == .orderedAscending },
    ]
}

let whole = Dictionary(uniqueKeysWithValues: entries.map { ($0.language, table(of: $0)) })
let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: whole, options: options))
FileHandle.standardOutput.write(Data("\n".utf8))
