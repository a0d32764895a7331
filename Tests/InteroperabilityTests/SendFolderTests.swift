import Foundation
import TestSupport
import Testing

@Suite("dicom-node send, folders and what cannot be sent")
struct SendFolderTests {
    /// Sends to a node of the test's own.
    private func send(_ paths: [String], _ options: [String] = [], prefix: [String] = []) throws -> Finished {
        try withNode { node in
            let command = prefix + [nodeExecutable, "send"] + options + ["127.0.0.1", "\(node.port)"] + paths
            return try run(command[0], Array(command.dropFirst()))
        }
    }

    @Test("an empty folder, and one without DICOM: nothing to send, exit code 1")
    func nothing() throws {
        let directory = try TemporaryDirectory()
        let empty = try send([directory.path])
        #expect(empty.termination == .exit(1))
        #expect(empty.errors.contains("\(directory.path): the folder holds no file"), "\(empty)")
        try directory.write(Array("text".utf8), to: "README.txt")
        let text = try send([directory.path])
        #expect(text.termination == .exit(1))
        #expect(text.output.contains("passed over 1 (no DICOM file)"), "\(text)")
    }

    @Test("a file with the DICM prefix that cannot be sent is named, in a folder too; the others are sent")
    func broken() throws {
        let directory = try TemporaryDirectory()
        _ = try sample(in: directory, sopInstanceUID: "1.2.3.4.5")
        let broken = try directory.write([UInt8](repeating: 0, count: 128) + Array("DICM".utf8), to: "broken")
        let result = try send([directory.path])
        #expect(result.termination == .exit(1))
        #expect(result.errors.contains("\(broken): the file has no data set"), "\(result)")
        #expect(result.output.contains("sent 1 of 2, failed 1"), "\(result)")
    }

    @Test("a DICOMDIR is passed over in a folder and counted, and a failure where it is named")
    func dicomdir() throws {
        let directory = try TemporaryDirectory()
        _ = try sample(in: directory, sopInstanceUID: "1.2.3.4.5")
        let path = try directory.write(
            part10(
                sopClassUID: "1.2.840.10008.1.3.10",
                sopInstanceUID: "1.2.3",
                transferSyntaxUID: RawUID.explicitLittle,
                dataSet: RawDataSet.image(sopClassUID: nil, sopInstanceUID: nil)
            ),
            to: "DICOMDIR"
        )
        let folder = try send([directory.path])
        #expect(folder.succeeded, "\(folder)")
        #expect(folder.output.contains("sent 1 of 1, failed 0, passed over 1 (DICOMDIR)"), "\(folder)")
        let named = try send([path])
        #expect(named.termination == .exit(1))
        #expect(named.errors.contains("\(path): a DICOMDIR is no instance"), "\(named)")
    }

    @Test("a folder that cannot be listed costs that folder only, and is named; so is a file that cannot be opened")
    func unlistable() throws {
        let directory = try TemporaryDirectory()
        _ = try sample(in: directory, sopInstanceUID: "1.2.3.4.5")
        let locked = directory.path + "/locked"
        try directory.write([1], to: "locked/inside")
        try #require(chmod(locked, 0) == 0)
        defer { chmod(locked, 0o700) }
        let file = try sample(in: directory, sopInstanceUID: "1.2.3.4.6")
        try #require(chmod(file, 0) == 0)
        // The superuser may list everything.
        let capability = "-dac_override,-dac_read_search"
        let prefix = geteuid() == 0 ? ["setpriv", "--inh-caps=\(capability)", "--bounding-set=\(capability)"] : []
        let result = try send([directory.path], prefix: prefix)
        #expect(result.termination == .exit(1))
        #expect(result.errors.contains("\(locked): Permission denied"), "\(result)")
        #expect(result.errors.contains("\n    \(file)\n"), "\(result)")
        #expect(result.output.contains("sent 1 of 3, failed 2"), "\(result)")
    }

    @Test("a name that is no UTF-8 is sent, in a folder and on the command line; a FIFO beside it is passed over")
    func latin1() throws {
        let directory = try TemporaryDirectory()
        let path = try sample(in: directory, sopInstanceUID: "1.2.3.4.5")
        try #require(mkfifo(directory.path + "/fifo", 0o600) == 0)
        // A Swift string cannot hold the name: the shell makes it.
        let script =
            "name=$(printf 'M\\374ller'); mv \"$1\" \"$2/$name\"; shift 2; \"$@\" \"$FOLDER/$name\" \"$FOLDER\""
        let result = try withNode { node in
            try run(
                "env",
                ["FOLDER=\(directory.path)", "sh", "-c", script, "sh", path, directory.path, nodeExecutable, "send"]
                    + ["127.0.0.1", "\(node.port)"]
            )
        }
        #expect(result.succeeded, "\(result)")
        #expect(result.output.contains("sent 2 of 2, failed 0, passed over 1 (no regular file)"), "\(result)")
    }

    @Test("files that were not sent for one reason take one line; with nothing sent, names are left out")
    func unreachable() throws {
        let directory = try TemporaryDirectory()
        for index in 0..<29 { _ = try sample(in: directory, sopInstanceUID: "1.2.3.\(index)") }
        // Nothing listens on port 1, which is below those that systems choose.
        let result = try run(nodeExecutable, ["send", "127.0.0.1", "1", directory.path])
        #expect(result.termination == .exit(1))
        #expect(result.errors == "29 files not sent: no connection to 127.0.0.1:1: Connection refused\n")
        #expect(result.output == "sent 0 of 29, failed 29\n")
    }

    @Test("with --parallel 4 against our node that takes two associations everything is sent")
    func twoOfFour() throws {
        let directory = try TemporaryDirectory()
        for index in 0..<40 { _ = try sample(in: directory, sopInstanceUID: "1.2.3.\(index)") }
        try withNode(["--limits-associations", "2"]) { node in
            let result = try run(
                nodeExecutable,
                ["send", "--parallel", "4", "127.0.0.1", "\(node.port)", directory.path]
            )
            #expect(result.succeeded, "\(result)")
            #expect(try node.instances().count == 40)
        }
    }
}
