package import FuzzBodies
internal import TestSupport

/// An input from which a fuzzer starts: steering bytes, then what a well-behaved peer, or one of the fixtures' odd
/// ones, sends.
package struct FuzzSeed: Sendable {
    /// The name of its file in the corpus.
    package let name: String
    /// Its bytes.
    package let bytes: [UInt8]

    init(_ name: String, steering: [UInt8], _ bytes: [UInt8]) {
        self.name = name
        self.bytes = steering + bytes
    }
}

extension FuzzTarget {
    /// The seeds, made from Fixtures, in the same order every time.
    package func seeds() throws -> [FuzzSeed] {
        switch self {
        case .pdu: try Self.pduSeeds()
        case .association: try Self.associationSeeds()
        case .command: Self.commandSeeds()
        case .structure: try Self.dataSetSeeds(steering: 2)
        case .attributes: try Self.dataSetSeeds(steering: 1) + Self.characterSetSeeds()
        }
    }

    private static func pduSeeds() throws -> [FuzzSeed] {
        try upperLayer().enumerated().map { index, file in
            FuzzSeed(file.name, steering: [0, UInt8(index)], file.bytes)
        }
    }

    /// The golden PDUs of Fixtures/upper-layer.
    static func upperLayer() throws -> [(name: String, bytes: [UInt8])] {
        try Fixtures.names(in: "upper-layer", suffix: ".hex").map { name in
            (name.split(separator: "/").last.map(String.init) ?? name, try HexFile.bytes(name))
        }
    }

    /// The instances of Fixtures.
    static func instances() throws -> [(name: String, file: Part10File)] {
        try Fixtures.names(in: "instances", suffix: ".dcm").map { name in
            (name.split(separator: "/").last.map(String.init) ?? name, try Part10File(path: Fixtures.path + "/" + name))
        }
    }
}
