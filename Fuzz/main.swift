// Feeds one parser with bytes that libFuzzer finds: what traps, reaches beyond the bytes or breaks a promise ends the run, and
// the bytes are kept. Built and started by script/fuzz. The promises, one folder for each target, are part of that target's tests
// too, which hold them against the files of Tests/Torture and against mutants of these.

/// A parser and what it promises, whatever the bytes.
typealias Driver = (_ bytes: UnsafeRawBufferPointer) -> Void

let drivers: [String: Driver] = [
    "sip": fuzzSIP, "user-agent": fuzzUserAgent, "sdp": fuzzSDP, "browser-offer": fuzzBrowserOffer, "rtp": fuzzRTP, "rtcp": fuzzRTCP,
    "stun": fuzzSTUN, "ice": fuzzICE, "srtp": fuzzSRTP, "dtls": fuzzDTLS,
]

/// In libFuzzer's own library (FuzzerInterface.h): `LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(…))`.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Ends the run: libFuzzer keeps the bytes. (The tests, which read the same promises, record an issue.)
func promise(_ isKept: Bool, _ what: @autoclosure () -> String) {
    if !isKept { fatalError(what()) }
}

guard CommandLine.arguments.count > 1, let chosen = drivers[CommandLine.arguments[1]] else {
    fatalError("usage: Fuzz \(drivers.keys.sorted().joined(separator: " | ")) [options of libFuzzer] [folders]")
}
let driver: Driver = chosen
// libFuzzer must not take the parser's name for a folder.
var arguments = CommandLine.unsafeArgv
arguments[1] = arguments[0]
arguments += 1
var count = CommandLine.argc - 1
let status = withUnsafeMutablePointer(to: &arguments) { list in
    runDriver(&count, list) { start, length in
        driver(UnsafeRawBufferPointer(start: start, count: length))
        return 0
    }
}
