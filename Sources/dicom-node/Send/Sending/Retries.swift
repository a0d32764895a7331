/// How often, and after what pause, `send` asks for an association again.
struct Retries: Sendable {
    /// Further attempts, for a file as for an association.
    var limit: Int
    /// Associations in a row that the peer ended without one answer, after which none is asked for any more, whatever
    /// the limit: each of their files has attempts of its own, and a thousand files would cost hours. With the pauses
    /// between them, five take 15 s.
    static let fruitlessAssociations = 5

    private static let firstPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    /// The pause before the next attempt: 1 s, 2 s, 4 s … 30 s.
    static func pause(after failures: Int) -> Duration {
        var pause = firstPause
        for _ in 1..<max(failures, 1) where pause < longestPause { pause *= 2 }
        return min(pause, longestPause)
    }
}
