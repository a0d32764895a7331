import DataSets

/// Any data set is scanned to the same result however it was cut, also by a copy of the scanner, and within its limits.
enum StructureBody {
    /// Small enough to be met by short inputs; a deflated one must not slow the fuzzer down.
    static let limits = StructureScanner.Limits(
        depth: 16,
        attributeBytes: 256,
        inflatedBytes: 1 << 18,
        inflateRatio: 100,
        inflateFreeBytes: 1 << 14
    )

    /// Every way there is to walk a data set, and a syntax that does not exist.
    static let transferSyntaxes = [
        "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.3\n",
    ]

    static func run(_ input: FuzzInput) throws(Violation) {
        var input = input
        let transferSyntax = transferSyntaxes[input.steer() % transferSyntaxes.count]
        let cuts = input.steer()
        let bytes = input.rest

        var scanner = StructureScanner(transferSyntaxUID: transferSyntax, limits: limits)
        scanner.consume(bytes)
        let whole = scanner.finish()

        var cut = StructureScanner(transferSyntaxUID: transferSyntax, limits: limits)
        for piece in Cuts(of: bytes.count, steeredBy: cuts) {
            // A copy goes on by itself, and the one left behind is dropped.
            let copy = cut
            cut = copy
            cut.consume(UnsafeRawBufferPointer(rebasing: bytes[piece]))
        }
        let result = cut.finish()
        try expect(whole == result, "\(whole)\ncut into fragments:\n\(result)")
        try check(whole)
    }

    private static func check(_ result: StructureScanner.Result) throws(Violation) {
        if let fault = result.fault {
            try expect(fault.description.utf8.count <= 64, "does not fit an Error Comment: \(fault)")
            try expect(
                fault.description.utf8.allSatisfy { (0x20..<0x7F).contains($0) },
                "not fit for an Error Comment: \(fault)"
            )
        }
        let elements = result.attributes.elements
        try expect(elements.count <= 64, "\(elements.count) wanted elements")
        for (one, next) in zip(elements, elements.dropFirst()) {
            try expect(one.wanted.tag < next.wanted.tag, "\(next.wanted.keyword) twice")
        }
        for element in elements {
            try expect(element.value.count <= limits.attributeBytes, "\(element.wanted.keyword) over the limit")
        }
        let uids = [result.identity.sopClassUID, result.identity.sopInstanceUID]
        for uid in uids where uid != nil {
            try expect(uid?.unicodeScalars.count ?? 0 <= 64, "a UID of more than 64 characters")
        }
    }
}
