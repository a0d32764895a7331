import Foundation
import TestSupport
import Testing

@Suite("dicom-node send")
struct SendTests {
    @Test("every fixture reaches pynetdicom as it is in its file", arguments: [0, 128, 16382])
    func pynetdicom(maximumLength: Int) throws {
        try #require(!fixtures.isEmpty)
        try withPynetdicomSCP(maximumLength: maximumLength) { scp in
            let result = try run(nodeExecutable, ["send", "127.0.0.1", "\(scp.port)"] + fixtures)
            #expect(result.succeeded, "\(result)")
            for path in fixtures {
                let file = try Part10File(path: path)
                // A deflated data set has an even length on the wire (PS3.5 §A.5).
                let padding: [UInt8] = file.dataSet.count.isMultiple(of: 2) ? [] : [0]
                #expect(try scp.received(file.sopInstanceUID) == file.dataSet + padding, "\(path)")
                #expect(try scp.transferSyntax(file.sopInstanceUID) == file.transferSyntaxUID, "\(path)")
            }
        }
    }

    @Test("a folder reaches our serve byte for byte, also over four associations", arguments: [1, 4])
    func folder(parallel: Int) throws {
        let directory = try TemporaryDirectory()
        var uids: [String] = []
        for index in 0..<40 {
            uids.append("1.2.3.4.\(index)")
            _ = try sample(in: directory, sopInstanceUID: uids[index], pixels: 512 + 1000 * index)
        }
        try withNode { node in
            let result = try run(
                nodeExecutable,
                ["send", "--parallel", "\(parallel)", "127.0.0.1", "\(node.port)", directory.path]
            )
            #expect(result.succeeded, "\(result)")
            #expect(!result.output.contains("\u{1B}") && !result.output.contains("\r"), "no progress bar into a pipe")
            for uid in uids {
                #expect(try node.archived(uid).dataSet == Part10File(path: directory.path + "/\(uid).dcm").dataSet)
            }
        }
    }

    @Test("what is not DICOM is passed over in a folder, and a failure where the user named it; the others are sent")
    func noDICOM() throws {
        let directory = try TemporaryDirectory()
        let uid = "1.2.3.4.5"
        _ = try sample(in: directory, sopInstanceUID: uid)
        let text = try directory.write(Array("not DICOM".utf8), to: "deep/er/README.txt")
        try withNode { node in
            let folder = try run(nodeExecutable, ["send", "127.0.0.1", "\(node.port)", directory.path])
            #expect(folder.succeeded, "\(folder)")
            #expect(folder.output.contains("passed over 1"), "\(folder)")
            let named = try run(nodeExecutable, ["send", "127.0.0.1", "\(node.port)", text, directory.path])
            #expect(named.termination == .exit(1))
            #expect(named.errors.contains(text), "\(named)")
            #expect(try node.instances() == ["1.2.3.4/1.2.3.4.5/\(uid).dcm"])
        }
    }

    @Test("DCMTK's storescp writes what we send")
    func storescp() throws {
        let directory = try TemporaryDirectory()
        let received = try TemporaryDirectory()
        let uid = "1.2.3.4.5"
        let path = try sample(in: directory, sopInstanceUID: uid, pixels: 100_000)
        let listener = try RawListener()
        let send = try ExternalProcess(nodeExecutable, ["send", "127.0.0.1", "\(listener.port)", path])
        let scp = try listener.accept {
            try ExternalProcess(
                "storescp",
                ["--inetd", "+B", "+xa", "-pdu", "4096", "-od", received.path],
                standardInput: $0
            )
        }
        #expect(try send.wait() == .exit(0), "\(send.errors)")
        try scp.wait()
        let names = try filesBelow(received.path)
        #expect(names.count == 1)
        for name in names {
            #expect(try Part10File(path: received.path + "/" + name).dataSet == Part10File(path: path).dataSet)
        }
    }

    @Test("a failure status makes the exit code 1 and is told with the file's name")
    func failure() throws {
        let directory = try TemporaryDirectory()
        let path = try sample(in: directory, sopInstanceUID: "1.2.3.4.5")
        try withPynetdicomSCP(status: "A700") { scp in
            let result = try run(nodeExecutable, ["send", "127.0.0.1", "\(scp.port)", path])
            #expect(result.termination == .exit(1))
            #expect(result.errors.contains("A700"), "\(result)")
            #expect(result.errors.contains(path), "\(result)")
        }
    }

    @Test("a peer that hangs up, a peer that refuses, a file that is not there: 1")
    func noPeer() throws {
        let directory = try TemporaryDirectory()
        let path = try sample(in: directory, sopInstanceUID: "1.2.3.4.5")
        let listener = try RawListener()
        let send = try ExternalProcess(
            nodeExecutable,
            ["send", "--retries", "0", "127.0.0.1", "\(listener.port)", path]
        )
        try listener.accept { _ in }
        #expect(try send.wait() == .exit(1))

        let refused = try ExternalProcess(nodeExecutable, ["send", "127.0.0.1", "\(listener.port)", path])
        let scp = try listener.accept { try ExternalProcess("storescp", ["--inetd", "--refuse"], standardInput: $0) }
        #expect(try refused.wait() == .exit(1))
        try scp.wait()

        try withNode { node in
            let missing = directory.path + "/missing.dcm"
            let result = try run(nodeExecutable, ["send", "127.0.0.1", "\(node.port)", missing])
            #expect(result.termination == .exit(1), "\(result)")
        }
    }

    @Test("more than 128 presentation contexts go over several associations")
    func manyContexts() throws {
        let directory = try TemporaryDirectory()
        var uids: [String] = []
        for index in 0..<150 {
            let uid = "1.2.3.4.\(index)"
            let sopClass = "1.2.826.0.1.3680043.2.1143.107.7.\(index)"
            let file = part10(
                sopClassUID: sopClass,
                sopInstanceUID: uid,
                transferSyntaxUID: RawUID.explicitLittle,
                dataSet: RawDataSet.image(sopClassUID: sopClass, sopInstanceUID: uid)
            )
            try directory.write(file, to: "\(index).dcm")
            uids.append(uid)
        }
        try withNode { node in
            let result = try run(nodeExecutable, ["send", "127.0.0.1", "\(node.port)", directory.path])
            #expect(result.succeeded, "\(result)")
            #expect(try node.instances().count == uids.count)
        }
    }
}
