import Primitives

package typealias WallboardID = ID<Wallboard>

/// A big screen for a whole room: a few figures of a project, each with what it should be.
package struct Wallboard: Hashable, Sendable {
    package let id: WallboardID
    package let project: ProjectID
    /// Nil: the project's.
    package var language: Language?
    package var figures: [Figure]

    /// More cannot be read from ten metres.
    package static let figuresMax = 6

    package init(id: WallboardID, project: ProjectID, language: Language?, figures: [Figure]) {
        self.id = id
        self.project = project
        self.language = language
        self.figures = figures
    }

    package struct Figure: Hashable, Sendable {
        package var measure: Measure
        /// Nil: all queues of the project.
        package var queue: QueueID?
        package var target: Target?

        package init(measure: Measure, queue: QueueID?, target: Target?) {
            self.measure = measure
            self.queue = queue
            self.target = target
        }

        /// How a value stands with the target; nil: there is none of the two.
        package func standing(of value: Double?) -> Standing? {
            guard let target, let value else { return nil }
            func isMet(_ limit: Int) -> Bool { measure.isBetterHigh ? value >= Double(limit) : value <= Double(limit) }
            return isMet(target.good) ? .good : isMet(target.warn) ? .warn : .bad
        }
    }

    /// In the measure's unit.
    package struct Target: Hashable, Sendable {
        package var good: Int
        /// Short of `good`, but not yet beyond this.
        package var warn: Int

        package init(good: Int, warn: Int) {
            self.good = good
            self.warn = warn
        }
    }

    package enum Standing: String, CaseIterable, Hashable, Sendable {
        case good, warn, bad
    }
}
