import COpenSSL
import Foundation
import Glibc
import HTTPAPI
import NIOCore
import Primitives

/// The certificate that a server makes for itself where it is given none. Nobody vouches for it, so every browser asks its user once
/// whether to go on; behind that, the page may use the microphone as behind any other certificate.
struct OwnCertificate {
    let files: ServerCertificate.Files
    /// Whom it is for: host names, with `*.` before them or without, and addresses.
    let names: [String]

    /// A year: browsers refuse what is valid for more than 398 days (CA/Browser Forum, Baseline Requirements 6.3.2).
    static let validity = Duration.seconds(365 * 86_400)
    /// It is made anew when less than this is left of it.
    static let renewal = Duration.seconds(30 * 86_400)
    /// Clocks of browsers may be slow.
    static let backdating = Duration.seconds(3600)
    /// More names than any machine has; the rest is left out.
    static let namesMax = 64
    private static let fileMax = 16 * 1024

    struct CannotBeMade: Error, CustomStringConvertible {
        let description: String
    }

    /// Leaves the certificate that is there if it is good for all names and for 30 days more, and makes a new one if it is not.
    ///
    /// - Returns: whether there is a new one.
    @discardableResult
    func renew(at now: Timestamp) throws -> Bool {
        guard !isGood(at: now) else { return false }
        let alternatives = wanted.map { (IPAddress($0) == nil ? "DNS:" : "IP:") + $0 }.joined(separator: ",")
        var certificate = [CChar](repeating: 0, count: Self.fileMax)
        var key = [CChar](repeating: 0, count: Self.fileMax)
        defer { key.withUnsafeMutableBytes { bytes_erase($0.baseAddress, $0.count) } }
        let (begin, end) = ((now - Self.backdating).microseconds / 1_000_000, (now + Self.validity).microseconds / 1_000_000)
        guard certificate_make(begin, end, alternatives, &certificate, &key, Self.fileMax) == 1 else {
            throw CannotBeMade(description: "no certificate could be made for \(wanted.joined(separator: ", "))")
        }
        // Should we end between the two, they do not fit, and the next start makes both anew.
        try write(key, to: files.key, mode: 0o600)
        try write(certificate, to: files.certificate, mode: 0o644)
        return true
    }

    private var wanted: [String] { Array(names.prefix(Self.namesMax)) }

    private func isGood(at now: Timestamp) -> Bool {
        guard let held = try? ServerCertificate(files), held.validity.contains(now), held.validity.contains(now + Self.renewal),
            let text = try? String(contentsOfFile: files.certificate, encoding: .utf8)
        else { return false }
        // Those with a star are in whatever was made for the others.
        return wanted.allSatisfy { $0.hasPrefix("*") || certificate_is_for(text, $0) == 1 }
    }

    /// Under another name first, so that no half of a file is ever read.
    private func write(_ text: [CChar], to path: String, mode: mode_t) throws {
        let draft = path + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw CannotBeMade(description: "'\(draft)': \(String(cString: strerror(errno)))") }
        let count = strlen(text)
        var isDone = Glibc.write(descriptor, text, count) == count && fsync(descriptor) == 0
        var reason = errno
        close(descriptor)
        if isDone {
            isDone = rename(draft, path) == 0
            reason = errno
        }
        guard isDone else { throw CannotBeMade(description: "'\(path)': \(String(cString: strerror(reason)))") }
    }

    /// Whether somebody else vouches for the certificate in a file.
    static func isVouchedFor(_ file: String) -> Bool {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return false }
        return certificate_vouches_for_itself(text) == 0
    }

    // MARK: Names

    /// The names of this machine for whoever reaches it at `address`: that address, or all there are; its own name; and `further` ones.
    static func names(at address: NetworkAddress, further: [String]) -> [String] {
        var names = ["localhost", "*.localhost", "127.0.0.1", "::1"] + further
        let own = ProcessInfo.processInfo.hostName
        if isHostName(own) { names.append(own) }
        switch address.host {
        case .v4(0), .v6(0, 0):
            // Not those of IPv6: most change every day, and every change would be a new certificate for everybody to accept.
            names += ((try? System.enumerateDevices()) ?? []).compactMap { device in
                device.address?.ipAddress.flatMap { if case .v4? = IPAddress($0) { $0 } else { nil } }
            }
        case .v4, .v6: names.append(address.host.description)
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0.lowercased()).inserted }
    }

    /// RFC 1123 section 2.1; a star may stand for the first label.
    static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.count > 1 || labels.first != "*" else { return false }
        return labels.enumerated().allSatisfy { place, label in
            if place == 0, label == "*" { return true }
            return (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
