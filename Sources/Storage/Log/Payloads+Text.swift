/// A payload that writes itself, its fields in ascending order. Golden files hold the text.
protocol PayloadText {
    func write(to text: inout JSONText)
}

extension Payload.ProjectDefined: PayloadText {
    func write(to text: inout JSONText) {
        text.field("hours", hours)
        text.field("language", language)
        text.field("project", project)
        text.field("recording", recording)
        text.field("timeZone", timeZone)
    }
}

extension Payload.QueueDefined: PayloadText {
    func write(to text: inout JSONText) {
        text.field("escalation", escalation)
        text.field("escalationAgent", escalationAgent)
        text.field("project", project)
        text.field("queue", queue)
        text.field("reasonTimeout", reasonTimeout)
        text.field("ringTimeout", ringTimeout)
        text.field("serviceLevelTarget", serviceLevelTarget)
        text.field("shortAbandon", shortAbandon)
        text.field("waitingMax", waitingMax)
        text.field("wrapUp", wrapUp)
        text.field("wrapUpLimit", wrapUpLimit)
    }
}

extension Payload.EntryPointDefined: PayloadText {
    func write(to text: inout JSONText) {
        text.field("entryPoint", entryPoint)
        text.field("hours", hours)
        text.field("language", language)
        text.field("priority", priority)
        text.field("project", project)
        text.field("queue", queue)
    }
}

extension Payload.DispositionDefined: PayloadText {
    func write(to text: inout JSONText) {
        text.field("disposition", disposition)
        text.field("meanings", meanings)
        text.field("parent", parent)
        text.field("project", project)
    }
}

extension Payload.AgentDefined.Entry: PayloadText {
    func write(to text: inout JSONText) {
        text.field("delay", delay)
        text.field("priority", priority)
        text.field("queue", queue)
    }
}

extension Payload.AgentDefined: PayloadText {
    func write(to text: inout JSONText) {
        text.field("phone", phone)
        text.field("profile", array: profile)
        text.field("team", team)
        if let trainee { text.field("trainee", trainee) }
    }
}

extension Payload.Seat: PayloadText {
    func write(to text: inout JSONText) { text.field("beside", beside) }
}

extension Payload.SignOffChanged: PayloadText {
    func write(to text: inout JSONText) { text.field("signedOff", signedOff) }
}

extension Payload.Retired: PayloadText {
    func write(to text: inout JSONText) {
        text.field("id", id)
        text.field("thing", thing)
    }
}

extension Payload.SetUpApplied: PayloadText {
    func write(to text: inout JSONText) {
        text.field("changes", changes)
    }
}

extension Payload.Audited: PayloadText {
    func write(to text: inout JSONText) {
        text.field("action", action)
        text.field("project", project)
        text.field("question", array: question)
        text.field("subject", subject)
        text.field("subjectID", subjectID)
    }
}

extension Payload.ContactOpened: PayloadText {
    func write(to text: inout JSONText) {
        text.field("channel", channel)
        text.field("direction", direction)
        text.field("entryPoint", entryPoint)
        text.field("language", language)
        text.field("leg", leg)
        text.field("openedAt", openedAt)
        text.field("priority", priority)
        text.field("project", project)
        text.field("queue", queue)
    }
}

extension Payload.DialStarted: PayloadText {
    func write(to text: inout JSONText) {
        text.field("leg", leg)
        text.field("until", until)
    }
}

extension Payload.NumberRefused: PayloadText {
    func write(to text: inout JSONText) {
        text.field("project", project)
        text.field("reason", reason)
        text.field("rule", rule)
    }
}

extension Payload.ColleagueDialled: PayloadText {
    func write(to text: inout JSONText) {
        text.field("leg", leg)
        text.field("to", to)
        text.field("until", until)
    }
}

extension Payload.NumberCalled: PayloadText {
    func write(to text: inout JSONText) {
        text.field("until", until)
    }
}

extension Payload.DialEnded: PayloadText {
    func write(to text: inout JSONText) {
        text.field("result", result)
    }
}

extension Payload.ToldClosed: PayloadText {
    func write(to text: inout JSONText) { text.field("until", until) }
}

extension Payload.ContactQueued: PayloadText {
    func write(to text: inout JSONText) {
        text.field("queue", queue)
    }
}

extension Payload.OfferMade: PayloadText {
    func write(to text: inout JSONText) {
        text.field("deadline", deadline)
        text.field("explanation", explanation)
        text.field("leg", leg)
        text.field("offer", offer)
    }
}

extension Payload.Explained.Candidate: PayloadText {
    func write(to text: inout JSONText) {
        text.field("agent", agent)
        text.field("idleSince", idleSince)
    }
}

extension Payload.Explained.Excluded: PayloadText {
    func write(to text: inout JSONText) {
        text.field("agents", array: agents)
        text.field("count", count)
        text.field("reason", reason)
    }
}

extension Payload.Explained: PayloadText {
    func write(to text: inout JSONText) {
        text.field("considered", array: considered)
        text.field("excluded", array: excluded)
        text.field("free", free)
        text.field("idleSince", idleSince)
        text.field("priority", priority)
        text.field("queue", queue)
        text.field("rule", rule)
        text.field("version", version)
        text.field("waited", waited)
    }
}

extension Payload.OfferEnded: PayloadText {
    func write(to text: inout JSONText) {
        text.field("offer", offer)
        text.field("result", result)
    }
}

extension Payload.Empty: PayloadText {
    func write(to text: inout JSONText) {}
}

extension Payload.Hold: PayloadText {
    func write(to text: inout JSONText) {
        text.field("by", by)
    }
}

extension Payload.MuteChanged: PayloadText {
    func write(to text: inout JSONText) {
        text.field("muted", muted)
    }
}

extension Payload.RecordingTold: PayloadText {
    func write(to text: inout JSONText) {
        text.field("whole", whole)
    }
}

extension Payload.RecordingNamed: PayloadText {
    func write(to text: inout JSONText) {
        text.field("recording", recording)
    }
}

extension Payload.RecordingFated: PayloadText {
    func write(to text: inout JSONText) {
        text.field("project", project)
        text.field("reason", reason)
        text.field("recording", recording)
    }
}

extension Payload.KeepingChanged: PayloadText {
    func write(to text: inout JSONText) {
        text.field("kept", kept)
    }
}

extension Payload.TalkEnded: PayloadText {
    func write(to text: inout JSONText) {
        text.field("by", by)
    }
}

extension Payload.AgentHungUp: PayloadText {
    func write(to text: inout JSONText) {
        text.field("until", until)
    }
}

extension Payload.PhoneRungAgain: PayloadText {
    func write(to text: inout JSONText) {
        text.field("leg", leg)
        text.field("until", until)
    }
}

extension Payload.SecondLineOpened: PayloadText {
    func write(to text: inout JSONText) { text.field("leg", leg) }
}

extension Payload.SupervisionStarted: PayloadText {
    func write(to text: inout JSONText) {
        text.field("leg", leg)
        text.field("mode", mode)
        text.field("of", of)
        text.field("until", until)
    }
}

extension Payload.SupervisionArranged: PayloadText {
    func write(to text: inout JSONText) {
        text.field("microphoneOpen", microphoneOpen)
        text.field("mode", mode)
    }
}

extension Payload.ContactTakenOver: PayloadText {
    func write(to text: inout JSONText) {
        text.field("by", by)
    }
}

extension Payload.ConsultStarted: PayloadText {
    func write(to text: inout JSONText) {
        text.field("by", by)
        if let explanation { text.field("explanation", explanation) }
        text.field("leg", leg)
        text.field("until", until)
    }
}

extension Payload.ConsultArranged: PayloadText {
    func write(to text: inout JSONText) {
        text.field("stage", stage)
    }
}

extension Payload.CustomerDismissed: PayloadText {
    func write(to text: inout JSONText) {
        text.field("reason", reason)
    }
}

extension Payload.ContactTransferred: PayloadText {
    func write(to text: inout JSONText) {
        text.field("queue", queue)
        text.field("to", to)
    }
}

extension Payload.WrapUpRequested: PayloadText {
    func write(to text: inout JSONText) { text.field("wanted", wanted) }
}

extension Payload.WrapUpStarted: PayloadText {
    func write(to text: inout JSONText) {
        text.field("until", until)
    }
}

extension Payload.ContactDisposed: PayloadText {
    func write(to text: inout JSONText) {
        text.field("disposition", disposition)
    }
}

extension Payload.ContactClosed: PayloadText {
    func write(to text: inout JSONText) {
        text.field("detail", detail)
        text.field("outcome", outcome)
    }
}

extension Payload.PresenceChanged: PayloadText {
    func write(to text: inout JSONText) {
        text.field("presence", presence)
        text.field("reason", reason)
    }
}

extension Payload.PresencePlanned: PayloadText {
    func write(to text: inout JSONText) {
        text.field("presence", presence)
        text.field("reason", reason)
    }
}

extension Payload.AgentStoppedResponding: PayloadText {
    func write(to text: inout JSONText) {
        text.field("offer", offer)
    }
}

extension Payload.PhoneReachabilityChanged: PayloadText {
    func write(to text: inout JSONText) {
        text.field("reachable", reachable)
    }
}

extension Payload.HeadsetChanged: PayloadText {
    func write(to text: inout JSONText) {
        text.field("connected", connected)
    }
}
