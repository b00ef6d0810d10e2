import Primitives

package typealias ProjectID = ID<Project>
package typealias QueueID = ID<Queue>
package typealias AgentID = ID<Agent>
package typealias TeamID = ID<Team>
package typealias EntryPointID = ID<EntryPoint>
package typealias DispositionID = ID<Disposition>
package typealias PresenceReasonID = ID<PresenceReason>
package typealias PhoneID = ID<Phone>
package typealias TrunkID = ID<Trunk>
package typealias UserID = ID<User>
package typealias DocumentID = ID<Document>
package typealias CustomerID = ID<CustomerTag>

/// A person or a company who calls or is called; who that is lives in the tables.
package enum CustomerTag {}
/// A SIP phone on a desk: the engine knows it by id, its address and secret live in the tables.
package enum Phone {}
/// A SIP trunk to a provider, likewise.
package enum Trunk {}
/// A team of agents on the floor.
package enum Team {}
/// A script or a form, through all its versions; what they say lives in the tables.
package enum Document {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case script, form
    }
}
/// Why an agent is not ready (break, training, …); its names live in the tables.
package enum PresenceReason {}
