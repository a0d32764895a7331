import Instances

/// A transaction as it is on disk: what was asked, by whom, and, when that is known, what came of it.
///
/// Lines of text, so that an operator can read it; a record without its last line, `end`, is none.
struct CommitmentRecord: Equatable, Sendable {
    /// The SCU, and the title that it called us by: the same way back.
    var route: CommitmentRoute
    /// Seconds since 1970.
    var received: Int
    var request: CommitmentRequest
    /// Nil: the instances have not been checked yet.
    var failures: [CommitmentResult.FailureReason?]?

    /// Nil while the instances have not been checked.
    var result: CommitmentResult? {
        failures.map {
            CommitmentResult(transactionUID: request.transactionUID, references: request.references, failures: $0)
        }
    }

    /// Its name among the records: of the SCU too, because two of them may choose the same Transaction UID.
    var name: String { Self.name(route.peer, request.transactionUID) }

    static func name(_ peer: String, _ transactionUID: String) -> String {
        digest(peer + "\n" + transactionUID)
    }

    /// Tells requests of one Transaction UID apart.
    static func contents(of request: CommitmentRequest) -> String {
        digest(request.references.map { "\($0.sopClassUID) \($0.sopInstanceUID)" }.sorted().joined(separator: "\n"))
    }

    private static func digest(_ text: String) -> String {
        var digest = Digest(.sha256)
        Array(text.utf8).withUnsafeBytes { digest.update($0) }
        return digest.value() ?? ""
    }
}

/// Both ends of a report: the AE title of the SCU, and the one that we have for it.
package struct CommitmentRoute: Hashable, Sendable {
    package var peer: String
    package var own: String

    package init(peer: String, own: String) {
        self.peer = peer
        self.own = own
    }
}

extension CommitmentRecord {
    private static let first = "storage commitment 1"
    private static let last = "end"
    private static let kept = "0000"

    func encoded() -> [UInt8] {
        var text = """
            \(Self.first)
            transaction \(request.transactionUID)
            peer \(Self.escaped(route.peer))
            own \(Self.escaped(route.own))
            received \(received)

            """
        text.reserveCapacity(text.utf8.count + request.references.count * 120)
        for (index, reference) in request.references.enumerated() {
            text += "instance \(reference.sopClassUID) \(reference.sopInstanceUID)"
            if let failures { text += " " + (failures[index].map { Self.hexadecimal($0.rawValue) } ?? Self.kept) }
            text += "\n"
        }
        return Array((text + Self.last + "\n").utf8)
    }

    /// Nil if the bytes are no whole record.
    init?(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count >= 7, lines.last?.isEmpty == true, lines[0].elementsEqual(Self.first.utf8),
            lines[lines.count - 2].elementsEqual(Self.last.utf8),
            let transactionUID = Self.value("transaction", lines[1]),
            let peer = Self.value("peer", lines[2]).flatMap(Self.unescaped),
            let own = Self.value("own", lines[3]).flatMap(Self.unescaped),
            let received = Self.value("received", lines[4]).flatMap({ Int($0) })
        else { return nil }
        var references: [CommitmentRequest.Reference] = []
        var failures: [CommitmentResult.FailureReason?] = []
        for line in lines[5..<(lines.count - 2)] {
            let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard words.count >= 3, words.count <= 4, words[0] == "instance" else { return nil }
            references.append(.init(sopClassUID: words[1], sopInstanceUID: words[2]))
            guard words.count == 4 else { continue }
            let reason = UInt16(words[3], radix: 16).flatMap { CommitmentResult.FailureReason(rawValue: $0) }
            guard reason != nil || words[3] == Self.kept else { return nil }
            failures.append(reason)
        }
        guard !references.isEmpty, failures.isEmpty || failures.count == references.count else { return nil }
        self.init(
            route: CommitmentRoute(peer: peer, own: own),
            received: received,
            request: CommitmentRequest(transactionUID: transactionUID, references: references),
            failures: failures.isEmpty ? nil : failures
        )
    }

    private static func value(_ key: String, _ line: ArraySlice<UInt8>) -> String? {
        line.starts(with: (key + " ").utf8) ? String(decoding: line.dropFirst(key.utf8.count + 1), as: UTF8.self) : nil
    }

    private static func hexadecimal(_ value: UInt16) -> String {
        Hexadecimal.text([UInt8(value >> 8), UInt8(truncatingIfNeeded: value)])
    }

    /// An AE title can hold whatever a peer sent.
    private static func escaped(_ text: String) -> String {
        text.utf8.reduce(into: "") { escaped, byte in
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                escaped += "%" + Hexadecimal.text([byte])
            }
        }
    }

    private static func unescaped(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
