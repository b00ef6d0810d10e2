import Organization
import Operation
import Primitives

/// `POST /api/session`
struct SignIn: WireInput {
    var login: String
    var password: String

    static let schemaName = "SignIn"
    static let schema = Schema.object([.required("login", .string), .required("password", .string)])

    func check() throws {
        var check = FieldCheck()
        check.text(login, "login", limit: Limits.loginMax)
        check.text(password, "password", limit: Limits.passwordMax)
        try check.pass()
    }
}

/// `PATCH /api/session`
struct SessionChange: WireInput {
    var language: String

    static let schemaName = "SessionChange"
    static let schema = Schema.object([.required("language", .enumeration(Language.allCases.map(\.rawValue)))])

    func checked() throws -> Language {
        guard let language = Language(rawValue: language) else { throw Problem.invalid("language", .unknown) }
        return language
    }
}

/// Who is signed in and what he may do.
struct SessionWire: WireType {
    var user: User
    /// The scope of each permission the user has.
    var permissions: [String: String]
    /// Whether he sits in his seat of the demo, with what only a demo offers.
    var demo: Bool

    struct User: WireType {
        var id: String
        var name: String
        var login: String
        var language: String
        /// Whether contacts are routed to him.
        var agent: Bool

        static let schemaName = "SessionUser"
        static let schema = Schema.object([
            .required("id", .id), .required("name", .string), .required("login", .string),
            .required("language", .enumeration(Language.allCases.map(\.rawValue))), .required("agent", .boolean),
        ])
    }

    static let schemaName = "Session"
    static let schema = Schema.object([
        .required("user", .reference(User.self)), .required("permissions", .map(.enumeration(Scope.allCases.map(\.name)))),
        .required("demo", .boolean),
    ])

    /// - Parameter seat: the login whose seat of the demo it is.
    init(_ caller: Caller, seat: String?) {
        let account = caller.account
        demo = account.login == seat
        user = User(
            id: account.user.id.description, name: account.name, login: account.login, language: account.language.rawValue,
            agent: account.user.agent != nil)
        permissions = [:]
        for permission in Permission.allCases { permissions[permission.rawValue] = caller.scope(of: permission)?.name }
    }
}
