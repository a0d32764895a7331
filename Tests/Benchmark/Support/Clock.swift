import Glibc

/// Nanoseconds of the monotonic clock.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

/// The monotonic clock's time `seconds` from now.
func deadline(after seconds: Double) -> UInt64 {
    monotonicNanoseconds() + UInt64(max(0, seconds) * 1e9)
}

/// Blocks this thread.
func pause(seconds: Double) {
    guard seconds > 0 else { return }
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
    nanosleep(&time, nil)
}

/// User and system seconds that this process has used.
func ownProcessorTime() -> ProcessorTime {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return ProcessorTime(user: seconds(usage.ru_utime), system: seconds(usage.ru_stime))
}

/// Processor time in seconds.
struct ProcessorTime: Sendable, Codable, Equatable {
    var user: Double
    var system: Double
    var total: Double { user + system }

    static func - (left: ProcessorTime, right: ProcessorTime) -> ProcessorTime {
        ProcessorTime(user: left.user - right.user, system: left.system - right.system)
    }
}

private func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
