import Crypto
import Foundation
import Hummingbird
import NIOCore
import Synchronization

/// The front end, served as it lies in its folder. A file is read again when it has changed; browsers ask each time and are
/// told by the ETag that theirs is still right.
final class StaticFiles: Sendable {
    private struct File: Sendable {
        var bytes: ByteBuffer
        var tag: String
        var changed: Date
    }

    private let folder: String
    private let kept = Mutex<[String: File]>([:])

    init(folder: String) {
        // Links inside the folder may not lead out of it, so the folder itself is known by its real name.
        self.folder = URL(filePath: folder, directoryHint: .isDirectory).resolvingSymlinksInPath().path(percentEncoded: false)
    }

    /// The pages of the front end: one file that knows its own routes.
    private static let pages: Set<String> = [
        "/", "/desk", "/floor", "/contacts", "/client", "/customers", "/products", "/figures", "/audit", "/scripts", "/settings",
        "/welcome", "/sign-in",
    ]
    /// Those on which one thing is open, which the rest of the path names.
    private static let pagesOfOne = ["/customers/", "/products/", "/scripts/"]
    /// The customer's telephone: a page of its own, which asks the API whether there is one here.
    private static let customerPage = "/customer"
    /// A wallboard's page; what follows says which one it may ask the API for.
    private static let wallPage = "/wall/"

    /// Answers GET and HEAD; nil if there is no such file.
    func response(to request: Request) -> Response? {
        let path = request.uri.path
        guard request.method == .get || request.method == .head else { return nil }
        let isPage =
            Self.pages.contains(path) || (path.hasPrefix("/contacts/") && !path.dropFirst(10).contains("/"))
            || Self.pagesOfOne.contains { path.hasPrefix($0) && !path.dropFirst($0.count).contains { "/.".contains($0) } }
            || (path.hasPrefix("/settings/") && !path.contains("."))
        let isWall = path.hasPrefix(Self.wallPage) && !path.dropFirst(Self.wallPage.count).contains { "/.".contains($0) }
        let page = isPage ? "index.html" : path == Self.customerPage ? "customer.html" : isWall ? "wall.html" : nil
        guard let name = page ?? Self.name(of: path), let file = file(name) else { return nil }
        var response = Response(status: .ok, body: ResponseBody(byteBuffer: file.bytes))
        response.headers[.contentType] = Self.mediaType(of: name)
        response.headers[.eTag] = file.tag
        response.headers[.cacheControl] = "no-cache"
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.drop { $0 == " " } } ?? []
        if known.contains(file.tag[...]) {
            response = Response(status: .notModified)
            response.headers[.eTag] = file.tag
            response.headers[.cacheControl] = "no-cache"
            response.headers[.contentLength] = nil
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// The file that a request's path names below the folder; nil for a path that tries anything else.
    static func name(of path: String) -> String? {
        guard let decoded = path.removingPercentEncoding, decoded.hasPrefix("/"), decoded.utf8.count <= 512 else { return nil }
        let parts = decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.first != "." && part.utf8.allSatisfy { $0 > 0x1F && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        }
        return isPlain ? parts.joined(separator: "/") : nil
    }

    private func file(_ name: String) -> File? {
        let url = URL(filePath: folder + name).resolvingSymlinksInPath()
        let path = url.path(percentEncoded: false)
        guard path.hasPrefix(folder), let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            attributes[.type] as? FileAttributeType == .typeRegular, let changed = attributes[.modificationDate] as? Date,
            let size = (attributes[.size] as? NSNumber)?.intValue, size <= Limits.fileMax
        else { return nil }
        if let known = kept.withLock({ $0[name] }), known.changed == changed, known.bytes.readableBytes == size { return known }
        guard let data = try? Data(contentsOf: url) else { return nil }
        let digest = SHA256.hash(data: data).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let file = File(bytes: ByteBuffer(bytes: data), tag: "\"\(digest)\"", changed: changed)
        if data.count <= Limits.fileKeptMax {
            kept.withLock { kept in
                if kept.count >= Limits.filesKeptMax { kept.removeAll() }
                kept[name] = file
            }
        }
        return file
    }

    private static func mediaType(of name: String) -> String {
        switch name.split(separator: ".").last.map(String.init) ?? "" {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "map": "application/json"
        case "webmanifest": "application/manifest+json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "wav": "audio/wav"
        case "txt": "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
