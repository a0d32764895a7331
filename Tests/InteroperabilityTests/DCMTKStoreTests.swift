import Foundation
import TestSupport
import Testing

/// A transfer syntax option of storescu and what it proposes.
struct Proposal: CustomTestStringConvertible, Sendable {
    let option: String
    let transferSyntaxUID: String
    var testDescription: String { option }

    static let all: [Proposal] = [
        Proposal(option: "-xi", transferSyntaxUID: RawUID.implicitLittle),
        Proposal(option: "-x=", transferSyntaxUID: RawUID.explicitLittle),
        Proposal(option: "-xe", transferSyntaxUID: RawUID.explicitLittle),
        Proposal(option: "-xb", transferSyntaxUID: RawUID.explicitBig),
        Proposal(option: "-xd", transferSyntaxUID: RawUID.deflated),
        Proposal(option: "-xr", transferSyntaxUID: "1.2.840.10008.1.2.5"),
        Proposal(option: "-xy", transferSyntaxUID: RawUID.jpegBaseline),
        Proposal(option: "-xx", transferSyntaxUID: "1.2.840.10008.1.2.4.51"),
        Proposal(option: "-xs", transferSyntaxUID: "1.2.840.10008.1.2.4.70"),
        Proposal(option: "-xt", transferSyntaxUID: "1.2.840.10008.1.2.4.80"),
        Proposal(option: "-xu", transferSyntaxUID: "1.2.840.10008.1.2.4.81"),
        Proposal(option: "-xv", transferSyntaxUID: "1.2.840.10008.1.2.4.90"),
        Proposal(option: "-xw", transferSyntaxUID: "1.2.840.10008.1.2.4.91"),
        Proposal(option: "-xm", transferSyntaxUID: "1.2.840.10008.1.2.4.100"),
        Proposal(option: "-xh", transferSyntaxUID: "1.2.840.10008.1.2.4.101"),
        Proposal(option: "-xn", transferSyntaxUID: "1.2.840.10008.1.2.4.102"),
        Proposal(option: "-xl", transferSyntaxUID: "1.2.840.10008.1.2.4.103"),
        Proposal(option: "-x2", transferSyntaxUID: "1.2.840.10008.1.2.4.104"),
        Proposal(option: "-x3", transferSyntaxUID: "1.2.840.10008.1.2.4.105"),
        Proposal(option: "-xo", transferSyntaxUID: "1.2.840.10008.1.2.4.106"),
        Proposal(option: "-x4", transferSyntaxUID: "1.2.840.10008.1.2.4.107"),
        Proposal(option: "-x5", transferSyntaxUID: "1.2.840.10008.1.2.4.108"),
    ]
}

@Suite("Storage, from DCMTK's senders")
struct DCMTKStoreTests {
    @Test("storescu's transfer syntax options: each is accepted and its bytes are kept", arguments: Proposal.all)
    func transferSyntax(proposal: Proposal) throws {
        let directory = try TemporaryDirectory()
        let uid = "1.2.826.0.1.3680043.2.1143.107.1"
        var path: String
        if proposal.transferSyntaxUID == RawUID.deflated {
            path = try normalized(try sample(in: directory, sopInstanceUID: uid), in: directory, ["+td"])
        } else {
            path = try sample(in: directory, transferSyntaxUID: proposal.transferSyntaxUID, sopInstanceUID: uid)
            path = try normalized(path, in: directory)
        }
        try withNode { node in
            let arguments = ["-R", proposal.option, "127.0.0.1", "\(node.port)", path]
            let result = try run("storescu", proposal.option == "-x=" ? Array(arguments.dropFirst()) : arguments)
            #expect(result.succeeded, "\(result)")
            let archived = try node.archived(uid)
            #expect(archived.transferSyntaxUID == proposal.transferSyntaxUID)
            #expect(archived.dataSet == (try Part10File(path: path)).dataSet)
        }
    }

    @Test("the file's head: zero preamble, and a meta header that dcmdump reads (hostile 41)")
    func metaHeader() throws {
        let directory = try TemporaryDirectory()
        let uid = "1.2.3.4.5.6.7"
        let path = try sample(in: directory, sopInstanceUID: uid)
        try withNode { node in
            let sent = try run("storescu", ["-aet", "SCANNER", "127.0.0.1", "\(node.port)", path])
            #expect(sent.succeeded, "\(sent)")
            let archived = try node.archived(uid)
            #expect(archived.preamble == [UInt8](repeating: 0, count: 128))
            #expect(archived.meta[0x0001] == [0, 1])
            #expect(archived.sopClassUID == RawUID.ctImage)
            #expect(archived.sopInstanceUID == uid)
            #expect(archived.transferSyntaxUID == RawUID.explicitLittle)
            #expect(!archived.text(0x0012).isEmpty, "Implementation Class UID is Type 1")
            #expect(archived.text(0x0016) == "SCANNER", "Source Application Entity Title is the sender's")
            let dump = try run("dcmdump", [archived.path])
            #expect(dump.succeeded && dump.errors.isEmpty, "\(dump)")
        }
    }

    @Test("storescu --repeat, +IR and --max-send-pdu store every instance that they say")
    func repeats() throws {
        let directory = try TemporaryDirectory()
        let path = try sample(in: directory, sopInstanceUID: "1.2.3.4.5.6.7", pixels: 50_000)
        try withNode { node in
            let result = try run(
                "storescu",
                ["--repeat", "20", "+IR", "5", "--max-send-pdu", "4096", "127.0.0.1", "\(node.port)", path]
            )
            #expect(result.succeeded, "\(result)")
            let instances = try node.instances()
            #expect(instances.count == 20)
            #expect(Set(instances.map { $0.split(separator: "/")[1] }).count == 4, "five images to a series")
            for name in instances {
                let dump = try run("dcmdump", ["-q", "-M", node.archive + "/" + name])
                #expect(dump.succeeded && dump.errors.isEmpty, "\(dump)")
            }
        }
    }

    @Test("storescu --abort: what was answered stays")
    func abort() throws {
        let directory = try TemporaryDirectory()
        let uid = "1.2.3.4.5.6.7"
        let path = try sample(in: directory, sopInstanceUID: uid)
        try withNode { node in
            let result = try run("storescu", ["--abort", "127.0.0.1", "\(node.port)", path])
            #expect(result.succeeded, "\(result)")
            #expect(try node.archived(uid).dataSet == Part10File(path: path).dataSet)
        }
    }

    @Test("dcmsend stores a folder of mixed transfer syntaxes over one and over many associations")
    func dcmsend() throws {
        for (number, option) in ["--multi-associations", "--single-association"].enumerated() {
            let directory = try TemporaryDirectory()
            let expectations = try TemporaryDirectory()
            let syntaxes = Proposal.all.map(\.transferSyntaxUID).filter { $0 != RawUID.deflated }
            var paths: [String: String] = [:]
            for (index, syntax) in syntaxes.enumerated() {
                let uid = "1.2.3.\(number).\(index)"
                let path = try sample(in: directory, transferSyntaxUID: syntax, sopInstanceUID: uid)
                paths[uid] = try normalized(path, in: directory)
                try FileManager.default.removeItem(atPath: path)
            }
            try withNode { node in
                let result = try run(
                    "dcmsend",
                    ["--decompress-never", option, "-pdu", "65536", "+sd", "127.0.0.1", "\(node.port)", directory.path]
                )
                #expect(result.succeeded, "\(result)")
                for (uid, path) in paths {
                    let archived = try node.archived(uid)
                    var expected = try Part10File(path: path)
                    if archived.transferSyntaxUID != expected.transferSyntaxUID {
                        // dcmsend itself turns the other uncompressed encodings into Explicit VR Little Endian.
                        #expect(archived.transferSyntaxUID == RawUID.explicitLittle, "\(path)")
                        expected = try Part10File(path: normalized(path, in: expectations, ["+te"]))
                    }
                    #expect(archived.dataSet == expected.dataSet, "\(path)")
                }
                #expect(try node.instances().count == paths.count)
            }
        }
    }

    @Test("user identity with a positive response asked for gets one and the store goes on")
    func userIdentity() throws {
        let directory = try TemporaryDirectory()
        let path = try sample(in: directory, sopInstanceUID: "1.2.3.4.5.6.7")
        try withNode { node in
            for options in [["-usr", "radiographer"], ["-usr", "radiographer", "-rsp"]] {
                let result = try run("storescu", options + ["127.0.0.1", "\(node.port)", path])
                #expect(result.succeeded, "\(result)")
            }
        }
    }
}
