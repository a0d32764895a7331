import Associations
import NIOCore
import TestSupport

/// PDUs of any content, drawn from a seed: within what the encoding can say, not within what the standard allows.
extension SeededGenerator {
    private mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    private mutating func many<T>(_ upTo: Int, _ draw: (inout SeededGenerator) -> T) -> [T] {
        (0..<int(0...upTo)).map { _ in draw(&self) }
    }

    private mutating func maybe<T>(_ draw: (inout SeededGenerator) -> T) -> T? { oneIn(2) ? draw(&self) : nil }

    mutating func uid() -> UID {
        if oneIn(8) { return UID(asSent: bytes(int(0...70))) }
        let digits = (0..<int(0...64)).map { _ in oneIn(3) ? UInt8(ascii: ".") : UInt8(ascii: "0") + UInt8(int(0...9)) }
        let padding: [UInt8] = oneIn(4) ? [0] : oneIn(4) ? [0x20, 0x20] : []
        return UID(asSent: digits + padding)
    }

    mutating func title() -> AETitle {
        oneIn(4) ? AETitle(asSent: bytes(16)) : AETitle(asSent: "NODE_\(int(0...99999))".utf8)
    }

    mutating func userInformation() -> UserInformation {
        UserInformation(
            maximumLengthReceived: maybe { UInt32.random(in: 0 ... .max, using: &$0) },
            implementationClassUID: maybe { $0.uid() },
            implementationVersionName: maybe { "VERSION \($0.int(0...1_000_000_000))" },
            asynchronousOperationsWindow: maybe {
                AsynchronousOperationsWindow(invoked: UInt16($0.int(0...65535)), performed: UInt16($0.int(0...65535)))
            },
            roleSelections: many(3) { RoleSelection(sopClassUID: $0.uid(), scu: $0.oneIn(2), scp: $0.oneIn(2)) },
            extendedNegotiations: many(3) {
                ExtendedNegotiation(sopClassUID: $0.uid(), serviceClassApplicationInformation: $0.bytes($0.int(0...40)))
            },
            commonExtendedNegotiations: many(3) {
                CommonExtendedNegotiation(
                    version: UInt8($0.int(0...255)),
                    sopClassUID: $0.uid(),
                    serviceClassUID: $0.uid(),
                    relatedGeneralSOPClassUIDs: $0.many(4) { $0.uid() }
                )
            },
            userIdentity: maybe {
                UserIdentityRQ(
                    type: UInt8($0.int(0...255)),
                    positiveResponseRequested: $0.oneIn(2),
                    primaryField: $0.bytes($0.int(0...300)),
                    secondaryField: $0.bytes($0.int(0...30))
                )
            },
            userIdentityResponse: maybe { UserIdentityAC(serverResponse: $0.bytes($0.int(0...30))) },
            unknownItems: many(3) {
                UnknownItem(type: UInt8($0.int(0x5A...0xFF)), bytes: $0.bytes($0.int(0...30)))
            }
        )
    }

    mutating func associateRQ() -> AssociateRQ {
        AssociateRQ(
            protocolVersion: UInt16(int(0...65535)),
            calledAETitle: title(),
            callingAETitle: title(),
            applicationContextName: uid(),
            presentationContexts: many(6) {
                ProposedPresentationContext(
                    id: UInt8($0.int(0...255)),
                    abstractSyntax: $0.uid(),
                    transferSyntaxes: $0.many(5) { $0.uid() }
                )
            },
            userInformation: userInformation()
        )
    }

    mutating func associateAC() -> AssociateAC {
        AssociateAC(
            protocolVersion: UInt16(int(0...65535)),
            calledAETitle: title(),
            callingAETitle: title(),
            applicationContextName: uid(),
            presentationContexts: many(6) {
                AnsweredPresentationContext(
                    id: UInt8($0.int(0...255)),
                    result: PresentationContextResult(rawValue: UInt8($0.int(0...255))),
                    transferSyntax: $0.uid()
                )
            },
            userInformation: userInformation()
        )
    }

    mutating func dataTF() -> DataTF {
        DataTF(
            values: many(4) {
                PresentationDataValue(
                    presentationContextID: UInt8($0.int(0...255)),
                    isCommand: $0.oneIn(2),
                    isLast: $0.oneIn(2),
                    data: ByteBuffer(bytes: $0.bytes($0.int(0...60)))
                )
            }
        )
    }

    mutating func pdu() -> PDU {
        switch int(0...6) {
        case 0: .associateRQ(associateRQ())
        case 1: .associateAC(associateAC())
        case 2:
            .associateRJ(
                AssociateRJ(
                    result: .init(rawValue: UInt8(int(0...255))),
                    source: .init(rawValue: UInt8(int(0...255))),
                    reason: UInt8(int(0...255))
                )
            )
        case 3: .dataTF(dataTF())
        case 4: .releaseRQ
        case 5: .releaseRP
        default: .abort(Abort(source: .init(rawValue: UInt8(int(0...255))), reason: UInt8(int(0...255))))
        }
    }

    /// Ascending places to cut so many bytes at.
    mutating func cuts(_ count: Int, of length: Int) -> [Int] {
        (0..<count).map { _ in int(0...length) }.sorted()
    }
}

extension PDU {
    /// What the decoder makes of this PDU.
    var elements: [PDUDecoder.Element] {
        guard case .dataTF(let data) = self else { return [.pdu(self)] }
        let offered = PDUDecoder.Limits.test.offeredDataPDU
        return [.dataTF(length: data.length, exceedsOffer: data.length > offered)]
            + data.values.map {
                .fragment(
                    PDVFragment(
                        presentationContextID: $0.presentationContextID,
                        isCommand: $0.isCommand,
                        isLast: $0.isLast,
                        endsValue: true,
                        bytes: $0.data
                    )
                )
            }
    }
}
