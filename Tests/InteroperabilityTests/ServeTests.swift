import Foundation
import TestSupport
import Testing

@Suite("dicom-node serve as a command")
struct ServeTests {
    /// A C-STORE-RQ with its data set, as PDUs; what is sent of it in halves is a message in progress.
    private static let store = Fragmentation.usual.encoded(
        command: RawCommand.store(sopInstanceUID: "1.2.3.4.5.6").encoded(),
        dataSet: RawDataSet.image(sopInstanceUID: "1.2.3.4.5.6", pixels: 100_000),
        context: 3
    )

    @Test("the ready line names address, port, title and archive, and comes at once through a pipe")
    func readyLine() throws {
        try withNode { node in
            #expect(
                node.readyLine
                    == "listening on 127.0.0.1:\(node.port) as DICOMNODE, archiving to \(node.archive)"
            )
            #expect(node.port != 0)
        }
    }

    @Test("SIGTERM and SIGINT end an idle node with 0", arguments: [SIGTERM, SIGINT])
    func stops(signal: Int32) throws {
        let node = try Node()
        let idle = try RawAssociation(port: node.port)
        node.process.send(signal)
        // An association without a message is released at once: by us, in order.
        #expect(idle.socket.answer() == .releaseRequested)
        try idle.socket.send(RawPDU.releaseRP.encoded())
        #expect(try node.process.wait() == .exit(0))
    }

    @Test("a message in progress is finished and answered after SIGTERM; new connections are not accepted")
    func drains() throws {
        let node = try Node()
        let association = try RawAssociation(port: node.port)
        // An echo on a second association proves that what was sent before it on the first is on its way.
        try association.socket.send(Array(Self.store[..<50_000]))
        let other = try RawAssociation(port: node.port)
        #expect(try other.echo() == 0)
        node.process.send(SIGTERM)
        #expect(other.socket.answer() == .releaseRequested, "idle associations are released at once")
        try other.socket.send(RawPDU.releaseRP.encoded())
        #expect(throws: (any Error).self, "the listener is closed by now") { try RawAssociation(port: node.port) }
        try association.socket.send(Array(Self.store[50_000...]))
        #expect(try association.receive().command.status == 0)
        #expect(association.socket.answer() == .releaseRequested)
        try association.socket.send(RawPDU.releaseRP.encoded())
        #expect(try node.process.wait() == .exit(0))
        #expect(try node.instances() == ["1.2.3.4/1.2.3.4.5/1.2.3.4.5.6.dcm"])
    }

    @Test("what does not end within the drain time is aborted, and nothing of it is filed")
    func drainEnds() throws {
        let node = try Node(["--timeouts-drain", "1s"])
        let association = try RawAssociation(port: node.port)
        try association.socket.send(Array(Self.store[..<50_000]))
        let other = try RawAssociation(port: node.port)
        #expect(try other.echo() == 0)
        try other.release()
        node.process.send(SIGTERM)
        #expect(association.socket.answer() == .aborted(source: 0, reason: 0))
        #expect(try node.process.wait() == .exit(0))
        #expect(try filesBelow(node.archive).filter { $0.hasSuffix(".dcm") } == [])
    }

    @Test("a second SIGTERM or SIGINT while draining aborts at once", arguments: [SIGTERM, SIGINT])
    func abortsAtOnce(second: Int32) throws {
        // Without a drain time the node would wait for the message's end.
        let node = try Node(["--timeouts-drain", "0"])
        let association = try RawAssociation(port: node.port)
        try association.socket.send(Array(Self.store[..<50_000]))
        let other = try RawAssociation(port: node.port)
        #expect(try other.echo() == 0)
        node.process.send(SIGTERM)
        // The first signal has arrived.
        #expect(other.socket.answer() == .releaseRequested)
        try other.socket.send(RawPDU.releaseRP.encoded())
        node.process.send(second)
        #expect(association.socket.answer() == .aborted(source: 0, reason: 0))
        #expect(try node.process.wait() == .exit(0))
        #expect(node.process.errors.contains("told to stop a second time"))
        #expect(try filesBelow(node.archive).filter { $0.hasSuffix(".dcm") } == [])
    }

    @Test(
        "the ready line shows the archive's absolute path, and * and [::] are every interface",
        arguments: ["*", "[::]"]
    )
    func everyInterface(host: String) throws {
        let directory = try TemporaryDirectory()
        let process = try ExternalProcess(
            "env",
            ["-C", directory.path, nodeExecutable, "serve", "--host", host, "--port", "0", "--archive", "./here"]
        )
        let line = try process.firstLine()
        #expect(line.hasSuffix(", archiving to \(directory.path)/here"))
        let match = try #require(line.firstMatch(of: /^listening on (\[::\]|0\.0\.0\.0):([0-9]+) as DICOMNODE/))
        let association = try RawAssociation(port: try #require(UInt16(match.2)))
        #expect(try association.echo() == 0)
        try association.release()
        process.send(SIGTERM)
        #expect(try process.wait() == .exit(0))
    }

    @Test("deadlines that are off leave a node that serves")
    func withoutDeadlines() throws {
        try withNode(["--timeouts-idle", "0s", "--timeouts-stall", "0s", "--timeouts-artim", "0s"]) { node in
            try stillServes(node)
        }
    }

    @Test("titles in a list are accepted as written there, and no others")
    func titles() throws {
        try withNode(["--accept-calling-ae-titles", "CT 1, MR2", "US3"]) { node in
            for title in ["CT 1", "MR2", "US3"] {
                let request = RawRequest().with { $0.callingAETitle = padded(title) }
                try RawAssociation(port: node.port, request).release()
            }
            let socket = try RawSocket(port: node.port)
            try socket.send(RawRequest().with { $0.callingAETitle = padded("CT 1, MR2") }.encoded())
            #expect(socket.answer() == .rejected(result: 1, source: 1, reason: 3))
        }
    }

    private func padded(_ title: String) -> [UInt8] {
        Array(title.utf8) + [UInt8](repeating: 0x20, count: 16 - title.utf8.count)
    }

    @Test("help names units, examples, defaults and the keywords of a layout")
    func serveHelp() throws {
        let help = try run(nodeExecutable, ["serve", "--help"]).output
        let words = help.split(whereSeparator: { $0 == " " || $0 == "\n" }).joined(separator: " ")
        for part in [
            "500ms, 30s, 5m, 1h or 30d", "KiB, MiB, GiB, TiB (1024) or kB, MB, GB, TB (1000)", "(default: 300s)",
            "(default: 11112)", "(default: 1GiB)", "(default: any)", "PatientID", "{StudyDate:yyyy/MM/dd}",
            "dicom-node serve --ae-title ARCHIVE", "78",
        ] {
            #expect(words.contains(part), "\(part)")
        }
    }

    @Test(
        "wrong usage ends with 64 and says why",
        arguments: [
            ["serve", "--no-such-option"], ["serve", "--port", "banana"], ["serve", "--port", "65536"],
            ["serve", "--ae-title", "SEVENTEEN-LETTERS"], ["serve", "--ae-title", ""], ["echo"], ["echo", "localhost"],
            ["send", "localhost", "104"], ["no-such-command"], ["serve", "--limits-associations", "-1"],
            ["serve", "--archive-sync", "sometimes"], ["serve", "--timeouts-artim", "soon"],
        ]
    )
    func usage(arguments: [String]) throws {
        let result = try run(nodeExecutable, arguments)
        #expect(result.termination == .exit(64))
        #expect(!result.errors.isEmpty)
        #expect(result.output.isEmpty)
    }

    @Test("help is not an error and names every command")
    func help() throws {
        let result = try run(nodeExecutable, ["--help"])
        #expect(result.succeeded)
        for command in ["serve", "echo", "send", "config"] { #expect(result.output.contains(command)) }
    }

    @Test("docs/operations.md lists every option of echo and send, and no other")
    func options() throws {
        let help = try ["echo", "send"].map { try run(nodeExecutable, [$0, "--help"]).output }.joined()
        let operations = packageRoot.appendingPathComponent("docs/operations.md")
        let sections = try String(contentsOf: operations, encoding: .utf8).components(separatedBy: "\n## ")
        let section = try #require(sections.first { $0.hasPrefix("Verify and send") })
        func options(_ lines: [Substring]) -> Set<String> {
            Set(lines.flatMap { $0.matches(of: /--[a-z][a-z-]*/).map { String($0.0) } })
        }
        let offered = options(help.split(separator: "\n").filter { $0.hasPrefix("  -") })
            .subtracting(["--version", "--help"])
        let listed = options(section.split(separator: "\n").filter { $0.hasPrefix("| `--") })
        #expect(listed == offered)
        #expect(!offered.isEmpty)
    }

    @Test("a port that is taken, and an archive that cannot be, end with 1; an address that is not ours with 78")
    func cannotStart() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write([], to: "a-file")
        try withNode { node in
            let options = ["serve", "--host", "127.0.0.1", "--archive", directory.path + "/archive"]
            let taken = try run(nodeExecutable, options + ["--port", "\(node.port)"])
            #expect(taken.termination == .exit(1), "\(taken)")
            #expect(taken.errors.contains("cannot listen on 127.0.0.1:\(node.port): another program has the port"))
            #expect(taken.errors.contains("--listen-port"))
        }
        // An address for documentation (RFC 5737), so that no machine has it.
        let foreign = ["serve", "--host", "192.0.2.1", "--port", "0", "--archive", directory.path + "/none"]
        let notOurs = try run(nodeExecutable, foreign)
        #expect(notOurs.termination == .exit(78), "\(notOurs)")
        #expect(notOurs.errors.contains("cannot listen on 192.0.2.1:0: no interface of this machine has the address"))
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/none"), "nothing is made before")
        let noDirectory = try run(nodeExecutable, ["serve", "--port", "0", "--archive", file])
        #expect(noDirectory.termination == .exit(1), "\(noDirectory)")
        #expect(!noDirectory.errors.isEmpty)
    }

    @Test("an archive holds what it held after the node is started on it again")
    func restart() throws {
        let directory = try TemporaryDirectory()
        let arguments = ["serve", "--host", "127.0.0.1", "--port", "0", "--archive", directory.path + "/archive"]
        for round in 1...2 {
            let process = try ExternalProcess(nodeExecutable, arguments)
            let words = try process.firstLine().split(whereSeparator: { " :,".contains($0) })
            let port = try #require(words.count > 3 ? UInt16(words[3]) : nil)
            let association = try RawAssociation(port: port)
            let uid = "1.2.3.\(round)"
            #expect(try association.store(RawDataSet.image(sopInstanceUID: uid), sopInstanceUID: uid).status == 0)
            try association.release()
            process.send(SIGTERM)
            #expect(try process.wait() == .exit(0))
        }
        let archived = try filesBelow(directory.path + "/archive").filter { $0.hasSuffix(".dcm") }
        #expect(archived == ["1.2.3.4/1.2.3.4.5/1.2.3.1.dcm", "1.2.3.4/1.2.3.4.5/1.2.3.2.dcm"])
    }
}
