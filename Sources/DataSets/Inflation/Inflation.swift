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

    mutating func consume(_ bytes: UnsafeRawBufferPointer, into walk: inout StructureReadings) {
        guard let first = bytes.first, !walk.hasFailed, !isUnchecked else { return }
        guard !isAtEnd else { return trail(bytes.count, &walk) }
        let inflater = prepared(first, &walk)
        inflater.feed(Array(bytes))
        while true {
            switch inflater.next() {
            case .block(let block):
                block.bytes.withUnsafeBytes { walk.consume($0) }
                guard !walk.hasFailed else { return }
                guard block.produced <= limits.inflatedBytes && isWithinRatio(block) else { return stop(&walk) }
            case .needsInput:
                return
            case .end(let remaining):
                isAtEnd = true
                return trail(remaining, &walk)
            case .corrupt:
                return walk.abandon(.deflate, "Data set is not a deflate stream")
            }
        }
    }

    mutating func finish(_ walk: inout StructureReadings) {
        guard !walk.hasFailed, !isUnchecked else { return }
        if inflater != nil && !isAtEnd {
            walk.abandon(.truncated, "Deflated data set is truncated")
        } else {
            walk.finish()
        }
    }

    /// The inflater, which no copy of this walk uses.
    private mutating func prepared(_ first: UInt8, _ walk: inout StructureReadings) -> Inflater {
        let isShared = !isKnownUniquelyReferenced(&inflater)
        guard let existing = inflater else {
            // 78H begins zlib's header, and no deflate stream: it would be a stored block with its padding bits set.
            let hasHeader = first == 0x78
            if hasHeader { walk.note(.zlibHeader) }
            let fresh = Inflater(hasHeader: hasHeader)
            inflater = fresh
            return fresh
        }
        guard isShared else { return existing }
        let copy = Inflater(copying: existing)
        inflater = copy
        return copy
    }

    /// A bomb is not inflated to its end: it is kept if its identity has been found.
    private mutating func stop(_ walk: inout StructureReadings) {
        if walk.attributes.hasIdentity {
            isUnchecked = true
            walk.note(.unchecked)
        } else {
            walk.abandon(.deflate, "Deflated data set grows too large")
        }
    }

    private func isWithinRatio(_ block: Inflater.Block) -> Bool {
        let (allowed, overflow) = block.consumed.multipliedReportingOverflow(by: limits.inflateRatio)
        return overflow || block.produced - limits.inflateFreeBytes <= allowed
    }

    private mutating func trail(_ count: Int, _ walk: inout StructureReadings) {
        trailing += count
        if trailing > 1 { walk.note(.trailingPadding) }
    }
}
