import SystemPackage

/// Goes through all files of an archive in an order of its own: in each folder first its files, then its folders, by
/// the bytes of their names. So a place in it can be found again.
struct VerifyWalk {
    /// A place: behind a file, or behind all files of a folder.
    struct Position: Equatable, Sendable, Codable {
        var folder: String
        /// Nil: behind all of them.
        var file: String?
    }

    /// Some files of one folder, with a span of names that no other batch has.
    struct Batch: Sendable {
        let number: Int
        let path: String
        /// Nil: it cannot be listed.
        let folder: VerifyFolder?
        /// By the bytes of their names.
        let files: [String]
        /// What is found without reading files.
        let findings: [Finding]
        /// The span: behind this name; nil: from the first one on.
        let after: String?
        /// The span: through this name; nil: to the last one.
        let through: String?
        /// Where the walk is when the batch is done.
        var position: Position { Position(folder: path, file: through) }
    }

    private let root: VerifyFolder
    private let start: Position?
    /// Paths of folders, the next one last.
    private var pending = [""]
    private var current: Files?
    private var next = 0

    private struct Files {
        let path: String
        let folder: VerifyFolder?
        var rest: ArraySlice<(name: String, bytes: Int)>
        var findings: [Finding]
        var after: String?
    }

    /// The archive's own folder and trials, and what mkfs makes.
    private static let ownPrefix = ".dicom-node"
    private static let lostAndFound = "lost+found"
    /// A batch is a moment's work: neither more files than this, nor many bytes beyond these.
    private static let batchFiles = 64
    private static let batchBytes = 8 << 20

    /// - Parameter start: Goes on from here.
    init(_ root: VerifyFolder, after start: Position? = nil) {
        self.root = root
        self.start = start
    }

    /// The next files; nil: there are no more.
    mutating func take() -> Batch? {
        while true {
            if let batch = takeFiles() { return batch }
            guard let folder = pending.popLast() else { return nil }
            enter(folder)
        }
    }

    private mutating func takeFiles() -> Batch? {
        guard var files = current else { return nil }
        var bytes = 0
        let chosen = files.rest.prefix(Self.batchFiles).prefix(while: { file in
            defer { bytes += file.bytes }
            return bytes < Self.batchBytes
        })
        files.rest = files.rest.dropFirst(chosen.count)
        let isLast = files.rest.isEmpty
        let batch = Batch(
            number: next,
            path: files.path,
            folder: files.folder,
            files: chosen.map(\.name),
            findings: files.findings,
            after: files.after,
            through: isLast ? nil : chosen.last?.name
        )
        next += 1
        files.findings = []
        files.after = chosen.last?.name
        current = isLast ? nil : files
        return batch
    }

    /// Lists a folder. One that is gone meanwhile has nothing to verify.
    private mutating func enter(_ path: String) {
        do throws(Errno) {
            let folder = try path.isEmpty ? root : root.folder(path)
            list(folder, try folder.names())
        } catch {
            guard error != .noSuchFileOrDirectory, error != .notDirectory else { return }
            let finding = Finding(.damaged, path.isEmpty ? "." : path, "cannot be listed: \(error)")
            current = Files(path: path, folder: nil, rest: [], findings: [finding])
        }
    }

    private mutating func list(_ folder: VerifyFolder, _ names: [[UInt8]]) {
        var files: [(name: String, bytes: Int)] = []
        var folders: [String] = []
        var findings: [Finding] = []
        for bytes in names {
            guard let name = String(validating: bytes, as: UTF8.self) else {
                let path = PathBytes(bytes: Array(folder.path(of: "").utf8) + bytes)
                findings.append(Finding(.extra, "\(path)", "its name is none that the archive gives"))
                continue
            }
            if folder.path.isEmpty, name.hasPrefix(Self.ownPrefix) || name == Self.lostAndFound { continue }
            switch folder.entry(name) {
            case nil: break
            case .file(let bytes): files.append((name, bytes))
            case .folder: folders.append(name)
            case .other: findings.append(Finding(.extra, folder.path(of: name), "neither a file nor a folder"))
            }
        }
        var after: String?
        var isBehind = false
        if let start {
            if start.folder == folder.path {
                after = start.file
                isBehind = after == nil
                files = after.map { after in files.filter { Self.precedes(after, $0.name) } } ?? []
                findings = []
            } else if let child = Self.child(of: folder.path, towards: start.folder) {
                // What the start lies beneath comes behind the files here, and behind the folders before it.
                isBehind = true
                folders.removeAll { Self.precedes($0, child) }
            }
        }
        pending += folders.sorted { Self.precedes($1, $0) }.map(folder.path(of:))
        guard !isBehind else { return }
        files.sort { Self.precedes($0.name, $1.name) }
        current = Files(path: folder.path, folder: folder, rest: files[...], findings: findings, after: after)
    }

    /// The name in `folder` of what leads to `path` below it; nil: that lies elsewhere.
    private static func child(of folder: String, towards path: String) -> String? {
        guard !path.isEmpty else { return nil }
        let prefix = folder.isEmpty ? "" : folder + "/"
        guard path.hasPrefix(prefix), path != folder else { return nil }
        return path.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
