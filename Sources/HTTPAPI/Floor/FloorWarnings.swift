import Operation
import Organization

struct FloorWarningsWire: WireType {
    struct WarningWire: WireType, Hashable {
        var code: String
        /// Where in the set-up.
        var path: String
        /// What it is called: a queue, a number, a trunk.
        var name: String

        static let schemaName = "FloorWarning"
        static let schema = Schema.object([.required("code", .string), .required("path", .string), .required("name", .string)])
    }

    var warnings: [WarningWire]

    static let schemaName = "FloorWarnings"
    static let schema = Schema.object([.required("warnings", .array(.reference(WarningWire.self)))])
}

/// What stands wrong with the set-up and strands callers, for those who look after them.
struct FloorWarningsRoute: Sendable {
    let port: SetUpPort
    let names: NameBook

    var routes: [Route] {
        [
            .read(
                "/api/floor/warnings", "What is wrong with the set-up as it stands, so that callers are not served.",
                access: .may(.viewFloor, atLeast: .project),
                audit: .nothing(because: "what is missing in the set-up"), answers: FloorWarningsWire.self
            ) { call in
                let caller = try call.signedIn()
                let names = self.names.current
                let warnings = try await port.read().warnings.filter { warning in
                    guard warning.code.strandsCallers, let scope = caller.scope(of: .viewFloor) else { return false }
                    return scope == .all || warning.project.map(caller.account.user.projects.contains) ?? false
                }
                return FloorWarningsWire(
                    warnings: warnings.map { warning in
                        let key = warning.place.last ?? ""
                        return .init(
                            code: warning.code.rawValue, path: warning.path,
                            name: names.queue(keyed: key, of: warning.project, in: caller.language) ?? key)
                    })
            }
        ]
    }
}
