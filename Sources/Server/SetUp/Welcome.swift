import HTTPAPI
import Operation
import Organization
import Storage

/// Lets the first administrator in, who has nobody to ask: with a token that lies in the data folder until he is there.
struct Welcome: Sendable {
    let folder: String
    let store: Store
    let applier: SetUpApplier

    /// What the link to the first page carries; nil: the centre has an administrator.
    static func token(in folder: String, for setUp: SetUp) throws -> String? {
        guard !hasAdministrator(setUp) else {
            DataFolder.dropWelcomeToken(in: folder)
            return nil
        }
        return try DataFolder.welcomeToken(in: folder)
    }

    /// Forgets the token as soon as somebody can set up the centre, however he came.
    static func settle(in folder: String, for setUp: SetUp) {
        if hasAdministrator(setUp) { DataFolder.dropWelcomeToken(in: folder) }
    }

    private static func hasAdministrator(_ setUp: SetUp) -> Bool { setUp.users.contains { $0.user.role == .administrator } }

    func make(_ wanted: FirstAdministrator) async throws -> WelcomePort.Answer {
        guard try await !Self.hasAdministrator(store.setUp()) else { return .over }
        let token = try DataFolder.welcomeToken(in: folder)
        guard isEqual(token.utf8, wanted.token.utf8) else { return .wrongToken }
        let user = SetUpValue.mapping([
            .init("name", .text(wanted.name)), .init("role", .text("administrator")), .init("language", .text(wanted.language)),
            .init("password", .text(wanted.password)),
        ])
        let file = SetUpValue.mapping([.init("users", .mapping([.init(wanted.login, user)]))])
        guard try await applier.begin(with: file.line) else { return .over }
        return .made(login: wanted.login)
    }
}
