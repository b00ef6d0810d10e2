import CNetwork
import DTLS
import Glibc
import Primitives
import RTP
import SRTP

/// Browsers: their checks, handshakes and keys. What is authentic goes the way of all packets.
extension MediaThread {
    /// Between two looks at whether a browser is still there, in ticks.
    private static let watchTicks: UInt32 = 10

    /// Takes one datagram from a browser's port.
    ///
    /// - Parameter bytes: behind them in memory is room up to `bufferLength`.
    /// - Returns: whether it is staged for the partner.
    func accept(
        _ bytes: UnsafeMutableRawBufferPointer, at source: network_address, from session: Session, through browser: BrowserConnection
    ) -> Bool {
        let kind = Datagram(UnsafeRawBufferPointer(bytes))
        if kind == .stun {
            check(UnsafeRawBufferPointer(bytes), at: source, of: session, through: browser)
            return false
        }
        guard browser.isOpen(source, target: session.target) else { return drop(.stranger, of: session) }
        guard let remote = session.remote else { return drop(.notConnected, of: session) }
        switch kind {
        case .stun, .other:
            return drop(.malformed, of: session)
        case .dtls:
            shakeHands(UnsafeRawBufferPointer(bytes), of: session, through: browser)
            return false
        case .rtp:
            guard let length = open(bytes, isControl: false, of: session, through: browser) else { return false }
            let whole = UnsafeMutableRawBufferPointer(rebasing: bytes[..<length])
            guard let packet = try? Packet(parsing: UnsafeRawBufferPointer(whole)) else { return drop(.malformed, of: session) }
            session.heardAt = now
            browser.soundAt = now
            return take(packet, in: whole, from: session, by: remote)
        case .rtcp:
            guard let length = open(bytes, isControl: true, of: session, through: browser) else { return false }
            if !readReport(UnsafeRawBufferPointer(rebasing: bytes[..<length]), from: session) { return drop(.malformed, of: session) }
            return false
        }
    }

    /// Takes the protection off.
    ///
    /// - Returns: the length of what is left; nil if it must not be read.
    private func open(
        _ bytes: UnsafeMutableRawBufferPointer, isControl: Bool, of session: Session, through browser: BrowserConnection
    ) -> Int? {
        guard let keys = browser.keys else {
            _ = drop(.unauthenticated, of: session)
            return nil
        }
        switch isControl ? keys.unprotectControl(bytes) : keys.unprotect(bytes) {
        case .authentic(let length):
            isAlive(browser, of: session)
            return length
        case .replayed, .tooOld: _ = drop(.replayed, of: session)
        case .forged, .tooManySources: _ = drop(.unauthenticated, of: session)
        case .malformed: _ = drop(.malformed, of: session)
        }
        return nil
    }

    // MARK: Checks

    private func check(
        _ bytes: UnsafeRawBufferPointer, at source: network_address, of session: Session, through browser: BrowserConnection
    ) {
        let checks = browser.ice.figures.checks
        let pair = ICELite.Pair(local: browser.local, remote: NetworkAddress(source))
        carryOut(browser.ice.receive(bytes, on: pair, at: now.timestamp), of: session, through: browser)
        guard browser.ice.figures.checks > checks else {
            _ = drop(.check, of: session)
            return
        }
        isAlive(browser, of: session)
        tellConnected(browser, of: session)
    }

    private func carryOut(_ directives: [ICELite.Directive], of session: Session, through browser: BrowserConnection) {
        for directive in directives {
            switch directive {
            case .send(let answer, let pair): send(answer, to: network_address(pair.remote), of: session)
            // The target is asked for below, `browserLost` is told by what comes at all.
            case .selected, .silent, .heard, .lost: break
            }
        }
        if let pair = browser.ice.outgoing { session.target = network_address(pair.remote) }
    }

    /// Past the queue, which belongs to another party's packets.
    private func send(_ datagram: [UInt8], to target: network_address, of session: Session) {
        if network_send(session.sockets.rtp, datagram, Int32(datagram.count), target) < 1 { _ = drop(.sendFailed, of: session) }
    }

    // MARK: Handshakes

    private func shakeHands(_ bytes: UnsafeRawBufferPointer, of session: Session, through browser: BrowserConnection) {
        guard let dtls = browser.dtls, browser.handshakes.take(at: now.timestamp) else {
            _ = drop(.handshake, of: session)
            return
        }
        let isOver = browser.hasTold
        let directives = dtls.receive(bytes, at: now.timestamp)
        if isOver, directives.isEmpty { _ = drop(.handshake, of: session) }
        carryOut(directives, of: session, through: browser)
    }

    private func carryOut(_ directives: [DTLSConnection.Directive], of session: Session, through browser: BrowserConnection) {
        for directive in directives {
            switch directive {
            case .send(let datagram): send(datagram, to: session.target, of: session)
            case .connected(let material):
                // A new handshake has new keys: those of before, and what they counted, are gone.
                browser.keys = SRTPSession(material, as: .server)
                isAlive(browser, of: session)
                tellConnected(browser, of: session)
            case .closed:
                end(browser)
                onEvent(.browserClosed(session.id))
            case .failed(let failure):
                _ = drop(.handshake, of: session)
                end(browser)
                onEvent(.browserRefused(session.id, failure))
            }
        }
    }

    private func end(_ browser: BrowserConnection) {
        browser.dtls = nil
        browser.keys = nil
        browser.phase = .ended
    }

    /// The place is nominated and the keys are there.
    private func tellConnected(_ browser: BrowserConnection, of session: Session) {
        guard !browser.hasTold, browser.keys != nil, browser.ice.state == .connected else { return }
        browser.hasTold = true
        browser.hasConnected = true
        browser.phase = .connected
        // Whatever was not heard until now is no loss.
        session.outgoing.switchSource()
        onEvent(.browserConnected(session.id))
    }

    /// Says goodbye before the port is closed.
    func takeLeave(of session: Session) {
        guard let browser = session.browser, let dtls = browser.dtls else { return }
        carryOut(dtls.close(), of: session, through: browser)
    }

    // MARK: The clock

    /// Every 20 ms.
    func watch(_ browser: BrowserConnection, of session: Session) {
        let time = now.timestamp
        if let dtls = browser.dtls, let deadline = dtls.deadline, time >= deadline {
            carryOut(dtls.pass(at: time), of: session, through: browser)
        }
        guard session.ticks % Self.watchTicks == 0 else { return }
        carryOut(browser.ice.pass(at: time), of: session, through: browser)
        guard browser.phase == .connected else { return }
        let quiet = now &- min(now, browser.aliveAt)
        guard quiet >= browser.patience(configuration.browserLostAfter).nanoseconds else { return }
        browser.phase = .lost
        onEvent(.browserLost(session.id, for: .nanoseconds(Int64(clamping: quiet))))
    }

    private func isAlive(_ browser: BrowserConnection, of session: Session) {
        browser.aliveAt = now
        guard browser.phase == .lost else { return }
        browser.phase = .connected
        onEvent(.browserBack(session.id))
    }

    // MARK: Reports

    /// Sends the report that is the first `length` bytes of `scratch`.
    func sendReport(_ length: Int, to session: Session, through browser: BrowserConnection) {
        guard browser.isReached, let keys = browser.keys, let base = scratch.baseAddress?.assumingMemoryBound(to: UInt8.self),
            case .protected(let whole) = keys.protectControl(scratch, length: length)
        else { return }
        if network_send(session.sockets.rtp, base, Int32(whole), session.target) < 1 { _ = drop(.sendFailed, of: session) }
    }
}

extension NetworkAddress {
    init(_ address: network_address) {
        let host: IPAddress = address.is_v6 != 0 ? .v6(high: address.high, low: address.low) : .v4(UInt32(truncatingIfNeeded: address.low))
        self.init(host, port: address.port)
    }
}
