/// Walks a data set (PS3.5) as it streams in, to learn what it is and whether it is whole.
///
/// Values are skipped by their length; nothing is changed, kept or handed to a recursive parser. Whatever the bytes are
/// and wherever they are cut, the scanner ends with the same result, and it never traps.
///
/// *Resources*: the wanted attributes (`WantedAttributes`) and a stack of at most two entries per nested sequence, up
/// to five times while a header can be read in several ways, and with a deflated transfer syntax about 72 KiB for
/// inflating. A copy goes on by itself.
package struct StructureScanner: Sendable {
    /// What a data set may cost.
    package struct Limits: Sendable {
        /// Nested sequences; items do not count.
        package var depth: Int
        /// Bytes of a wanted attribute; a longer one is left out.
        package var attributeBytes: Int
        /// Bytes that a deflated data set may become; past it, the walk stops.
        package var inflatedBytes: Int
        /// Inflated bytes for each deflated one; past it, the walk stops.
        package var inflateRatio: Int
        /// Inflated bytes to which `inflateRatio` does not apply: a small data set may well be mostly zeros.
        package var inflateFreeBytes: Int

        package init(
            depth: Int,
            attributeBytes: Int,
            inflatedBytes: Int,
            inflateRatio: Int,
            inflateFreeBytes: Int
        ) {
            self.depth = depth
            self.attributeBytes = attributeBytes
            self.inflatedBytes = inflatedBytes
            self.inflateRatio = inflateRatio
            self.inflateFreeBytes = inflateFreeBytes
        }
    }

    /// What the scanner has learnt.
    package struct Result: Equatable, Sendable {
        /// The UIDs found at top level.
        package let identity: Identity
        /// nil: the data set is complete and well formed.
        package let fault: Fault?
        /// What is odd and yet stored.
        package let notes: Notes
        /// The wanted elements that were found.
        package let attributes: WantedAttributes
    }

    private let transferSyntaxUID: String
    private let syntax: TransferSyntax
    private var walk: StructureReadings
    private var inflation: Inflation?

    /// A scanner for one data set in this transfer syntax.
    package init(transferSyntaxUID: String, limits: Limits) {
        self.transferSyntaxUID = transferSyntaxUID
        syntax = TransferSyntax(uid: transferSyntaxUID)
        walk = StructureReadings(
            StructureWalker(
                encoding: syntax.encoding,
                depth: limits.depth,
                attributeBytes: limits.attributeBytes
            )
        )
        inflation = syntax.isDeflated ? Inflation(limits: limits) : nil
        if !syntax.isKnown { walk.note(.unknownTransferSyntax) }
    }

    /// Takes the next bytes of the data set. After a fault they are ignored.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer) {
        if inflation == nil {
            walk.consume(bytes)
        } else {
            inflation?.consume(bytes, into: &walk)
        }
    }

    /// What is wrong with the data set, as far as it has been seen.
    package var fault: Fault? {
        guard let fault = walk.fault, !syntax.isKnown else { return walk.fault }
        switch fault.kind {
        case .truncated, .beyondParent, .structure, .deflate, .unknownTransferSyntax:
            let name = transferSyntaxUID.filter { $0.isASCII && $0 >= " " && $0 != "\u{7F}" }
            return Fault(.unknownTransferSyntax, "Unknown transfer syntax \(name)")
        case .empty, .tooDeep, .identity:
            return fault
        }
    }

    /// The UIDs found at top level so far.
    package var identity: Identity { walk.attributes.identity }

    /// The wanted attributes found so far.
    package var attributes: WantedAttributes { walk.attributes }

    /// No further wanted attribute can come, unless elements are out of order.
    package var hasPassedAttributes: Bool { walk.lastGroup > WantedElement.lastGroup || walk.fault != nil }

    /// Says that no more bytes come, and answers what the data set was.
    package mutating func finish() -> Result {
        if inflation == nil {
            walk.finish()
        } else {
            inflation?.finish(&walk)
        }
        return Result(
            identity: walk.attributes.identity,
            fault: fault,
            notes: walk.notes,
            attributes: walk.attributes
        )
    }
}
