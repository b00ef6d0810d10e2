import Primitives

/// What came of a contact, as one node of the project's tree; agents choose a leaf.
package struct Disposition: Hashable, Sendable {
    package let id: DispositionID
    package let project: ProjectID
    package var parent: DispositionID?
    /// What the centre understands of it, whatever the project calls it.
    package var meanings: Meanings

    package init(id: DispositionID, project: ProjectID, parent: DispositionID? = nil, meanings: Meanings = []) {
        self.id = id
        self.project = project
        self.parent = parent
        self.meanings = meanings
    }

    /// The meaning flags: what figures, pay and do-not-call rules read.
    package struct Meanings: OptionSet, Hashable, Sendable {
        package let rawValue: UInt16

        package init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        package static let reached = Meanings(rawValue: 1 << 0)
        package static let resolved = Meanings(rawValue: 1 << 1)
        package static let sale = Meanings(rawValue: 1 << 2)
        package static let refused = Meanings(rawValue: 1 << 3)
        package static let callback = Meanings(rawValue: 1 << 4)
        package static let complaint = Meanings(rawValue: 1 << 5)
        package static let doNotCall = Meanings(rawValue: 1 << 6)
        package static let wrongNumber = Meanings(rawValue: 1 << 7)

        /// The flags with the names that set-up files and the wire use.
        package static let named: [(name: String, meaning: Meanings)] = [
            ("reached", .reached), ("resolved", .resolved), ("sale", .sale), ("refused", .refused), ("callback", .callback),
            ("complaint", .complaint), ("doNotCall", .doNotCall), ("wrongNumber", .wrongNumber),
        ]
    }
}
