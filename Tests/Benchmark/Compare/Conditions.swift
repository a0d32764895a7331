import Foundation
import Glibc

/// What a figure depends on, in words.
enum Conditions {
    static func describe(rounds: Int, runs: [Run], warmed: Int) -> [String] {
        let day = ISO8601DateFormatter.string(
            from: Date(),
            timeZone: TimeZone(secondsFromGMT: 0) ?? .current,
            formatOptions: [.withFullDate]
        )
        let memory = first("MemTotal:", "/proc/meminfo").flatMap { Int($0) }.map { "\($0 >> 20) GiB of memory" }
        let model = first("model name", "/proc/cpuinfo") ?? "unknown processor"
        let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
        let busy = runs.map(\.othersBusy)
        let suspect = busy.filter { $0 > 0.3 }.count
        return [
            "\(day), \(rounds) interleaved rounds, medians; client and server on the same machine over loopback",
            "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors (\(model)), \(memory ?? ""), "
                + "Linux \(kernel.trimmingCharacters(in: .whitespacesAndNewlines))",
            "something else kept \(short(median(busy) ?? 0)) processors busy (median; kernel threads that write to the "
                + "disk are part of it); in \(suspect) of \(runs.count) runs more than 0.3",
            "memory made resident beforehand: \(warmed >> 20) MiB",
        ]
    }

    private static func first(_ name: String, _ path: String) -> String? {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        let value = line.dropFirst(name.count).drop { $0 == ":" || $0 == " " || $0 == "\t" }
        return value.hasSuffix(" kB") ? String(value.dropLast(3)) : String(value)
    }
}
