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
let c: [CSetting] = [.treatAllWarnings(as: .error)]
let cxx: [CXXSetting] = [.treatAllWarnings(as: .error)]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "dicom-node",
    products: [
        .executable(name: "dicom-node", targets: ["dicom-node"]),
        .library(name: "Nursery", targets: ["Nursery"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The structured-concurrency scope: knows nothing of DICOM.
        .target(name: "Nursery", swiftSettings: swift),

        // PS3.8, pure: PDUs, negotiation, the upper-layer state machine.
        .target(name: "Associations", dependencies: [nioCore], swiftSettings: swift),

        // PS3.7, pure: command sets, messages, status.
        .target(name: "DIMSE", dependencies: ["Associations", nioCore], swiftSettings: swift),

        // PS3.5: the structure scanner, and attributes by way of DCMTK.
        .target(name: "DataSets", dependencies: ["CDCMTK"], swiftSettings: swift),
        .target(name: "CDCMTK", cSettings: c, cxxSettings: cxx),

        // PS3.10 files on disk, durable.
        .target(name: "Archive", dependencies: ["CLinux", "CXXHash", crypto], swiftSettings: swift),
        .target(name: "CLinux", cSettings: c),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),

        // PS3.4: Verification SCP and Storage SCP.
        .target(
            name: "ServiceClasses",
            dependencies: ["DIMSE", "Associations", "DataSets", "Archive", nioCore, logging],
            swiftSettings: swift
        ),

        // The socket: listener, association nursery, requestor.
        .target(
            name: "ApplicationEntities",
            dependencies: [
                "ServiceClasses", "DIMSE", "Associations", "Nursery", nioCore, nioPosix, logging,
            ],
            swiftSettings: swift
        ),

        // The command.
        .executableTarget(
            name: "dicom-node",
            dependencies: [
                "ApplicationEntities", "ServiceClasses", "DIMSE", "Associations", "DataSets", "Archive", "Nursery",
                nioCore, nioPosix, logging, arguments, lifecycle,
            ],
            swiftSettings: swift
        ),

        // Makes every file under Fixtures/instances.
        .executableTarget(
            name: "dicom-fixtures", dependencies: ["CDCMTK", "DataSets", arguments], swiftSettings: swift),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["Archive", nioCore], path: "Tests/TestSupport", swiftSettings: swift),
        .testTarget(name: "NurseryTests", dependencies: ["Nursery", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "AssociationsTests", dependencies: ["Associations", "TestSupport", nioCore], swiftSettings: swift),
        .testTarget(
            name: "DIMSETests", dependencies: ["DIMSE", "Associations", "TestSupport", nioCore], swiftSettings: swift),
        .testTarget(name: "DataSetsTests", dependencies: ["DataSets", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "ArchiveTests", dependencies: ["Archive", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "ServiceClassesTests",
            dependencies: ["ServiceClasses", "DIMSE", "Associations", "Archive", "DataSets", "TestSupport", nioCore],
            swiftSettings: swift
        ),
        .testTarget(
            name: "ApplicationEntitiesTests",
            dependencies: [
                "ApplicationEntities", "ServiceClasses", "DIMSE", "Associations", "Archive", "Nursery", "TestSupport",
                nioCore, nioPosix, nioEmbedded, logging,
            ],
            swiftSettings: swift
        ),
        .testTarget(name: "InteroperabilityTests", dependencies: ["TestSupport"], swiftSettings: swift),
    ],
    cxxLanguageStandard: .cxx17
)
