import Primitives
import SDP

/// Whatever a page posts as its offer: refused with a reason, or answered so that the answer can be read and agrees with it.
func fuzzBrowserOffer(_ bytes: UnsafeRawBufferPointer) {
    guard let offer = try? BrowserOffer(parsing: Array(bytes)) else { return }
    promise(offer.restartsICE(of: offer) == false && offer.keepsKeys(of: offer), "an offer differs from itself")
    promise(offer.candidates.count <= ICECandidate.countMax, "too many candidates")
    for candidate in offer.candidates { promise(ICECandidate(candidate.value) == candidate, "a candidate reads as it is written") }
    let side = BrowserSide(
        user: "user", password: "passwordpasswordpassword", fingerprint: Array(repeating: 0xAB, count: 32),
        addresses: [NetworkAddress(.v4(0xC000_0201), port: 40_000), NetworkAddress(.v6(high: 1, low: 2), port: 40_001)])
    guard let (answer, agreement) = try? offer.answer(side, session: 1, offering: .sendOnly) else {
        return promise(false, "what has a codec can be answered")
    }
    promise(!agreement.direction.receives, "narrowed to send only")
    promise(!agreement.formats.isEmpty && agreement.formats.allSatisfy { offer.formats.contains($0) }, "agreed on what was not offered")
    guard let read = try? SessionDescription(parsing: answer.bytes) else { return promise(false, "our own answer cannot be read") }
    promise(read.media.count { $0.port != 0 } == 1, "one stream is taken")
    promise(read.media.map(\.formats) == answer.media.map(\.formats), "an answer reads as it was written")
    promise(read.attributes.first == .init("ice-lite"), "we are lite")
}
