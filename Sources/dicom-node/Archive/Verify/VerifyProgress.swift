/// How far a verification has come, and what it has found on the way.
struct VerifyProgress: Equatable, Sendable {
    /// Nil: it has not begun.
    var position: VerifyWalk.Position?
    var files = 0
    var bytes = 0
    /// Files that no digest vouches for.
    var withoutDigest = 0
    var findings: [Finding] = []
    /// Paths at which file and index differ: they are looked at once more at the end.
    var later: [String] = []

    mutating func add(_ other: VerifyProgress) {
        position = other.position
        files += other.files
        bytes += other.bytes
        withoutDigest += other.withoutDigest
        findings += other.findings
        later += other.later
    }

    func count(_ kind: Finding.Kind) -> Int { findings.count { $0.kind == kind } }
}
