import Crypto
import Operation
import Primitives

extension CommandKey {
    /// The id of what a command makes: the same for the same command, so that one that is sent again makes nothing anew.
    ///
    /// - Parameter word: what it makes; a command that makes two things has an id for each.
    func id<Tag>(of word: String) -> ID<Tag> {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        let hash = Array(SHA256.hash(data: Array("\(word) \(user) \(key)".utf8)))
        // RFC 9562 section 5.8: a number of our own making.
        return ID(
            high: number(hash[0..<8]) & 0xFFFF_FFFF_FFFF_0FFF | 0x8000,
            low: number(hash[8..<16]) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
