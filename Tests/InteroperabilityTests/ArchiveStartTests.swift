import Foundation
import TestSupport
import Testing

/// The release binary where it is to make an archive, or cannot.
@Suite("Where the node starts")
struct ArchiveStartTests {
    private static let isRoot = geteuid() == 0
    private static let uid = "1.2.3.4.5.6"

    private func store(_ node: Node) throws -> Int? {
        let association = try RawAssociation(port: node.port)
        let status = try association.store(RawDataSet.image(sopInstanceUID: Self.uid), sopInstanceUID: Self.uid).status
        try association.release()
        return status
    }

    /// What a start that fails says.
    private func refusal(_ archive: String, _ options: [String] = [], prefix: [String] = []) throws -> String {
        let command = prefix + [nodeExecutable, "serve", "--host", "127.0.0.1", "--port", "0", "--archive", archive]
        let result = try run(command[0], command.dropFirst() + options, seconds: 30)
        #expect(result.termination == .exit(1))
        #expect(result.output.isEmpty)
        return result.errors
    }

    private func lines(_ executable: String, _ arguments: [String]) throws -> [String] {
        try run(executable, arguments).output.split(separator: "\n").map(String.init)
    }

    @Test("files and folders have the modes 0666 and 0777 less the umask", arguments: ["0002", "0077"])
    func modes(umask: String) throws {
        try withNode(prefix: ["sh", "-c", "umask \(umask); exec \"$@\"", "sh"]) { node in
            #expect(try store(node) == 0)
            let modes = Set(try lines("find", [node.archive, "-printf", "%y %m\\n"]))
            #expect(modes == (umask == "0002" ? ["d 775", "f 664"] : ["d 700", "f 600"]))
        }
    }

    @Test("a group and a default ACL of the archive's folder are those of the files", .enabled(if: isRoot))
    func groups() throws {
        try withNode { node in
            _ = try run("chgrp", ["4711", node.archive])
            _ = try run("chmod", ["g+s", node.archive])
            let hasACL = try run("setfacl", ["-d", "-m", "g:4712:rwx", node.archive]).succeeded
            #expect(try store(node) == 0)
            let file = try node.archived(Self.uid).path
            #expect(try lines("stat", ["-c", "%g", file]) == ["4711"])
            guard hasACL else { return print("the file system has no ACLs") }
            // Not masked: the group may write.
            #expect(
                try lines("getfacl", ["-cpnE", file]).contains { $0 == "group:4712:rwx" || $0 == "group:4712:rw-" }
            )
            #expect(try lines("getfacl", ["-cpnE", file]).contains("mask::rw-"))
        }
    }

    @Test("a path that is no UTF-8 is the folder that was named")
    func anyBytes() throws {
        let directory = try TemporaryDirectory()
        let command =
            "exec '\(nodeExecutable)' serve --host 127.0.0.1 --port 0 --archive \"$(printf '\(directory.path)/m\\344\\377r')\""
        let node = try ExternalProcess("sh", ["-c", command])
        #expect(try node.firstLine().hasPrefix("listening on "))
        node.send(SIGTERM)
        #expect(try node.wait() == .exit(0))
        #expect(
            try run("sh", ["-c", "test -f \"$(printf '\(directory.path)/m\\344\\377r')/.dicom-node/marker\""]).succeeded
        )
        #expect(try lines("sh", ["-c", "ls '\(directory.path)' | wc -l"]) == ["1"])
    }

    /// libdispatch may trap at any time without /proc, so that one run in twenty ends by a signal: the next is asked.
    @Test("without /proc the command has its arguments", .enabled(if: isRoot))
    func withoutProc() throws {
        let script = "mount -t tmpfs none /proc && exec \"$@\""
        for _ in 1...20 {
            let result = try run(
                "unshare",
                ["--mount", "--propagation", "private", "sh", "-c", script, "sh", nodeExecutable]
                    + ["serve", "--archive-layout", "{Nonsense}"]
            )
            if case .signal = result.termination { continue }
            #expect(result.termination == .exit(64), "\(result)")
            #expect(result.errors.contains("{Nonsense}"))
            return
        }
        Issue.record("the command never came to its end")
    }

    @Test("no command is wrong usage")
    func noCommand() throws {
        let result = try run(nodeExecutable, [])
        #expect(result.termination == .exit(64))
        #expect(result.errors.contains("serve, echo, send, archive or config"))
        #expect(try run(nodeExecutable, ["--help"]).succeeded)
    }

    @Test("an empty folder is taken, with one line; missing ones are made")
    func emptyFolder() throws {
        let directory = try TemporaryDirectory()
        let archive = directory.path + "/a/b"
        for expected in ["made the archive \(archive)", "made an archive of \(archive)", nil] {
            let node = try ExternalProcess(
                nodeExecutable,
                ["serve", "--host", "127.0.0.1", "--port", "0", "--archive", archive]
            )
            _ = try node.firstLine()
            node.send(SIGTERM)
            #expect(try node.wait() == .exit(0))
            let found = node.errors.split(separator: "\n").filter { $0.contains(" info made ") }
            #expect(found.count == (expected == nil ? 0 : 1), "\(node.errors)")
            if let expected {
                #expect(found.first?.contains(expected) == true)
                if expected.contains("made the") {
                    try FileManager.default.removeItem(atPath: archive + "/.dicom-node")
                }
            }
        }
    }

    @Test("a folder with other files, and one that is to be an archive already, are refused with what to do")
    func refusals() throws {
        let directory = try TemporaryDirectory()
        try directory.write([1], to: "full/report.txt")
        let other = try refusal(directory.path + "/full")
        for word in [directory.path + "/full", "report.txt", "--initialize"] {
            #expect(other.contains(word), "\(other)")
        }
        let missing = try refusal(directory.path + "/none", ["--archive-marker-required", "true"])
        for word in [directory.path + "/none", "--initialize"] { #expect(missing.contains(word), "\(missing)") }
        #expect(try filesBelow(directory.path) == ["full/report.txt"])
        let file = try refusal(directory.path + "/full/report.txt")
        #expect(file.contains("is a file"), "\(file)")
    }

    @Test("an archive of another user is refused when the node starts, not when an image comes", .enabled(if: isRoot))
    func otherOwner() throws {
        let directory = try TemporaryDirectory()
        let archive = directory.path + "/archive"
        let node = try ExternalProcess(
            nodeExecutable,
            ["serve", "--host", "127.0.0.1", "--port", "0", "--archive", archive]
        )
        _ = try node.firstLine()
        node.send(SIGTERM)
        try node.wait()
        let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        // As after `chown` of the folder alone, when the first start was by root.
        for command in [["chmod", "755", archive], ["chown", "65534", archive]] {
            _ = try run(command[0], Array(command.dropFirst()))
            let said = try refusal(archive, prefix: nobody)
            for word in [archive, "belongs to user 0", "as user 65534", "chown -R 65534"] {
                #expect(said.contains(word), "\(word): \(said)")
            }
        }
        let made = try refusal("/nowhere/in/this/machine", prefix: nobody)
        #expect(made.contains("cannot make /nowhere") && made.contains("chown 65534"), "\(made)")
    }

    @Test("titles of the association are in the layout and in the head of the file")
    func titles() throws {
        var request = RawRequest([.init(3, RawUID.ctImage, [RawUID.explicitLittle])])
        request.calledAETitle = rawTitle("STORE/1")
        request.callingAETitle = rawTitle("CT 3")
        try withNode(["--archive-layout", "{CalledAETitle}/{CallingAETitle}/{SOPInstanceUID}.dcm"]) { node in
            let association = try RawAssociation(port: node.port, request)
            let dataSet = RawDataSet.image(sopInstanceUID: Self.uid)
            #expect(try association.store(dataSet, sopInstanceUID: Self.uid).status == 0)
            try association.release()
            #expect(try node.instances() == ["STORE%2F1/CT%203/\(Self.uid).dcm"])
            let file = try node.archived(Self.uid)
            #expect(file.text(0x0016) == "CT 3" && file.text(0x0018) == "STORE/1")
        }
    }
}
