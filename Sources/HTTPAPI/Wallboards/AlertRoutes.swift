import Operation
import Organization
import Primitives
import Storage

/// Which alerts there were, for who sees the floor: what stood on a wall at four can be looked up at five.
struct AlertRoutes: Sendable {
    let store: Store
    let names: NameBook

    var routes: [Route] {
        [
            .read(
                "/api/alerts", "The newest alerts, the last to begin first.", access: .may(.viewFloor, atLeast: .own),
                audit: .nothing(because: "figures of a project, of no person"), answers: PastAlertsWire.self
            ) { call in
                let caller = try call.signedIn()
                guard let reach = FloorReach(caller) else { throw Problem(.forbidden) }
                let names = self.names.current
                let sight = FloorSight(reach, names)
                let seen = try await store.alerts(limit: Limits.alertsLookedAt).filter { sight.tells($0.alert.place, names) }
                return PastAlertsWire(
                    alerts: seen.prefix(Limits.alertsTold).map { PastAlertWire($0, names: names, language: caller.language) })
            }
        ]
    }
}

extension FloorSight {
    /// Whether it may be told how a place stands.
    func tells(_ place: MeasuredPlace, _ names: Names) -> Bool {
        if let queue = place.queue { return queues.contains(queue) }
        return tells(place.project) && queues.contains { names.project(of: $0) == place.project }
    }
}

/// An alert from its beginning to its end.
struct PastAlertWire: WireType {
    /// As it was set up then, under the name that it has now.
    var alert: AlertWire
    /// The contacts behind it are of this queue; null: of the whole project.
    @OrNull var queueId: String?
    var projectId: String
    /// The project's midnight before it began: since then the figures of a day are reckoned.
    var day: Int64
    var began: Int64
    /// The measure's value then: a count, percent with one decimal, or milliseconds.
    @OrNull var beganValue: Double?
    /// Null: it goes on.
    @OrNull var ended: Int64?
    @OrNull var endedValue: Double?

    static let schemaName = "PastAlert"
    static let schema = Schema.object([
        .required("alert", .reference(AlertWire.self)), .required("queueId", .nullable(.id)), .required("projectId", .id),
        .required("day", .time), .required("began", .time), .required("beganValue", .nullable(.number)),
        .required("ended", .nullable(.time)),
        .required("endedValue", .nullable(.number)),
    ])

    init(_ raised: RaisedAlert, names: Names, language: Language) {
        let known = names.alerts.first { $0.alert.id == raised.alert.id }
        let named = NamedAlert(alert: raised.alert, key: known?.key ?? "", name: known?.name ?? Localised([:]), webhook: nil)
        alert = AlertWire(ShownAlert(named: named, since: raised.since), names: names, language: language)
        queueId = raised.alert.place.queue?.description
        projectId = raised.alert.place.project.description
        let scale: Double = raised.alert.measure.unit == .seconds ? 1000 : 1
        day = (names.time(of: raised.alert.place.project) ?? .utc).startOfDay(raised.began.at).milliseconds
        began = raised.began.at.milliseconds
        beganValue = raised.began.value.map { $0 * scale }
        ended = raised.ended?.at.milliseconds
        endedValue = raised.ended?.value.map { $0 * scale }
    }
}

/// `GET /api/alerts`
struct PastAlertsWire: WireType {
    var alerts: [PastAlertWire]

    static let schemaName = "PastAlerts"
    static let schema = Schema.object([.required("alerts", .array(.reference(PastAlertWire.self)))])
}
