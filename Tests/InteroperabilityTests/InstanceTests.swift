import Foundation
import TestSupport
import Testing

@Suite("Data sets, odd and wrong")
struct InstanceTests {
    @Test(
        "are filed as they came, or cost their instance a failure status and nothing else",
        arguments: InstanceCase.all
    )
    func instance(row: InstanceCase) throws {
        try withNode { node in
            let request = RawRequest([
                .init(1, RawUID.verification, [RawUID.implicitLittle]),
                .init(3, RawUID.ctImage, [row.transferSyntaxUID]),
                .init(5, RawUID.mrImage, [RawUID.explicitLittle]),
            ])
            let association = try RawAssociation(port: node.port, request)
            let response = try association.store(row.dataSet, sopInstanceUID: InstanceCase.uid)
            #expect(response.status == row.status, "\(response.text(0x0902) ?? "")")
            #expect(hasShortComment(response))
            #expect(response.status == 0 || response.text(0x0902)?.isEmpty == false, "a failure says why")

            // The next one on the same association succeeds, however the last one ended.
            let uid = "1.2.3.9"
            let good = RawDataSet.image(sopClassUID: RawUID.mrImage, sopInstanceUID: uid)
            let next = try association.store(good, sopClassUID: RawUID.mrImage, sopInstanceUID: uid, context: 5)
            #expect(next.status == 0)
            try association.release()

            var expected: Set = ["1.2.3.4/1.2.3.4.5/\(uid).dcm"]
            if row.status == 0 { expected.insert(row.path) }
            #expect(Set(try node.instances()) == expected)
            #expect(try FileManager.default.contentsOfDirectory(atPath: node.archive + "/..") == ["archive"])
            if row.status == 0 {
                let file = try Part10File(path: node.archive + "/" + row.path)
                #expect(file.dataSet == row.dataSet)
                #expect(file.transferSyntaxUID == row.transferSyntaxUID)
            }
        }
    }

    @Test("cut at every byte, an object is filed whole or not at all, and never kills")
    func everyCut() throws {
        let uid = "1.2.3.4.5"
        let whole = RawDataSet.image(sopInstanceUID: uid, pixels: 20)
        try withNode { node in
            let association = try RawAssociation(port: node.port)
            for length in 0..<whole.count {
                let status = try association.store(Array(whole[..<length]), sopInstanceUID: uid).status
                // Where an element ends after the identity, nothing tells that more was to come.
                if status == 0 {
                    let path = node.archive + "/" + (try #require(try node.instances().first))
                    #expect(try Part10File(path: path).dataSet == Array(whole[..<length]))
                    try FileManager.default.removeItem(atPath: path)
                } else {
                    #expect(isFailure(status), "cut at \(length)")
                    #expect(try node.instances() == [], "cut at \(length)")
                }
            }
            #expect(try association.store(whole, sopInstanceUID: uid).status == 0)
            try association.release()
            let paths = try node.instances()
            #expect(paths.count == 1)
        }
    }

    @Test("a deflate bomb is not inflated: it is stored as received, unchecked (hostile 34, 44)")
    func deflateBomb() throws {
        let uid = "1.2.3.4.5"
        let directory = try TemporaryDirectory()
        let head = try directory.write(RawDataSet.image(sopInstanceUID: uid, pixels: 0), to: "head")
        let bomb = directory.path + "/bomb"
        // 512 MiB of zeros in a private element: about 512 KiB when deflated.
        let program = """
            import sys, zlib
            c = zlib.compressobj(9, zlib.DEFLATED, -15)
            out = open(sys.argv[2], "wb")
            out.write(c.compress(open(sys.argv[1], "rb").read()))
            out.write(c.compress(b"\\xe1\\x7f\\x10\\x10OB\\0\\0" + (2**29).to_bytes(4, "little")))
            for _ in range(512): out.write(c.compress(bytes(2**20)))
            out.write(c.flush())
            """
        let made = try run(python, ["-c", program, head, bomb])
        #expect(made.succeeded, "\(made)")
        let bytes = try contents(of: bomb)
        try withNode { node in
            let request = RawRequest([.init(3, RawUID.ctImage, [RawUID.deflated])])
            let association = try RawAssociation(port: node.port, request)
            let fragmentation = Fragmentation("usual") { $0.dataValue = 100_000 }
            let status = try association.store(bytes, sopInstanceUID: uid, fragmentation).status
            #expect(status == 0)
            try association.release()
            #expect(try node.archived(uid).dataSet == bytes)
            let peak = try node.memory("VmHWM")
            #expect(peak < 48 << 10, "\(peak) KiB")
        }
    }

    @Test("the same bytes twice are one file; other bytes are kept beside the first (quirk 52, 53)")
    func duplicates() throws {
        let uid = "1.2.3.4.5"
        let first = RawDataSet.image(sopInstanceUID: uid)
        let second = RawDataSet.image(sopInstanceUID: uid, pixels: 600)
        try withNode { node in
            let association = try RawAssociation(port: node.port)
            for dataSet in [first, first, second, second, first] {
                #expect(try association.store(dataSet, sopInstanceUID: uid).status == 0)
            }
            try association.release()
            let folder = "1.2.3.4/1.2.3.4.5/"
            #expect(try node.instances() == [folder + uid + ".dcm", folder + uid + "~2.dcm"])
            #expect(try Part10File(path: "\(node.archive)/\(folder)\(uid).dcm").dataSet == first)
            #expect(try Part10File(path: "\(node.archive)/\(folder)\(uid)~2.dcm").dataSet == second)
        }
    }

    @Test("the same instance from eight associations at once is one file (hostile 37, quirk 41)")
    func together() throws {
        let uid = "1.2.3.4.5"
        let dataSet = RawDataSet.image(sopInstanceUID: uid, pixels: 100_000)
        try withNode { node in
            let associations = try (0..<8).map { _ in try RawAssociation(port: node.port) }
            for association in associations { try association.send(.store(sopInstanceUID: uid), dataSet: dataSet) }
            for association in associations {
                let status = try association.receive().command.status
                #expect(status == 0)
                try association.release()
            }
            #expect(try node.instances() == ["1.2.3.4/1.2.3.4.5/\(uid).dcm"])
        }
    }

    @Test("a symbolic link planted in the archive is not followed (hostile 31)")
    func symbolicLink() throws {
        let outside = try TemporaryDirectory()
        let uid = "1.2.3.4.5"
        try withNode { node in
            try FileManager.default.createSymbolicLink(
                atPath: node.archive + "/1.2.3.4",
                withDestinationPath: outside.path
            )
            let association = try RawAssociation(port: node.port)
            let status = try association.store(RawDataSet.image(sopInstanceUID: uid), sopInstanceUID: uid).status
            #expect(isFailure(status))
            let other = "1.2.3.4.6"
            let dataSet = RawDataSet.image(sopInstanceUID: other, studyInstanceUID: "1.2.9")
            #expect(try association.store(dataSet, sopInstanceUID: other).status == 0)
            try association.release()
            #expect(try filesBelow(outside.path) == [])
        }
    }
}
