/// What calls came to since the start, for the operator.
struct CallFigures: Sendable {
    /// Told to try again: the disk was behind, nothing could be stored, or the server was about to stop.
    var refusedBusy: UInt64 = 0
    /// Far ends that went without a word.
    var lost: UInt64 = 0
    /// Legs of before a restart that were taken up.
    var recovered: UInt64 = 0
}
