import Foundation
import TestSupport
import Testing

/// Storage commitment asked by SCUs that are not ours.
@Suite("Storage commitment, from pynetdicom and Orthanc")
struct StorageCommitmentTests {
    /// A port that is free now, and most likely in a moment.
    private static func freePort() throws -> UInt16 { try RawListener().port }

    private static func peers(_ title: String, _ port: UInt16) -> [String] {
        ["--peers", "{ \(title): { host: 127.0.0.1, port: \(port) } }"]
    }

    private static let files = fixtures.prefix(3)

    @Test("pynetdicom is told the result on the association of its request", arguments: [1, 2])
    func same(times: Int) throws {
        let own = try Self.freePort()
        try withNode(Self.peers("PYNETDICOM", own)) { node in
            let result = try run(
                python,
                [script("commitscu"), "\(node.port)", "\(own)", "same", "\(times)"] + Self.files
            )
            #expect(result.succeeded, "\(result)")
            let line = "2 True \(Self.files.count) 1.2.3.999:0112\n"
            #expect(result.output == String(repeating: line, count: times), "\(result)")
        }
    }

    @Test("pynetdicom is told the result on an association of the node's, as SCP, once for one Transaction UID")
    func other() throws {
        let own = try Self.freePort()
        try withNode(Self.peers("PYNETDICOM", own)) { node in
            let result = try run(
                python,
                [script("commitscu"), "\(node.port)", "\(own)", "other", "2"] + Self.files
            )
            #expect(result.succeeded, "\(result)")
            #expect(result.output == "2 True \(Self.files.count) 1.2.3.999:0112\n", "\(result)")
        }
    }

    @Test("a bit flipped on disk is told: 0110H")
    func damaged() throws {
        let own = try Self.freePort()
        try withNode(Self.peers("PYNETDICOM", own)) { node in
            let file = Self.files[0]
            let stored = try run(python, [script("storescu"), "\(node.port)", "16384", file])
            #expect(stored.succeeded, "\(stored)")
            let uid = try Part10File(path: file).sopInstanceUID
            let path = node.archive + "/" + (try #require(try node.instances().first))
            var bytes = try contents(of: path)
            bytes[bytes.count - 20] ^= 0x10
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            try handle.write(contentsOf: Data(bytes))
            try handle.close()
            // Sent again it is another instance than the damaged one, and is kept beside it: one copy is bad.
            let result = try run(python, [script("commitscu"), "\(node.port)", "\(own)", "same", "1", file])
            #expect(result.output == "2 True 0 \(uid):0110,1.2.3.999:0112\n", "\(result)")
        }
    }

    @Test("Orthanc stores, asks, and is told")
    func orthanc() throws {
        let (dicom, http) = (try Self.freePort(), try Self.freePort())
        try withNode(Self.peers("ORTHANC", dicom)) { node in
            let directory = try TemporaryDirectory()
            let configuration = """
                {
                  "Name": "test", "StorageDirectory": "\(directory.path)/db", "IndexDirectory": "\(directory.path)/db",
                  "Plugins": [], "DicomAet": "ORTHANC", "DicomPort": \(dicom), "HttpPort": \(http),
                  "RemoteAccessAllowed": false, "AuthenticationEnabled": false, "DicomCheckModalityHost": false,
                  "DicomModalities": {
                    "node": { "AET": "\(Node.title)", "Host": "127.0.0.1", "Port": \(node.port) }
                  }
                }
                """
            let file = try directory.write(Array(configuration.utf8), to: "orthanc.json")
            let images = try (1...3).map { try sample(in: directory, sopInstanceUID: "1.2.3.\($0)") }
            let orthanc = try ExternalProcess("Orthanc", [file])
            let result = try run(python, [script("orthanccommit"), "\(http)"] + images)
            orthanc.send(SIGTERM)
            try orthanc.wait()
            #expect(result.succeeded, "\(result)\n\(orthanc.errors)")
            #expect(
                result.output == "Failure 3\n1.2.3.999:0112\n",
                "\(result)\n\(node.process.errors)"
            )
        }
    }
}
