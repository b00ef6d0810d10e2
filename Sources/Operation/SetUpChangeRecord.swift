import Organization
import Primitives

/// One change of the set-up as it is kept: who, when, and each part before and after.
package struct SetUpChangeRecord: Hashable, Sendable {
    /// 1 is the first; none is left out.
    package var number: Int64
    package var at: Timestamp
    /// Nil: the command line.
    package var author: UserID?
    /// The change that this one takes back.
    package var undoes: Int64?
    /// A list of the parts in one line, as `SetUpValue.line` writes it, without secrets.
    package var parts: String

    package init(number: Int64, at: Timestamp, author: UserID?, undoes: Int64?, parts: String) {
        self.number = number
        self.at = at
        self.author = author
        self.undoes = undoes
        self.parts = parts
    }
}
