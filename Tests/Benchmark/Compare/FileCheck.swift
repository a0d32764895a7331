import Glibc

/// Looks at what a server has stored: how many files, and whether a sample of them holds exactly what was sent.
struct FileCheck {
    private(set) var files = 0
    private(set) var sampled = 0
    private(set) var identical = 0

    private static let sampleSize = 40

    /// - Parameters:
    ///   - sent: what was sent; the UIDs in the files lead back to it.
    ///   - run: the number that the UIDs of this run have; other files are the warm-up's.
    init(folder: String, sent: [Instance], run: Int) {
        // Every n-th file is compared, so that the sample is spread over the whole run.
        let paths = filesBelow(folder).sorted()
        var mine: [(path: String, offset: Int, number: InstanceNumber)] = []
        for path in paths {
            guard let head = try? contents(of: path, prefix: 2_048), let header = Part10Header(head),
                let number = InstanceNumber(uid: header.sopInstanceUID), number.run == run % 1_000_000,
                number.object < sent.count
            else { continue }
            mine.append((path, header.dataSetOffset, number))
        }
        files = mine.count
        let budget = sent.map(\.dataSet.count).max().map { max(1, min(Self.sampleSize, (1 << 30) / max(1, $0))) } ?? 1
        for index in stride(from: 0, to: mine.count, by: max(1, (mine.count + budget - 1) / budget)) {
            let (path, offset, number) = mine[index]
            guard let stored = try? contents(of: path) else { continue }
            sampled += 1
            if areEqual(stored, from: offset, sent[number.object].renumbered(number)) { identical += 1 }
        }
    }

    /// For the raw-socket limit, whose files have no header: only their number.
    init(limitFolder: String) { files = filesBelow(limitFolder).count }
}

/// Whether `whole` from `offset` on is `part`.
private func areEqual(_ whole: [UInt8], from offset: Int, _ part: [UInt8]) -> Bool {
    guard whole.count - offset == part.count else { return false }
    return whole.withUnsafeBytes { left in
        part.withUnsafeBytes { right in
            guard let first = left.baseAddress, let second = right.baseAddress else { return part.isEmpty }
            return memcmp(first + offset, second, part.count) == 0
        }
    }
}
