import struct NIOCore.ByteBuffer

/// The fields before the items: the same in A-ASSOCIATE-RQ and -AC (PS3.8 Tables 9-11 and 9-17).
private struct AssociateHeader {
    var protocolVersion: UInt16
    var calledAETitle: AETitle
    var callingAETitle: AETitle

    init(from body: inout ByteBuffer) throws(PDUDecodingError) {
        // 68 bytes: version, reserved, two titles, 32 reserved. Reserved bytes are not tested.
        guard let version = body.readInteger(as: UInt16.self), body.readInteger(as: UInt16.self) != nil,
            let called = body.readSlice(length: AETitle.length), let calling = body.readSlice(length: AETitle.length),
            body.readSlice(length: 32) != nil
        else { throw PDUDecodingError(.invalidPDUParameterValue, "A-ASSOCIATE PDU shorter than its fixed fields") }
        protocolVersion = version
        calledAETitle = AETitle(asSent: called.readableBytesView)
        callingAETitle = AETitle(asSent: calling.readableBytesView)
    }
}

// Items of unrecognized types are skipped (PS3.8 §9.3.1), in any order. Where one that may come once comes again, the
// first counts.

extension AssociateRQ {
    init(decoding pdu: ByteBuffer, _ budget: inout ItemBudget) throws(PDUDecodingError) {
        var body = pdu
        let header = try AssociateHeader(from: &body)
        var applicationContextName: UID?
        var contexts: [ProposedPresentationContext] = []
        var userInformation = UserInformation()
        while let item = try body.readItem(&budget) {
            switch ItemType(rawValue: item.type) {
            case .applicationContext: applicationContextName = applicationContextName ?? item.content.remainingUID
            case .proposedPresentationContext:
                contexts.append(try ProposedPresentationContext(decoding: item.content, &budget))
            case .userInformation: try userInformation.add(decoding: item.content, &budget)
            default: break
            }
        }
        self.init(
            protocolVersion: header.protocolVersion,
            calledAETitle: header.calledAETitle,
            callingAETitle: header.callingAETitle,
            applicationContextName: applicationContextName ?? "",
            presentationContexts: contexts,
            userInformation: userInformation
        )
    }
}

extension AssociateAC {
    init(decoding pdu: ByteBuffer, _ budget: inout ItemBudget) throws(PDUDecodingError) {
        var body = pdu
        let header = try AssociateHeader(from: &body)
        var applicationContextName: UID?
        var contexts: [AnsweredPresentationContext] = []
        var userInformation = UserInformation()
        while let item = try body.readItem(&budget) {
            switch ItemType(rawValue: item.type) {
            case .applicationContext: applicationContextName = applicationContextName ?? item.content.remainingUID
            case .answeredPresentationContext:
                contexts.append(try AnsweredPresentationContext(decoding: item.content, &budget))
            case .userInformation: try userInformation.add(decoding: item.content, &budget)
            default: break
            }
        }
        self.init(
            protocolVersion: header.protocolVersion,
            calledAETitle: header.calledAETitle,
            callingAETitle: header.callingAETitle,
            applicationContextName: applicationContextName ?? "",
            presentationContexts: contexts,
            userInformation: userInformation
        )
    }
}

extension ProposedPresentationContext {
    fileprivate init(decoding item: ByteBuffer, _ budget: inout ItemBudget) throws(PDUDecodingError) {
        var item = item
        // Id and three reserved bytes (PS3.8 Table 9-13).
        let fields = try item.readField("presentation context id", as: UInt32.self)
        var abstractSyntax: UID?
        var transferSyntaxes: [UID] = []
        while let subItem = try item.readItem(&budget) {
            switch ItemType(rawValue: subItem.type) {
            case .abstractSyntax: abstractSyntax = abstractSyntax ?? subItem.content.remainingUID
            case .transferSyntax: transferSyntaxes.append(subItem.content.remainingUID)
            default: break
            }
        }
        self.init(
            id: UInt8(truncatingIfNeeded: fields >> 24),
            abstractSyntax: abstractSyntax ?? "",
            transferSyntaxes: transferSyntaxes
        )
    }
}

extension AnsweredPresentationContext {
    fileprivate init(decoding item: ByteBuffer, _ budget: inout ItemBudget) throws(PDUDecodingError) {
        var item = item
        // Id, reserved, result, reserved (PS3.8 Table 9-18).
        let fields = try item.readField("presentation context id", as: UInt32.self)
        var transferSyntax: UID?
        while let subItem = try item.readItem(&budget) {
            if ItemType(rawValue: subItem.type) == .transferSyntax {
                transferSyntax = transferSyntax ?? subItem.content.remainingUID
            }
        }
        self.init(
            id: UInt8(truncatingIfNeeded: fields >> 24),
            result: PresentationContextResult(rawValue: UInt8(truncatingIfNeeded: fields >> 8)),
            transferSyntax: transferSyntax ?? ""
        )
    }
}
