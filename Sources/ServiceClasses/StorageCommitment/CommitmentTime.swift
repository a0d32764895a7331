/// How time passes for storage commitment: injected, so that a test decides.
package struct CommitmentTime: Sendable {
    /// Measures pauses.
    package var clock: any Clock<Duration>
    /// Seconds since 1970: the age of a transaction counts across restarts.
    package var now: @Sendable () -> Int
    /// How long a result is tried to be reported; zero: for ever.
    package var giveUpAfter: @Sendable () -> Duration
    /// A factor in the range, drawn anew at each call, so that nodes that failed together do not come back together.
    package var jitter: @Sendable (ClosedRange<Double>) -> Double

    package init(
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Int,
        giveUpAfter: @escaping @Sendable () -> Duration,
        jitter: @escaping @Sendable (ClosedRange<Double>) -> Double = { Double.random(in: $0) }
    ) {
        self.clock = clock
        self.now = now
        self.giveUpAfter = giveUpAfter
        self.jitter = jitter
    }

    /// Whether a transaction that was received then has had its time.
    func isOver(_ received: Int) -> Bool {
        let most = giveUpAfter().components.seconds
        return most > 0 && now() - received >= most
    }

    /// How long to wait after so many failures in a row; not beyond the end of the oldest transaction's time.
    func pause(after failures: Int, oldest received: Int) -> Duration {
        var pause = CommitmentLimits.retryFirst
        for _ in 1..<max(1, failures) where pause < CommitmentLimits.retryLongest { pause *= 2 }
        pause = min(pause, CommitmentLimits.retryLongest) * jitter(0.75...1.25)
        let most = giveUpAfter().components.seconds
        guard most > 0 else { return pause }
        return min(pause, .seconds(max(1, Int64(received - now()) + most)))
    }
}
