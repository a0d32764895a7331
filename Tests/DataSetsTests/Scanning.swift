@testable import DataSets

extension StructureScanner.Limits {
    /// Small enough for a test to reach.
    static let forTests = StructureScanner.Limits(
        depth: 64,
        attributeBytes: 4096,
        inflatedBytes: 4 << 20,
        inflateRatio: 100,
        inflateFreeBytes: 1 << 20
    )
}

extension StructureScanner {
    mutating func consume(_ bytes: some Collection<UInt8>) {
        Array(bytes).withUnsafeBytes { consume($0) }
    }
}

/// Scans `bytes` in pieces that end where `cuts` says.
func scan(
    _ bytes: [UInt8],
    _ transferSyntaxUID: String = "1.2.840.10008.1.2.1",
    cuts: some Sequence<Int> = EmptyCollection<Int>(),
    limits: StructureScanner.Limits = .forTests
) -> StructureScanner.Result {
    var scanner = StructureScanner(transferSyntaxUID: transferSyntaxUID, limits: limits)
    var start = 0
    for cut in cuts {
        scanner.consume(bytes[start..<cut])
        start = cut
    }
    scanner.consume(bytes[start...])
    return scanner.finish()
}

/// Scans one byte at a time.
func dripped(_ bytes: [UInt8], _ transferSyntaxUID: String = "1.2.840.10008.1.2.1") -> StructureScanner.Result {
    scan(bytes, transferSyntaxUID, cuts: bytes.indices)
}
