import Archive
import Glibc

/// A file that is to be adopted.
struct AdoptFile: Sendable {
    /// As it is read: inflated, if it is compressed.
    var instance: InstanceFile
    var isCompressed: Bool
    var stamp: AdoptJournal.Stamp

    /// Opens the file for reading. Blocks.
    func open() throws(InstanceFile.Unreadable) -> InputFile {
        let file = try InputFile(instance.path)
        return isCompressed ? try CompressedFile.inflate(file) : file
    }
}

/// Which files are adopted: those that are named, and the instances in folders that are named. Blocks.
struct AdoptPlan {
    private(set) var files: [AdoptFile] = []
    private let journal: AdoptJournal
    private let progress: FileProgress

    /// Bytes of a compressed file that are inflated to learn what it is.
    private static let headBytes = 1 << 20
    private static let comparedBytes = 256 << 10

    init(_ paths: [PathBytes], journal: AdoptJournal, progress: FileProgress) {
        self.journal = journal
        self.progress = progress
        let walk = FileWalk(paths)
        for problem in walk.problems { progress.unreadable(problem.path, problem.reason) }
        progress.passedOver(.noFile, count: walk.others)
        for candidate in walk.candidates { look(at: candidate) }
        passOverBeginnings()
    }

    private mutating func look(at candidate: FileWalk.Candidate) {
        do throws(InstanceFile.Unreadable) {
            let stamp = try Self.stamp(candidate.path)
            guard !journal.contains(stamp) else { return progress.passedOver(.doneBefore) }
            files.append(try Self.read(candidate.path, stamp))
        } catch {
            if candidate.isNamed || !(error.isOtherThanDICOM || error.isDirectory) {
                progress.unreadable(candidate.path, "\(error)")
            } else {
                progress.passedOver(error.isDirectory ? .directory : .notDICOM)
            }
        }
    }

    private static func stamp(_ path: PathBytes) throws(InstanceFile.Unreadable) -> AdoptJournal.Stamp {
        do throws(SystemError) {
            let status = try path.status()
            return AdoptJournal.Stamp(path, size: Int(status.st_size), modified: status.st_mtim)
        } catch {
            throw InstanceFile.Unreadable("\(error)")
        }
    }

    private static func read(
        _ path: PathBytes,
        _ stamp: AdoptJournal.Stamp
    ) throws(InstanceFile.Unreadable) -> AdoptFile {
        let file = try InputFile(path)
        do throws(InstanceFile.Unreadable) {
            return AdoptFile(instance: try InstanceFile.read(file, path), isCompressed: false, stamp: stamp)
        } catch {
            guard error.isOtherThanDICOM, CompressedFile.isOne(file) else { throw error }
        }
        let beginning = try CompressedFile.inflate(file, upTo: headBytes)
        return AdoptFile(instance: try InstanceFile.read(beginning, path), isCompressed: true, stamp: stamp)
    }

    /// Passes over files that are only the beginning of another one with the same instance: Orthanc keeps such a copy,
    /// up to the pixel data, beside some files.
    private mutating func passOverBeginnings() {
        var indices: [String: [Int]] = [:]
        for (index, file) in files.enumerated() { indices[file.instance.sopInstanceUID, default: []].append(index) }
        var passedOver: Set<Int> = []
        for group in indices.values where group.count > 1 {
            for index in group where group.contains(where: { isBeginning(index, of: $0) }) {
                passedOver.insert(index)
            }
        }
        guard !passedOver.isEmpty else { return }
        progress.passedOver(.beginning, count: passedOver.count)
        files = files.enumerated().filter { !passedOver.contains($0.offset) }.map(\.element)
    }

    private func isBeginning(_ index: Int, of other: Int) -> Bool {
        guard index != other, let short = try? files[index].open(), let long = try? files[other].open(),
            short.length < long.length
        else { return false }
        var position = 0
        while position < short.length {
            let count = min(Self.comparedBytes, short.length - position)
            guard let own = try? short.read(at: position, count: count),
                let theirs = try? long.read(at: position, count: count), own == theirs
            else { return false }
            position += count
        }
        return true
    }
}
