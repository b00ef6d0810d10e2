import Primitives
import SDP

func fuzzSDP(_ bytes: UnsafeRawBufferPointer) {
    guard let description = try? SessionDescription(parsing: Array(bytes)) else { return }
    _ = description.bytes
    let ours = NetworkAddress(.v4(0xC000_0201), port: 40_000)
    for codecs in [[Codec.pcma], Codec.allCases] {
        _ = try? description.result(ofOffering: codecs)
        guard let (answer, result) = try? description.answer(at: ours, codecs: codecs, session: 1, offering: .sendOnly) else { continue }
        promise(codecs.contains(result.codec) && result.remote.port != 0, "agreed on what was not offered")
        promise(answer.media.map(\.kind) == description.media.map(\.kind), "RFC 3264 section 6: as many streams as the offer")
        promise(answer.media.count { $0.port != 0 } == 1, "one stream is taken")
        promise(!result.direction.receives, "narrowed to send only")
        guard let read = try? SessionDescription(parsing: answer.bytes) else { return promise(false, "our own answer cannot be read") }
        promise(read.media.map(\.formats) == answer.media.map(\.formats), "an answer reads as it was written")
        guard let mirrored = try? read.result(ofOffering: codecs) else { return promise(false, "our own answer agrees on nothing") }
        promise(mirrored.codec == result.codec && mirrored.remote == ours, "both sides agree")
    }
}
