/// The bands of ARCHITECTURE.md, as far as rules differ between them. A new target is listed here first.
enum Band: Sendable {
    case primitives, protocols, domain, operation, shells, system

    /// Reads no clock, draws no chance, awaits nothing, touches no file.
    var isPure: Bool {
        switch self {
        case .primitives, .protocols, .domain: true
        case .operation, .shells, .system: false
        }
    }

    private static let targets: [(band: Band, names: [String])] = [
        (.primitives, ["Primitives"]),
        (.protocols, ["SIP", "SDP", "RTP", "SRTP", "DTLS", "Audio", "Recording"]),
        (
            .domain,
            [
                "Organization", "Contacts", "Calls", "Routing", "CallFlows", "Dialing", "Messaging", "Customers", "Gazetteer", "Products",
                "Scripting", "Casework", "Workforce", "Quality", "Reporting", "Centre",
            ]
        ),
        (.operation, ["Operation"]),
        (.shells, ["SIPTransport", "MediaServer", "MailTransport", "Storage", "HTTPAPI", "Simulation", "Server", "callfloor"]),
    ]

    static func of(target: String) -> Band? {
        for (band, names) in targets where names.contains(target) { return band }
        // System libraries and C shims: CSQLite, CNetwork.
        let letters = Array(target)
        return letters.count > 1 && letters[0] == "C" && letters[1].isUppercase ? .system : nil
    }
}

extension TextFile {
    var band: Band? { target.flatMap(Band.of) }
    var isSwift: Bool { suffix == "swift" }
    var isSwiftSource: Bool { isSwift && lies(in: "Sources") }
    var isPureSwift: Bool { isSwift && band?.isPure == true }
    /// The samples of these rules would break them.
    var isTidyTest: Bool { lies(in: "Tests/TidyTests") }
}
