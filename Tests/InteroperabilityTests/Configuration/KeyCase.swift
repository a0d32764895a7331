import Foundation
import TestSupport
import Testing

/// A key of the configuration, a value of it, and what the node does with it that it does not do without.
struct KeyCase: Sendable, CustomTestStringConvertible {
    /// Where a value comes from.
    enum Source: String, CaseIterable, Sendable {
        case option, environment, file, `default`
    }

    let key: String
    /// Made anew for each start.
    let value: @Sendable () throws -> String
    /// Options of every start, and of those only in which the key is set.
    var options: [String] = []
    var needs: [String] = []
    /// What is observed of a node with the value, `$` being the value, and of one without.
    let set: String
    let usual: String
    let observe: @Sendable (KeyNode) throws -> String

    init(
        _ key: String,
        _ value: @autoclosure @escaping @Sendable () throws -> String,
        options: [String] = [],
        needs: [String] = [],
        set: String,
        usual: String,
        _ observe: @escaping @Sendable (KeyNode) throws -> String
    ) {
        self.key = key
        self.value = value
        self.options = options
        self.needs = needs
        self.set = set
        self.usual = usual
        self.observe = observe
    }

    var testDescription: String { key }

    /// Starts a node with the value from a source, and observes it.
    func run(_ source: Source) throws {
        let value = try value()
        let node = try KeyNode(self, value, source)
        let observed = try observe(node)
        let expected = source == .default ? usual : set.replacingOccurrences(of: "$", with: value)
        #expect(observed == expected, "\(key) from \(source.rawValue): \(node.errors)")
        node.stop()
    }
}

/// A node that was started with one key set.
final class KeyNode: Sendable {
    /// The key has its value; otherwise its default.
    let isSet: Bool
    let directory: TemporaryDirectory
    let process: ExternalProcess
    /// Where strace writes, if it was asked for.
    var trace: String { directory.path + "/trace" }

    private static let base = [("listen.host", "127.0.0.1"), ("listen.port", "0"), ("archive.path", "./archive")]

    init(_ test: KeyCase, _ value: String, _ source: KeyCase.Source) throws {
        isSet = source != .default
        directory = try TemporaryDirectory()
        func option(_ key: String) -> String { "--" + key.map { "._".contains($0) ? "-" : String($0) }.joined() }
        var command = ["env", "-C", directory.path]
        var arguments = Self.base.filter { $0.0 != test.key }.flatMap { [option($0.0), $0.1] } + test.options
        if isSet { arguments += test.needs }
        switch source {
        case .option: arguments += [option(test.key), value]
        case .environment:
            command.append("DICOM_NODE_\(test.key.uppercased().replacingOccurrences(of: ".", with: "_"))=\(value)")
        case .file:
            let scalar = test.key == "peers" ? value : "\"\(value)\""
            let text = test.key.split(separator: ".").reversed().reduce(scalar) { "{ \($1): \($0) }" }
            arguments += ["--config", try directory.write(Array(text.utf8), to: "node.yaml")]
        case .default: break
        }
        if test.key == "archive.sync" {
            // The node is the process that is told to end, and the tracer ends behind it.
            command += [
                "strace", "-D", "-f", "-qq", "-e", "trace=fsync,fdatasync,syncfs", "-o", directory.path + "/trace",
            ]
        }
        process = try ExternalProcess(command[0], Array(command.dropFirst()) + [nodeExecutable, "serve"] + arguments)
    }

    /// What the log says, once the node has ended.
    var errors: String { process.errors }

    /// Ends the node, if it has not ended yet.
    func stop() {
        process.send(SIGTERM)
        _ = try? process.wait()
    }

    /// The parts of the ready line: places, title, archive.
    func ready() throws -> (places: [String], title: String, archive: String) {
        let line = try process.firstLine()
        let match = try #require(line.wholeMatch(of: /listening on (.*) as (.*), archiving to (.*)/), "\(line)")
        return (match.1.components(separatedBy: " and "), String(match.2), String(match.3))
    }

    /// The port of a place of the ready line.
    func port(_ place: Int = 0) throws -> UInt16 {
        let places = try ready().places
        let match = try #require(places[place].firstMatch(of: /:([0-9]+)( \(TLS\))?$/))
        return try #require(UInt16(match.1))
    }

    /// The places without their ports.
    func hosts() throws -> String {
        try ready().places.map { $0.replacing(/:[0-9]+/, with: "") }.joined(separator: " and ")
    }

    /// The port that it listens on, or cannot.
    func portTried(_ place: Int) throws -> String {
        if let port = try? port(place) { return "\(port)" }
        _ = try process.wait()
        return process.errors.firstMatch(of: /cannot listen on [^ ]*:([0-9]+):/).map { String($0.1) } ?? process.errors
    }

    /// How it started.
    func start() throws -> String {
        if (try? ready()) != nil { return "ready" }
        return "\(try process.wait())"
    }

    /// What becomes of a request.
    func answer(_ request: RawRequest = RawRequest()) throws -> String {
        let socket = try RawSocket(port: try port())
        try socket.send(request.encoded())
        return Self.text(socket.answer())
    }

    /// Whether an association over TLS gets through, at the last place of the ready line.
    func secure(_ own: TestAuthority.Issued? = nil) throws -> String {
        let port = try port(try ready().places.count - 1)
        return (try? RawAssociation(port: port, tls: RawTLS(own: own))) == nil ? "refused" : "accepted"
    }

    static func text(_ answer: RawAnswer) -> String {
        switch answer {
        case .accepted: "accepted"
        case .rejected(let result, let source, let reason): "rejected (\(result),\(source),\(reason))"
        case .aborted: "aborted"
        case .releaseRequested: "release requested"
        case .closed, .reset: "closed"
        default: "\(answer)"
        }
    }

    /// The results of the contexts of a request.
    func results(_ request: RawRequest = RawRequest()) throws -> String {
        try RawAssociation(port: try port(), request).accept.contexts.map { "\($0.result)" }.joined(separator: ",")
    }

    /// The status of a C-STORE in hexadecimal digits.
    @discardableResult
    func store(_ uid: String = "1.2.3.4.5.6", _ dataSet: [UInt8]? = nil) throws -> String {
        let association = try RawAssociation(port: try port())
        let response = try association.store(
            dataSet ?? RawDataSet.image(sopInstanceUID: uid),
            sopInstanceUID: uid
        )
        try association.release()
        let digits = String(response.status ?? -1, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// The answer to a second association while a first one is there.
    func second() throws -> String {
        let first = try RawAssociation(port: try port())
        let answer = try answer()
        #expect(try first.echo() == 0)
        return answer
    }

    /// What a node does by itself on this connection: with a deadline of its own it is waited for; with the usual one,
    /// which is long, a round trip on another connection passes without it.
    func unasked(_ socket: RawSocket) throws -> String {
        if isSet { return Self.text(socket.answer()) }
        #expect(try RawAssociation(port: try port()).echo() == 0)
        return socket.hasInput ? Self.text(socket.answer()) : "nothing"
    }

    /// Where the index of an instance is, once the node has ended.
    func index() throws -> String {
        try store()
        let archive = try ready().archive
        stop()
        let files = try filesBelow(archive) + filesBelow(directory.path)
        return files.first { $0.hasSuffix(".sqlite") } ?? "none"
    }

    /// Paths of what is archived.
    func instances() throws -> [String] {
        let archive = try ready().archive
        return try filesBelow(archive).filter { !$0.hasPrefix(".") && !$0.contains("/.") }
    }
}
