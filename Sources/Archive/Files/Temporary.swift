import Glibc
import Synchronization

/// A file on its way: without a name, or under one in the archive's own directory. When the last reference goes, it is
/// closed, and what was not given its final name is gone.
final class Temporary: Sendable {
    let root: Root
    let file: OpenFile
    /// `root.failedSyncs` when the file was made.
    let failedSyncs: Int
    /// Its name in `incoming`, while it has one, and that directory as it was then.
    private struct Place: Sendable {
        var name: String
        var directory: OpenFile
    }

    private let temporary: Mutex<Place?>

    /// Names are never used twice by a process; an earlier process's were removed.
    private static let counter = Atomic<UInt64>(0)
    private static let nameExtension = ".tmp"

    init(in root: Root) throws(SystemError) {
        self.root = root
        failedSyncs = root.failedSyncs
        if root.hasNamelessFiles {
            file = try OpenFile(on: root.disk) { disk throws(SystemError) in
                // In the archive's directory, whose group and default ACL it gets, because its name will be below it.
                try disk.createNamelessFile(in: root.directory.descriptor)
            }
            temporary = Mutex(nil)
        } else {
            let name = Temporary.freshName()
            let (file, directory) = try root.inIncoming { incoming throws(SystemError) in
                let file = try OpenFile(on: root.disk) { disk throws(SystemError) in
                    try disk.createFile(name, in: incoming.descriptor)
                }
                return (file, incoming)
            }
            self.file = file
            temporary = Mutex(Place(name: name, directory: directory))
        }
    }

    deinit {
        guard let place = temporary.withLock({ $0 }) else { return }
        // What stays is removed at the next start.
        try? ignoring(ENOENT) { () throws(SystemError) in
            try root.disk.remove(place.name, in: place.directory.descriptor)
        }
    }

    static func freshName() -> String {
        "\(getpid())-\(counter.wrappingAdd(1, ordering: .relaxed).newValue)\(nameExtension)"
    }

    /// Whether a name is one of `freshName`, this process's or another's.
    static func isFreshName(_ name: String) -> Bool {
        guard name.hasSuffix(nameExtension) else { return false }
        let numbers = name.dropLast(nameExtension.count).split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { UInt64($0) != nil }
    }

    /// Gives the file its name, unless it is taken (`EEXIST`): the file is whole under it, or it is not there.
    func place(as final: String, in directory: Descriptor) throws(SystemError) {
        let current = temporary.withLock { $0 }
        try SystemError.retrying { () throws(SystemError) in
            guard let current else { return try root.disk.link(file.descriptor, as: final, in: directory) }
            try root.disk.rename(
                current.name,
                in: current.directory.descriptor,
                to: final,
                in: directory,
                replacing: false
            )
        }
        temporary.withLock { $0 = nil }
    }

    /// Gives the file a name that another file has, which loses it in the same instant.
    func replace(_ final: String, in directory: Descriptor) throws(SystemError) {
        let current: Place
        if let place = temporary.withLock({ $0 }) {
            current = place
        } else {
            // A link cannot replace; a rename can.
            let fresh = Temporary.freshName()
            current = try root.inIncoming { incoming throws(SystemError) in
                try SystemError.retrying { () throws(SystemError) in
                    try root.disk.link(file.descriptor, as: fresh, in: incoming.descriptor)
                }
                return Place(name: fresh, directory: incoming)
            }
            temporary.withLock { $0 = current }
        }
        try SystemError.retrying { () throws(SystemError) in
            try root.disk.rename(
                current.name,
                in: current.directory.descriptor,
                to: final,
                in: directory,
                replacing: true
            )
        }
        temporary.withLock { $0 = nil }
    }
}
