import Associations
import DIMSE
import NIOCore
import Testing

/// Commands that real peers send and that are performed (quirk 26 to 33; docs/testing.md).
@Suite struct ToleranceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let source: String
        let bytes: CommandBytes
        var instanceUID = "1.2.3.4"
        var priority: UInt16 = 0
        var hasDataSet = true
        var testDescription: String { source }
    }

    static let cases: [Case] = [
        Case(source: "plain", bytes: .store()),
        Case(source: "quirk 1: UIDs padded with NUL", bytes: .store(instanceUID: "1.2.3.4\0")),
        Case(source: "quirk 1: several NULs", bytes: .store(instanceUID: "1.2.3.4\0\0\0")),
        Case(source: "quirk 2: UIDs padded with spaces", bytes: .store(instanceUID: "1.2.3.4 ")),
        Case(source: "spaces before a UID", bytes: .store(instanceUID: "  1.2.3.4")),
        Case(source: "quirk 2: mixed padding", bytes: .store(instanceUID: "1.2.3.4 \0 ")),
        Case(
            source: "quirk 2: padding past 64 bytes",
            bytes: .store(instanceUID: "1.2.3.4" + String(repeating: " ", count: 90))
        ),
        Case(
            source: "quirk 3: leading zero, pynetdicom#88",
            bytes: .store(instanceUID: "1.02.003"),
            instanceUID: "1.02.003"
        ),
        Case(source: "quirk 3: empty component", bytes: .store(instanceUID: "1..2."), instanceUID: "1..2."),
        Case(source: "quirk 3: letters", bytes: .store(instanceUID: "1.2.CT-x_1"), instanceUID: "1.2.CT-x_1"),
        Case(
            source: "quirk 3: 64 characters",
            bytes: .store(instanceUID: "1." + String(repeating: "2", count: 62)),
            instanceUID: "1." + String(repeating: "2", count: 62)
        ),
        Case(source: "quirk 23: odd lengths", bytes: .store(instanceUID: "1.2.345"), instanceUID: "1.2.345"),
        Case(
            source: "quirk 27: no Priority, dcmjs-dimse#9",
            bytes: CommandBytes().with(.affectedSOPClassUID, "1.2").with(.commandField, 1).with(.messageID, 7)
                .with(.commandDataSetType, 0).with(.affectedSOPInstanceUID, "1.2.3.4")
        ),
        Case(
            source: "quirk 27: Priority without a value",
            bytes: CommandBytes().with(.priority, []).followed(by: CommandBytes.store().bytes)
        ),
        Case(
            source: "quirk 27: multi-valued US, pynetdicom#554",
            bytes: CommandBytes().with(.priority, 2, 1, 0).with(.commandField, 1, 9).with(.messageID, 7, 8)
                .with(.commandDataSetType, 0x0101, 0).with(.affectedSOPClassUID, "1.2")
                .with(.affectedSOPInstanceUID, "1.2.3.4"),
            priority: 2,
            hasDataSet: false
        ),
        Case(
            source: "quirk 28: Data Set Type of ACR-NEMA",
            bytes: CommandBytes().with(.commandDataSetType, 0x0102).followed(by: CommandBytes.store().bytes)
        ),
        Case(
            source: "quirk 28: Data Set Type FFFFH",
            bytes: CommandBytes().with(.commandDataSetType, 0xFFFF).followed(by: CommandBytes.store().bytes)
        ),
        Case(
            source: "quirk 28: no Data Set Type",
            bytes: CommandBytes().with(.affectedSOPClassUID, "1.2").with(.commandField, 1).with(.messageID, 7)
                .with(.affectedSOPInstanceUID, "1.2.3.4")
        ),
        Case(
            source: "quirk 30: retired, private and unknown elements",
            bytes: CommandBytes.store().with(.init(rawValue: 0x0000_0001), [4, 0, 0, 0])
                .with(.init(rawValue: 0x0000_5110), "x").with(
                    .init(rawValue: 0x0000_FFFF),
                    Array(repeating: 1, count: 999)
                )
        ),
        Case(
            source: "quirk 30: elements of another group",
            bytes: .store().with(.init(rawValue: 0x0009_0010), "PRIVATE ")
        ),
        Case(source: "quirk 44: trailing zeros", bytes: .store().followed(by: [0, 0, 0, 0, 0])),
        Case(
            source: "the first of two elements with one tag counts",
            bytes: .store().with(.affectedSOPInstanceUID, "9.9").with(.commandField, 0x0030)
        ),
    ]

    @Test("is performed", arguments: cases) func isPerformed(_ the: Case) throws {
        guard case .cStoreRQ(let request) = try Command(decoding: the.bytes.buffer) else {
            Issue.record("not a C-STORE-RQ")
            return
        }
        #expect(request.messageID == 7)
        #expect(request.affectedSOPInstanceUID.text == the.instanceUID)
        #expect(request.priority == the.priority)
        #expect(request.hasDataSet == the.hasDataSet)
    }

    @Test(
        "uids are echoed as sent",
        arguments: ["1.2.3.4", "1.2.3.4\0", "1.2.3.4 ", "1.2.345\0", "1.2.3.4\0\0", "1.2.3 \0\0 "]
    )
    func uidsAreEchoedAsSent(uid: String) throws {
        guard case .cStoreRQ(let request) = try Command(decoding: CommandBytes.store(instanceUID: uid).buffer) else {
            Issue.record("not a C-STORE-RQ")
            return
        }
        let response = try CommandSet(decoding: CStoreRSP(to: request, status: .success).encoded())
        let sent = Array(uid.utf8)
        #expect(response[.affectedSOPInstanceUID] == sent + (sent.count.isMultiple(of: 2) ? [] : [0]))
    }

    @Test("padding past the field is not echoed") func paddingPastTheFieldIsNotEchoed() throws {
        let uid = "1.2.3.4" + String(repeating: "\0", count: 60_000)
        guard case .cStoreRQ(let request) = try Command(decoding: CommandBytes.store(instanceUID: uid).buffer) else {
            Issue.record("not a C-STORE-RQ")
            return
        }
        #expect(CStoreRSP(to: request, status: .success).encoded().readableBytes < 200)
    }

    @Test("responses without UIDs are understood") func responsesWithoutUIDsAreUnderstood() throws {
        let bytes = CommandBytes().with(.commandField, 0x8001).with(.messageIDBeingRespondedTo, 7)
            .with(.status, 0xA700).with(.errorComment, "disk\u{1B}[31m full ")
        #expect(
            try Command(decoding: bytes.buffer)
                == .cStoreRSP(
                    CStoreRSP(
                        messageIDBeingRespondedTo: 7,
                        affectedSOPClassUID: nil,
                        affectedSOPInstanceUID: nil,
                        status: .outOfResources,
                        errorComment: "disk [31m full"
                    )
                )
        )
    }

    @Test("a cancel of nothing is ignored too") func aCancelOfNothingIsIgnoredToo() throws {
        let bytes = CommandBytes().with(.commandField, 0x0FFF)
        #expect(try Command(decoding: bytes.buffer) == .cCancelRQ(messageIDBeingRespondedTo: 0))
    }

    @Test("cancel takes either ID") func cancelTakesEitherID() throws {
        let bytes = CommandBytes().with(.commandField, 0x0FFF).with(.messageID, 3)
        #expect(try Command(decoding: bytes.buffer) == .cCancelRQ(messageIDBeingRespondedTo: 3))
    }
}
