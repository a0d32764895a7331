import Foundation
import Instances
import Synchronization
import SystemPackage

/// Which files have been adopted, so that an adoption that was broken off goes on where it was: a line each, with what
/// tells that the file is still the same. A line follows the commit; one that a power cut takes costs a comparison.
///
/// *Resources*: one descriptor, and memory for the lines that it began with.
final class AdoptJournal: Sendable {
    /// A file as it was found.
    struct Stamp: Hashable, Sendable {
        let line: String

        init(_ path: PathBytes, size: Int, modified: timespec) {
            line = "\(size) \(modified.tv_sec).\(modified.tv_nsec) \(Hexadecimal.text(path.bytes))"
        }
    }

    private let path: FilePath
    private let descriptor: FileDescriptor
    private let done: Set<String>

    /// - Parameter restarts: Forgets what is noted.
    /// *Errors*: the file cannot be made or read.
    init(_ path: FilePath, restarts: Bool) throws {
        self.path = path
        descriptor = try FileDescriptor.open(
            path,
            .readWrite,
            options: restarts ? [.create, .truncate, .append, .closeOnExec] : [.create, .append, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path.string)), as: UTF8.self)
        done = Set(text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init))
        // What a power cut has torn ends here.
        if !text.isEmpty, !text.hasSuffix("\n") { try descriptor.writeAll("\n".utf8) }
    }

    deinit { try? descriptor.close() }

    func contains(_ stamp: Stamp) -> Bool { done.contains(stamp.line) }

    /// One write for each, so that lines of several threads do not mix.
    func note(_ stamp: Stamp) throws { _ = try descriptor.write(Array((stamp.line + "\n").utf8)) }

    /// All is done.
    func remove() { try? FileManager.default.removeItem(atPath: path.string) }
}

extension FileDescriptor {
    fileprivate func write(_ bytes: [UInt8]) throws -> Int { try bytes.withUnsafeBytes { try write($0) } }
}
