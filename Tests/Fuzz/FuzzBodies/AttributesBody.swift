import DataSets

/// Whatever a data set holds, what is made of it for DCMTK is a small well-formed data set, DCMTK reads it, and what
/// comes back is text of the attributes that were there.
enum AttributesBody {
    static func run(_ input: FuzzInput) throws(Violation) {
        var input = input
        let transferSyntaxes = StructureBody.transferSyntaxes
        let transferSyntax = transferSyntaxes[input.steer() % transferSyntaxes.count]
        let wanted = scan(input.rest, transferSyntax)
        let rewritten = wanted.attributes.explicitLittleEndian()
        try expect(
            rewritten.count <= 64 * (8 + StructureBody.limits.attributeBytes),
            "\(rewritten.count) bytes for DCMTK"
        )
        if !rewritten.isEmpty {
            let again = rewritten.withUnsafeBytes { scan($0, "1.2.840.10008.1.2.1") }
            try expect(again.fault == nil, "malformed for DCMTK: \(String(describing: again.fault)) in \(rewritten)")
            try expect(again.identity == wanted.identity, "\(wanted.identity) became \(again.identity)")
        }
        do {
            let attributes = try wanted.attributes.attributes()
            let keywords = Set(wanted.attributes.elements.map(\.wanted.keyword))
            try expect(keywords.isSuperset(of: attributes.values.keys), "invented: \(attributes)")
            try expect(keywords.isSuperset(of: attributes.unexplained), "invented: \(attributes)")
        } catch let violation as Violation {
            throw violation
        } catch {
            throw Violation("\(error): \(rewritten)")
        }
    }

    private static func scan(_ bytes: UnsafeRawBufferPointer, _ transferSyntax: String) -> StructureScanner.Result {
        var scanner = StructureScanner(transferSyntaxUID: transferSyntax, limits: StructureBody.limits)
        scanner.consume(bytes)
        return scanner.finish()
    }
}
