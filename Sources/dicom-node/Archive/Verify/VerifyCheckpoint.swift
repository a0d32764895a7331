import Foundation
import SystemPackage

/// The file in which a verification notes how far it has come, a line of JSON each: what it has found, then the place.
///
/// Lines are appended and never changed, so a verification that is killed loses what is behind the last place, and no
/// more.
///
/// *Resources*: one descriptor.
final class VerifyCheckpoint: Sendable {
    /// One line.
    private struct Line: Codable {
        var archive: String?
        var finding: Finding?
        var later: String?
        var after: VerifyWalk.Position?
        var files: Int?
        var bytes: Int?
        var withoutDigest: Int?
    }

    private let path: FilePath
    private let descriptor: FileDescriptor

    /// What an earlier verification has noted; nil: there was none, or it has noted nothing of this archive.
    ///
    /// *Errors*: the file cannot be read.
    static func read(_ path: FilePath, archive: FilePath) throws -> VerifyProgress? {
        try noted(path, archive: archive)?.progress
    }

    private static func noted(
        _ path: FilePath,
        archive: FilePath
    ) throws -> (progress: VerifyProgress, length: Int)? {
        guard FileManager.default.fileExists(atPath: path.string) else { return nil }
        let data = try Data(contentsOf: URL(fileURLWithPath: path.string))
        var noted: (VerifyProgress, Int)?
        var progress = VerifyProgress()
        var isOfArchive = false
        var start = data.startIndex
        while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
            // A line that was torn by a power cut, and whatever is behind it, was not noted.
            guard let line = try? JSONDecoder().decode(Line.self, from: data[start..<end]) else { break }
            start = end + 1
            if let name = line.archive { isOfArchive = name == archive.string }
            guard isOfArchive else { return nil }
            if let finding = line.finding { progress.findings.append(finding) }
            if let later = line.later { progress.later.append(later) }
            guard let after = line.after else { continue }
            progress.position = after
            progress.files = line.files ?? 0
            progress.bytes = line.bytes ?? 0
            progress.withoutDigest = line.withoutDigest ?? 0
            noted = (progress, start)
        }
        return noted
    }

    /// Opens the file for what is still to come.
    ///
    /// - Parameter isResumed: What ``read(_:archive:)`` has given stays in it.
    /// *Errors*: the file cannot be made or written.
    init(_ path: FilePath, archive: FilePath, isResumed: Bool) throws {
        self.path = path
        try Self.requireOwn(path)
        let length = isResumed ? try Self.noted(path, archive: archive)?.length ?? 0 : 0
        descriptor = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try descriptor.resize(to: Int64(length))
        try descriptor.seek(offset: 0, from: .end)
        if length == 0 { try write([Line(archive: archive.string)]) }
    }

    deinit { try? descriptor.close() }

    /// No other file is overwritten.
    private static func requireOwn(_ path: FilePath) throws {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path.string)), !data.isEmpty else { return }
        let first = data.prefix { $0 != UInt8(ascii: "\n") }
        guard (try? JSONDecoder().decode(Line.self, from: first))?.archive == nil else { return }
        throw NotOurs(path: path)
    }

    struct NotOurs: Error, CustomStringConvertible {
        let path: FilePath
        var description: String { "\(path) is no checkpoint of a verification: name another file with --checkpoint" }
    }

    /// Notes what has been found since the last time, and how far the verification is.
    ///
    /// - Parameter all: Since the beginning.
    func note(_ new: VerifyProgress, all: VerifyProgress) throws {
        var lines = new.findings.map { Line(finding: $0) }
        lines += new.later.map { Line(later: $0) }
        lines.append(
            Line(after: all.position, files: all.files, bytes: all.bytes, withoutDigest: all.withoutDigest)
        )
        try write(lines)
    }

    /// The verification is done: the next one begins anew.
    func remove() { try? FileManager.default.removeItem(atPath: path.string) }

    private func write(_ lines: [Line]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes = Data()
        for line in lines { bytes += try encoder.encode(line) + [UInt8(ascii: "\n")] }
        try descriptor.writeAll(bytes)
    }
}
