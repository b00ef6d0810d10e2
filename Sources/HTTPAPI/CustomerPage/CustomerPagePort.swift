import Calls
import Contacts
import Primitives

/// What the customer's page asks of the part that ends browsers' calls.
package struct CustomerPagePort: Sendable {
    package struct Answer: Sendable {
        /// Whoever has it may ask about the call, press keys in it and end it.
        package var key: String
        package var description: String

        package init(key: String, description: String) {
            self.key = key
            self.description = description
        }
    }

    /// Calls a number: the call arrives like any other.
    package var call: @Sendable (_ number: String, _ offer: String, _ leg: LegID) async throws -> Answer
    package var press: @Sendable (_ leg: LegID, _ key: String, _ keys: String) async throws -> Void
    package var end: @Sendable (_ leg: LegID, _ key: String) async throws -> Void
    /// Throws where there is no such call.
    package var check: @Sendable (_ leg: LegID, _ key: String) async throws -> Void
    package var iceServers: @Sendable () -> [AudioNetwork.ICEServer]

    package init(
        call: @escaping @Sendable (String, String, LegID) async throws -> Answer,
        press: @escaping @Sendable (LegID, String, String) async throws -> Void,
        end: @escaping @Sendable (LegID, String) async throws -> Void, check: @escaping @Sendable (LegID, String) async throws -> Void,
        iceServers: @escaping @Sendable () -> [AudioNetwork.ICEServer]
    ) {
        self.call = call
        self.press = press
        self.end = end
        self.check = check
        self.iceServers = iceServers
    }
}
