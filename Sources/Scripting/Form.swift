import Primitives

/// What is asked of a contact, and kept.
package struct Form: Hashable, Sendable {
    package var name: Texts
    package var fields: [Field]

    package static let fieldsMax = 100

    package init(name: Texts, fields: [Field]) {
        self.name = name
        self.fields = fields
    }

    // MARK: Before it is published

    /// - Parameter language: the project's, in which everything must be given.
    package func flaws(in language: Language) -> [Flaw] {
        var list = FlawList(language: language)
        list.check(name, "name")
        if fields.isEmpty { list.add("fields", .required) }
        if fields.count > Self.fieldsMax { list.add("fields", .tooMany) }
        list.check(keys: fields.map(\.key)) { "fields/\($0)/key" }
        var known: Set<String> = []
        for (index, field) in fields.prefix(Self.fieldsMax).enumerated() {
            let path = "fields/\(index)"
            list.check(field.label, "\(path)/label")
            list.check(field.help, "\(path)/help", isRequired: false)
            list.check(field.patternSays, "\(path)/patternSays", isRequired: false)
            field.check(&list, path)
            check(field.visibleIf, "\(path)/visibleIf", known, &list)
            check(field.computed, "\(path)/computed", known, &list)
            known.insert(field.key)
        }
        return list.flaws
    }

    /// A formula reads only what stands above it: so there are no circles, and one way down the form settles everything.
    private func check(_ formula: String?, _ path: String, _ above: Set<String>, _ list: inout FlawList) {
        guard let formula else { return }
        guard let formula = try? Formula(parsing: formula) else { return list.add(path, .formula) }
        for key in formula.fields where !above.contains(key) {
            list.add(path, fields.contains { $0.key == key } ? .order : .unknown)
        }
    }
}

extension Field {
    fileprivate func check(_ list: inout FlawList, _ path: String) {
        let isNumber = kind == .number || kind == .money
        if let lengthMax, kind != .text || !(1...Self.textMax).contains(lengthMax) { list.add("\(path)/lengthMax", .notAllowed) }
        if !(1...(kind == .text ? Self.linesMax : 1)).contains(lines) { list.add("\(path)/lines", .notAllowed) }
        if let pattern {
            if ![.text, .number, .money, .phone].contains(kind) {
                list.add("\(path)/pattern", .notAllowed)
            } else if (try? Pattern(parsing: pattern)) == nil {
                list.add("\(path)/pattern", .pattern)
            }
        }
        if let decimals, !isNumber || !(0...DecimalNumber.fractionMax).contains(decimals) { list.add("\(path)/decimals", .notAllowed) }
        if let currency {
            let isCode = currency.utf8.count == 3 && currency.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
            if kind != .money { list.add("\(path)/currency", .notAllowed) } else if !isCode { list.add("\(path)/currency", .malformed) }
        } else if kind == .money {
            list.add("\(path)/currency", .required)
        }
        checkBounds(&list, path)
        if kind == .choice {
            if options.isEmpty { list.add("\(path)/options", .required) }
            if options.count > Self.optionsMax { list.add("\(path)/options", .tooMany) }
            list.check(keys: options.map(\.key)) { "\(path)/options/\($0)/key" }
            for (index, option) in options.prefix(Self.optionsMax).enumerated() {
                list.check(option.label, "\(path)/options/\(index)/label")
            }
        } else if !options.isEmpty {
            list.add("\(path)/options", .notAllowed)
        }
        // A card is typed by somebody, and nothing can be reckoned of what is not kept.
        if isInGazetteer, kind != .address { list.add("\(path)/gazetteer", .notAllowed) }
        if computed != nil, kind == .card || kind == .address { list.add("\(path)/computed", .notAllowed) }
    }

    private func checkBounds(_ list: inout FlawList, _ path: String) {
        // Any day will do: what is asked is whether it is written well.
        let today = CivilDate(daysSince1970: 0)
        for (bound, name) in [(least, "min"), (most, "max")] {
            guard let bound else { continue }
            let isRead =
                switch kind {
                case .number, .money: DecimalNumber(bound) != nil
                case .date: DateBound.date(bound, today: today) != nil
                case .text, .choice, .phone, .address, .card, .check: false
                }
            if !isRead { list.add("\(path)/\(name)", [.number, .money, .date].contains(kind) ? .malformed : .notAllowed) }
        }
        if kind != .date, let least = least.flatMap({ DecimalNumber($0) }), let most = most.flatMap({ DecimalNumber($0) }), most < least {
            list.add("\(path)/max", .notAllowed)
        }
    }
}
