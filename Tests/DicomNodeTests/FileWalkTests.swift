import Foundation
import TestSupport
import Testing

@testable import dicom_node

@Suite("Folders that send walks")
struct FileWalkTests {
    private func names(_ walk: FileWalk, below folder: String) -> [String] {
        walk.candidates.map { String($0.path.description.dropFirst(folder.utf8.count + 1)) }
    }

    @Test("names are bytes: one in Latin-1 is found, opened, and shown with its bytes")
    func latin1() throws {
        let directory = try TemporaryDirectory()
        let path = PathBytes(directory.path).appending(Array("M".utf8) + [0xFC] + Array("ller.dcm".utf8))
        close(try path.open(O_CREAT | O_WRONLY | O_EXCL))
        let walk = FileWalk([PathBytes(directory.path)])
        #expect(walk.candidates.map(\.path) == [path])
        #expect(try InputFile(path).length == 0)
        #expect(path.description.hasSuffix("/M\\xFCller.dcm"))
    }

    @Test("links are followed, named or in folders; each folder is entered once, so that loops end")
    func links() throws {
        let directory = try TemporaryDirectory()
        try directory.write([1], to: "real/a")
        try directory.write([1], to: "elsewhere/b")
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: directory.path + "/real/up", withDestinationPath: "..")
        try manager.createSymbolicLink(atPath: directory.path + "/real/file", withDestinationPath: "a")
        try manager.createSymbolicLink(atPath: directory.path + "/named", withDestinationPath: "real")
        let walk = FileWalk([PathBytes(directory.path + "/named")])
        #expect(names(walk, below: directory.path) == ["named/a", "named/file", "named/up/elsewhere/b"])
        #expect(walk.problems.isEmpty)
    }

    @Test("a link that leads nowhere, and one that leads to itself, are named")
    func brokenLinks() throws {
        let directory = try TemporaryDirectory()
        let manager = FileManager.default
        for (name, target) in [("gone", "missing"), ("self", "self")] {
            try manager.createSymbolicLink(atPath: directory.path + "/" + name, withDestinationPath: target)
        }
        let walk = FileWalk([PathBytes(directory.path)])
        #expect(walk.candidates.isEmpty)
        #expect(walk.problems.map(\.path.description) == ["gone", "self"].map { directory.path + "/" + $0 })
    }

    @Test("a FIFO in a folder is passed over, and one that is named is a failure; neither is opened")
    func fifo() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/fifo"
        try #require(mkfifo(path, 0o600) == 0)
        let walk = FileWalk([PathBytes(directory.path)])
        #expect(walk.candidates.isEmpty && walk.problems.isEmpty && walk.others == 1)
        #expect(FileWalk([PathBytes(path)]).problems.map(\.reason) == ["neither a regular file nor a folder"])
        #expect(throws: InstanceFile.Unreadable.self) { try InputFile(PathBytes(path)) }
    }

    @Test("a named folder without any file is named; one that was walked before, or holds others only, is not")
    func empty() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write([1], to: "some/folder/a")
        for folder in ["/empty", "/hollow/below"] {
            try FileManager.default.createDirectory(
                atPath: directory.path + folder,
                withIntermediateDirectories: true
            )
        }
        try FileManager.default.createDirectory(atPath: directory.path + "/fifo", withIntermediateDirectories: true)
        try #require(mkfifo(directory.path + "/fifo/fifo", 0o600) == 0)
        let paths = ["some", "empty", "some", "some/folder", "fifo", "hollow"].map { "\(directory.path)/\($0)" }
        let walk = FileWalk((paths + [file]).map { PathBytes($0) })
        #expect(walk.problems.map(\.path.description) == [paths[1], paths[5]])
        #expect(walk.problems.allSatisfy { $0.reason == "the folder holds no file" })
        // A folder below another one may be empty.
        #expect(FileWalk([PathBytes(directory.path)]).problems.isEmpty)
    }

    @Test("a path longer than PATH_MAX is walked and read")
    func deep() throws {
        let directory = try TemporaryDirectory()
        let name = String(repeating: "d", count: 200)
        var folder = PathBytes(directory.path)
        for _ in 0..<30 {
            folder = folder.appending(name.utf8)
            try makeFolder(folder)
        }
        let path = folder.appending("image".utf8)
        #expect(path.bytes.count > Int(PATH_MAX))
        close(try path.open(O_CREAT | O_WRONLY | O_EXCL))
        let walk = FileWalk([PathBytes(directory.path)])
        #expect(walk.candidates.map(\.path) == [path])
        #expect(walk.problems.isEmpty)
        #expect(try InputFile(path).length == 0)
    }

    /// Makes a folder below one that may be deeper than PATH_MAX.
    private func makeFolder(_ path: PathBytes) throws {
        let cut = try #require(path.bytes.lastIndex(of: PathBytes.slash))
        let parent = try PathBytes(bytes: Array(path.bytes[..<cut])).open(O_RDONLY | O_DIRECTORY)
        defer { close(parent) }
        let name = String(decoding: path.bytes[(cut + 1)...], as: UTF8.self)
        try #require(mkdirat(parent, name, 0o755) == 0)
    }
}
