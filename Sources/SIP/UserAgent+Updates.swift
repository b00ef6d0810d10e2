import Primitives

// UPDATE (RFC 3311): a change of the session, or only a sign of life, that waits for nobody's ACK.
extension UserAgent {
    mutating func receiveUpdate(_ request: Incoming, _ id: ID<SIPLeg>, _ leg: Leg, at now: Timestamp) {
        if let refusal = unacceptableBody(request.message) { return reply(to: request, with: refusal.status, lines: refusal.lines) }
        guard !leg.isAbandoned else { return reply(to: request, with: 481) }
        var leg = leg
        leg.dialog.remoteSequence = request.cseq.number
        guard let session = SessionTimer(answering: request.message, limits: configuration.limits) else {
            return refuse(request, with: 422, lines: SessionTimer.leastLine(configuration.limits), id, leg, at: now)
        }
        let body = Array(request.message.bytes.part(request.message.body))
        if !body.isEmpty {
            // Section 5.2: an offer must not meet one of ours, nor one of theirs that is not answered.
            switch leg.stage {
            case .arrived: return refuse(request, with: 500, lines: retryLater(), id, leg, at: now)
            case .calling(let calling):
                // Ours is open until a reliable provisional answer has answered it.
                let early = calling.early.first { $0.tag == leg.dialog.remoteTag }
                guard early?.isAnswered == true else { return refuse(request, with: 491, id, leg, at: now) }
            case .established: break
            }
            if case .sent? = leg.change?.state { return refuse(request, with: 491, id, leg, at: now) }
            if leg.takeover != nil { return refuse(request, with: 491, id, leg, at: now) }
            guard leg.reoffer == nil, leg.answer?.isOffer != true else {
                return refuse(request, with: 500, lines: retryLater(), id, leg, at: now)
            }
        }
        leg.dialog.refreshTarget(from: request.message)
        leg.dialog.hear(from: request.source)
        open(.request(RequestServerTransaction()), request.key, path: request.path, merge: [], leg: id)
        let update = Leg.Reoffer(
            transaction: request.key, path: request.path, sequence: request.cseq.number, isEmpty: false, isUpdate: true, session: session)
        guard !body.isEmpty else { return answerUpdate(id, leg, update, body: [], at: now) }
        leg.reoffer = update
        store(leg, as: id)
        report(.reoffered(id, body: body))
    }

    mutating func answerUpdate(_ id: ID<SIPLeg>, _ leg: Leg, _ update: Leg.Reoffer, body: [UInt8], at now: Timestamp) {
        var leg = leg
        if !body.isEmpty {
            leg.reoffer = nil
            leg.description = body
        }
        let lines = contactLine(over: update.path.destination.transport) + capabilityLines + update.session.answerLines + serverLine
        respond(
            200, update.path.response(200, tag: leg.dialog.localTag, lines: lines, body: body), through: update.transaction, at: now)
        // The timer runs from the first 2xx on.
        if leg.session != nil { leg.session = update.session.started(at: now) }
        store(leg, as: id)
    }
}
