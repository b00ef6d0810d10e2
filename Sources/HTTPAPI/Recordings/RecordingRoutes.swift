import Calls
import Centre
import Contacts
import Hummingbird
import NIOCore
import Operation
import Organization
import Primitives
import Storage

/// Recordings of a contact: which there are, what is in them, their sound; and what becomes of them.
struct RecordingRoutes: Sendable {
    let store: Store
    let centre: CentreActor
    let port: RecordingPort
    let trail: AuditTrail
    let names: NameBook
    let now: @Sendable () -> Timestamp

    /// Made and sent at a time.
    private static let chunk = 10 * RecordingPort.bytesPerSecond
    private static let purpose = Route.Parameter(
        name: "purpose", schema: .enumeration(["screen", "export"]), summary: "`export` if it is taken along as a file; wants a reason.")
    private static let reason = Route.Parameter(
        name: "reason", schema: .enumeration(ExportReason.allCases.map(\.rawValue)), summary: "Why it is taken along.")

    var routes: [Route] {
        let access = Route.Access.may(.hearRecordings, atLeast: .team)
        return [
            .read(
                "/api/contacts/{id}/recordings", "The recordings of a contact.", access: access,
                audit: .nothing(because: "that there are some; whoever hears one is audited"), answers: RecordingListWire.self,
                problems: [.notFound], { try await list($0) }),
            .read(
                "/api/recordings/{id}", "How long a recording is, and its waves.", access: access,
                audit: .nothing(because: "when somebody spoke; whoever hears it is audited"), answers: RecordingContentsWire.self,
                problems: [.notFound, .recordingLocked], { try await contents($0) }),
            Route(
                method: .get, path: "/api/recordings/{id}/sound",
                summary: "A recording as WAV, the customer on the left and the centre on the right; by ranges of bytes, too.",
                access: access, kind: .read, audit: .byHandler, query: [Self.purpose, Self.reason],
                answer: Route.AnswerShape(status: .ok, contentType: "audio/wav", schema: .string),
                problems: [.notFound, .recordingLocked, .forbidden, .invalid], handle: { try await sound($0) }),
            .command(
                .post, "/api/recordings/{id}/hold", "Keeps a recording whatever the project's rule says, or no longer.",
                access: .may(.keepRecordings, atLeast: .project), audit: .inTheLog, takes: RecordingHold.self, problems: [.notFound]
            ) { call, hold in
                try await decide(call, hold.checked() ? .held : .released)
            },
            .command(
                .post, "/api/recordings/{id}/erase", "Forgets a recording's key and its file, for good.",
                access: .may(.keepRecordings, atLeast: .project), audit: .inTheLog, takes: Nothing.self, problems: [.notFound, .staleState]
            ) { call, _ in
                try await decide(call, .erased(.wish))
            },
        ]
    }

    private func list(_ call: Call) async throws -> RecordingListWire {
        let caller = try call.signedIn()
        let contact: ContactID = try call.id("id")
        guard let row = try await store.contact(contact), caller.account.user.may(.hearRecordings, at: row.place) else {
            throw Problem(.notFound)
        }
        let names = names.current
        return RecordingListWire(
            recordings: try await store.recordings(of: contact).map { RecordingWire($0, names: names) },
            mayKeep: caller.account.user.may(.keepRecordings, at: row.place))
    }

    private func contents(_ call: Call) async throws -> RecordingContentsWire {
        let (recording, _, _) = try await recording(call, .hearRecordings)
        return RecordingContentsWire(try await playable { try await port.contents(recording.id) })
    }

    private func sound(_ call: Call) async throws -> Response {
        let (recording, contact, caller) = try await recording(call, .hearRecordings)
        let isExport = call.query("purpose") == "export"
        var question = Audit.Term("recording", recording.id.description).map { [$0] } ?? []
        if isExport {
            guard caller.account.user.may(.keepRecordings, at: contact.place) else { throw Problem(.forbidden) }
            guard let text = call.query("reason"), let reason = ExportReason(rawValue: text) else {
                throw Problem.invalid("reason", call.query("reason") == nil ? .required : .unknown)
            }
            question += Audit.Term("reason", reason.rawValue).map { [$0] } ?? []
        }
        let contents = try await playable { try await port.contents(recording.id) }
        let sound = Int(contents.length.milliseconds) * RecordingPort.bytesPerSecond / 1000
        // Nobody hears anything of which the log does not say for good that he did.
        try await trail.write(
            Audit(isExport ? .exported : .heard, .contact(contact.id), of: contact.project, question: question),
            by: caller.account.user.id)
        let whole = Self.waveHeader(sound)
        let length = whole.count + sound
        var response = Response(status: .ok, headers: [.contentType: "audio/wav"])
        var range = 0..<length
        if let asked = call.request.headers[.range] {
            guard let found = ByteRange.read(asked, of: length) else {
                response.status = .rangeNotSatisfiable
                response.headers[.contentRange] = "bytes */\(length)"
                return response
            }
            range = found
            response.status = .partialContent
            response.headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
        }
        response.headers[.acceptRanges] = "bytes"
        response.headers[.cacheControl] = "no-store"
        if isExport { response.headers[.contentDisposition] = "attachment; filename=\"\(recording.id).wav\"" }
        let (source, id, part) = (port, recording.id, range)
        response.body = ResponseBody(contentLength: part.count) { writer in
            if part.lowerBound < whole.count {
                try await writer.write(ByteBuffer(bytes: whole[part.lowerBound..<min(whole.count, part.upperBound)]))
            }
            var place = max(0, part.lowerBound - whole.count)
            let end = max(0, part.upperBound - whole.count)
            while place < end {
                let next = min(end, place + Self.chunk)
                try await writer.write(ByteBuffer(bytes: try await source.sound(id, place..<next)))
                place = next
            }
            try await writer.finish(nil)
        }
        return response
    }

    private func decide(_ call: Call, _ fate: RecordingFate) async throws -> PositionWire {
        let (recording, _, caller) = try await recording(call, .keepRecordings)
        if case .erased = fate {
            guard !recording.isHeld, recording.endedAt != nil else { throw Problem(.staleState) }
            try await port.erase(recording.id)
        }
        let position = try await centre.perform(
            .recordingFated(recording.id, recording.contact, recording.project, fate), by: caller.account.user.id, key: call.commandKey())
        return PositionWire(position: position.number)
    }

    /// What one may not hear is not there for him.
    private func recording(_ call: Call, _ permission: Permission) async throws -> (RecordingRow, ContactRow, Caller) {
        let caller = try call.signedIn()
        guard let recording = try await store.recording(try call.id("id")), recording.erasedAt == nil,
            let contact = try await store.contact(recording.contact), caller.account.user.may(permission, at: contact.place)
        else { throw Problem(.notFound) }
        return (recording, contact, caller)
    }

    private func playable<Found>(_ find: () async throws -> Found) async throws -> Found {
        do {
            return try await find()
        } catch let error as RecordingPort.Unplayable {
            throw Problem(error == .locked ? .recordingLocked : .notFound)
        }
    }

    /// PCM with 16 bits, two channels, 8,000 samples a second.
    private static func waveHeader(_ sound: Int) -> [UInt8] {
        func little(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }
        let format =
            little(UInt16(1)) + little(UInt16(2)) + little(UInt32(8000)) + little(UInt32(32_000)) + little(UInt16(4)) + little(UInt16(16))
        return Array("RIFF".utf8) + little(UInt32(clamping: sound + 36)) + Array("WAVEfmt ".utf8) + little(UInt32(16)) + format
            + Array("data".utf8) + little(UInt32(clamping: sound))
    }
}

/// A range of bytes that somebody asks for (RFC 9110 section 14.1.2).
enum ByteRange {
    /// Nil if nothing of it is there. Of several ranges none is given: no player asks so.
    static func read(_ text: String, of length: Int) -> Range<Int>? {
        guard text.hasPrefix("bytes="), length > 0 else { return nil }
        let bounds = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return nil }
        guard let first = Int(bounds[0]) else {
            guard bounds[0].isEmpty, let last = Int(bounds[1]), last > 0 else { return nil }
            return max(0, length - last)..<length
        }
        guard first >= 0, first < length else { return nil }
        if bounds[1].isEmpty { return first..<length }
        guard let last = Int(bounds[1]), last >= first else { return nil }
        return first..<min(length, last == .max ? length : last + 1)
    }
}
