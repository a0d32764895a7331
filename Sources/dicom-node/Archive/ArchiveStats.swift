import ArgumentParser
import Foundation
import Glibc
import Index
import SystemPackage

/// `dicom-node archive stats`: what an archive holds, in numbers.
struct ArchiveStats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count what an archive holds: by modality and source, how it grows, and how long its disk will last."
    )

    @OptionGroup var options: IndexedArchiveOptions
    @Flag(help: "As one JSON object.") var json = false

    /// Days over which the growth is taken.
    private static let growthDays: Int64 = 30
    /// Days that are listed.
    private static let listedDays = 7

    func run() throws {
        let archive = try options.read()
        let database = try archive.open()
        do {
            let statistics = try database.read { try $0.statistics() }
            let growth = Self.growth(statistics, now: Int64(Date().timeIntervalSince1970))
            let free = Self.freeBytes(archive.path)
            StandardStream.output.write(
                json ? Self.json(statistics, growth, free) : Self.text(statistics, growth, free)
            )
        } catch {
            throw archive.failure(error)
        }
    }

    /// Bytes that may still be written to the archive's disk.
    private static func freeBytes(_ path: FilePath) -> Int64 {
        var status = statvfs()
        guard statvfs(path.string, &status) == 0 else { return 0 }
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
    }

    /// Bytes a day, over the last days, or over as many as there are; today counts as a whole one.
    static func growth(_ statistics: IndexStatistics, now: Int64) -> Int64 {
        let today = now / 86_400 * 86_400
        let recent = statistics.days.filter { $0.day > today - growthDays * 86_400 && $0.day <= today }
        guard let first = recent.last?.day else { return 0 }
        // An archive that is older has had quiet days before.
        let isOlder = statistics.days.count > recent.count
        let days = isOlder ? growthDays : (today - first) / 86_400 + 1
        return recent.reduce(0) { $0 + $1.bytes } / days
    }

    private static func text(_ statistics: IndexStatistics, _ growth: Int64, _ free: Int64) -> String {
        var lines = [
            "patients   \(statistics.patients)",
            "studies    \(statistics.studies)",
            "series     \(statistics.series)",
            "files      \(statistics.instances)",
            "size       \(ByteCount.text(statistics.bytes))",
            "growth     \(ByteCount.text(growth)) a day",
            "room       \(ByteCount.text(free))" + (growth > 0 ? ", enough for \(free / growth) days" : ""),
        ]
        lines += ["", "by modality"] + statistics.modalities.map(Self.line)
        lines += ["", "by source"] + statistics.sources.map(Self.line)
        lines += ["", "by day of receipt (UTC)"]
        lines += statistics.days.prefix(listedDays).map { day in
            "  \(Self.day(day.day))  \(day.instances) files, \(ByteCount.text(day.bytes))"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ share: IndexStatistics.Share) -> String {
        let name = share.name.isEmpty ? "(none)" : StandardErrorLogHandler.escaped(share.name)
        let padding = String(repeating: " ", count: max(0, 16 - name.count))
        return "  \(name)\(padding)  \(share.studies) studies, \(share.instances) files, \(ByteCount.text(share.bytes))"
    }

    private static func day(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
    }

    private static func json(_ statistics: IndexStatistics, _ growth: Int64, _ free: Int64) -> String {
        let shares = { (shares: [IndexStatistics.Share], key: String) in
            shares.map { share in
                "{\"\(key)\": \(JSONText.text(share.name)), \"studies\": \(share.studies), "
                    + "\"files\": \(share.instances), \"bytes\": \(share.bytes)}"
            }.joined(separator: ", ")
        }
        let days = statistics.days.map { day in
            "{\"day\": \"\(Self.day(day.day))\", \"files\": \(day.instances), \"bytes\": \(day.bytes)}"
        }
        let room = growth > 0 ? "\(free / growth)" : "null"
        return """
            {"patients": \(statistics.patients), "studies": \(statistics.studies), "series": \(statistics.series), \
            "files": \(statistics.instances), "bytes": \(statistics.bytes), "bytesADay": \(growth), "free": \(free), \
            "daysLeft": \(room), "modalities": [\(shares(statistics.modalities, "Modality"))], \
            "sources": [\(shares(statistics.sources, "source"))], "days": [\(days.joined(separator: ", "))]}

            """
    }
}
