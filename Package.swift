// swift-tools-version:6.2
import Foundation
import PackageDescription

// One line for each target, in the order of ARCHITECTURE.md: imports go one way, downwards. The compiler checks it
// (`--explicit-target-dependency-import-check error`, given by ./test and ./run).
//
// CALLFLOOR_ONLY=SIP,Routing drops every target (and its tests) that these do not need: `swift test` builds all test
// targets, whatever its filter says.

struct Module {
    var name: String
    var needs: [String] = []
    var products: [Target.Dependency] = []
    var tests: [String]? = nil  // what the tests need beyond the target itself; nil: no test target
    var testData: [String] = []  // folders of files that the tests read from where they lie
}

func collections(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-collections") }
func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }
func crypto(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-crypto") }
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let http2: Target.Dependency = .product(name: "HummingbirdHTTP2", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let modules: [Module] = [
    Module(name: "Primitives", tests: []),
    // Protocols: bytes <-> values <-> directives.
    Module(name: "SIP", needs: ["Primitives"], products: [crypto("Crypto")], tests: ["Primitives"]),
    Module(name: "SDP", needs: ["Primitives"], tests: []),
    Module(name: "RTP", needs: ["Primitives"], tests: []),
    Module(name: "SRTP", needs: ["RTP", "COpenSSL"], tests: ["Primitives", "RTP", "COpenSSL"]),
    Module(name: "DTLS", needs: ["Primitives", "SRTP", "COpenSSL"], tests: ["Primitives", "SRTP"]),
    Module(name: "Audio", needs: ["Primitives", "COpus"], tests: ["Primitives"]),
    Module(name: "Recording", needs: ["Primitives"], products: [crypto("Crypto")], tests: ["Primitives"]),
    // Domain: the trade, pure values.
    Module(name: "Organization", needs: ["Primitives"], tests: ["Primitives"]),
    Module(name: "Scripting", needs: ["Primitives", "Organization"], tests: ["Primitives", "Organization"], testData: ["Vectors"]),
    Module(name: "Customers", needs: ["Primitives", "Organization"], tests: ["Primitives", "Organization"]),
    Module(name: "Products", needs: ["Primitives", "Organization"], tests: ["Primitives", "Organization"]),
    Module(name: "Gazetteer", needs: ["Primitives"], tests: []),
    Module(name: "Contacts", needs: ["Primitives", "Organization"]),
    Module(name: "Calls", needs: ["Primitives", "Organization", "Contacts"]),
    Module(name: "Routing", needs: ["Primitives", "Organization", "Contacts"], tests: ["Primitives", "Organization", "Contacts"]),
    Module(
        name: "Centre", needs: ["Primitives", "Organization", "Contacts", "Calls", "Routing"], products: [collections("HeapModule")],
        tests: ["Primitives", "Organization", "Contacts", "Calls", "Routing"]),
    Module(
        name: "Reporting", needs: ["Primitives", "Organization", "Contacts", "Calls", "Routing", "Centre"],
        tests: ["Primitives", "Organization", "Contacts", "Calls", "Routing", "Centre"]),
    // Operation: the door.
    Module(
        name: "Operation", needs: ["Primitives", "Organization", "Contacts", "Calls", "Routing", "Reporting", "Centre"],
        products: [collections("DequeModule"), collections("OrderedCollections")],
        tests: ["Primitives", "Organization", "Contacts", "Calls", "Routing", "Reporting", "Centre"]),
    // Shells: the only code that waits.
    Module(
        name: "SIPTransport", needs: ["Primitives", "SIP", "RTP", "CNetwork"],
        products: [nio("NIOCore"), nio("NIOPosix"), tls, logging], tests: ["Primitives", "SIP", "RTP"]),
    Module(
        name: "MediaServer", needs: ["Primitives", "RTP", "SRTP", "DTLS", "Audio", "Recording", "CNetwork", "CSpanDSP"],
        products: [crypto("Crypto"), logging], tests: ["Primitives", "RTP", "SRTP", "DTLS", "Audio", "Recording"]),
    Module(
        name: "Storage",
        needs: [
            "Primitives", "Organization", "Customers", "Gazetteer", "Products", "Contacts", "Calls", "Routing", "Reporting", "Centre",
            "Operation",
            "CSQLite", "CPostgreSQL",
        ],
        products: [crypto("Crypto"), logging],
        tests: [
            "Primitives", "Organization", "Customers", "Gazetteer", "Products", "Contacts", "Calls", "Routing", "Reporting", "Centre",
            "Operation",
        ],
        testData: ["Golden"]),
    Module(
        name: "HTTPAPI",
        needs: [
            "Primitives", "Organization", "Scripting", "Customers", "Gazetteer", "Products", "Contacts", "Calls", "Routing", "Reporting",
            "Centre",
            "Operation", "Storage",
        ],
        products: [
            hummingbird, http2, .product(name: "HummingbirdCore", package: "hummingbird"), nio("NIOCore"), nio("NIOTLS"), tls,
            crypto("Crypto"), crypto("CryptoExtras"), logging, lifecycle,
        ],
        tests: [
            "Primitives", "Organization", "Scripting", "Customers", "Products", "Contacts", "Calls", "Routing", "Centre", "Operation",
            "Storage",
        ]),
    Module(
        name: "Simulation",
        needs: ["Primitives", "Organization", "Contacts", "Calls", "Routing", "Reporting", "Centre", "Operation"],
        products: [collections("HeapModule")],
        tests: ["Primitives", "Organization", "Contacts", "Calls", "Routing", "Reporting", "Centre", "Operation"]),
    Module(
        name: "Server",
        needs: [
            "Primitives", "SIP", "SDP", "RTP", "Audio", "Organization", "Customers", "Gazetteer", "Contacts", "Calls", "Routing",
            "Reporting", "Centre",
            "Operation", "SIPTransport", "MediaServer", "Recording", "Storage", "HTTPAPI", "Simulation", "COpenSSL",
        ],
        products: [
            hummingbird, nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), tls, crypto("Crypto"), logging, lifecycle, signals, yams,
        ],
        tests: [
            "Primitives", "SDP", "Contacts", "Calls", "Operation", "Organization", "Routing", "Reporting", "Centre", "Storage", "HTTPAPI",
            "Simulation", "MediaServer", "Recording",
        ]),
]

let systemLibraries: [Target] = [
    .systemLibrary(name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPostgreSQL", path: "Sources/CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "CSpanDSP", path: "Sources/CSpanDSP", linkerSettings: [.linkedLibrary("spandsp")]),
    .target(name: "COpus", path: "Sources/COpus", linkerSettings: [.linkedLibrary("opus")]),
    .target(name: "COpenSSL", path: "Sources/COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(name: "CNetwork", path: "Sources/CNetwork", linkerSettings: [.linkedLibrary("resolv")]),
]

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let only = Context.environment["CALLFLOOR_ONLY"]?.split(separator: ",").map(String.init)

/// The names that `names` need, themselves included.
func closure(of names: [String]) -> Set<String> {
    var found: Set<String> = []
    var open = names
    while let name = open.popLast() {
        guard found.insert(name).inserted, let module = modules.first(where: { $0.name == name }) else { continue }
        open += module.needs
    }
    return found
}

let wanted = only.map { closure(of: $0) }

var targets: [Target] = systemLibraries.filter { wanted?.contains($0.name) ?? true }
for module in modules where wanted?.contains(module.name) ?? true {
    targets.append(
        .target(
            name: module.name, dependencies: module.needs.map { .byName(name: $0) } + module.products,
            swiftSettings: settings))
    if let tests = module.tests, only?.contains(module.name) ?? true {
        targets.append(
            .testTarget(
                name: "\(module.name)Tests", dependencies: ([module.name] + tests).map { .byName(name: $0) } + module.products,
                exclude: module.testData, swiftSettings: settings))
    }
}
if only == nil || only!.contains("callfloor") {
    targets.append(
        .executableTarget(
            name: "callfloor",
            dependencies: ["Server", "HTTPAPI", "SIPTransport", "Storage", "Simulation", "MediaServer", "Primitives", arguments, logging],
            swiftSettings: settings))
}
if only == nil || only!.contains("Tidy") {
    targets.append(.testTarget(name: "TidyTests", swiftSettings: settings))
}
// Only script/fuzz builds it, with the sanitizers: one program, each parser by its name.
if Context.environment["CALLFLOOR_FUZZ"] != nil {
    targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["SIP", "SDP", "RTP", "SRTP", "DTLS", "Primitives"], path: "Fuzz", exclude: ["Dictionaries"],
            swiftSettings: settings))
}
let products = Set(
    targets.flatMap(\.dependencies).compactMap { dependency -> String? in
        if case .productItem(_, let package, _, _) = dependency { return package }
        return nil
    })

let packages: [(name: String, dependency: Package.Dependency)] = [
    ("hummingbird", .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1")),
    ("swift-nio", .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")),
    ("swift-nio-ssl", .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6")),
    ("swift-crypto", .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")),
    ("swift-log", .package(url: "https://github.com/apple/swift-log", from: "1.16.2")),
    ("swift-service-lifecycle", .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0")),
    ("swift-argument-parser", .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")),
    ("swift-collections", .package(url: "https://github.com/apple/swift-collections", from: "1.6.0")),
    ("Yams", .package(url: "https://github.com/jpsim/Yams", from: "6.2.2")),
]

let package = Package(
    name: "callfloor",
    platforms: [.macOS(.v15)],
    dependencies: packages.filter { products.contains($0.name) }.map(\.dependency),
    targets: targets,
    swiftLanguageModes: [.v6])
