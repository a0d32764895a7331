import Associations
import DIMSE
import NIOCore
import Testing

/// Bytes as PS3.7 §9.3 lays them out, written by hand from its tables.
@Suite struct GoldenCommandTests {
    static let echoRequest = """
        0000 0000 04000000 38000000                              # group length 56
        0000 0200 12000000 312E322E3834302E31303030382E312E3100  # Verification
        0000 0001 02000000 3000                                  # C-ECHO-RQ
        0000 1001 02000000 3412                                  # Message ID 1234H
        0000 0008 02000000 0101                                  # no data set
        """
    static let echoResponse = """
        0000 0000 04000000 42000000                              # group length 66
        0000 0200 12000000 312E322E3834302E31303030382E312E3100
        0000 0001 02000000 3080                                  # C-ECHO-RSP
        0000 2001 02000000 3412                                  # to 1234H
        0000 0008 02000000 0101
        0000 0009 02000000 0000                                  # success
        """
    static let storeRequest = """
        0000 0000 04000000 64000000                              # group length 100
        0000 0200 04000000 312E3200                              # class 1.2
        0000 0001 02000000 0100                                  # C-STORE-RQ
        0000 1001 02000000 0700                                  # Message ID 7
        0000 0007 02000000 0100                                  # priority high
        0000 0008 02000000 0100                                  # a data set follows
        0000 0010 06000000 312E322E3300                          # instance 1.2.3
        0000 3010 10000000 4D4F56450A2020202020202020202020      # move originator, as sent
        0000 3110 02000000 0900                                  # its Message ID 9
        """
    static let storeResponse = """
        0000 0000 04000000 5A000000                              # group length 90
        0000 0200 04000000 312E3220                              # class, the padding as sent
        0000 0001 02000000 0180                                  # C-STORE-RSP
        0000 2001 02000000 0700
        0000 0008 02000000 0101
        0000 0009 02000000 00A9                                  # A900H
        0000 0109 04000000 08001800                              # offending element (0008,0018)
        0000 0209 04000000 77687920                              # why
        0000 0010 06000000 312E322E3300
        """
    static let cancelRequest = """
        0000 0000 04000000 1E000000                              # group length 30
        0000 0001 02000000 FF0F                                  # C-CANCEL-RQ
        0000 2001 02000000 0700
        0000 0008 02000000 0101
        """
    static let actionRequest = """
        0000 0000 04000000 62000000                                                # group length 98
        0000 0300 14000000 312E322E3834302E31303030382E312E32302E31                # Storage Commitment Push Model
        0000 0001 02000000 3001                                                    # N-ACTION-RQ
        0000 1001 02000000 0500                                                    # Message ID 5
        0000 0008 02000000 0100                                                    # the Action Information follows
        0000 0110 16000000 312E322E3834302E31303030382E312E32302E312E31            # its well-known instance
        0000 0810 02000000 0100                                                    # request commitment
        """
    static let actionResponse = """
        0000 0000 04000000 4A000000                              # group length 74
        0000 0200 04000000 312E3200                              # class 1.2
        0000 0001 02000000 3081                                  # N-ACTION-RSP
        0000 2001 02000000 0500
        0000 0008 02000000 0101
        0000 0009 02000000 1501                                  # 0115H
        0000 0209 04000000 77687920                              # why
        0000 0810 02000000 0100
        """
    static let eventReportRequest = """
        0000 0000 04000000 42000000                              # group length 66
        0000 0200 04000000 312E3200                              # class 1.2
        0000 0001 02000000 0001                                  # N-EVENT-REPORT-RQ
        0000 1001 02000000 0600                                  # Message ID 6
        0000 0008 02000000 0100                                  # the Event Information follows
        0000 0010 06000000 312E322E3300                          # instance 1.2.3
        0000 0210 02000000 0200                                  # failures exist
        """
    static let eventReportResponse = """
        0000 0000 04000000 4C000000                              # group length 76
        0000 0200 04000000 312E3200
        0000 0001 02000000 0081                                  # N-EVENT-REPORT-RSP
        0000 2001 02000000 0600
        0000 0008 02000000 0101
        0000 0009 02000000 0000                                  # success
        0000 0010 06000000 312E322E3300
        0000 0210 02000000 0200
        """

    static let cases: [(String, Command)] = [
        (echoRequest, .cEchoRQ(CEchoRQ(messageID: 0x1234))),
        (echoResponse, .cEchoRSP(CEchoRSP(to: CEchoRQ(messageID: 0x1234), status: .success))),
        (
            storeRequest,
            .cStoreRQ(
                CStoreRQ(
                    messageID: 7,
                    affectedSOPClassUID: "1.2",
                    affectedSOPInstanceUID: "1.2.3",
                    priority: 1,
                    moveOriginatorApplicationEntityTitle: AETitle(asSent: Array("MOVE\n".utf8)),
                    moveOriginatorMessageID: 9
                )
            )
        ),
        (
            storeResponse,
            .cStoreRSP(
                CStoreRSP(
                    messageIDBeingRespondedTo: 7,
                    affectedSOPClassUID: UID(asSent: Array("1.2 ".utf8)),
                    affectedSOPInstanceUID: UID(asSent: Array("1.2.3\0".utf8)),
                    status: .dataSetDoesNotMatchSOPClass,
                    errorComment: "why",
                    offendingElement: CommandSet.Tag(rawValue: 0x0008_0018)
                )
            )
        ),
        (cancelRequest, .cCancelRQ(messageIDBeingRespondedTo: 7)),
        (
            actionRequest,
            .nActionRQ(
                NActionRQ(
                    messageID: 5,
                    requestedSOPClassUID: "1.2.840.10008.1.20.1",
                    requestedSOPInstanceUID: UID(asSent: Array("1.2.840.10008.1.20.1.1".utf8)),
                    actionTypeID: 1
                )
            )
        ),
        (
            actionResponse,
            .nActionRSP(
                NActionRSP(
                    messageIDBeingRespondedTo: 5,
                    affectedSOPClassUID: "1.2",
                    affectedSOPInstanceUID: nil,
                    actionTypeID: 1,
                    status: .invalidArgumentValue,
                    errorComment: "why"
                )
            )
        ),
        (
            eventReportRequest,
            .nEventReportRQ(
                NEventReportRQ(
                    messageID: 6,
                    affectedSOPClassUID: "1.2",
                    affectedSOPInstanceUID: "1.2.3",
                    eventTypeID: 2
                )
            )
        ),
        (
            eventReportResponse,
            .nEventReportRSP(
                NEventReportRSP(
                    messageIDBeingRespondedTo: 6,
                    affectedSOPClassUID: "1.2",
                    affectedSOPInstanceUID: "1.2.3",
                    eventTypeID: 2,
                    status: .success
                )
            )
        ),
    ]

    @Test("encodes", arguments: cases) func encodes(golden: String, command: Command) {
        #expect(command.encoded().bytes == bytes(golden))
    }

    @Test("decodes", arguments: cases) func decodes(golden: String, command: Command) throws {
        #expect(try Command(decoding: ByteBuffer(bytes: bytes(golden))) == command)
    }

    @Test("every byte prefix is decoded or refused", arguments: cases) func everyBytePrefixIsDecodedOrRefused(
        golden: String,
        command: Command
    ) {
        let whole = bytes(golden)
        for count in 0..<whole.count {
            let decoded = try? Command(decoding: ByteBuffer(bytes: whole[..<count]))
            // A prefix may lack only what is optional, never turn into another kind of command.
            #expect(decoded == nil || decoded?.field == command.field)
        }
    }
}
