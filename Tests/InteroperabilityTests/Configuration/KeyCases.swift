import Foundation
import TestSupport

extension KeyCase {
    /// Every key, in the order of the documentation.
    static let all: [KeyCase] = places + archive + index + accept + limits + timeouts + tls + commitment + logging

    private static let places: [KeyCase] = [
        KeyCase("ae_title", "NODE7", set: "$", usual: "DICOMNODE") { try $0.ready().title },
        KeyCase(
            "listen.enabled",
            "false",
            options: TLSFiles.options,
            set: "127.0.0.1 (TLS)",
            usual: "127.0.0.1 and 127.0.0.1 (TLS)"
        ) {
            try $0.hosts()
        },
        KeyCase("listen.host", "127.0.0.2", set: "$", usual: "0.0.0.0") { try $0.hosts() },
        KeyCase("listen.port", try freePort(), set: "$", usual: "11112") { try $0.portTried(0) },
    ]

    private static let archive: [KeyCase] = [
        KeyCase("archive.path", "elsewhere", set: "$", usual: "archive") { node in
            try node.ready().archive.components(separatedBy: "/").last ?? ""
        },
        KeyCase(
            "archive.layout",
            "{SOPInstanceUID}.dcm",
            set: "1.2.3.4.5.6.dcm",
            usual: "1.2.3.4/1.2.3.4.5/1.2.3.4.5.6.dcm"
        ) {
            node in
            try node.store()
            return try node.instances().joined(separator: " ")
        },
        KeyCase("archive.sync", "never", options: ["--index-enabled", "false"], set: "not synced", usual: "synced") {
            node in
            for number in 1...20 { try node.store("1.2.3.4.5.\(number)") }
            node.stop()
            let calls = try String(contentsOfFile: node.trace, encoding: .utf8).split(separator: "\n").count
            return calls < 20 ? "not synced" : "synced"
        },
        KeyCase("archive.duplicates", "reject", set: "0000 0111", usual: "0000 0000") { node in
            let other = RawDataSet.image(sopInstanceUID: "1.2.3.4.5.6", pixels: 1_000)
            return "\(try node.store()) \(try node.store("1.2.3.4.5.6", other))"
        },
        KeyCase("archive.minimum_free", "7000000TiB", set: "A700", usual: "0000") { try $0.store() },
        KeyCase("archive.digest", "sha256", set: "sha256", usual: "xxh3") { node in
            try node.store()
            let path = try node.ready().archive + "/" + (try node.instances().first ?? "")
            let script = "import os, sys; print(' '.join(os.listxattr(sys.argv[1])))"
            let names = try TestSupport.run("python3", ["-c", script, path]).output
            if names.contains("xxh3") { return "xxh3" }
            if names.contains("sha256") { return "sha256" }
            // A file system without extended attributes has no digests.
            return node.isSet ? "sha256" : "xxh3"
        },
        KeyCase("archive.marker_required", "true", set: "exit(1)", usual: "ready") { try $0.start() },
        // Retention removes nothing within an hour; what it asks for shows at once.
        KeyCase(
            "archive.retention.keep",
            "30d",
            options: ["--index-enabled", "false"],
            set: "exit(78)",
            usual: "ready"
        ) {
            try $0.start()
        },
        KeyCase(
            "archive.retention.below",
            "10%",
            options: ["--index-enabled", "false"],
            set: "exit(78)",
            usual: "ready"
        ) {
            try $0.start()
        },
        KeyCase("archive.retention.only", "forwarded", set: "refused", usual: "ready") { node in
            // Exit code 64 where it is an option, else 78.
            (try? node.ready()) == nil ? "refused" : "ready"
        },
    ]

    private static let index: [KeyCase] = [
        KeyCase("index.enabled", "false", set: "none", usual: ".dicom-node/index.sqlite") { try $0.index() },
        KeyCase("index.url", "sqlite:./elsewhere.sqlite", set: "elsewhere.sqlite", usual: ".dicom-node/index.sqlite") {
            try $0.index()
        },
    ]

    private static let accept: [KeyCase] = [
        KeyCase("accept.called_ae_titles", "OTHER", set: "rejected (1,1,7)", usual: "accepted") { try $0.answer() },
        KeyCase("accept.calling_ae_titles", "OTHER,CT1", set: "rejected (1,1,3)", usual: "accepted") {
            try $0.answer()
        },
        KeyCase("accept.hosts", "192.0.2.0/24,2001:db8::1", set: "rejected (1,1,3)", usual: "accepted") {
            try $0.answer()
        },
        KeyCase("accept.sop_classes", "MRImageStorage", set: "0,3", usual: "0,0") { try $0.results() },
        KeyCase("accept.transfer_syntaxes", "ImplicitVRLittleEndian", set: "0,4", usual: "0,0") { try $0.results() },
        KeyCase("accept.unknown_sop_classes", "false", set: "3", usual: "0") { node in
            try node.results(RawRequest([.init(1, "1.2.3.999", [RawUID.implicitLittle])]))
        },
        KeyCase("accept.unwalkable", "true", set: "0000", usual: "C000") { node in
            try node.store(
                "1.2.3.4.5.6",
                Array(RawDataSet.image(sopInstanceUID: "1.2.3.4.5.6", pixels: 1_000).dropLast(100))
            )
        },
        KeyCase(
            "accept.user_identity",
            "required",
            needs: ["--accept-user-file", userFile],
            set: "rejected (1,2,1)",
            usual: "accepted"
        ) {
            try $0.answer()
        },
        KeyCase(
            "accept.user_file",
            userFile,
            needs: ["--accept-user-identity", "optional"],
            set: "accepted rejected (1,2,1)",
            usual: "accepted accepted"
        ) { node in
            "\(try node.answer(user("alice"))) \(try node.answer(user("mallory")))"
        },
        KeyCase("peers", "{ RAW: { may: [echo] } }", set: "0,1", usual: "0,0") { try $0.results() },
    ]

    private static let limits: [KeyCase] = [
        KeyCase("limits.associations", "1", set: "rejected (2,3,2)", usual: "accepted") { try $0.second() },
        KeyCase("limits.associations_per_host", "1", set: "rejected (2,3,2)", usual: "accepted") { try $0.second() },
        KeyCase("limits.associations_per_ae_title", "1", set: "rejected (2,3,2)", usual: "accepted") {
            try $0.second()
        },
        KeyCase("limits.pdu_length", "8KiB", set: "8192", usual: "262144") { node in
            "\(try RawAssociation(port: try node.port()).accept.maximumLength)"
        },
        KeyCase("limits.object_size", "100", set: "A700", usual: "0000") { try $0.store() },
        KeyCase("limits.operations", "3", set: "3", usual: "16") { node in
            // An asynchronous operations window without limits (PS3.7 §D.3.3.3).
            let request = RawRequest().with { $0.userItems = rawItem(0x53, [0, 0, 0, 0]) }
            let item = try RawAssociation(port: try node.port(), request).accept.userItem(0x53)
            return "\(item?[1] ?? 0)"
        },
    ]

    private static let timeouts: [KeyCase] = [
        KeyCase("timeouts.artim", "100ms", set: "closed", usual: "nothing") { node in
            try node.unasked(try RawSocket(port: try node.port()))
        },
        KeyCase("timeouts.idle", "100ms", set: "release requested", usual: "nothing") { node in
            try node.unasked(try RawAssociation(port: try node.port()).socket)
        },
        KeyCase("timeouts.stall", "100ms", set: "aborted", usual: "nothing") { node in
            let association = try RawAssociation(port: try node.port())
            try association.socket.send(Array(message[..<50_000]))
            return try node.unasked(association.socket)
        },
        KeyCase("timeouts.tls_handshake", "100ms", options: TLSFiles.options, set: "closed", usual: "nothing") { node in
            try node.unasked(try RawSocket(port: try node.port(1)))
        },
        KeyCase("timeouts.drain", "100ms", set: "aborted", usual: "stored") { node in
            let association = try RawAssociation(port: try node.port())
            try association.socket.send(Array(message[..<50_000]))
            // A round trip behind it proves that the half message has arrived.
            let status = try RawAssociation(port: try node.port()).echo()
            guard status == 0 else { return "no echo" }
            node.process.send(SIGTERM)
            if node.isSet { return KeyNode.text(association.socket.answer()) }
            try association.socket.send(Array(message[50_000...]))
            return try association.receive().command.status == 0 ? "stored" : "refused"
        },
    ]

    private static let tls: [KeyCase] = [
        KeyCase(
            "tls.enabled",
            "true",
            options: TLSFiles.pair + ["--tls-port", "0"],
            set: "127.0.0.1 and 127.0.0.1 (TLS)",
            usual: "127.0.0.1"
        ) {
            try $0.hosts()
        },
        KeyCase(
            "tls.host",
            "127.0.0.2",
            options: TLSFiles.options,
            set: "127.0.0.1 and 127.0.0.2 (TLS)",
            usual: "127.0.0.1 and 127.0.0.1 (TLS)"
        ) {
            try $0.hosts()
        },
        KeyCase(
            "tls.port",
            try freePort(),
            options: TLSFiles.pair + ["--tls-enabled", "true"],
            set: "$",
            usual: "2762"
        ) {
            try $0.portTried(1)
        },
        KeyCase(
            "tls.certificate",
            TLSFiles.certificate,
            options: ["--tls-enabled", "true", "--tls-port", "0", "--tls-private-key", TLSFiles.privateKey],
            set: "accepted",
            usual: "exit(78)"
        ) { node in
            node.isSet ? try node.secure() : try node.start()
        },
        KeyCase(
            "tls.private_key",
            TLSFiles.privateKey,
            options: ["--tls-enabled", "true", "--tls-port", "0", "--tls-certificate", TLSFiles.certificate],
            set: "accepted",
            usual: "exit(78)"
        ) { node in
            node.isSet ? try node.secure() : try node.start()
        },
        KeyCase(
            "tls.ca",
            TLSFiles.authority,
            options: TLSFiles.options,
            set: "accepted refused",
            usual: "accepted accepted"
        ) { node in
            // Without authorities no certificate is asked for, and a stranger's is never shown.
            "\(try node.secure(TLSFiles.node)) \(try node.secure(TLSFiles.stranger))"
        },
        KeyCase(
            "tls.require_client_certificate",
            "true",
            options: TLSFiles.options + ["--tls-ca", TLSFiles.authority],
            set: "refused",
            usual: "accepted"
        ) { try $0.secure() },
    ]

    private static let commitment: [KeyCase] = [
        KeyCase("commitment.enabled", "false", set: "3", usual: "0") { node in
            try node.results(RawRequest([.init(1, RawCommitment.sopClass, [RawUID.implicitLittle])]))
        },
        // Of an SCU without an address: a result that cannot be reported.
        KeyCase("commitment.give_up_after", "1s", set: "given up", usual: "tried again") { node in
            let context = RawRequest.Context(5, RawCommitment.sopClass, [RawUID.implicitLittle])
            let association = try RawAssociation(port: try node.port(), RawRequest([context]))
            let dataSet = RawCommitment.dataSet(.implicitLittle, [(RawUID.ctImage, "1.2.3")])
            try association.send(RawCommitment.action(), dataSet: dataSet, context: 5)
            _ = try association.receive()
            try association.release()
            let last = node.isSet ? "a storage commitment is given up" : "cannot be reported yet"
            let deadline = Date(timeIntervalSinceNow: 60)
            while !node.errors.contains(last), Date() < deadline { usleep(10_000) }
            return node.errors.contains("given up") ? "given up" : "tried again"
        },
    ]

    private static let logging: [KeyCase] = [
        KeyCase("logging.level", "debug", set: "instance stored", usual: "nothing of it") { node in
            try node.store()
            node.stop()
            return node.errors.contains("instance stored") ? "instance stored" : "nothing of it"
        },
        KeyCase("logging.format", "json", set: "{", usual: "2") { node in
            _ = try node.answer()
            node.stop()
            return String(node.errors.prefix(1))
        },
    ]

    /// A port that nothing listens on now.
    private static func freePort() throws -> String { "\(try RawListener().port)" }

    /// A C-STORE-RQ with its data set, of which half is sent.
    private static let message = Fragmentation.usual.encoded(
        command: RawCommand.store(sopInstanceUID: "1.2.3.4.5.6").encoded(),
        dataSet: RawDataSet.image(sopInstanceUID: "1.2.3.4.5.6", pixels: 100_000),
        context: 3
    )

    /// A request with a user name (PS3.7 §D.3.3.7, type 1).
    private static func user(_ name: String) -> RawRequest {
        let bytes = Array(name.utf8)
        return RawRequest().with { $0.userItems = rawItem(0x58, [1, 0, 0, UInt8(bytes.count)] + bytes + [0, 0]) }
    }

    private static let users = try? TemporaryDirectory()
    private static let userFile = (try? users?.write(Array("alice:no-passcode\n".utf8), to: "users")) ?? ""
}

/// Certificates of a test's own authority, and one of another's.
enum TLSFiles {
    private static let own = try? TestAuthority()
    private static let other = try? TestAuthority("Elsewhere")

    static let authority = own?.certificate ?? ""
    static let node = try? own?.issue("node")
    static let stranger = try? other?.issue("node")
    static let certificate = node?.certificate ?? ""
    static let privateKey = node?.privateKey ?? ""
    static let pair = ["--tls-certificate", certificate, "--tls-private-key", privateKey]
    static let options = pair + ["--tls-enabled", "true", "--tls-port", "0"]
}
