import Associations
import DIMSE
import NIOCore
import Testing

/// Requests that cannot be performed, and the status each is answered with; none of them costs the association.
@Suite struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let source: String
        let bytes: CommandBytes
        let status: Status
        let offender: CommandSet.Tag
        var testDescription: String { source }

        static func instance(_ source: String, _ uid: String, _ status: Status = .invalidSOPInstance) -> Case {
            Case(source: source, bytes: .store(instanceUID: uid), status: status, offender: .affectedSOPInstanceUID)
        }

        static func sopClass(_ source: String, _ uid: String, _ status: Status = .invalidAttributeValue) -> Case {
            Case(source: source, bytes: .store(classUID: uid), status: status, offender: .affectedSOPClassUID)
        }
    }

    static let cases: [Case] = [
        Case(
            source: "hostile 24: no instance UID",
            bytes: .storeWithoutUIDs.with(.affectedSOPClassUID, "1.2"),
            status: .missingAttribute,
            offender: .affectedSOPInstanceUID
        ),
        Case(
            source: "case 24: no class UID",
            bytes: .storeWithoutUIDs.with(.affectedSOPInstanceUID, "1.2"),
            status: .missingAttribute,
            offender: .affectedSOPClassUID
        ),
        Case(
            source: "CVE-2024-34508: no required element at all",
            bytes: .storeWithoutUIDs,
            status: .missingAttribute,
            offender: .affectedSOPClassUID
        ),
        Case(
            source: "case 24: C-ECHO without a class",
            bytes: CommandBytes().with(.commandField, 0x0030).with(.messageID, 7).with(.commandDataSetType, 0x0101),
            status: .missingAttribute,
            offender: .affectedSOPClassUID
        ),
        .instance("case 24: empty", "", .missingAttributeValue),
        .instance("padding alone", "\0\0", .missingAttributeValue),
        .instance("spaces alone", "    ", .missingAttributeValue),
        .instance("quirk 3: 65 characters, pynetdicom#322", "1." + String(repeating: "2", count: 63)),
        .instance("case 24: 80 characters", String(repeating: "1.23", count: 20)),
        .instance("case 29: 10 KB", String(repeating: "1", count: 10_240)),
        .instance("case 24: embedded NUL", "1.2.3\u{0}4.5"),
        .instance("leading NUL", "\u{0}1.2.3"),
        .instance("CVE-2022-2119: relative path", "../../x"),
        .instance("case 29: absolute path", "/abs"),
        .instance("backslash", "1.2\\3.4"),
        .instance("case 29: ..", ".."),
        .instance("case 29: .", "."),
        .instance("control byte", "1.2\u{7}3"),
        .instance("newline", "1.2\n3"),
        .instance("terminal escape (case 43)", "1.2\u{1B}[2J"),
        .instance("DEL", "1.2\u{7F}"),
        .instance("space inside", "1.2 3.4"),
        .instance("beyond ASCII (case 30)", "1.2.é"),
        .sopClass("class: empty", "", .missingAttributeValue),
        .sopClass("class: 65 characters", "1." + String(repeating: "2", count: 63)),
        .sopClass("class: slash", "1.2/3"),
        .sopClass("class: embedded NUL", "1.2\u{0}3"),
        Case(
            source: "case 33: element past the end",
            bytes: CommandBytes.storeWithoutUIDs.with(.affectedSOPClassUID, "1.2")
                .with(.affectedSOPInstanceUID, Array("1.2".utf8), length: 99),
            status: .processingFailure,
            offender: .affectedSOPInstanceUID
        ),
        Case(
            source: "case 33: undefined length",
            bytes: .store().with(.init(rawValue: 0x0000_5110), [], length: 0xFFFF_FFFF),
            status: .processingFailure,
            offender: .init(rawValue: 0x0000_5110)
        ),
    ]

    @Test("is answered with its status", arguments: cases) func isAnsweredWithItsStatus(_ the: Case) throws {
        let command = try Command(decoding: the.bytes.buffer)
        guard case .invalid(_, let invalid) = command else {
            Issue.record("\(command)")
            return
        }
        #expect(invalid.status == the.status)
        #expect(invalid.offendingElement == the.offender)
        #expect(invalid.errorComment.utf8.count <= 64)
        #expect(command.messageID == 7)

        let response = try CommandSet(decoding: try #require(command.refusal()).encoded())
        #expect(response.unsignedShort(.commandField) == invalid.commandField.rawValue | 0x8000)
        #expect(response.unsignedShort(.messageIDBeingRespondedTo) == 7)
        #expect(response.unsignedShort(.commandDataSetType) == 0x0101)
        #expect(response.unsignedShort(.status) == the.status.rawValue)
        #expect(response[.errorComment]?.isEmpty == false)
        // What cannot be a UID is not sent back.
        #expect(the.offender != .affectedSOPInstanceUID || response[.affectedSOPInstanceUID] == nil)
        #expect(the.offender != .affectedSOPClassUID || response[.affectedSOPClassUID] == nil)
    }

    @Test(
        "without identity there is no answer",
        arguments: [
            ("nothing", CommandBytes(), MessageError.noCommandField),
            ("no Command Field", CommandBytes().with(.messageID, 7), .noCommandField),
            ("Command Field of one byte", CommandBytes().with(.commandField, [1]).with(.messageID, 7), .noCommandField),
            ("no Message ID", CommandBytes().with(.commandField, 0x0001), .noMessageID(.cStoreRQ)),
            (
                "Message ID empty", CommandBytes().with(.commandField, 0x0030).with(.messageID, []),
                .noMessageID(.cEchoRQ)
            ),
            (
                "Message ID of one byte", CommandBytes().with(.commandField, 0x0020).with(.messageID, [7]),
                .noMessageID(CommandField(rawValue: 0x0020))
            ),
            (
                "Message ID past the end", CommandBytes().with(.commandField, 1).with(.messageID, [7, 0], length: 3),
                .noMessageID(.cStoreRQ)
            ),
            (
                "response to nothing", CommandBytes().with(.commandField, 0x8001).with(.messageID, 7),
                .noMessageID(.cStoreRSP)
            ),
            (
                "response without Status",
                CommandBytes().with(.commandField, 0x8030).with(.messageIDBeingRespondedTo, 7),
                .noStatus(.cEchoRSP)
            ),
        ]
    )
    func withoutIdentityThereIsNoAnswer(name: String, bytes: CommandBytes, error: MessageError) {
        #expect(throws: error, "\(name)") { try Command(decoding: bytes.buffer) }
    }

    @Test(
        "other requests are refused with0211 h",
        arguments: [0x0010, 0x0020, 0x0021, 0x0100, 0x0110, 0x0120, 0x0130, 0x0140, 0x0150, 0x0000, 0x7FFF] as [UInt16]
    )
    func otherRequestsAreRefusedWith0211H(field: UInt16) throws {
        let bytes = CommandBytes().with(.commandField, field).with(.messageID, 7)
            .with(.requestedSOPInstanceUID, "../../x").with(.affectedSOPClassUID, "")
        let command = try Command(decoding: bytes.buffer)
        #expect(command.field.rawValue == field)
        let refusal = try #require(command.refusal(errorComment: "not here"))
        #expect(
            refusal.encoded().bytes
                == CommandBytes().with(.commandGroupLength, 56, 0).with(.commandField, field | 0x8000)
                .with(.messageIDBeingRespondedTo, 7).with(.commandDataSetType, 0x0101).with(.status, 0x0211)
                .with(.errorComment, "not here").bytes
        )
        #expect(refusal.refusal() == nil)
    }

    @Test("a status of the callers replaces the own") func aStatusOfTheCallersReplacesTheOwn() throws {
        let request = CStoreRQ(messageID: 7, affectedSOPClassUID: "1.2", affectedSOPInstanceUID: "1.2.3")
        #expect(
            Command.cStoreRQ(request).refusal(.duplicateInvocation, errorComment: "again")
                == .cStoreRSP(CStoreRSP(to: request, status: .duplicateInvocation, errorComment: "again"))
        )
        let echo = CEchoRQ(messageID: 8)
        #expect(
            Command.cEchoRQ(echo).refusal(.sopClassNotSupported)
                == .cEchoRSP(CEchoRSP(to: echo, status: .sopClassNotSupported))
        )
        #expect(Command.cCancelRQ(messageIDBeingRespondedTo: 1).refusal() == nil)
        #expect(Command.cEchoRSP(CEchoRSP(to: echo, status: .success)).refusal() == nil)
    }

    @Test("a normalized request that lacks what it names is read without it, and its service class decides")
    func normalizedRequestWithoutItsFields() throws {
        let action = try Command(
            decoding: CommandBytes().with(.commandField, 0x0130).with(.messageID, 7)
                .with(.requestedSOPClassUID, "../x").with(.requestedSOPInstanceUID, "").buffer
        )
        let request = NActionRQ(
            messageID: 7,
            requestedSOPClassUID: nil,
            requestedSOPInstanceUID: nil,
            actionTypeID: nil
        )
        #expect(action == .nActionRQ(request))
        #expect(
            action.refusal(.noSuchActionType, errorComment: "no")
                == .nActionRSP(NActionRSP(to: request, status: .noSuchActionType, errorComment: "no"))
        )
        let event = try Command(
            decoding: CommandBytes().with(.commandField, 0x0100).with(.messageID, 8).with(.eventTypeID, [1]).buffer
        )
        let report = NEventReportRQ(
            messageID: 8,
            affectedSOPClassUID: nil,
            affectedSOPInstanceUID: nil,
            eventTypeID: nil
        )
        #expect(event == .nEventReportRQ(report))
        #expect(event.refusal() == .nEventReportRSP(NEventReportRSP(to: report, status: .unrecognizedOperation)))
    }

    @Test("a normalized request with an element past the end is refused with 0110H", arguments: [0x0100, 0x0130])
    func normalizedOverrun(field: UInt16) throws {
        let command = try Command(
            decoding: CommandBytes().with(.commandField, field).with(.messageID, 7)
                .with(.requestedSOPInstanceUID, Array("1.2".utf8), length: 99).buffer
        )
        #expect(command.messageID == 7)
        let response = try CommandSet(decoding: try #require(command.refusal()).encoded())
        #expect(response.unsignedShort(.commandField) == field | 0x8000)
        #expect(response.unsignedShort(.status) == 0x0110)
        #expect(response[.offendingElement] == [0x00, 0x00, 0x01, 0x10])
        #expect(response[.errorComment]?.isEmpty == false)
    }
}
