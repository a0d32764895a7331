import Foundation
import Glibc

/// What a process and its descendants use, from /proc.
struct ProcessTree {
    /// The processes, the root first.
    let processes: [pid_t]

    init(root: pid_t) {
        var children: [pid_t: [pid_t]] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let process = pid_t(name), let fields = Self.statistics(process), let parent = pid_t(fields[1]) else {
                continue
            }
            children[parent, default: []].append(process)
        }
        var found = [root]
        var next = 0
        while next < found.count {
            found += children[found[next]] ?? []
            next += 1
        }
        processes = found
    }

    /// Processor time, that of children that have ended included (a zombie keeps its own).
    func processorTime() -> ProcessorTime {
        let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
        var sum = ProcessorTime(user: 0, system: 0)
        for process in processes {
            guard let fields = Self.statistics(process) else { continue }
            func ticks(_ index: Int) -> Double { Double(fields[index]) ?? 0 }
            sum.user += (ticks(11) + ticks(13)) / tick
            sum.system += (ticks(12) + ticks(14)) / tick
        }
        return sum
    }

    /// Resident bytes now. Of several processes the proportional share, so that shared pages count once.
    func residentBytes() throws -> Int {
        let name = processes.count > 1 ? "Pss:" : "Rss:"
        let sum = processes.compactMap { Self.kibibytes("/proc/\($0)/smaps_rollup", name) }.reduce(0, +)
        guard sum > 0 else { throw BenchError.unusable("the memory of process \(processes[0]) cannot be read") }
        return sum << 10
    }

    /// The most that any of the processes ever had resident, in bytes.
    func peakBytes() -> Int {
        (processes.compactMap { Self.kibibytes("/proc/\($0)/status", "VmHWM:") }.max() ?? 0) << 10
    }

    /// The fields of /proc/<pid>/stat from the third on, which is the state.
    private static func statistics(_ process: pid_t) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        return fields.count > 15 ? fields : nil
    }

    private static func kibibytes(_ path: String, _ name: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
}

/// Seconds that all processors were busy, and that the host took away, since the start of the machine.
func machineTime() -> (busy: Double, stolen: Double) {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return (0, 0) }
    let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().compactMap { Double($0) }
    guard fields.count > 7 else { return (0, 0) }
    let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
    return ((fields[0] + fields[1] + fields[2] + fields[5] + fields[6]) / tick, fields[7] / tick)
}

/// The process that listens on a port of this machine: looked up rather than tried, since some servers take a bare
/// connection badly.
enum Listener {
    /// Whether anything listens on the port.
    static func exists(port: Int) -> Bool { !inodes(port).isEmpty }

    /// The process that listens on the port; of several that share the socket the first.
    static func process(port: Int) -> pid_t? {
        let wanted = Set(inodes(port).map { "socket:[\($0)]" })
        let files = FileManager.default
        let processes = ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
        return processes.sorted().first { process in
            let folder = "/proc/\(process)/fd"
            return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains {
                (try? files.destinationOfSymbolicLink(atPath: folder + "/" + $0)).map(wanted.contains) ?? false
            }
        }
    }

    private static func inodes(_ port: Int) -> [Substring] {
        ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { path -> [Substring] in
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
            return text.split(separator: "\n").dropFirst().compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[3] == "0A", let local = fields[1].split(separator: ":").last,
                    Int(local, radix: 16) == port
                else { return nil }
                return fields[9]
            }
        }
    }
}
