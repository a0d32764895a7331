import Glibc
import Synchronization

/// A file on its way: without a name, or under one in the archive's own directory. When the last reference goes, it is
/// closed, and what was not given its final name is gone.
final class Temporary: Sendable {
    let root: Root
    let file: OpenFile
    /// `root.failedSyncs` when the file was made.
    let failedSyncs: Int
    /// Its name in `incoming`, while it has one.
    private let name: Mutex<String?>

    /// Names are never used twice by a process; an earlier process's were swept.
    private static let counter = Atomic<UInt64>(0)

    init(in root: Root) throws(SystemError) {
        self.root = root
        failedSyncs = root.failedSyncs
        if root.hasNamelessFiles {
            file = try OpenFile(on: root.disk) { disk throws(SystemError) in
                try disk.createNamelessFile(in: root.incoming.descriptor)
            }
            name = Mutex(nil)
        } else {
            let name = Temporary.freshName()
            file = try OpenFile(on: root.disk) { disk throws(SystemError) in
                try disk.createFile(name, in: root.incoming.descriptor)
            }
            self.name = Mutex(name)
        }
    }

    deinit {
        guard let name = name.withLock({ $0 }) else { return }
        // What stays is swept at the next start.
        try? ignoring(ENOENT) { () throws(SystemError) in
            try root.disk.remove(name, in: root.incoming.descriptor)
        }
    }

    private static func freshName() -> String {
        "\(getpid())-\(counter.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    /// Gives the file its name, unless it is taken (`EEXIST`): the file is whole under it, or it is not there.
    func place(as final: String, in directory: Descriptor) throws(SystemError) {
        let current = name.withLock { $0 }
        try SystemError.retrying { () throws(SystemError) in
            guard let current else { return try root.disk.link(file.descriptor, as: final, in: directory) }
            try root.disk.rename(
                current,
                in: root.incoming.descriptor,
                to: final,
                in: directory,
                replacing: false
            )
        }
        name.withLock { $0 = nil }
    }

    /// Gives the file a name that another file has, which loses it in the same instant.
    func replace(_ final: String, in directory: Descriptor) throws(SystemError) {
        if name.withLock({ $0 == nil }) {
            // A link cannot replace; a rename can.
            let fresh = Temporary.freshName()
            try SystemError.retrying { () throws(SystemError) in
                try root.disk.link(file.descriptor, as: fresh, in: root.incoming.descriptor)
            }
            name.withLock { $0 = fresh }
        }
        guard let current = name.withLock({ $0 }) else { return }
        try SystemError.retrying { () throws(SystemError) in
            try root.disk.rename(current, in: root.incoming.descriptor, to: final, in: directory, replacing: true)
        }
        name.withLock { $0 = nil }
    }
}
