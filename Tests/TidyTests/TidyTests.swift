import Testing

/// The rules of the house that the compiler does not know. Each finding names file, line and reason.
struct TidyTests {
    static let rules = SwiftRules.all + WebRules.all + FileRules.all

    @Test(arguments: rules)
    func `the repository keeps the rule`(_ rule: Rule) {
        let findings = Repository.own.files.flatMap(rule.findings)
        let isKept = findings.isEmpty
        #expect(isKept, "\(findings.report)")
    }

    @Test func `every text of the screens is there in six languages, and used`() {
        let files = Repository.own.files
        let sources = files.filter { ($0.lies(in: "Web") || $0.lies(in: "Sources")) && ["js", "html", "swift"].contains($0.suffix) }
        let findings = TextRules.findings(
            in: files.filter { $0.lies(in: "Web/texts") && $0.suffix == "json" }, usedBy: sources,
            allowance: files.first { $0.path == TextRules.allowancePath }?.text ?? "")
        let isKept = findings.isEmpty
        #expect(isKept, "\(findings.report)")
    }

    /// A walk that finds nothing would keep every rule.
    @Test func `the repository is found`() {
        let paths = Set(Repository.own.files.map(\.path))
        #expect(paths.isSuperset(of: ["GLOSSARY.md", "Package.swift", "Sources/Primitives/ID.swift", "Tests/TidyTests/TidyTests.swift"]))
        #expect(!paths.contains { $0.hasPrefix(".build") || $0.hasPrefix("var/") })
    }
}

/// The rules themselves: each flags what it must and lets pass what it must.
struct TidyRulesTests {
    @Test(arguments: TidyTests.rules)
    func `a rule flags its bad samples and no good one`(_ rule: Rule) {
        #expect(!rule.flagged.isEmpty && !rule.allowed.isEmpty)
        for sample in rule.flagged {
            let findings = rule.findings(in: TextFile(path: sample.path, text: sample.text))
            #expect(!findings.isEmpty, "not flagged: \(sample.path): \(sample.text.prefix(200))")
        }
        for sample in rule.allowed {
            let findings = rule.findings(in: TextFile(path: sample.path, text: sample.text))
            #expect(findings.isEmpty, "\(findings.report)")
        }
    }

    @Test func `a finding names the line`() {
        let file = TextFile(
            path: "Sources/Routing/A.swift", text: "let a = \"\"\"\n    one\n    \"\"\"\n\n/* two\n three */\npublic let b = 1\n")
        #expect(SwiftRules.publicAccess.findings(in: file).map(\.line) == [7])
        let sheet = TextFile(path: "Web/a.css", text: "/* one\n two */\np {\n    color: red;\n    margin-left: 1px;\n}\n")
        #expect(WebRules.physicalProperties.findings(in: sheet).map(\.line) == [5])
    }

    @Test func `code inside a literal is code`() {
        let text = ##"let text = "at \(Date()) o'clock, \"Date()\"" + #"Date() \(Date())"#.description"##
        let file = TextFile(path: "Sources/Routing/A.swift", text: text)
        #expect(SwiftRules.clocksAndChance.findings(in: file).count == 1)
    }

    // MARK: Texts

    private static let good = #"""
        {
            "ready": {"note": "a button", "en": "Ready", "ur": "تیار", "ka": "მზად", "hi": "तैयार", "tr": "Hazır", "cy": "Yn barod"},
            "waiting": {
                "note": "how many wait", "en": {"one": "{count} caller", "other": "{count} callers"},
                "ur": {"one": "{count} کالر", "other": "{count} کالر"}, "ka": {"other": "{count} ელოდება"},
                "hi": {"other": "{count} कॉलर"}, "tr": {"other": "{count} arayan"},
                "cy": {"one": "{count} galwr", "two": "{count} alwr", "other": "{count} galwr"}
            }
        }
        """#

    private static let uses = #"html`<p title="${t("desk.ready")}">${t(`desk.wait${kind}`, { count })}</p>`"#

    private func flaws(replacing old: String = "", with new: String = "", uses: String = uses, allowance: String = "") -> [String] {
        let text = old.isEmpty ? Self.good : Self.good.replacing(old, with: new)
        return TextRules.findings(
            in: [TextFile(path: "Web/texts/desk.json", text: text)], usedBy: [TextFile(path: "Web/desk.js", text: uses)],
            allowance: allowance
        ).map { "\($0.line) \($0.words): \($0.reason)" }
    }

    @Test func `good texts pass`() { #expect(flaws() == []) }

    @Test(arguments: [
        (#""Hazır""#, #""Ready""#, "2 desk.ready: tr is left in English (or belongs in script/texts-same-as-english.txt)"),
        (#""მზად""#, #""mzad""#, "2 desk.ready: ka is not written in its script"),
        (#""تیار""#, #""""#, "2 desk.ready: ur is missing or empty"),
        (#""a button""#, #"" ""#, "2 desk.ready: has no note for the translator"),
        (#""{count} कॉलर""#, #""{number} कॉलर""#, #"3 desk.waiting: hi has placeholders ["number"], English ["count"]"#),
        (
            #"{"other": "{count} arayan"}"#, #"{"few": "{count} arayan", "other": "{count} arayan"}"#,
            "3 desk.waiting: tr knows no plural few"
        ),
        (#""ur": "#, #""xx": "#, "2 desk.ready: has an unknown field xx"),
    ])
    func `a bad text is flagged`(old: String, new: String, flaw: String) {
        #expect(flaws(replacing: old, with: new).contains(flaw))
    }

    @Test func `the allow-list lets a text be English, and is not longer than needed`() {
        #expect(flaws(replacing: #""Hazır""#, with: #""Ready""#, allowance: "# why\ntr desk.ready  they say so") == [])
        #expect(flaws(allowance: "tr desk.ready  why") == ["1 tr desk.ready: allowed, but there is no such sameness"])
    }

    @Test func `keys and their uses match`() {
        #expect(flaws(uses: Self.uses + #" t("desk.gone")"#) == ["1 desk.gone: no catalogue has a text under this key"])
        #expect(flaws(uses: #"const label = "desk.ready";"#) == ["3 desk.waiting: nobody uses this text"])
        #expect(flaws(uses: Self.uses + #" import("desk.js"); at("desk.gone")"#) == [])
    }
}
