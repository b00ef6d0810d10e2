import Organization
import Primitives
import Testing

@testable import Scripting

struct ScriptTests {
    private func text(_ english: String) -> Texts { Texts([.english: english]) }

    private func step(_ key: String, _ say: String = "Good morning.", answers: [(String, String?)] = []) -> Script.Step {
        Script.Step(
            key: key, say: text(say), hint: nil,
            answers: answers.map { Script.Answer(key: $0.0, label: text($0.0), next: $0.1, isTried: false) })
    }

    private var router: Script {
        Script(
            name: text("No internet"), direction: .inbound, start: "hello",
            steps: [
                step("hello", "Hello {customer.name}, here is {agent.name}.", answers: [("no-internet", "lamp"), ("other", nil)]),
                step("lamp", answers: [("on", "restart"), ("off", "end"), ("again", "lamp")]),
                step("restart", answers: [("helped", "end")]),
                step("end"),
            ], objections: [.init(key: "price", title: text("Too expensive"), say: text("It pays."))])
    }

    private func flaws(_ change: (inout Script) -> Void) -> [Flaw] {
        var script = router
        change(&script)
        return script.flaws(in: .english)
    }

    @Test func `a whole script has no flaw`() {
        #expect(router.flaws(in: .english) == [])
    }

    @Test func `what is missing, doubled, unknown or out of reach is said with its place`() {
        #expect(flaws { $0.start = "nowhere" } == [Flaw("start", .unknown)])
        #expect(flaws { $0.steps[0].answers[0].next = "nowhere" }.contains(Flaw("steps/0/answers/0/next", .unknown)))
        #expect(flaws { $0.steps.append(step("island")) } == [Flaw("steps/4", .unreachable)])
        #expect(flaws { $0.steps[3].key = "lamp" }.contains(Flaw("steps/3/key", .duplicate)))
        #expect(flaws { $0.objections[0].key = "Too much" } == [Flaw("objections/0/key", .malformed)])
        #expect(flaws { $0.steps[1].answers[1].key = "on" } == [Flaw("steps/1/answers/1/key", .duplicate)])
        #expect(flaws { $0.steps = [] } == [Flaw("steps", .required)])
        #expect(flaws { $0.name = Texts([.welsh: "Enw"]) } == [Flaw("name", .required)])
        #expect(flaws { $0.steps[0].say = text(" \n") } == [Flaw("steps/0/say", .required)])
    }

    @Test(arguments: [
        ("{customer.name} {customer.number} {agent.name} {project.name}", true), ("none", true), ("{customer.Name}", false), ("{", false),
        ("}", false), ("{}", false), ("{{customer.name}}", false), ("{customer.name", false), ("{ customer.name }", false),
        ("{\u{301}x}", false),
    ])
    func `placeholders are known, or the text is refused`(text: String, isKnown: Bool) {
        let found = flaws { $0.steps[1].say = self.text(text) }
        #expect(found == (isKnown ? [] : [Flaw("steps/1/say/en", .placeholder)]))
    }

    @Test func `limits are held at their border`() {
        #expect(flaws { $0.steps[3].say = text(String(repeating: "x", count: 2000)) } == [])
        #expect(flaws { $0.steps[3].say = text(String(repeating: "x", count: 2001)) } == [Flaw("steps/3/say/en", .tooLong)])
        func many(_ count: Int) -> [Flaw] {
            flaws { script in
                script.steps = (0..<count).map { step("s\($0)", answers: $0 + 1 < count ? [("a", "s\($0 + 1)")] : []) }
                script.start = "s0"
            }
        }
        #expect(many(200) == [])
        #expect(many(201) == [Flaw("steps", .tooMany)])
        func answers(_ count: Int) -> [Flaw] { flaws { $0.steps[3] = step("end", answers: (0..<count).map { ("a\($0)", nil) }) } }
        #expect(answers(9) == [])
        #expect(answers(10) == [Flaw("steps/3/answers", .tooMany)])
        #expect(flaws { $0.steps = (0..<300).map { _ in step("Ö") } }.count == Flaw.max)
    }

    @Test(arguments: [("a", true), ("a-1", true), ("1a", false), ("-a", false), ("a_b", false), ("A", false), ("", false), ("ä", false)])
    func `keys are short words`(key: String, isKey: Bool) {
        #expect(Key.isKey(key) == isKey)
    }

    @Test func `a key has forty letters at most`() {
        #expect(Key.isKey(String(repeating: "a", count: 40)))
        #expect(!Key.isKey(String(repeating: "a", count: 41)))
    }

    // MARK: The way through it

    private func run(_ way: [(String, String)], _ current: String?) -> ScriptRun {
        ScriptRun(steps: way.map { .init(step: $0.0, answer: $0.1) }, current: current)
    }

    @Test func `a way goes from answer to answer, also in a circle, and back by taking answers back`() throws {
        try ScriptRun(beginning: router).check(against: router)
        try run([("hello", "no-internet"), ("lamp", "again"), ("lamp", "on")], "restart").check(against: router)
        try run([("hello", "no-internet")], "lamp").check(against: router)
        try run([("hello", "other")], nil).check(against: router)
    }

    @Test func `a way that the script does not have is refused`() {
        #expect(throws: ScriptRun.Astray.step(0)) { try run([("lamp", "on")], "restart").check(against: router) }
        #expect(throws: ScriptRun.Astray.step(1)) { try run([("hello", "no-internet"), ("lamp", "maybe")], nil).check(against: router) }
        #expect(throws: ScriptRun.Astray.step(1)) { try run([("hello", "other"), ("lamp", "on")], "restart").check(against: router) }
        #expect(throws: ScriptRun.Astray.current) { try run([("hello", "no-internet")], "end").check(against: router) }
        #expect(throws: ScriptRun.Astray.current) { try run([("hello", "no-internet")], nil).check(against: router) }
        let circle = [("hello", "no-internet")] + Array(repeating: ("lamp", "again"), count: 499)
        #expect(throws: Never.self) { try run(circle, "lamp").check(against: router) }
        #expect(throws: ScriptRun.Astray.tooLong) { try run(circle + [("lamp", "again")], "lamp").check(against: router) }
    }
}
