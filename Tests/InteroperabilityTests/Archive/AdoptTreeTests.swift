import Foundation
import TestSupport
import Testing

/// `archive adopt` of the folders that other programs have filed in.
@Suite("archive adopt, of others' archives")
struct AdoptTreeTests {
    /// Data sets of Part 10 files by SOP Instance UID and transfer syntax.
    private static func dataSets(_ paths: [String]) throws -> [String: [UInt8]] {
        var dataSets: [String: [UInt8]] = [:]
        for path in paths {
            let file = try Part10File(path: path)
            dataSets["\(file.sopInstanceUID) \(file.transferSyntaxUID)"] = file.dataSet
        }
        return dataSets
    }

    private static func archived(_ archive: String) throws -> [String] {
        try filesBelow(archive).filter { !$0.hasPrefix(".") }.map { archive + "/" + $0 }
    }

    private static func adopt(_ tree: String, into archive: String) throws -> Finished {
        try run(nodeExecutable, ["archive", "adopt", "--archive", archive, tree])
    }

    private static func requireVerified(_ archive: String) throws {
        let verified = try run(nodeExecutable, ["archive", "verify", "--archive", archive])
        #expect(verified.succeeded, "\(verified)")
    }

    /// A few images, some of them compressed.
    private static func samples(in directory: TemporaryDirectory) throws -> [String] {
        try (1...12).map { number in
            try sample(
                in: directory,
                transferSyntaxUID: number % 3 == 0 ? RawUID.jpegBaseline : RawUID.explicitLittle,
                sopInstanceUID: "1.2.826.0.1.3680043.2.1143.107.5.\(number)",
                pixels: number * 2_000
            )
        }
    }

    @Test("storescp's")
    func storescp() throws {
        let directory = try TemporaryDirectory()
        let tree = directory.path + "/storescp"
        try FileManager.default.createDirectory(atPath: tree, withIntermediateDirectories: true)
        let samples = try Self.samples(in: directory)
        let listener = try RawListener()
        let send = try ExternalProcess(nodeExecutable, ["send", "127.0.0.1", "\(listener.port)"] + samples)
        let scp = try listener.accept {
            try ExternalProcess("storescp", ["--inetd", "+B", "+xa", "-od", tree], standardInput: $0)
        }
        #expect(try send.wait() == .exit(0), "\(send.errors)")
        try scp.wait()
        let filed = try filesBelow(tree).map { tree + "/" + $0 }
        #expect(filed.count == samples.count)
        let archive = directory.path + "/archive"
        let adopted = try Self.adopt(tree, into: archive)
        #expect(adopted.succeeded, "\(adopted)")
        #expect(adopted.output.contains("adopted \(samples.count) of \(samples.count), failed 0"), "\(adopted)")
        #expect(try Self.dataSets(Self.archived(archive)) == Self.dataSets(filed))
        #expect(try Self.dataSets(Self.archived(archive)) == Self.dataSets(samples))
        try Self.requireVerified(archive)
    }

    @Test("Orthanc's, as it is and with StorageCompression", arguments: [false, true])
    func orthanc(isCompressed: Bool) throws {
        let directory = try TemporaryDirectory()
        let samples = try Self.samples(in: directory)
        let tree = directory.path + "/orthanc"
        let orthanc = try OrthancStorage(tree, isCompressed: isCompressed)
        let sent = try run(
            nodeExecutable,
            ["send", "--called-ae-title", "ORTHANC", "127.0.0.1", "\(orthanc.port)"] + samples
        )
        #expect(sent.succeeded, "\(sent)")
        try orthanc.stop()
        let archive = directory.path + "/archive"
        let adopted = try Self.adopt(tree, into: archive)
        #expect(adopted.succeeded, "\(adopted)")
        #expect(adopted.output.contains("adopted \(samples.count) of \(samples.count), failed 0"), "\(adopted)")
        #expect(try Self.dataSets(Self.archived(archive)) == Self.dataSets(samples))
        try Self.requireVerified(archive)
    }

    @Test("one that was made by hand, of fixtures in every transfer syntax, while a node runs")
    func byHand() throws {
        let directory = try TemporaryDirectory()
        for (number, path) in fixtures.enumerated() {
            try directory.write(try contents(of: path), to: "tree/\(number % 4)/Müller \(number)")
        }
        try directory.write(Array("a note".utf8), to: "tree/1/note.txt")
        try withNode { node in
            let adopted = try Self.adopt(directory.path + "/tree", into: node.archive)
            #expect(adopted.succeeded, "\(adopted)")
            let stored = try run(
                "storescu",
                ["-R", "127.0.0.1", "\(node.port)", try sample(in: directory, sopInstanceUID: "1.2.77")]
            )
            #expect(stored.succeeded, "\(stored)")
            let archived = try Self.dataSets(Self.archived(node.archive))
            for (key, dataSet) in try Self.dataSets(fixtures) { #expect(archived[key] == dataSet, "\(key)") }
            #expect(archived.count == fixtures.count + 1)
            try Self.requireVerified(node.archive)
        }
    }
}

/// Orthanc with a storage of its own, for one test.
final class OrthancStorage {
    let port: UInt16
    private let process: ExternalProcess

    /// Starts it, and waits until it answers. A port that another process takes meanwhile is given up for another one.
    init(_ storage: String, isCompressed: Bool) throws {
        try FileManager.default.createDirectory(atPath: storage, withIntermediateDirectories: true)
        for _ in 0..<10 {
            let listener = try RawListener()
            let port = listener.port
            listener.stop()
            let configuration = """
                {"Name": "test", "StorageDirectory": "\(storage)", "IndexDirectory": "\(storage)",
                 "StorageCompression": \(isCompressed), "HttpServerEnabled": false, "DicomServerEnabled": true,
                 "DicomAet": "ORTHANC", "DicomPort": \(port), "Plugins": [], "DicomAlwaysAllowStore": true}
                """
            let file = storage + ".json"
            try Data(configuration.utf8).write(to: URL(fileURLWithPath: file))
            let process = try ExternalProcess("Orthanc", [file])
            while kill(process.processIdentifier, 0) == 0 {
                let echo = try run("echoscu", ["-aec", "ORTHANC", "127.0.0.1", "\(port)"])
                guard echo.succeeded else {
                    usleep(50_000)
                    continue
                }
                self.port = port
                self.process = process
                return
            }
        }
        throw ProcessError("Orthanc does not start")
    }

    func stop() throws {
        process.send(SIGTERM)
        try process.wait()
    }

    deinit { process.send(SIGKILL) }
}
