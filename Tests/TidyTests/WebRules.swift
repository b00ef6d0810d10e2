/// What the browser's files may not do: turn their back on right-to-left languages, on the look, or on escaping.
enum WebRules {
    static let all: [Rule] = [physicalProperties, rawMarkup, inlineStyle, inlineHandlers, colours]

    private static func isWeb(_ file: TextFile, _ suffixes: String...) -> Bool { file.lies(in: "Web") && suffixes.contains(file.suffix) }

    static let physicalProperties = Rule(
        name: "CSS is logical",
        reason: "half of left and right is wrong in Urdu: margin-inline-start, inset-inline-end, text-align: start",
        applies: { isWeb($0, "css") },
        find: { file in
            CSS.declarations(in: file.text).compactMap { declaration in
                let (property, value) = (declaration.property, declaration.value)
                let words = property.split(separator: "-")
                let isSide = !property.hasPrefix("--") && words.contains { $0 == "left" || $0 == "right" }
                let values = value.split { !$0.isLetter && $0 != "-" }
                let hasSideValue =
                    ["text-align", "float", "clear", "caption-side", "text-align-last"].contains(property)
                    && values.contains { $0 == "left" || $0 == "right" }
                guard isSide || hasSideValue || property == "float" && value != "none" else { return nil }
                return .init(line: declaration.line, words: "\(property): \(value)")
            }
        },
        flagged: [
            .init("Web/a.css", "p { margin-left: 1px }"), .init("Web/a.css", "p {\n  color: red;\n  right: 0;\n}"),
            .init("Web/a.css", "@layer a { p { text-align: left !important; } }"), .init("Web/a.css", "p { border-top-left-radius: 2px }"),
            .init("Web/a.css", "p { float: inline-start }"), .init("Web/a.css", "p:hover { padding-right: 1px }"),
        ],
        allowed: [
            .init("Web/a.css", "p { margin-inline-start: 1px; text-align: start; top: 0; grid-template-areas: \"left right\" }"),
            .init("Web/a.css", "/* margin-left: 1px */ .left { --left-side: 1px; inset-inline: 0 }"),
            .init("Web/a.css", ".a:is(.right, p:hover) { color: red }"),
        ])

    static let rawMarkup = Rule(
        name: "markup only through html",
        reason: "innerHTML and its like stand in base/html.js alone, where every value is escaped",
        applies: { isWeb($0, "js", "html") && $0.path != "Web/base/html.js" },
        find: { found(["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "setHTMLUnsafe"], in: $0) },
        flagged: [.init("Web/features/desk/desk.js", "this.innerHTML = text"), .init("Web/a.js", "p.insertAdjacentHTML(\"x\", y)")],
        allowed: [.init("Web/base/html.js", "template.innerHTML = markup.text"), .init("Web/a.js", "render(this, html`<p>`)")])

    static let inlineStyle = Rule(
        name: "no inline style",
        reason: "the page's content security policy refuses style attributes; use a class, an attribute, or style.setProperty",
        applies: { isWeb($0, "js", "html") },
        find: { file in
            file.lines.enumerated().compactMap { index, line in
                let attribute = line.firstRange(of: " style=").map { line[$0.upperBound...].first }
                let isAttribute = attribute.map { $0 == "\"" || $0 == "'" || $0 == "$" } ?? false
                return isAttribute || line.contains("<style") ? .init(line: index + 1, words: "style") : nil
            }
        },
        flagged: [
            .init("Web/a.js", "html`<p style=\"color: red\">`"), .init("Web/a.html", "<style>"), .init("Web/a.js", "`<p style=${x}>`"),
        ],
        allowed: [.init("Web/a.js", "bar.style.setProperty(\"--part\", part)"), .init("Web/a.html", "<link rel=\"stylesheet\">")])

    static let inlineHandlers = Rule(
        name: "no inline handlers",
        reason: "the content security policy refuses them; listen with addEventListener or data-action",
        applies: { isWeb($0, "js", "html") },
        find: { file in
            file.lines.enumerated().compactMap { index, line in
                // An attribute in markup: a space, `on…`, `=` and a quote, without a space around the sign.
                for range in line.ranges(of: " on") {
                    let rest = line[range.upperBound...]
                    let name = rest.prefix { $0.isLowercase && $0.isASCII }
                    let after = rest.dropFirst(name.count).prefix(2)
                    if name.count > 2, after == "=\"" || after == "='" || after == "=$" {
                        return .init(line: index + 1, words: "on\(name)")
                    }
                }
                return line.contains("javascript:") ? .init(line: index + 1, words: "javascript:") : nil
            }
        },
        flagged: [.init("Web/a.js", "html`<button onclick=\"${go}\">`"), .init("Web/a.html", "<a href=\"javascript:go()\">")],
        allowed: [.init("Web/a.js", "source.onmessage = (event) => go(event); const online = 1; // on=\"x\"")])

    static let colours = Rule(
        name: "colours are tokens",
        reason: "a colour gets a name in base/tokens.css, where light and dark stand side by side",
        applies: { isWeb($0, "css", "js", "html") && $0.path != "Web/base/tokens.css" },
        find: { file in
            if file.suffix == "css" {
                return CSS.declarations(in: file.text).compactMap { declaration in
                    hexColour(in: declaration.value).map { .init(line: declaration.line, words: $0) }
                }
            }
            return file.lines.enumerated().compactMap { index, line in
                for quote in ["\"", "'", "`", ":"] {
                    for range in line.ranges(of: quote + "#") {
                        let start = line.index(before: range.upperBound)
                        if let colour = hexColour(in: String(line[start...].prefix(9))), quote == ":" || line.contains(colour + quote) {
                            return .init(line: index + 1, words: colour)
                        }
                    }
                }
                return nil
            }
        },
        flagged: [
            .init("Web/a.css", "p { color: #fff; }"), .init("Web/a.css", "p { border: 1px solid #a0B1c2 }"),
            .init("Web/a.js", "const ink = \"#112233\""),
        ],
        allowed: [
            .init("Web/base/tokens.css", ":root { --ink: #112233; }"), .init("Web/a.css", "#add { color: var(--ink); mask: url(#face-1) }"),
            .init("Web/a.js", "location.hash = \"#contacts\"; this.#add(); html`<use href=\"/base/icons.svg#add\">`"),
        ])

    /// `#` and 3, 4, 6 or 8 hexadecimal digits, no more letters behind.
    private static func hexColour(in text: String) -> String? {
        var rest = Substring(text)
        while let sign = rest.firstIndex(of: "#") {
            let word = rest[rest.index(after: sign)...].prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            if [3, 4, 6, 8].contains(word.count), word.allSatisfy(\.isHexDigit) { return "#" + word }
            rest = rest[rest.index(after: sign)...]
        }
        return nil
    }

    private static func found(_ words: [String], in file: TextFile) -> [Rule.Match] {
        file.lines.enumerated().compactMap { index, line in
            words.first { line.contains($0) }.map { .init(line: index + 1, words: $0) }
        }
    }
}

/// A style sheet, read as far as its declarations.
enum CSS {
    struct Declaration: Equatable {
        var property: String
        var value: String
        var line: Int
    }

    static func declarations(in text: String) -> [Declaration] {
        var found: [Declaration] = []
        var current = ""
        var line = 1
        var startLine = 1
        // Ends a piece: before `{` it was a selector, before `;` or `}` a declaration.
        func end(isDeclaration: Bool) {
            defer { current = "" }
            guard isDeclaration, let colon = current.firstIndex(of: ":") else { return }
            let property = current[..<colon].filter { !$0.isWhitespace }.lowercased()
            let value = current[current.index(after: colon)...].split(whereSeparator: \.isWhitespace).joined(separator: " ")
            found.append(Declaration(property: property, value: value, line: startLine))
        }
        var rest = text[...]
        while let character = rest.first {
            if rest.hasPrefix("/*") {
                let end = rest.firstRange(of: "*/")?.upperBound ?? rest.endIndex
                line += rest[..<end].count(where: \.isNewline)
                rest = rest[end...]
                continue
            }
            switch character {
            case "{": end(isDeclaration: false)
            case "}", ";": end(isDeclaration: true)
            default:
                if current.isEmpty, !character.isWhitespace { startLine = line }
                if !current.isEmpty || !character.isWhitespace { current.append(character) }
            }
            if character.isNewline { line += 1 }
            rest = rest.dropFirst()
        }
        return found
    }
}
