import Calls
import Centre
import Contacts
import Organization
import Primitives
import Routing
import Testing

/// Scripts and forms in the log: that they were published, and that somebody has answered.
struct ScriptingTests {
    private static let form = DocumentID(high: 40, low: 1)

    private func submitted(_ call: Centre.Caller, by name: Centre.Name) -> Input {
        .formSubmitted(name.agent, call.contact, form: Self.form, version: 2)
    }

    @Test func `an agent answers a form about his contact, from the offer to its close, and nobody else does`() throws {
        var centre = try Centre.with(.ana, .beso, ready: true)
        let call = try centre.incomingCall(to: .billing)
        try centre.take(submitted(call, by: .ana))
        #expect(centre.events == [.formSubmitted(call.contact, Centre.Name.ana.agent, form: Self.form, version: 2)])
        try centre.answers(.ana)
        #expect(throws: Refusal.staleState) { try centre.take(submitted(call, by: .beso)) }
        // Changed, it is another event.
        try centre.take(submitted(call, by: .ana))
        #expect(centre.events == [.formSubmitted(call.contact, Centre.Name.ana.agent, form: Self.form, version: 2)])
        try centre.hangsUp(call)
        #expect(throws: Refusal.staleState) { try centre.take(submitted(call, by: .ana)) }
    }

    @Test func `what is published and retired stands in the log with its project, and changes nothing else`() throws {
        let centre = try Centre.with(.ana, ready: true)
        let project = ProjectID(high: 41, low: 1)
        var (engine, random) = (centre.engine, Random(seed: 1))
        for input in [Input.documentPublished(Self.form, project, version: 1), .documentRetired(Self.form, project)] {
            let result = try engine.step(input, at: centre.now, using: &random)
            #expect(result.entries.map(\.project) == [project] && result.directives.isEmpty && result.faults.isEmpty)
        }
        #expect(engine.routing.agents[Centre.Name.ana.agent]?.state == centre.engine.routing.agents[Centre.Name.ana.agent]?.state)
    }
}
