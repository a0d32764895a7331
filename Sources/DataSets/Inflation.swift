/// The walk through a deflated data set (PS3.5 Annex A.5): inflated as a stream, walked, dropped.
struct Inflation: Sendable {
    private let limits: StructureScanner.Limits
    private var inflater: Inflater?
    /// Bytes behind the end of the stream; one NUL makes the length even (PS3.5 Annex A.5).
    private var trailing = 0
    private var isAtEnd = false
    private var isUnchecked = false

    init(limits: StructureScanner.Limits) {
        self.limits = limits
    }

    mutating func consume(_ bytes: UnsafeRawBufferPointer, into walker: inout StructureWalker) {
        guard let first = bytes.first, walker.phase != .failed, !isUnchecked else { return }
        guard !isAtEnd else { return trail(bytes.count, &walker) }
        let inflater = prepared(first, &walker)
        inflater.feed(Array(bytes))
        while true {
            switch inflater.next() {
            case .block(let block):
                block.bytes.withUnsafeBytes { walker.consume($0) }
                guard walker.phase != .failed else { return }
                guard block.produced <= limits.inflatedBytes && isWithinRatio(block) else { return stop(&walker) }
            case .needsInput:
                return
            case .end(let remaining):
                isAtEnd = true
                return trail(remaining, &walker)
            case .corrupt:
                return walker.abandon(.deflate, "Data set is not a deflate stream")
            }
        }
    }

    mutating func finish(_ walker: inout StructureWalker) {
        guard walker.phase != .failed, !isUnchecked else { return }
        if inflater != nil && !isAtEnd {
            walker.abandon(.truncated, "Deflated data set is truncated")
        } else {
            walker.finish()
        }
    }

    /// The inflater, which no copy of this walk uses.
    private mutating func prepared(_ first: UInt8, _ walker: inout StructureWalker) -> Inflater {
        let isShared = !isKnownUniquelyReferenced(&inflater)
        guard let existing = inflater else {
            // 78H begins zlib's header, and no deflate stream: it would be a stored block with its padding bits set.
            let hasHeader = first == 0x78
            if hasHeader { walker.notes.insert(.zlibHeader) }
            let fresh = Inflater(hasHeader: hasHeader)
            inflater = fresh
            return fresh
        }
        guard isShared else { return existing }
        let copy = Inflater(copying: existing)
        inflater = copy
        return copy
    }

    /// A bomb is not inflated to its end; whose bytes it has is known or it is not.
    private mutating func stop(_ walker: inout StructureWalker) {
        if walker.attributes.hasIdentity {
            isUnchecked = true
            walker.notes.insert(.unchecked)
        } else {
            walker.abandon(.deflate, "Deflated data set grows too large")
        }
    }

    private func isWithinRatio(_ block: Inflater.Block) -> Bool {
        let (allowed, overflow) = block.consumed.multipliedReportingOverflow(by: limits.inflateRatio)
        return overflow || block.produced - limits.inflateFreeBytes <= allowed
    }

    private mutating func trail(_ count: Int, _ walker: inout StructureWalker) {
        trailing += count
        if trailing > 1 { walker.notes.insert(.trailingPadding) }
    }
}
