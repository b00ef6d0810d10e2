import Contacts
import Organization
import Primitives

/// What somebody saw, searched or took along, or how he came and went: a fact of the log that changes nothing in the engine. Who it was
/// is the entry's actor.
package struct Audit: Hashable, Sendable {
    package var action: Action
    package var subject: Subject
    /// The project whose data they were; nil: of several, or of none.
    package var project: ProjectID?
    /// What was asked for, in words of ours: never what somebody typed.
    package var question: [Term]

    package init(_ action: Action, _ subject: Subject, of project: ProjectID? = nil, question: [Term] = []) {
        self.action = action
        self.subject = subject
        self.project = project
        self.question = Array(question.prefix(Self.termsMax))
    }

    /// More than any question of ours has.
    package static let termsMax = 32

    package enum Action: String, CaseIterable, Sendable, Hashable {
        case saw, searched, exported
        /// A recording.
        case heard
        /// The set-up; such an entry stands in the log as `setUpApplied`.
        case changed
        /// Had the log's hash chain computed again.
        case checked
        /// A message to agents.
        case sent
        case signedIn, signedOut
        /// Somebody gave a wrong password for a login that there is.
        case signInFailed
    }

    package enum Subject: Hashable, Sendable {
        case contact(ContactID)
        case customer(CustomerID)
        case contacts, customers, figures, setUp, audit, log
        /// A supervisor's to agents; what it says is written nowhere here.
        case message
        /// Somebody's own login.
        case account(UserID)

        package enum Kind: String, CaseIterable, Sendable, Hashable {
            case contact, customer, contacts, customers, figures, setUp, audit, log, message, account
        }

        package var kind: Kind {
            switch self {
            case .contact: .contact
            case .customer: .customer
            case .contacts: .contacts
            case .customers: .customers
            case .figures: .figures
            case .setUp: .setUp
            case .audit: .audit
            case .log: .log
            case .message: .message
            case .account: .account
            }
        }
    }

    /// One field of a question, such as `queue` with its id. A field that may hold a name or a number stands here without its value.
    package struct Term: Hashable, Sendable {
        package let name: String
        package let value: String?

        /// - Returns: nil if either is no short word of ASCII letters, digits and `-.:_`.
        package init?(_ name: String, _ value: String? = nil) {
            guard Self.isWord(name), value.map(Self.isWord) ?? true else { return nil }
            self.name = name
            self.value = value
        }

        /// `name`, or `name=value`.
        package init?(parsing text: some StringProtocol) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            self.init(String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : nil)
        }

        package var text: String { value.map { "\(name)=\($0)" } ?? name }

        private static let wordMax = 64

        private static func isWord(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.count <= wordMax
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
        }
    }
}
