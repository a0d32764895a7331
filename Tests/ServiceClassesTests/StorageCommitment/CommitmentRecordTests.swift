import TestSupport
import Testing

@testable import ServiceClasses

/// A transaction on disk: what is written is read again, and what is damaged is not taken for another one.
@Suite struct CommitmentRecordTests {
    private static let record = CommitmentRecord(
        route: CommitmentRoute(peer: "CT 1", own: "NODE"),
        received: 1_764_292_800,
        request: CommitmentRequest(
            transactionUID: "2.25.77",
            references: [
                .init(sopClassUID: "1.2.840.10008.5.1.4.1.1.2", sopInstanceUID: "1.2.3"),
                .init(sopClassUID: "1.2.840.10008.5.1.4.1.1.4", sopInstanceUID: "1.2.4"),
            ]
        )
    )

    @Test(
        "what is written is read again",
        arguments: ["CT 1", "", "%", "a\nend\nb", "\u{0}\u{1B}[2J", "é", "x%0Ay"],
        [nil, [nil, nil], [nil, .noSuchObjectInstance], [.processingFailure, .resourceLimitation]]
            as [[CommitmentResult.FailureReason?]?]
    )
    func roundTrip(title: String, failures: [CommitmentResult.FailureReason?]?) {
        var record = Self.record
        record.route.peer = title
        record.failures = failures
        #expect(CommitmentRecord(record.encoded()) == record)
    }

    @Test("a record that is cut is none")
    func cut() {
        var record = Self.record
        for failures in [nil, [nil, .classInstanceConflict]] as [[CommitmentResult.FailureReason?]?] {
            record.failures = failures
            let whole = record.encoded()
            for count in 0..<whole.count { #expect(CommitmentRecord(Array(whole[..<count])) == nil, "\(count) bytes") }
        }
    }

    @Test("its name is that of its SCU and its Transaction UID, and fits a file system")
    func name() {
        var other = Self.record
        other.route.own = "OTHER"
        other.received = 1
        #expect(other.name == Self.record.name)
        other.route.peer = "CT 2"
        #expect(other.name != Self.record.name)
        #expect(Self.record.name.utf8.count == 64)
    }

    @Test("requests of one content are told from others, whatever the order of their references")
    func contents() {
        var other = Self.record.request
        other.references.reverse()
        #expect(CommitmentRecord.contents(of: other) == CommitmentRecord.contents(of: Self.record.request))
        other.references[0].sopClassUID = "1.2"
        #expect(CommitmentRecord.contents(of: other) != CommitmentRecord.contents(of: Self.record.request))
    }
}
