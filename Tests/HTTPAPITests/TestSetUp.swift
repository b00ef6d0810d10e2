import Operation
import Organization
import Foundation
import Primitives

@testable import HTTPAPI

extension TestCentre {
    /// Two projects with a queue each, so that rights show.
    static func makeSetUp(cost: Password.Cost) throws -> SetUp {
        var setUp = SetUp()
        let hash = try Password.hash(password, cost: cost)
        setUp.projects = [
            NamedProject(
                project: Project(
                    id: .serviceDesk, time: .utc, language: .english, recording: RecordingRule(calls: .onDemand, announces: false)),
                key: "serviceDesk",
                name: Localised([.english: "Service desk", .turkish: "Destek"]), numbers: nil),
            NamedProject(
                project: Project(id: .shop, time: .utc, language: .english), key: "shop", name: Localised([.english: "Shop"]), numbers: nil),
        ]
        setUp.teams = [
            Named(id: .red, key: "red", name: Localised([.english: "Red"])),
            Named(id: .blue, key: "blue", name: Localised([.english: "Blue"])),
        ]
        setUp.queues = [
            NamedQueue(
                queue: Queue(id: .internet, project: .serviceDesk), key: "internet",
                name: Localised([.english: "Internet", .turkish: "İnternet"])),
            NamedQueue(queue: Queue(id: .orders, project: .shop), key: "orders", name: Localised([.english: "Orders"])),
        ]
        setUp.reasons = [Named(id: .lunch, key: "lunch", name: Localised([.english: "Lunch", .turkish: "Yemek"]))]
        setUp.dispositions = [
            disposition(.done, .serviceDesk, nil, "done", "Done"),
            disposition(.solved, .serviceDesk, .done, "solved", "Solved", [.resolved]),
            disposition(.sold, .shop, nil, "sold", "Sold", [.sale]),
        ]
        setUp.phones = [.anasPhone, .bensPhone, .cleosPhone].enumerated().map { index, id in
            PhoneAccount(id: id, user: "\(101 + index)", access: .fixed(NetworkAddress(.v4(0x7F00_0002), port: UInt16(5061 + index))))
        }
        setUp.entryPoints = [
            NumberedEntryPoint(
                entryPoint: EntryPoint(id: .internetNumber, project: .serviceDesk, queue: .internet, language: .english),
                number: "+995322111111"),
            NumberedEntryPoint(
                entryPoint: EntryPoint(id: .ordersNumber, project: .shop, queue: .orders, language: .english), number: "+995322222222"),
            NumberedEntryPoint(
                entryPoint: EntryPoint(
                    id: .urgentNumber, project: .serviceDesk, queue: .internet, priority: ContactPriority(1)!, language: .english),
                number: "+995322333333"),
        ]
        setUp.agents = [
            agent(.ana, .red, .anasPhone, .internet), agent(.ben, .red, .bensPhone, .internet), agent(.cleo, .blue, .cleosPhone, .orders),
        ]
        setUp.users = [
            user(1, "ana", .agent, [.serviceDesk], agent: .ana, team: .red, hash),
            user(2, "ben", .senior, [.serviceDesk], agent: .ben, team: .red, hash),
            user(3, "cleo", .agent, [.shop], agent: .cleo, team: .blue, hash), user(4, "sue", .supervisor, [.serviceDesk], hash),
            user(5, "max", .manager, [.serviceDesk], hash), user(6, "ada", .administrator, [], hash),
            user(7, "kim", .client, [.serviceDesk], hash),
        ]
        return setUp
    }

    private static func disposition(
        _ id: DispositionID, _ project: ProjectID, _ parent: DispositionID?, _ key: String, _ name: String,
        _ meanings: Disposition.Meanings = []
    ) -> NamedDisposition {
        NamedDisposition(
            disposition: Disposition(id: id, project: project, parent: parent, meanings: meanings), key: key,
            name: Localised([.english: name]), order: 0)
    }

    private static func agent(_ id: AgentID, _ team: TeamID, _ phone: PhoneID, _ queue: QueueID) -> Agent {
        Agent(id: id, team: team, phone: phone, profile: RoutingProfile([.init(queue: queue)]))
    }

    private static func user(
        _ number: UInt64, _ login: String, _ role: Role, _ projects: Set<ProjectID>, agent: AgentID? = nil, team: TeamID? = nil,
        _ hash: String
    ) -> UserAccount {
        UserAccount(
            user: User(id: UserID(high: 9, low: number), agent: agent, team: team, projects: projects, role: role), login: login,
            name: login.capitalized, language: .english, passwordHash: hash)
    }
}

extension ID<Project> {
    static let serviceDesk = Self(high: 1, low: 1)
    static let shop = Self(high: 1, low: 2)
}

extension ID<Team> {
    static let red = Self(high: 2, low: 1)
    static let blue = Self(high: 2, low: 2)
}

extension ID<Queue> {
    static let internet = Self(high: 3, low: 1)
    static let orders = Self(high: 3, low: 2)
}

extension ID<PresenceReason> {
    static let lunch = Self(high: 4, low: 1)
}

extension ID<Disposition> {
    static let done = Self(high: 5, low: 1)
    static let solved = Self(high: 5, low: 2)
    static let sold = Self(high: 5, low: 3)
}

extension ID<Phone> {
    static let anasPhone = Self(high: 6, low: 1)
    static let bensPhone = Self(high: 6, low: 2)
    static let cleosPhone = Self(high: 6, low: 3)
}

extension ID<EntryPoint> {
    static let internetNumber = Self(high: 7, low: 1)
    static let ordersNumber = Self(high: 7, low: 2)
    static let urgentNumber = Self(high: 7, low: 3)
}

extension ID<Agent> {
    static let ana = Self(high: 8, low: 1)
    static let ben = Self(high: 8, low: 2)
    static let cleo = Self(high: 8, low: 3)
}
