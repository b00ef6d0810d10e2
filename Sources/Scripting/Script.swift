import Primitives

/// What an agent says, step by step, and where each answer leads.
package struct Script: Hashable, Sendable {
    package var name: Texts
    package var direction: Direction
    /// The key of the first step.
    package var start: String
    package var steps: [Step]
    package var objections: [Objection]

    package static let stepsMax = 200
    /// As many as there are keys for them, 1 to 9.
    package static let answersMax = 9
    package static let objectionsMax = 40

    /// The calls it is for.
    package enum Direction: String, CaseIterable, Hashable, Sendable {
        case inbound, outbound, both
    }

    /// One of them is seen at a time.
    package struct Step: Hashable, Sendable {
        package var key: String
        package var say: Texts
        /// For the agent only.
        package var hint: Texts?
        /// Without any the script ends here.
        package var answers: [Answer]

        package init(key: String, say: Texts, hint: Texts?, answers: [Answer]) {
            self.key = key
            self.say = say
            self.hint = hint
            self.answers = answers
        }
    }

    package struct Answer: Hashable, Sendable {
        package var key: String
        package var label: Texts
        /// Nil: the script ends.
        package var next: String?
        /// The step was an attempt at what troubles the customer; this is what came of it.
        package var isTried: Bool

        package init(key: String, label: Texts, next: String?, isTried: Bool) {
            self.key = key
            self.label = label
            self.next = next
            self.isTried = isTried
        }
    }

    package struct Objection: Hashable, Sendable {
        package var key: String
        package var title: Texts
        package var say: Texts

        package init(key: String, title: Texts, say: Texts) {
            self.key = key
            self.title = title
            self.say = say
        }
    }

    package init(name: Texts, direction: Direction, start: String, steps: [Step], objections: [Objection]) {
        self.name = name
        self.direction = direction
        self.start = start
        self.steps = steps
        self.objections = objections
    }

    package func step(_ key: String) -> Step? { steps.first { $0.key == key } }

    // MARK: Before it is published

    /// - Parameter language: the project's, in which everything must be given.
    package func flaws(in language: Language) -> [Flaw] {
        var list = FlawList(language: language)
        list.check(name, "name")
        if steps.isEmpty { list.add("steps", .required) }
        if steps.count > Self.stepsMax { list.add("steps", .tooMany) }
        if objections.count > Self.objectionsMax { list.add("objections", .tooMany) }
        list.check(keys: steps.map(\.key)) { "steps/\($0)/key" }
        let known = Set(steps.map(\.key))
        if !steps.isEmpty, !known.contains(start) { list.add("start", .unknown) }
        let reached = reachable
        for (index, step) in steps.prefix(Self.stepsMax).enumerated() {
            let path = "steps/\(index)"
            list.check(step.say, "\(path)/say", hasPlaceholders: true)
            list.check(step.hint, "\(path)/hint", isRequired: false, hasPlaceholders: true)
            if step.answers.count > Self.answersMax { list.add("\(path)/answers", .tooMany) }
            list.check(keys: step.answers.map(\.key)) { "\(path)/answers/\($0)/key" }
            for (place, answer) in step.answers.prefix(Self.answersMax).enumerated() {
                list.check(answer.label, "\(path)/answers/\(place)/label", hasPlaceholders: true)
                if let next = answer.next, !known.contains(next) { list.add("\(path)/answers/\(place)/next", .unknown) }
            }
            if known.contains(start), !reached.contains(step.key) { list.add(path, .unreachable) }
        }
        list.check(keys: objections.map(\.key)) { "objections/\($0)/key" }
        for (index, objection) in objections.prefix(Self.objectionsMax).enumerated() {
            list.check(objection.title, "objections/\(index)/title", hasPlaceholders: true)
            list.check(objection.say, "objections/\(index)/say", hasPlaceholders: true)
        }
        return list.flaws
    }

    private var reachable: Set<String> {
        let steps = Dictionary(steps.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var reached: Set<String> = []
        var open = [start]
        while let key = open.popLast() {
            guard let step = steps[key], reached.insert(key).inserted else { continue }
            open += step.answers.compactMap(\.next)
        }
        return reached
    }
}

/// The way that a contact has taken through a script.
package struct ScriptRun: Hashable, Sendable {
    /// What was answered, from the first step on. Who goes back takes his answers back.
    package var steps: [Taken]
    /// The step that is seen; nil: the script is at its end.
    package var current: String?

    /// More than any way needs that does not go round in circles.
    package static let stepsMax = 500

    package struct Taken: Hashable, Sendable {
        package var step: String
        package var answer: String

        package init(step: String, answer: String) {
            self.step = step
            self.answer = answer
        }
    }

    package init(steps: [Taken], current: String?) {
        self.steps = steps
        self.current = current
    }

    /// Where a script begins.
    package init(beginning script: Script) {
        self.init(steps: [], current: script.start)
    }

    /// Why a run is none of a script.
    package enum Astray: Error, Hashable, Sendable {
        /// The step of this place is not where the way led, or has no such answer.
        case step(Int)
        /// The way leads to another step.
        case current
        case tooLong
    }

    /// Throws unless the script has this way.
    package func check(against script: Script) throws(Astray) {
        guard steps.count <= Self.stepsMax else { throw .tooLong }
        var place: String? = script.start
        for (index, taken) in steps.enumerated() {
            guard taken.step == place, let answer = script.step(taken.step)?.answers.first(where: { $0.key == taken.answer }) else {
                throw .step(index)
            }
            place = answer.next
        }
        guard current == place else { throw .current }
    }
}
