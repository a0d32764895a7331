import Foundation
import TestSupport
import Testing

/// `Fixtures/cases/part10`: files whose head or end is odd.
@Suite("dicom-node send, files as real writers make them")
struct SendCaseTests {
    /// Refused by storescp itself, because a fragment or the whole has an odd length.
    private static let odd: Set<String> = ["data-image-trailing-1-nul", "data-odd-fragment", "data-pixel-odd-native"]
    private static let unsendable: [String: String] = [
        "data-empty": "the file has no data set", "file-empty": "the file is empty",
    ]

    static let names: [String] = {
        ((try? Fixtures.names(in: "cases/part10", suffix: ".dcm")) ?? [])
            .map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
    }()

    /// The one data set that storescp wrote, bit for bit as it came; nil if none.
    private func received(_ command: String, _ options: [String], _ path: String) throws -> (Finished, [UInt8]?) {
        let directory = try TemporaryDirectory()
        let listener = try RawListener()
        let sender = try ExternalProcess(command, options + ["127.0.0.1", "\(listener.port)", path])
        if let reason = Self.unsendable.first(where: { path.hasSuffix("/\($0.key).dcm") }) {
            return (Finished(termination: try sender.wait(), output: reason.key, errors: sender.errors), nil)
        }
        let scp = try listener.accept {
            try ExternalProcess("storescp", ["--inetd", "+B", "+xa", "-od", directory.path], standardInput: $0)
        }
        let termination = try sender.wait()
        try scp.wait()
        let finished = Finished(termination: termination, output: sender.output, errors: sender.errors)
        let names = try filesBelow(directory.path)
        return (finished, try names.first.map { try Part10File(path: directory.path + "/" + $0).dataSet })
    }

    @Test("each case reaches storescp as it is in its file, or is named with the reason", arguments: names)
    func file(name: String) throws {
        let path = Fixtures.path + "/cases/part10/\(name).dcm"
        let (result, dataSet) = try received(nodeExecutable, ["send", "--retries", "0"], path)
        if let reason = Self.unsendable[name] {
            #expect(result.termination == .exit(1))
            #expect(result.errors.contains("\(path): \(reason)"), "\(result)")
            return
        }
        guard result.succeeded, let dataSet else {
            #expect(Self.odd.contains(name), "\(result)")
            #expect(result.errors.contains(path) && result.errors.contains("odd length"), "\(result)")
            return
        }
        let file = try contents(of: path)
        let sent = name == "data-deflate-odd" ? Array(dataSet.dropLast()) : dataSet
        #expect(file.suffix(sent.count).elementsEqual(sent), "\(name): the end of the file, and nothing else")
        #expect(dataSet.count.isMultiple(of: 2) || Self.odd.contains(name))
        if name == "data-deflate-odd" { #expect(dataSet.last == 0) }
    }

    @Test(
        "where storescu sends a data set unchanged, ours is the same",
        arguments: [
            "plain", "meta-big-endian", "meta-class-differs", "meta-instance-differs",
            "meta-no-class-no-instance",
            "meta-no-transfer-syntax", "meta-private-information-100k", "meta-sv-vr", "meta-transfer-syntax-nul-space",
            "no-preamble-explicit", "no-preamble-implicit", "no-preamble-meta-first", "meta-no-group-length",
        ]
    )
    func storescu(name: String) throws {
        let path = Fixtures.path + "/cases/part10/\(name).dcm"
        let theirs = try received("storescu", ["-R"] + (name.hasSuffix("implicit") ? ["-xi"] : []), path)
        let ours = try received(nodeExecutable, ["send"], path)
        #expect(theirs.0.succeeded && ours.0.succeeded, "\(theirs.0)\n\(ours.0)")
        #expect(theirs.1 == ours.1)
    }

    @Test("a folder of all cases: everything that can be sent arrives, everything else is named, exit code 1")
    func folder() throws {
        try withNode { node in
            let result = try run(
                nodeExecutable,
                ["send", "127.0.0.1", "\(node.port)", Fixtures.path + "/cases/part10"]
            )
            #expect(result.termination == .exit(1))
            #expect(result.errors.contains("data-empty.dcm: the file has no data set"), "\(result)")
            #expect(result.output.contains("passed over 1 (no DICOM file)"), "file-empty: \(result)")
            #expect(try node.instances().contains { $0.hasSuffix("1.2.3.4.5.dcm") })
        }
    }
}
