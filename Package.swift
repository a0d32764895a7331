// swift-tools-version: 6.2
// The arrows between the modules are drawn in docs/architecture.md; the compiler keeps them.

import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]
/// Where an association's tasks run: its functions stay on the event loop without asking for it at every call.
let onLoop: [SwiftSetting] = swift + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]
let c: [CSetting] = [.treatAllWarnings(as: .error)]
let cxx: [CXXSetting] = [.treatAllWarnings(as: .error)]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let yaml: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "dicom-node",
    products: [
        .executable(name: "dicom-node", targets: ["dicom-node"]),
        .library(name: "Nursery", targets: ["Nursery"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // The structured-concurrency scope: knows nothing of DICOM.
        .target(name: "Nursery", swiftSettings: swift),

        // PS3.8, pure: PDUs, negotiation, the upper-layer state machine.
        .target(name: "Associations", dependencies: [nioCore], swiftSettings: swift),

        // PS3.7, pure: command sets, messages, status.
        .target(name: "DIMSE", dependencies: ["Associations", nioCore], swiftSettings: swift),

        // PS3.5: the structure scanner, and attributes by way of DCMTK.
        .target(name: "DataSets", dependencies: ["CDCMTK", "CZlib"], swiftSettings: swift),
        .target(name: "CDCMTK", cSettings: c, cxxSettings: cxx),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // The contract between what brings instances and what keeps them: values and protocols only.
        .target(name: "Instances", dependencies: ["CXXHash", crypto, nioCore], swiftSettings: swift),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),

        // PS3.10 files on a local disk, durable.
        .target(
            name: "Archive",
            dependencies: ["Instances", "CLinux", crypto, nioCore, nioPosix, system],
            swiftSettings: swift
        ),
        .target(name: "CLinux", cSettings: c),

        // What is archived, as rows: SQLite.
        .target(
            name: "Index",
            dependencies: ["DataSets", "Instances", "CLinux", grdb, nioCore, nioPosix, logging, system],
            swiftSettings: swift
        ),

        // PS3.4: Verification, Storage and Storage Commitment, as SCP.
        .target(
            name: "ServiceClasses",
            dependencies: ["DIMSE", "Associations", "DataSets", "Instances", "Nursery", nioCore, logging],
            swiftSettings: onLoop
        ),

        // PS3.8 on a channel: the handler, its deadlines, the connection as its tasks see it.
        .target(name: "UpperLayer", dependencies: ["Associations", nioCore], swiftSettings: swift),

        // The socket: listener, association nursery, requestor.
        .target(
            name: "ApplicationEntities",
            dependencies: [
                "UpperLayer", "ServiceClasses", "DIMSE", "Associations", "DataSets", "Nursery",
                nioCore, nioPosix, nioSSL, nioTLS, logging, crypto, cryptoExtras,
            ],
            swiftSettings: onLoop
        ),

        // The command.
        .executableTarget(
            name: "dicom-node",
            dependencies: [
                "ApplicationEntities", "UpperLayer", "ServiceClasses", "DIMSE", "Associations", "DataSets", "Instances",
                "Archive", "Index", "CLinux", "Nursery", nioCore, nioPosix, logging, arguments, signals, system,
                configuration, yaml,
            ],
            swiftSettings: swift
        ),

        // Makes every file under Fixtures/instances.
        .executableTarget(
            name: "dicom-fixtures",
            dependencies: ["CDCMTKFixtures", arguments],
            swiftSettings: swift
        ),
        .target(name: "CDCMTKFixtures", cSettings: c, cxxSettings: cxx),

        // Load generator, raw-socket limits and side-by-side runs; shares nothing with the node it measures but names
        // of system calls.
        .executableTarget(
            name: "dicom-bench",
            dependencies: ["CLinux", "CSSL", arguments, histogram],
            path: "Tests/Benchmark",
            swiftSettings: swift
        ),
        .systemLibrary(name: "CSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),

        // The nursery on three plain protocols, and what the three share.
        .target(
            name: "Serving",
            dependencies: ["Nursery", nioCore, nioPosix, arguments],
            path: "Sources/Examples/Serving",
            swiftSettings: swift
        ),
        .executableTarget(
            name: "nursery-bench",
            dependencies: ["Serving", "Nursery", nioCore, nioPosix],
            path: "Sources/Examples/nursery-bench",
            swiftSettings: swift
        ),
        .executableTarget(
            name: "echo-server",
            dependencies: ["Serving", "Nursery", nioCore, arguments],
            path: "Sources/Examples/echo-server",
            swiftSettings: swift
        ),
        .executableTarget(
            name: "quote-server",
            dependencies: ["Serving", "Nursery", nioCore, arguments],
            path: "Sources/Examples/quote-server",
            swiftSettings: swift
        ),
        .executableTarget(
            name: "chat-server",
            dependencies: ["Serving", "Nursery", nioCore, arguments],
            path: "Sources/Examples/chat-server",
            swiftSettings: swift
        ),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["Archive", "Instances", "CLinux", "CSSL", nioCore, logging, system],
            path: "Tests/TestSupport",
            swiftSettings: swift
        ),
        .testTarget(name: "NurseryTests", dependencies: ["Nursery", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "ExamplesTests",
            dependencies: ["Nursery", nioCore, nioPosix, "echo-server", "quote-server", "chat-server"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "AssociationsTests",
            dependencies: ["Associations", "TestSupport", nioCore],
            swiftSettings: swift
        ),
        .testTarget(
            name: "DIMSETests",
            dependencies: ["DIMSE", "Associations", "TestSupport", nioCore],
            swiftSettings: swift
        ),
        .testTarget(
            name: "DataSetsTests",
            dependencies: ["DataSets", "dicom-fixtures", "CDCMTKFixtures", "CZlib", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "ArchiveTests",
            dependencies: ["Archive", "Instances", "TestSupport", nioCore, system],
            swiftSettings: swift
        ),
        .testTarget(
            name: "IndexTests",
            dependencies: ["Index", "DataSets", "Instances", "TestSupport", grdb, nioPosix, logging, system],
            swiftSettings: swift
        ),
        .testTarget(
            name: "ServiceClassesTests",
            dependencies: [
                "ServiceClasses", "DIMSE", "Associations", "Archive", "Instances", "DataSets", "TestSupport", nioCore,
                logging,
            ],
            swiftSettings: swift
        ),
        .testTarget(
            name: "UpperLayerTests",
            dependencies: ["UpperLayer", "Associations", "TestSupport", nioCore, nioEmbedded],
            swiftSettings: swift
        ),
        .testTarget(
            name: "ApplicationEntitiesTests",
            dependencies: [
                "ApplicationEntities", "UpperLayer", "ServiceClasses", "DIMSE", "Associations", "Archive", "Instances",
                "Nursery",
                "TestSupport", nioCore, nioPosix, nioEmbedded, nioSSL, nioTLS, logging,
            ],
            swiftSettings: swift
        ),
        // The release binary against DCMTK, pynetdicom and raw sockets.
        .testTarget(
            name: "InteroperabilityTests",
            dependencies: ["TestSupport"],
            exclude: ["pynetdicom", "sbom"],
            swiftSettings: swift
        ),
        // What the fuzzers do with their bytes, replayed over their seeds and over what they found.
        .target(
            name: "FuzzBodies",
            dependencies: [
                "ApplicationEntities", "UpperLayer", "ServiceClasses", "DIMSE", "Associations", "DataSets", nioCore,
                nioEmbedded,
            ],
            path: "Tests/Fuzz/FuzzBodies",
            swiftSettings: swift
        ),
        .target(
            name: "FuzzSeeds",
            dependencies: ["FuzzBodies", "TestSupport"],
            path: "Tests/Fuzz/FuzzSeeds",
            swiftSettings: swift
        ),
        .testTarget(
            name: "FuzzReplayTests",
            dependencies: ["FuzzBodies", "FuzzSeeds", "TestSupport"],
            swiftSettings: swift
        ),
        // One association without sockets, disk, threads and time, for `make instructions` to count instructions in.
        .executableTarget(
            name: "hot-path",
            dependencies: [
                "ApplicationEntities", "UpperLayer", "ServiceClasses", "DIMSE", "Associations", "DataSets", "Archive",
                "TestSupport", "CLinux", nioCore, nioEmbedded, logging, system,
            ],
            path: "Tests/HotPath",
            exclude: ["instructions.txt"],
            swiftSettings: swift
        ),
        // The release binary, broken on purpose: killed, refused by the kernel, on disks that fill up or lose their
        // power.
        .testTarget(
            name: "CrashTests",
            dependencies: ["TestSupport"],
            exclude: ["volatile-disk", "short-writes"],
            swiftSettings: swift
        ),
        // The rules of the house that the compiler does not keep.
        .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: swift),
        .testTarget(name: "BenchTests", dependencies: ["dicom-bench"], swiftSettings: swift),
        // The command's own parts, in this process; `send` with a clock and peers of a test's own.
        .testTarget(
            name: "DicomNodeTests",
            dependencies: [
                "dicom-node", "ApplicationEntities", "Archive", "Index", "Instances", "UpperLayer", "TestSupport",
                nioCore,
                arguments, logging, signals, system, configuration,
            ],
            swiftSettings: swift
        ),
    ],
    cxxLanguageStandard: .cxx17
)

// `make fuzz`: one executable for each body, linked with libFuzzer's own `main`, and one that writes their seeds.
if Context.environment["FUZZ"] != nil {
    package.targets.append(.target(name: "FuzzHarness", path: "Tests/Fuzz/FuzzHarness", cSettings: c))
    package.targets += ["pdu", "association", "command", "structure", "attributes", "seeds"].map { name in
        .executableTarget(
            name: "fuzz-\(name)",
            dependencies: name == "seeds" ? ["FuzzSeeds"] : ["FuzzBodies", "FuzzHarness"],
            path: "Tests/Fuzz/fuzz-\(name)",
            exclude: name == "attributes" ? ["attributes.dict"] : [],
            cSettings: c
        )
    }
}
