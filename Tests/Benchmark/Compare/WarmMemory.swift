import Foundation
import Glibc

/// Makes free memory cheap to allocate, for as long as the value lives.
///
/// Many virtual machines give free blocks of 2 MiB back to the host at once, so that the first use of page cache or
/// heap costs a fault in the host, and runs differ four times by chance. Here free memory is touched and given back to
/// the kernel except one small page of each 2 MiB block: the rest of the block stays with this machine.
final class WarmMemory {
    private let start: UnsafeMutableRawPointer
    private let size: Int
    /// Bytes made resident.
    var bytes: Int { size }

    /// - Parameter leaving: bytes of free memory that are not touched, so that nothing else on the machine starves.
    /// - Returns: nil if there is no more than that.
    init?(leaving: Int, limit: Int) {
        // Free memory in small pieces, between what is cached, would be used first and is not made resident here. Takes
        // root.
        Self.tell("/proc/sys/vm/drop_caches", "3")
        Self.tell("/proc/sys/vm/compact_memory", "1")
        let block = 2 << 20
        let page = 4_096
        size = min(Self.freeBytes() - leaving, limit) / block * block
        guard size > 0,
            let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapped != MAP_FAILED
        else { return nil }
        start = mapped
        madvise(start, size, MADV_NOHUGEPAGE)
        for offset in stride(from: 0, to: size, by: page) {
            start.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
        }
        let kept = Self.onePageOfEachBlock(start, size) ?? Array(stride(from: 0, to: size, by: block))
        // What lies between two kept pages goes back to the kernel.
        var free = 0
        for offset in kept + [size] {
            if offset > free { madvise(start + free, offset - free, MADV_DONTNEED) }
            free = offset + page
        }
    }

    deinit { munmap(start, size) }

    /// Offsets of pages, one in each physical block of 2 MiB; nil if this process may not see page frame numbers.
    private static func onePageOfEachBlock(_ start: UnsafeMutableRawPointer, _ size: Int) -> [Int]? {
        let map = open("/proc/self/pagemap", O_RDONLY)
        guard map >= 0 else { return nil }
        defer { close(map) }
        var seen: Set<UInt64> = []
        var kept: [Int] = []
        var entries = [UInt64](repeating: 0, count: 512)
        for offset in stride(from: 0, to: size, by: 2 << 20) {
            let position = (UInt(bitPattern: start) + UInt(offset)) / 4_096 * 8
            guard pread(map, &entries, 4_096, Int(position)) == 4_096 else { return nil }
            for (index, entry) in entries.enumerated() {
                let block = (entry & ((1 << 55) - 1)) >> 9
                guard block != 0 else { return nil }
                if seen.insert(block).inserted { kept.append(offset + index * 4_096) }
            }
        }
        return kept
    }

    private static func tell(_ path: String, _ value: String) {
        sync()
        let file = open(path, O_WRONLY)
        guard file >= 0 else { return }
        _ = Glibc.write(file, value, value.utf8.count)
        close(file)
    }

    private static func freeBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemFree:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }
}
