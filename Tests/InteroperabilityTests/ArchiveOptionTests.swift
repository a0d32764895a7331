import Foundation
import TestSupport
import Testing

@Suite("Options of the archive, as a sender and an operator meet them")
struct ArchiveOptionTests {
    private static let uid = "1.2.3.4.5.6"
    private static let place = "1.2.3.4/1.2.3.4.5/1.2.3.4.5.6"
    private static let first = RawDataSet.image(sopInstanceUID: uid, pixels: 700)
    private static let other = RawDataSet.image(sopInstanceUID: uid, pixels: 702)

    /// A policy, the status of other bytes, and what each file then holds.
    private static let policies: [(String, Int, [String: [UInt8]])] = [
        ("keep-both", 0, [".dcm": first, "~2.dcm": other]),
        ("keep-first", 0, [".dcm": first]),
        ("replace", 0, [".dcm": other]),
        ("reject", 0x0111, [".dcm": first]),
    ]

    @Test("other bytes under one UID go as the policy says, the same bytes are a success", arguments: policies)
    func duplicates(policy: String, status: Int, files: [String: [UInt8]]) throws {
        try withNode(["--archive-duplicates", policy]) { node in
            let association = try RawAssociation(port: node.port)
            for _ in 1...2 {
                #expect(try association.store(Self.first, sopInstanceUID: Self.uid).status == 0)
                #expect(try node.instances() == [Self.place + ".dcm"])
            }
            let another = try RawAssociation(port: node.port)
            #expect(try another.store(Self.other, sopInstanceUID: Self.uid).status == status)
            // Whatever is archived now is the same when it comes again.
            let archived = try #require(policy == "replace" ? Self.other : Self.first)
            #expect(try association.store(archived, sopInstanceUID: Self.uid).status == 0)
            try association.release()
            try another.release()
            #expect(try node.instances() == files.keys.map { Self.place + $0 }.sorted())
            for (ending, dataSet) in files {
                #expect(try Part10File(path: "\(node.archive)/\(Self.place)\(ending)").dataSet == dataSet)
            }
        }
    }

    @Test("the same bytes in another transfer syntax are another instance")
    func otherTransferSyntax() throws {
        let syntaxes = [RawUID.explicitLittle, "1.2.840.10008.1.2.4.50"]
        let contexts = syntaxes.enumerated().map {
            RawRequest.Context(UInt8(2 * $0.offset + 1), RawUID.ctImage, [$0.element])
        }
        try withNode(["--archive-duplicates", "reject"]) { node in
            let association = try RawAssociation(port: node.port, RawRequest(contexts))
            for (context, status) in [(UInt8(1), 0), (3, 0x0111), (1, 0)] {
                let response = try association.store(Self.first, sopInstanceUID: Self.uid, context: context)
                #expect(response.status == status)
            }
            try association.release()
            #expect(try node.archived(Self.uid).transferSyntaxUID == RawUID.explicitLittle)
        }
    }

    @Test("the same instance on eight associations at once, and again before its answer, is filed once")
    func atOnce() throws {
        try withNode { node in
            for number in 1...10 {
                let uid = "1.2.3.\(number)"
                let dataSet = RawDataSet.image(sopInstanceUID: uid, pixels: 200_000)
                let associations = try (1...8).map { _ in try RawAssociation(port: node.port) }
                // All but the last bytes first, so that the ends come together.
                let bytes = Fragmentation.usual.encoded(
                    command: RawCommand.store(sopInstanceUID: uid).encoded(),
                    dataSet: dataSet,
                    context: 3
                )
                for association in associations { try association.socket.send(Array(bytes.dropLast(64))) }
                for association in associations { try association.socket.send(Array(bytes.suffix(64))) }
                for association in associations {
                    try association.send(.store(messageID: 2, sopInstanceUID: uid), dataSet: dataSet)
                }
                for association in associations {
                    for _ in 1...2 { #expect(try association.receive().command.status == 0) }
                    try association.release()
                }
                #expect(try node.archived(uid).dataSet == dataSet)
            }
            #expect(try node.instances().count == 10)
        }
    }

    @Test(
        "a layout's fields are filled",
        arguments: [
            ("{PatientID}/{StudyDate:yyyy/MM/dd}/{SOPInstanceUID}.dcm", "4711/2024/01/31/1.2.3.4.5.6.dcm"),
            ("{PatientName}/{Modality}-{OperatorsName}/{SOPInstanceUID}", "Raw%5EPeer/CT-_/1.2.3.4.5.6"),
            // printf %s 1.2.3.4.5.6 | sha256sum | head -c 32
            (
                "{StudyInstanceUID:hash}/i_{SOPInstanceUID:hash}.dcm",
                "6694F83C9F476DA31F5DF6BCC520034E/i_FFAFF041AB5092971CAE8EE351B87F19.dcm"
            ),
        ]
    )
    func layout(template: String, expected: String) throws {
        var dataSet = RawDataSet()
        dataSet.add(0x0008, 0x0016, "UI", RawUID.ctImage)
        dataSet.add(0x0008, 0x0018, "UI", Self.uid)
        dataSet.add(0x0008, 0x0020, "DA", "20240131")
        dataSet.add(0x0008, 0x0060, "CS", "CT")
        dataSet.add(0x0010, 0x0010, "PN", "Raw^Peer")
        dataSet.add(0x0010, 0x0020, "LO", "4711")
        dataSet.add(0x0020, 0x000D, "UI", "1.2.3.4")
        dataSet.add(0x0020, 0x000E, "UI", "1.2.3.4.5")
        try withNode(["--archive-layout", template]) { node in
            let association = try RawAssociation(port: node.port)
            #expect(try association.store(dataSet.bytes, sopInstanceUID: Self.uid).status == 0)
            try association.release()
            #expect(try node.instances() == [expected])
        }
    }

    @Test("a layout by the day of receipt uses the machine's calendar")
    func received() throws {
        let before = try run("date", ["+%Y/%m/%d"]).output
        try withNode(["--archive-layout", "{received:yyyy/MM/dd}/{SOPInstanceUID}.dcm"]) { node in
            let association = try RawAssociation(port: node.port)
            #expect(try association.store(Self.first, sopInstanceUID: Self.uid).status == 0)
            try association.release()
            let after = try run("date", ["+%Y/%m/%d"]).output
            let days = [before, after].map { $0.split(separator: "\n").joined() }
            #expect(try days.map { ["\($0)/\(Self.uid).dcm"] }.contains(node.instances()))
        }
    }

    @Test(
        "a layout that could give two instances one file, or is none, ends with 64 before anything is made",
        arguments: [
            "{StudyInstanceUID}/{InstanceNumber}.dcm", "{Modality}{SOPInstanceUID}", "{Nonsense}",
            "../{SOPInstanceUID}",
        ]
    )
    func refused(template: String) throws {
        let directory = try TemporaryDirectory()
        let archive = directory.path + "/archive"
        let result = try run(
            nodeExecutable,
            ["serve", "--port", "0", "--archive", archive, "--archive-layout", template]
        )
        #expect(result.termination == .exit(64), "\(result)")
        #expect(result.errors.contains(template))
        #expect(!FileManager.default.fileExists(atPath: archive))
    }

    /// Digests of `RawDataSet.image(sopInstanceUID: uid)`, computed by other programs: Python's hashlib, and one call
    /// of XXH3_128bits for the whole.
    @Test(
        "the data set's digest is an extended attribute of its file",
        arguments: [
            ("xxh3", "DAB1AE8E6CB294E0DB907976CF583F5C"),
            ("sha256", "DA1B3D09D71DD8613C48725CB498FA49A31CF1676659191D259394E629D20B3B"),
        ]
    )
    func digest(algorithm: String, expected: String) throws {
        let dataSet = RawDataSet.image(sopInstanceUID: Self.uid)
        for fragmentation in Fragmentation.all {
            try withNode(["--archive-digest", algorithm]) { node in
                let association = try RawAssociation(port: node.port)
                #expect(try association.store(dataSet, sopInstanceUID: Self.uid, fragmentation).status == 0)
                try association.release()
                let script = "import os, sys; print(os.getxattr(sys.argv[1], sys.argv[2]).decode())"
                let path = try node.archived(Self.uid).path
                let result = try run("python3", ["-c", script, path, "user.dicom-node.\(algorithm)"])
                guard !result.errors.contains("Operation not supported") else {
                    return print("the file system has no extended attributes, so there is no digest")
                }
                #expect(result.output == expected + "\n", "\(result)")
            }
        }
    }
}
