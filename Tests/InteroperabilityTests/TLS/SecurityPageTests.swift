import Foundation
import TestSupport
import Testing

@Suite("What docs/security.md tells to type")
struct SecurityPageTests {
    /// The code of a section of a page.
    private static func commands(of section: String) throws -> [String] {
        let page = try String(contentsOf: packageRoot.appendingPathComponent("docs/security.md"), encoding: .utf8)
        let begin = try #require(page.range(of: "\n## \(section)\n"), "no section \(section)")
        let text = page[begin.upperBound...].prefix { _ in true }
        let end = text.range(of: "\n## ")?.lowerBound ?? text.endIndex
        return text[..<end].matches(of: /(?s)```sh\n(.*?)```/).map { String($0.1) }
    }

    @Test("the authority, the node, the modality: each command as it stands there, but for host and port")
    func setUpTLS() throws {
        let directory = try TemporaryDirectory()
        let image = try sample(in: directory, sopInstanceUID: "1.2.3.4.5.6.7")
        try FileManager.default.moveItem(atPath: image, toPath: directory.path + "/image.dcm")
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/dicom-node",
            withDestinationPath: nodeExecutable
        )
        func shell(_ commands: String) throws -> ExternalProcess {
            try ExternalProcess(
                "sh",
                ["-euc", "cd '\(directory.path)'; PATH=\"$PWD:$PATH\"\n\(commands)"]
            )
        }
        var node: ExternalProcess?
        var port = "0"
        let blocks = try Self.commands(of: "Set up TLS")
        #expect(blocks.count == 5)
        for block in blocks {
            let commands = block.replacing("archive.example.org", with: "localhost")
                .replacing("192.0.2.10", with: "127.0.0.1").replacing("2762", with: port)
            if commands.hasPrefix("dicom-node serve") {
                node = try shell("exec " + commands)
                port = try #require(node?.firstLine().firstMatch(of: /:(\d+) \(TLS\) as/).map { String($0.1) })
            } else {
                let process = try shell(commands)
                let ended = try process.wait()
                #expect(ended == .exit(0), "\(commands)\n\(process.output)\(process.errors)")
            }
        }
        #expect(try filesBelow(directory.path + "/archive").contains { $0.hasSuffix("/1.2.3.4.5.6.7.dcm") })
        node?.send(SIGTERM)
        #expect(try node?.wait() == .exit(0))
    }
}
