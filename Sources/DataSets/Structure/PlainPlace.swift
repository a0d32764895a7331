/// Where the walk through plain elements is: the containers that it has entered, without one allocation.
struct PlainPlace {
    struct Level {
        /// Where in the bytes at hand its contents begin, which may be before them.
        var start: Int
        /// Nothing inside may reach past this place in the bytes at hand, which may be behind them.
        var end: Int
        /// Of the sequence.
        var tag: Tag
        /// A sequence, and not an item or the data set.
        var isSequence: Bool
        /// Ends at `end`; otherwise at its delimiter.
        var isDefined: Bool
    }

    private(set) var innermost: Level
    /// How many were entered.
    private(set) var depth = 0
    /// As many sequences and items as are entered here; the general walk takes what is deeper.
    private var outer: InlineArray<16, Level>
    private let beganAtTop: Bool

    init(_ container: StructureWalker.Container, _ base: Int) {
        innermost = Level(
            start: container.start - base,
            end: container.end - base,
            tag: container.tag,
            isSequence: container.kind == .sequence,
            isDefined: container.isDefined
        )
        outer = InlineArray(repeating: innermost)
        beganAtTop = container.kind == .dataSet
    }

    /// The innermost container is the data set.
    var isTop: Bool { beganAtTop && depth == 0 }

    /// False if it would be too deep.
    mutating func enter(_ level: Level) -> Bool {
        guard depth < outer.count else { return false }
        outer[depth] = innermost
        depth += 1
        innermost = level
        return true
    }

    mutating func leave() {
        depth -= 1
        innermost = outer[depth]
    }

    /// What was entered last ends here by its length.
    func isFinished(at cursor: Int) -> Bool { cursor == innermost.end && innermost.isDefined && depth > 0 }

    /// What was entered and not left, outermost first.
    var entered: [Level] {
        depth == 0 ? [] : (1..<depth).map { outer[$0] } + [innermost]
    }
}

extension StructureWalker.Container {
    init(_ level: PlainPlace.Level, _ base: Int) {
        self.init(
            kind: level.isSequence ? .sequence : .item,
            end: level.end + base,
            isDefined: level.isDefined,
            encoding: .explicitLittleEndian,
            tag: level.tag,
            start: level.start + base
        )
    }
}
