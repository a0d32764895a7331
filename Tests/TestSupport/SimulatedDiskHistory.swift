package import Archive
package import Instances
import Synchronization

/// What was filed on a simulated disk, what was answered, and the one judge of it.
package final class SimulatedDiskHistory: Sendable {
    /// One attempt to file an instance.
    package struct Attempt: Sendable {
        package var keys: InstanceKeys
        package var meta: FileMetaInformation
        package var dataSet: [UInt8]
        /// The file it becomes, head and all.
        var file: [UInt8]
        /// What the sender heard; nil: nothing, as the process died first.
        package var answer: Result<StoredInstance, ArchiveError>?
        /// Its place in the order of answers.
        var order = Int.max
    }

    private let attempts = Mutex<[Attempt]>([])
    private let violations = Mutex<[String]>([])
    private let isSynced: Bool

    /// - Parameter isSynced: Success is to mean that a power cut takes nothing back.
    package init(isSynced: Bool) { self.isSynced = isSynced }

    package var all: [Attempt] { attempts.withLock { $0 } }

    package func begin(_ keys: InstanceKeys, _ meta: FileMetaInformation, _ dataSet: [UInt8]) -> Int {
        let file = meta.encoded() + dataSet
        return attempts.withLock { attempts in
            attempts.append(Attempt(keys: keys, meta: meta, dataSet: dataSet, file: file))
            return attempts.count - 1
        }
    }

    /// An answer leaves, if the process is still alive. The monitor of order: at this very moment, a power cut that
    /// takes all it may would leave the instance.
    package func answer(_ index: Int, _ answer: Result<StoredInstance, ArchiveError>, disk: SimulatedDisk) {
        guard !disk.hasCrashed else { return }
        let attempt = attempts.withLock { attempts in
            if attempts[index].answer != nil { complain("attempt \(index) was answered twice") }
            attempts[index].answer = answer
            attempts[index].order = attempts.count(where: { $0.answer != nil })
            return attempts[index]
        }
        guard isSynced, case .success(let stored) = answer, stored.outcome != .keptFirst else { return }
        let stable = disk.stableContent(ofPath: "/archive/\(stored.path)")
        // One that came in the same batch may have taken its place already.
        let isReplaced =
            mayReplace
            && all.contains { $0.keys.sopInstanceUID == attempt.keys.sopInstanceUID && $0.isHeld(by: stable) }
        if !attempt.isHeld(by: stable), !isReplaced {
            complain("attempt \(index) is answered but not durable: \(stored)")
        }
    }

    private func complain(_ text: String) { violations.withLock { $0.append(text) } }

    /// Judges what is found on the disk, seen as after a restart and recovery.
    ///
    /// - Returns: What is wrong; empty: every instance answered with success is there byte for byte, everything else is
    ///   absent or whole, and nothing is left over.
    package func judge(_ disk: SimulatedDisk) -> [String] {
        let attempts = all
        var found = violations.withLock { $0 }
        let files = disk.files(below: "/archive")
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            if path.hasPrefix(".dicom-node/") {
                if path != ".dicom-node/marker" { found.append("left over: \(path)") }
            } else if !attempts.contains(where: { $0.file == content }) {
                found.append("not whole: \(path), \(content.count) bytes")
            }
        }
        for (index, attempt) in attempts.enumerated() {
            guard case .success(let stored) = attempt.answer, stored.outcome != .keptFirst else { continue }
            let content = files[stored.path]
            if attempt.isHeld(by: content) { continue }
            // Replaced, as configured, by one that came later, answered or not.
            let isReplaced = attempts.contains { later in
                if case .failure = later.answer, !later.mayHaveReplaced { return false }
                return later.keys.sopInstanceUID == attempt.keys.sopInstanceUID && later.order > attempt.order
                    && later.isHeld(by: content)
            }
            if !isReplaced || !mayReplace {
                let holders = attempts.indices.filter { attempts[$0].isHeld(by: content) }
                found.append("lost: attempt \(index), \(stored); what is there is that of \(holders)")
            }
        }
        return found
    }

    /// Instances may take the place of others.
    package var mayReplace: Bool {
        get { replacing.withLock { $0 } }
        set { replacing.withLock { $0 = newValue } }
    }
    private let replacing = Mutex(false)
}

extension SimulatedDiskHistory.Attempt {
    /// A file holds this data set in this transfer syntax.
    func isHeld(by content: [UInt8]?) -> Bool {
        guard let content else { return false }
        guard content != file else { return true }
        let parsed = content.withUnsafeBytes { try? FileMetaInformation.parse($0) }
        guard let parsed, parsed.meta.transferSyntaxUID == meta.transferSyntaxUID else { return false }
        return content.dropFirst(parsed.dataSetOffset).elementsEqual(dataSet)
    }

    /// It failed, but perhaps only after the rename, in the sync of the directory.
    var mayHaveReplaced: Bool {
        guard case .failure(let error) = answer else { return true }
        return error.kind != .duplicate
    }
}
