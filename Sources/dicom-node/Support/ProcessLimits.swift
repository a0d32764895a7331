import ApplicationEntities
import CLinux
import Glibc
import Logging

/// What the process asks of the kernel and the C library.
enum ProcessLimits {
    /// Lets read buffers go round in the process.
    static func keepFreedMemory() {
        linux_keep_freed_memory(AcceptorLimits.keptFreeBytes, AcceptorLimits.heapBlockBytes, AcceptorLimits.heaps)
    }

    /// The runtime's thread pool (libdispatch) opens /proc/PID/stat of its threads now and then, and traps if it
    /// cannot.
    static func warnWithoutProc(_ logger: Logger) {
        guard access("/proc/self/stat", R_OK) != 0 else { return }
        logger.warning("/proc is missing: without it Swift's runtime may end the process at any time; mount it")
    }

    /// Raises the soft limit of open descriptors to the hard one: 1,024, which many systems start with, is fewer than
    /// the connections the node's own limits allow.
    ///
    /// - Returns: How many may be open now.
    static func raiseDescriptors(_ logger: Logger) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return .max }
        let before = limit.rlim_cur
        // NIO and the kernel are content with this many; "unlimited" would be 2^63.
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        guard limit.rlim_cur > before, setrlimit(resource, &limit) == 0 else { return Int(clamping: before) }
        logger.debug("descriptors", metadata: ["before": "\(before)", "now": "\(limit.rlim_cur)"])
        return Int(clamping: limit.rlim_cur)
    }
}
