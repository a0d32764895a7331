import Glibc
import SystemPackage

extension ArchiveError {
    /// The same error with what to do about it, for the start.
    func withCure(_ path: FilePath, on disk: any FileSystem) -> ArchiveError {
        let cure: String? =
            switch kind {
            case .io(EACCES), .io(EPERM): Self.permissionCure(path, on: disk)
            case .io(ENOTDIR): "\(path) or what is on the way to it is a file: name a directory with --archive"
            case .io(ENOENT): "make what it is in, or what a symbolic link there points to, or mount its disk"
            case .io(EMFILE): "raise the process's limit of open files (LimitNOFILE=, ulimit -n)"
            case .io(ENFILE): "raise the machine's limit of open files (fs.file-max)"
            case .io(EIO): "look at the kernel's log (dmesg): the disk has failed"
            case .io(ENOLCK): "start its file system's lock service (NFS), or name another directory with --archive"
            case .io(EOPNOTSUPP), .io(EINVAL), .io(ENOSYS):
                "the archive needs a file system that makes, renames and syncs files, such as ext4, XFS or Btrfs"
            case .io: nil
            case .unavailable:
                "mount it writable (under systemd: ReadWritePaths=), or name another directory with --archive"
            case .outOfSpace: "make room"
            case .duplicate, .unnameable, .configuration, .notInitialized, .inUse, .notFound, .damaged: nil
            }
        guard let cure else { return self }
        return ArchiveError(kind, "\(description); \(cure)")
    }

    private static func permissionCure(_ path: FilePath, on disk: any FileSystem) -> String {
        let user = geteuid()
        // The nearest that exists of what has to be ours, or else of what it is to be made in.
        let own = path.appending(Root.ownDirectory)
        let places = [path, own, own.appending(Root.markerName), own.appending(ArchiveRole.node.incomingName)]
        let found = places.compactMap { place in (try? disk.status(ofPath: place)).map { (place, $0.owner) } }
        if let (place, owner) = found.first(where: { $0.1 != user }) {
            return "\(place) belongs to user \(owner), and the node runs as user \(user): run it as user \(owner), "
                + "or change the owner (chown -R \(user) \(path))"
        }
        if found.isEmpty {
            guard user != 0 else { return "not even root may make it there: name another directory with --archive" }
            return
                "it cannot be made there by user \(user): make \(path) and give it to that user (chown \(user) \(path))"
        }
        return "look at its mode (ls -ld \(path)) and at what the sandbox allows (ReadWritePaths=, SELinux, AppArmor)"
    }
}
