import Hummingbird
import NIOCore
import Organization
import Synchronization

/// The description of the API (OpenAPI 3.1), written from the route table and the descriptions of the wire's types.
struct OpenAPI {
    let table: RouteTable
    let version: String

    /// Every type of the wire, each once.
    static let outputs: [any WireType.Type] = [
        ProblemWire.self, FieldError.self, NamedWire.self, PositionWire.self, SessionWire.self, SessionWire.User.self, DeskWire.self,
        DeskWire.AgentWire.self, DeskWire.PhoneWire.self, DeskWire.PresenceWire.self, DeskWire.NextWire.self, DeskWire.RoutingWire.self,
        CustomerLinesWire.self, CustomerLinesWire.NumberWire.self, CustomerAnswer.self, CustomerCallWire.self,
        AudioWire.self, AudioWire.QualityWire.self, AudioSettingsWire.self, AudioSettingsWire.ICEServerWire.self, AudioAnswer.self,
        DeskWire.LineWire.self, LinesWire.self, VoiceWire.self, DeskContactWire.self, DeskContactWire.LeftBehindWire.self, SenderWire.self,
        ConsultWire.self,
        ConsultedWire.self, InternalCallWire.self, ColleaguesWire.self, TransferTargetsWire.self,
        TransferTargetsWire.ColleagueWire.self, DialWire.self, OutsideWire.self, RequestWire.self, QuotaWire.self,
        SupervisorWire.self, BesideWire.self, SupervisingWire.self, MessageWire.self, SeatWire.self, MirrorWire.self, SeatSpanWire.self,
        SeatHoursWire.self,
        DeskContactWire.EarlierWire.self, DeskContactWire.DraftWire.self,
        DispositionWire.self, WhyWire.self, WhyWire.ConsideredWire.self, WhyWire.ExcludedWire.self, FloorWire.self,
        ProductFieldsWire.self, ProductWire.self, ReasonWire.self, AuthorityLimitWire.self, LicenceWire.self, ProductMadeWire.self,
        SheetRevisionWire.self, ProductListWire.self, AnsweredWire.self, AnsweredWire.RefusalWire.self, DeskProposalsWire.self,
        DeskProposalsWire.SuggestionWire.self, DeskProposalsWire.WhyProposalWire.self, DeskProposalsWire.NotProposedWire.self,
        ProposalWire.self,
        ConcessionWire.self, ApprovalWire.self, ApprovalListWire.self, ApprovalsWire.self,
        ClientReportWire.self, ClientReportWire.IntervalWire.self, ClientReportWire.QueueWire.self,
        ClientReportWire.DispositionWire.self, ClientFiguresWire.self,
        FiguresWire.self, FiguresWire.RowWire.self, FiguresWire.IntervalWire.self, FiguresWire.WaitWire.self,
        FiguresWire.WeekHourWire.self, FigureValuesWire.self, ServiceLevelsWire.self, FloorWire.QueueWire.self,
        FloorWire.ServiceLevelWire.self, FloorWire.AgentWire.self, ContactListWire.self, ContactWire.self,
        AuditWire.self, AuditWire.EntryWire.self, AuditWire.TermWire.self, LookerWire.self, ChainWire.self, ChainWire.FlawWire.self,
        RecordingStateWire.self, RecordingWire.self, RecordingListWire.self, RecordingContentsWire.self,
        RecordingContentsWire.SpanWire.self,
        StoryWire.self, StoryWire.SegmentWire.self, StoryWire.OfferWire.self, StoryWire.EventWire.self, VoiceFactsWire.self,
        VoiceFactsWire.SideWire.self, StoryWire.MeanwhileWire.self,
        StoryWire.SpentWire.self, StoryWire.ActivityWire.self, ContactClosedWire.self,
        SetUpReportWire.self, SetUpWire.self, SetUpWarningWire.self, SetUpChangesWire.self, TrunkTestWire.self,
        FloorWarningsWire.self, FloorWarningsWire.WarningWire.self, HealthWire.self, HealthWire.TroubleWire.self, TroublesWire.self,
        TroublesWire.TroubleWire.self, WallWire.self, WallWire.FigureWire.self, AlertWire.self, AlertsWire.self, WallLinksWire.self,
        PastAlertsWire.self, PastAlertWire.self,
        WallLinksWire.LinkWire.self, WallAddressWire.self,
        CustomerNumberWire.self, CustomerAddressWire.self, ConsentWire.self, CustomerWire.self, CustomerListedWire.self,
        CustomerListWire.self, CustomerMadeWire.self, CustomerRevisionWire.self, CustomerReadersWire.self, TimelineWire.EntryWire.self,
        TimelineWire.self, DeskCustomerWire.self, CustomerImportWire.RefusalWire.self, CustomerImportWire.self,
        GazetteerListWire.self, GazetteerListWire.One.self, GazetteerImportWire.self, GazetteerImportWire.RefusalWire.self,
        AddressSuggestionsWire.self,
        AddressSuggestionsWire.One.self, AddressCheckWire.self,
        CustomerKeptWire.AnswerKeptWire.self, CustomerKeptWire.ContactKeptWire.self, CustomerKeptWire.self, CustomerConflictsWire.self,
        DocumentListWire.self, DocumentListedWire.self, DocumentWire.self, DocumentVersionWire.self, FlawWire.self, FlawListWire.self,
        DocumentMadeWire.self, DraftRevisionWire.self, PublishedWire.self, ContactWorkWire.self, StoryWorkWire.self,
    ]

    static let inputs: [any WireInput.Type] = [
        SignIn.self, SessionChange.self, PresenceWish.self, Nothing.self, DraftChange.self, Dismissal.self, KeyPresses.self,
        TransferWish.self, RecordingHold.self, ConsultWish.self, ConsultChange.self, DialWish.self, SupervisionWish.self,
        MicrophoneWish.self, DirectedPresence.self, MessageWish.self, HelpWish.self, SeatWish.self, SignOffWish.self,
        FirstAdministrator.self, Completion.self, AudioOffer.self, AudioTest.self,
        ChainWish.self, CustomerCall.self, CustomerKeys.self, CustomerEnd.self,
        CustomerWish.self, CustomerPatch.self, CustomerOther.self, ConsentChange.self, CustomerErasure.self, CustomerChoice.self,
        DocumentWish.self, DocumentDraftChange.self, DocumentCheck.self, PublishWish.self, ScriptRunChange.self, FormValuesChange.self,
        ProductWish.self, ProductChangeInput.self, ReasonsChange.self, AuthorityChange.self, LicencesChange.self, ProposalWish.self,
        ConcessionWish.self, ApprovalWish.self, ApprovalDecision.self,
    ]

    var document: JSONValue {
        [
            "openapi": "3.1.0",
            "info": ["title": "Callfloor", "version": .string(version)],
            "paths": .object(paths),
            "components": [
                "schemas": .object(
                    (Self.outputs.map { ($0.schemaName, $0.schema.json) } + Self.inputs.map { ($0.schemaName, $0.schema.json) })
                        .sorted { $0.0 < $1.0 }.map { (name: $0.0, value: $0.1) }),
                "securitySchemes": [
                    "session": ["type": "apiKey", "in": "cookie", "name": .string(SessionToken.cookie(secure: false))],
                    "administration": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ]
    }

    /// The operations by path, in the table's order.
    private var paths: [(name: String, value: JSONValue)] {
        var order: [String] = []
        var operations: [String: [(name: String, value: JSONValue)]] = [:]
        for route in table.routes {
            if operations[route.path] == nil { order.append(route.path) }
            operations[route.path, default: []].append((route.method.rawValue.lowercased(), operation(route)))
        }
        return order.map { ($0, .object(operations[$0] ?? [])) }
    }

    private func operation(_ route: Route) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [("summary", .string(route.summary))]
        switch route.access {
        case .open:
            members.append(("security", []))
        case .signedIn:
            members.append(("security", [["session": []]]))
        case .may(let permission, let scope):
            members.append(("security", [["session": []]]))
            members.append(("x-permission", .string("\(permission.rawValue):\(scope.name)")))
        case .operators:
            members.append(("security", [["administration": []]]))
        case .mayOrAdministration(let permission, let scope):
            members.append(("security", [["session": []], ["administration": []]]))
            members.append(("x-permission", .string("\(permission.rawValue):\(scope.name)")))
        }
        let parameters = parameters(of: route)
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = route.body {
            let content = body.contentTypes.map { (name: $0, value: JSONValue.object([("schema", body.schema.json)])) }
            members.append(("requestBody", ["required": .boolean(true), "content": .object(content)]))
        }
        members.append(("responses", .object(responses(of: route))))
        return .object(members)
    }

    private func parameters(of route: Route) -> [JSONValue] {
        var found: [JSONValue] = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            let name = String(part.dropFirst().dropLast())
            return ["name": .string(name), "in": "path", "required": .boolean(true), "schema": Schema.id.json]
        }
        for parameter in route.query {
            found.append([
                "name": .string(parameter.name), "in": "query", "description": .string(parameter.summary), "schema": parameter.schema.json,
            ])
        }
        if case .command = route.kind {
            found.append([
                "name": .string(Reception.idempotencyKey), "in": "header", "required": .boolean(true),
                "description": "The same command sent again with the same key acts once.", "schema": Schema.string.json,
            ])
        }
        return found
    }

    /// One answer for each status; problems of one status share it.
    private func responses(of route: Route) -> [(name: String, value: JSONValue)] {
        var success: [(name: String, value: JSONValue)] = [("description", .string(route.summary))]
        if let type = route.answer.contentType, let schema = route.answer.schema {
            success.append(("content", Self.content(type, schema)))
        }
        var found: [(name: String, value: JSONValue)] = [(String(route.answer.status.code), .object(success))]
        let problems = Dictionary(grouping: route.allProblems, by: \.status)
        for status in problems.keys.sorted() {
            let titles = (problems[status] ?? []).map { "\($0.rawValue): \($0.title)" }.joined(separator: "; ")
            let answer: JSONValue = [
                "description": .string(titles), "content": Self.content(Problem.contentType, .reference(ProblemWire.self)),
            ]
            found.append((name: String(status), value: answer))
        }
        return found
    }

    private static func content(_ type: String, _ schema: Schema) -> JSONValue {
        let media: JSONValue = ["schema": schema.json]
        return .object([(name: type, value: media)])
    }
}

/// The API's description of itself, written once when the table is complete.
final class Description: Sendable {
    private let text = Mutex(ByteBuffer())

    func write(_ document: OpenAPI) {
        let bytes = json(document.document)
        text.withLock { $0 = bytes }
    }

    var routes: [Route] {
        [
            Route(
                method: .get, path: "/api/openapi.json", summary: "This description.", access: .may(.readAPI, atLeast: .all), kind: .read,
                audit: .nothing(because: "it describes the program"),
                answer: Route.AnswerShape(status: .ok, contentType: "application/json", schema: .map(.string))
            ) { [self] _ in
                Response(json: text.withLock { $0 })
            }
        ]
    }
}
