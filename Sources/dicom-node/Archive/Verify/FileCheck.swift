import ApplicationEntities
import CLinux
import DataSets
import Glibc
import Index
import Instances
import SystemPackage

/// Reads files of the archive, one after the other, and says what is wrong with each.
///
/// *Resources*: memory for one piece of a file. One thread at a time.
final class FileCheck {
    enum Verdict: Equatable, Sendable {
        case good(bytes: Int, hasDigest: Bool)
        /// It is so for good, because files never change once they are named.
        case wrong(Finding)
        /// File and index differ, which a file that comes or goes meanwhile may explain.
        case differs(Finding)
        /// It is not there any more.
        case gone
    }

    private let buffer: UnsafeMutableRawBufferPointer
    private let pace: (Int) -> Void

    /// Bytes that are read at once: as much as stays in a processor's cache until the digest has had it.
    private static let pieceBytes = 256 << 10
    /// Bytes from which on the kernel is told to read ahead.
    private static let readAheadMin = 1 << 20

    /// - Parameter pace: Called before so many bytes are read; may wait.
    init(pace: @escaping (Int) -> Void = { _ in }) {
        buffer = .allocate(byteCount: Self.pieceBytes, alignment: 4_096)
        self.pace = pace
    }

    deinit { buffer.deallocate() }

    /// - Parameters:
    ///   - row: What the index knows of it.
    ///   - hasIndex: A file without a row is a finding.
    func check(_ name: String, in folder: VerifyFolder, row: FileRow?, hasIndex: Bool) -> Verdict {
        let path = folder.path(of: name)
        let descriptor: Int32
        do throws(Errno) {
            descriptor = try folder.open(name)
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .notDirectory: return .gone
            case .tooManySymbolicLinkLevels: return .wrong(Finding(.extra, path, "a symbolic link"))
            default: return .wrong(Finding(.damaged, path, "cannot be opened: \(error)"))
            }
        }
        defer { linux_close(descriptor) }
        do throws(Unreadable) {
            let known = KnownFile(row: row, digest: Self.digest(of: descriptor))
            let file = try read(descriptor, name, known)
            if let damage = file.damage { return .wrong(Finding(.damaged, path, damage)) }
            if let difference = file.difference { return .differs(Finding(.damaged, path, difference)) }
            if hasIndex, row == nil { return .differs(Finding(.extra, path, Self.unindexed)) }
            return .good(bytes: file.headBytes.count + file.bytes, hasDigest: !known.algorithms.isEmpty)
        } catch {
            return .wrong(Finding(error.isExtra ? .extra : .damaged, path, error.reason))
        }
    }

    private static let unindexed = "a whole instance, but the index has no row of it: run dicom-node archive reindex"

    private struct Unreadable: Error {
        var reason: String
        var isExtra = false
    }

    private func read(_ descriptor: Int32, _ name: String, _ known: KnownFile) throws(Unreadable) -> FileComparison {
        var entry = linux_entry()
        guard linux_entry(descriptor, "", &entry) == 0, entry.is_regular != 0 else {
            throw Unreadable(reason: "no regular file", isExtra: true)
        }
        let size = Int(clamping: entry.size)
        if size >= Self.readAheadMin { posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_SEQUENTIAL)) }
        let first = UnsafeRawBufferPointer(rebasing: buffer[..<(try fill(descriptor, from: 0, size: size))])
        guard let (head, offset) = try? FileMetaInformation.parse(first) else {
            let isOurs = known.row != nil || known.digest != nil || name.hasSuffix(".dcm")
            throw Unreadable(
                reason: isOurs ? "it is no DICOM file any more (PS3.10 §7.1)" : "no DICOM file (PS3.10 §7.1)",
                isExtra: !isOurs
            )
        }
        let headBytes = Array(first[..<offset])
        var digests = known.algorithms.map { Digest($0) }
        var scanner = StructureScanner(transferSyntaxUID: head.transferSyntaxUID, limits: Limits().structureScanner)
        // A digest vouches for the structure, which was walked when the digest was taken.
        let isWalked = digests.isEmpty
        var position = first.count
        var piece = UnsafeRawBufferPointer(rebasing: first[offset...])
        while true {
            for index in digests.indices { digests[index].update(piece) }
            if isWalked || !scanner.hasPassedAttributes { scanner.consume(piece) }
            guard position < size else { break }
            let count = try fill(descriptor, from: position, size: size)
            piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            position += count
        }
        return FileComparison(
            name: name,
            known: known,
            headBytes: headBytes,
            head: head,
            bytes: size - offset,
            digests: Dictionary(digests.compactMap { digest in digest.value().map { (digest.algorithm, $0) } }) { $1 },
            identity: scanner.identity,
            fault: isWalked ? scanner.finish().fault : nil
        )
    }

    /// Reads the next piece of a file into the buffer.
    private func fill(_ descriptor: Int32, from position: Int, size: Int) throws(Unreadable) -> Int {
        let wanted = min(buffer.count, size - position)
        pace(wanted)
        var count = 0
        while count < wanted {
            let more = linux_read(
                descriptor,
                buffer.baseAddress?.advanced(by: count),
                wanted - count,
                UInt64(position + count)
            )
            if more == -Int(EINTR) { continue }
            guard more >= 0 else {
                throw Unreadable(reason: "cannot be read: \(Errno(rawValue: Int32(truncatingIfNeeded: -more)))")
            }
            guard more > 0 else { throw Unreadable(reason: "it became shorter while it was read") }
            count += more
        }
        return count
    }

    /// As the archive has written it beside the file, whichever algorithm it had then.
    private static func digest(of descriptor: Int32) -> (DigestAlgorithm, String)? {
        for algorithm in [DigestAlgorithm.xxh3, .sha256] {
            let value = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { value -> String? in
                let count = linux_get_attribute(descriptor, algorithm.attribute, value.baseAddress, value.count)
                return count > 0 ? String(decoding: value[..<count], as: UTF8.self) : nil
            }
            if let value { return (algorithm, value) }
        }
        return nil
    }
}
