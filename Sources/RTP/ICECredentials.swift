/// The name and the password of one side of a connection, good until the next ICE restart (RFC 8445 section 5.3).
package struct ICECredentials: Sendable, Hashable, CustomStringConvertible {
    /// Section 5.3: 24 random bits in the name, 128 in the password, at least.
    static let userLength = 8
    static let passwordLength = 24
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

    /// `ice-ufrag`: tells to which connection, and to which of its restarts, a check belongs.
    package let user: String
    /// `ice-pwd`: who has it is the one the answer was given to. A secret.
    package let password: String

    package init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// Six random bits a letter.
    ///
    /// - Parameter random: must not be foreseeable: the system's, but in tests.
    package init(using random: inout some RandomNumberGenerator) {
        func word(_ count: Int) -> String { String((0..<count).map { _ in Self.letters[Int(random.next() & 63)] }) }
        user = word(Self.userLength)
        password = word(Self.passwordLength)
    }

    /// Without the password: descriptions end up in logs.
    package var description: String { "ICECredentials(\(user))" }
}
