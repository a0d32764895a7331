/// The readings of one data set that are possible so far, each of them walked; one, unless a header can be read in two
/// ways.
///
/// *Resources*: at most `alternativesMax` walkers besides the first.
struct StructureReadings: Sendable {
    /// The likeliest.
    private(set) var first: StructureWalker
    /// The others, the likeliest of them first. None of them branches again.
    private var others: [StructureWalker] = []
    private var branchings = 0
    /// What is wrong with the likeliest reading, if all are wrong.
    private var firstFault: Fault?

    private static let alternativesMax = 4
    /// Uncertain headers of one data set that are walked in several ways; further ones are read in the likeliest.
    private static let branchingsMax = 1_024

    init(_ walker: StructureWalker) {
        first = walker
    }

    var fault: Fault? { first.fault.map { firstFault ?? $0 } }
    var hasFailed: Bool { first.phase == .failed }
    /// Of the last element at top level.
    var lastGroup: UInt16 { first.lastGroup }
    var notes: Notes { first.notes }
    var attributes: WantedAttributes { first.attributes }

    mutating func note(_ note: Notes) {
        first.notes.insert(note)
        for index in others.indices { others[index].notes.insert(note) }
    }

    mutating func abandon(_ kind: Fault.Kind, _ description: String) {
        others = []
        first.abandon(kind, description)
    }

    /// Takes the next bytes of the data set.
    mutating func consume(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        while start < bytes.count {
            if others.isEmpty {
                start += first.consume(UnsafeRawBufferPointer(rebasing: bytes[start...]))
            } else {
                start += consumeSideBySide(UnsafeRawBufferPointer(rebasing: bytes[start...]))
            }
            if !first.choice.isEmpty { branch() }
        }
    }

    /// Takes as many bytes as make no difference to any reading, or one: what is decided must not depend on where the
    /// pieces were cut.
    private mutating func consumeSideBySide(_ bytes: UnsafeRawBufferPointer) -> Int {
        let step = others.reduce(min(first.indifferentBytes, bytes.count)) { min($0, $1.indifferentBytes) }
        let piece = UnsafeRawBufferPointer(rebasing: bytes[..<step])
        for index in others.indices { others[index].consumeAlone(piece) }
        // The first one stops only behind the last byte of a header, which is the piece's.
        _ = first.consume(piece)
        compare()
        return step
    }

    /// No more bytes come.
    mutating func finish() {
        first.finish()
        guard first.phase == .failed else { return }
        // A data set that was cut has a reading under which it was not only by the rarest chance: if its end is an
        // element's.
        for var other in others where other.endsWithAnElement && (other.trial == .convincing || other.endsAsTried) {
            other.finish()
            guard other.phase != .failed else { continue }
            first = other
            return
        }
    }

    /// Walks on with each reading of the header at which the first walker has stopped.
    private mutating func branch() {
        let readings = first.choice
        if branchings < Self.branchingsMax {
            branchings += 1
            others =
                readings.dropFirst().map { reading in
                    var other = first
                    other.decide(reading, isTried: true)
                    return other
                } + others
            if others.count > Self.alternativesMax { others.removeLast(others.count - Self.alternativesMax) }
        }
        first.decide(readings.first ?? .standard, isTried: !others.isEmpty)
        if !others.isEmpty { compare() }
    }

    /// Drops the readings that are wrong.
    private mutating func compare() {
        if first.trial == .convincing && first.phase != .failed {
            others = []
            firstFault = nil
        }
        // One that takes the rest for padding shows nothing, and would be asked about each byte.
        others.removeAll { $0.phase == .failed || $0.phase == .blank || $0.trial == .doubtful }
        if first.phase == .failed {
            promote(0)
        } else if first.trial == .doubtful {
            if let index = others.firstIndex(where: { $0.trial == .convincing }) {
                promote(index)
            } else if first.position - first.tried.position > StructureWalker.lookaheadMax {
                promote(0)
            }
        }
        if others.isEmpty { first.trial = .none }
    }

    private mutating func promote(_ index: Int) {
        guard index < others.count else { return }
        if firstFault == nil { firstFault = first.fault }
        first = others.remove(at: index)
        others.removeFirst(index)
        if first.trial == .convincing {
            others = []
            firstFault = nil
        }
    }
}

extension StructureWalker {
    /// Walks without branching: what is uncertain is read in the likeliest way.
    fileprivate mutating func consumeAlone(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while true {
            let taken = consume(rest)
            guard let reading = choice.first else { return }
            decide(reading, isTried: false)
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
        }
    }

    /// The uncertain element is the last, and has no VR: its length of 32 bits ends here by the rarest chance only.
    fileprivate var endsAsTried: Bool { trial == .pending && tried.reading == .withoutVR }

    /// The last byte was an element's, at top level.
    fileprivate var endsWithAnElement: Bool {
        phase == .walking && outer.isEmpty && header.count == 0 && skip == 0 && undecided == nil
    }
}
